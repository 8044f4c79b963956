"""The Parameters section: what a caller may give, and what the template then sees.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from groundstate.services.cloudformation.template.errors import TemplateError, format_error
from groundstate.services.cloudformation.template.values import to_text

# The value that is shown in the place of a NoEcho parameter's.
MASK = "****"

_SSM = re.compile(r"AWS::SSM::Parameter::Value<(.+)>\Z")
_LIST = re.compile(r"List<(.+)>\Z")
_AWS_TYPE = re.compile(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9:]+\Z")


Declared = Mapping[str, Mapping[str, Any]]


def check_types(declared: Declared) -> None:
    """Raise if a parameter has a type that there is not."""
    for parameter in declared.values():
        if not _is_type(parameter["Type"]):
            raise format_error(f"Unrecognized parameter type: {parameter['Type']}")
        default = parameter.get("Default")
        if default is not None and isinstance(default, dict | list):
            raise format_error("Every Default member must be a string.")


def choose_values(
    declared: Declared, given: Mapping[str, str], previous: Mapping[str, str]
) -> dict[str, str]:
    """The text of each parameter: as given, as before, or by default; checked.

    Args:
        previous: values kept from the stack, for parameters given with UsePreviousValue.

    Raises:
        TemplateError: one is missing, unknown, or breaks its constraints.
    """
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values: dict[str, str] = {}
    missing = []
    for name, parameter in declared.items():
        if name in given:
            values[name] = given[name]
        elif name in previous:
            values[name] = previous[name]
        elif "Default" in parameter:
            values[name] = to_text(parameter["Default"])
        else:
            missing.append(name)
    if missing:
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        _check_constraints(name, declared[name], value)
    return values


def resolve_values(
    declared: Declared, texts: Mapping[str, str], find_stored: Callable[[str], str | None]
) -> dict[str, Any]:
    """What `Ref` gives for each parameter.

    Args:
        find_stored: finds the value of a parameter in Systems Manager's store.

    Raises:
        TemplateError: a stored parameter is not there.
    """
    values: dict[str, Any] = {}
    for name, text in texts.items():
        kind = declared[name]["Type"]
        stored = _SSM.match(kind)
        if stored is not None:
            found = find_stored(text)
            if found is None:
                raise TemplateError(
                    f"Unable to fetch parameters [{text}] from parameter store for this account."
                )
            values[name] = _split_list(found) if _is_list(stored.group(1)) else found
        else:
            values[name] = _split_list(text) if _is_list(kind) else text
    return values


def find_stored_names(declared: Declared, texts: Mapping[str, str]) -> dict[str, str]:
    """The names in Systems Manager's store that the parameters stand for, by parameter."""
    return {
        name: text for name, text in texts.items() if _SSM.match(declared[name]["Type"]) is not None
    }


def is_secret(declared: Declared, name: str) -> bool:
    """Whether a parameter's value must not be shown."""
    no_echo = declared.get(name, {}).get("NoEcho", False)
    return to_text(no_echo).lower() == "true"


def _is_type(kind: Any) -> bool:
    if not isinstance(kind, str):
        return False
    stored = _SSM.match(kind)
    if stored is not None:
        kind = stored.group(1)
    listed = _LIST.match(kind)
    if listed is not None:
        return (
            listed.group(1) in ("Number", "String") or _AWS_TYPE.match(listed.group(1)) is not None
        )
    return kind in ("String", "Number", "CommaDelimitedList") or _AWS_TYPE.match(kind) is not None


def _is_list(kind: str) -> bool:
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def _split_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []


def _check_constraints(name: str, parameter: Mapping[str, Any], value: str) -> None:
    kind = parameter["Type"]
    parts = _split_list(value) if _is_list(kind) else [value]
    for part in parts:
        _check_one(name, parameter, kind, part)


def _check_one(name: str, parameter: Mapping[str, Any], kind: str, value: str) -> None:
    allowed = parameter.get("AllowedValues")
    if allowed is not None and value not in [to_text(entry) for entry in allowed]:
        raise _refusal(name, parameter, "must be one of AllowedValues")
    if kind in ("Number", "List<Number>"):
        _check_number(name, parameter, value)
    pattern = parameter.get("AllowedPattern")
    if pattern is not None:
        try:
            matches = re.fullmatch(str(pattern), value) is not None
        except re.error as error:
            raise format_error(
                f"Parameter '{name}' has an invalid AllowedPattern: {error}"
            ) from None
        if not matches:
            raise _refusal(name, parameter, f"must match pattern {pattern}")
    if "MinLength" in parameter and len(value) < int(parameter["MinLength"]):
        raise _refusal(
            name, parameter, f"must contain at least {parameter['MinLength']} characters"
        )
    if "MaxLength" in parameter and len(value) > int(parameter["MaxLength"]):
        raise _refusal(name, parameter, f"must contain at most {parameter['MaxLength']} characters")


def _check_number(name: str, parameter: Mapping[str, Any], value: str) -> None:
    try:
        number = float(value)
    except ValueError:
        raise _refusal(name, {}, "must be a number") from None
    if "MinValue" in parameter and number < float(parameter["MinValue"]):
        raise _refusal(name, parameter, f"must be a number not less than {parameter['MinValue']}")
    if "MaxValue" in parameter and number > float(parameter["MaxValue"]):
        raise _refusal(
            name, parameter, f"must be a number not greater than {parameter['MaxValue']}"
        )


def _refusal(name: str, parameter: Mapping[str, Any], constraint: str) -> TemplateError:
    description = parameter.get("ConstraintDescription")
    if description is not None:
        return TemplateError(f"Parameter '{name}' failed to satisfy constraint: {description}")
    return TemplateError(f"Parameter '{name}' {constraint}")

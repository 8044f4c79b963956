"""Check a request against its service's model, with the texts that AWS's services use.

Each shape is compiled once, at its first use, into a function; a request is then checked without
looking anything up. AWS's services collect all violations before they answer:
`2 validation errors detected: Value ... ; Value ...`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from groundstate.models import ServiceModel, load_model
from groundstate.operation import ServiceError, Shape

# check(value, path, violations): appends a text for each violation.
Check = Callable[[Any, str, list[str]], None]

_MOST_VIOLATIONS = 10
# Whatever a model says of a whole number, the services keep it as Java's long.
_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1
_CONTAINERS = frozenset({"structure", "list", "map"})


class SerializationException(ServiceError):
    """A member has a JSON type that its shape cannot take."""


class ValidationException(ServiceError):
    """A member breaks a constraint of its shape (JSON protocols)."""


class ValidationError(ServiceError):
    """A member breaks a constraint of its shape (query protocol)."""


class InvalidParameterException(ServiceError):
    """A member breaks a constraint of its shape (CloudWatch Logs' own name for it)."""


def validate(service: str, operation: str, request: Shape) -> None:
    """Check a request.

    Raises:
        SerializationException: a value of the wrong type.
        ValidationException: a constraint is broken; services have their own names for it.
    """
    check = _operation_check(service, operation)
    if check is None:
        return
    violations: list[str] = []
    check(request, "", violations)
    if violations:
        raise _error_class(service, operation)(_text(violations))


def _text(violations: list[str]) -> str:
    violations = violations[:_MOST_VIOLATIONS]
    count = len(violations)
    plural = "" if count == 1 else "s"
    return f"{count} validation error{plural} detected: {'; '.join(violations)}"


@cache
def _error_class(service: str, operation: str) -> type[ServiceError]:
    model = load_model(service)
    if model.metadata["protocol"] == "query":
        return ValidationError
    # CloudWatch Logs has its own error for it. Its model declares ValidationException as well, but
    # for operations that came later.
    declared = {error["shape"] for error in model.operations[operation].get("errors", ())}
    own = "InvalidParameterException"
    if own in declared or (own in model.shapes and "ValidationException" not in declared):
        return InvalidParameterException
    return ValidationException


@cache
def _operation_check(service: str, operation: str) -> Check | None:
    model = load_model(service)
    if operation not in model.operations:
        return None
    shape = model.input_shape(operation)
    return None if shape is None else _Compiler.of(service).check(shape)


class _Compiler:
    """Compiles the shapes of one service; recursive shapes find themselves through the table."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._checks: dict[str, Check] = {}

    @staticmethod
    @cache
    def of(service: str) -> _Compiler:
        return _Compiler(load_model(service))

    def check(self, name: str) -> Check:
        """The check of a shape."""
        found = self._checks.get(name)
        if found is not None:
            return found
        # Met again while it is being compiled, a recursive shape is looked up when it runs.
        self._checks[name] = lambda value, path, out: self._checks[name](value, path, out)  # noqa: PLW0108 - it is another function by then
        shape = self._model.shapes[name]
        made = self._makers[shape["type"]](self, shape)
        self._checks[name] = made
        return made

    def _structure(self, shape: Mapping[str, Any]) -> Check:
        required = tuple((name, _lower(name)) for name in shape.get("required", ()))
        members = {
            name: (self.check(member["shape"]), _lower(name))
            for name, member in shape["members"].items()
        }
        find = members.get

        def check(value: Any, path: str, out: list[str]) -> None:
            if type(value) is not dict:
                raise SerializationException(_wrong_type(value, "structure"))
            prefix = f"{path}." if path else ""
            for name, label in required:
                if value.get(name) is None:
                    out.append(_violation(None, prefix + label, "Member must not be null"))
            for name, member in value.items():
                found = find(name)
                if found is not None and member is not None:
                    found[0](member, prefix + found[1], out)

        return check

    def _list(self, shape: Mapping[str, Any]) -> Check:
        member_name = shape["member"]["shape"]
        element = self.check(member_name)
        named = member_name if self._model.shapes[member_name].get("printedWithName") else ""
        least, most = shape.get("min", 0), shape.get("max", float("inf"))

        def check(value: Any, path: str, out: list[str]) -> None:
            if type(value) is not list:
                raise SerializationException(_wrong_type(value, "list"))
            if not least <= len(value) <= most:
                shown = _shown_with_name(named, value) if named else _shown(value)
                _check_length(value, path, out, least, most, shown=shown)
            if None in value:
                text = "Member must satisfy constraint: [Member must not be null]"
                out.append(_violation(_shown(value), path, text))
            for index, member in enumerate(value, 1):
                if member is not None:
                    element(member, f"{path}.{index}.member", out)

        return check

    def _map(self, shape: Mapping[str, Any]) -> Check:
        element = self.check(shape["value"]["shape"])
        key_check = self.check(shape["key"]["shape"])
        least, most = shape.get("min", 0), shape.get("max", float("inf"))
        is_secret = self._model.shapes[shape["key"]["shape"]].get("sensitive", False)

        def check(value: Any, path: str, out: list[str]) -> None:
            if type(value) is not dict:
                raise SerializationException(_wrong_type(value, "map"))
            if not least <= len(value) <= most:
                _check_length(value, path, out, least, most, shown=_shown(value))
            if is_secret:
                _check_secret_keys(value, path, out, key_check)
            for key, member in value.items():
                if not is_secret:
                    key_check(key, f"{path}.{key}.key", out)
                if member is not None:
                    element(member, f"{path}.{key}.value", out)

        return check

    def _string(self, shape: Mapping[str, Any]) -> Check:
        least, most = shape.get("min", 0), shape.get("max", float("inf"))
        enum = frozenset(shape.get("enum", ()))
        enum_text = f"Member must satisfy enum value set: [{', '.join(shape.get('enum', ()))}]"
        pattern_text = shape.get("pattern")
        pattern = _compile_pattern(pattern_text)
        sensitive = shape.get("sensitive", False)

        def check(value: Any, path: str, out: list[str]) -> None:
            if type(value) is not str:
                raise SerializationException(_wrong_type(value, "String"))
            if enum and value not in enum:
                out.append(_violation(value, path, enum_text))
            if not least <= len(value) <= most:
                shown = "***" if sensitive else value
                _check_length(value, path, out, least, most, shown=shown)
            if pattern is not None and pattern(value) is None:
                text = f"Member must satisfy regular expression pattern: {pattern_text}"
                out.append(_violation("***" if sensitive else value, path, text))

        return check

    def _number(self, shape: Mapping[str, Any]) -> Check:
        least, most = shape.get("min", float("-inf")), shape.get("max", float("inf"))
        whole = shape["type"] in ("integer", "long")
        kind = "Integer" if shape["type"] == "integer" else "Long" if whole else "Double"

        def check(value: Any, path: str, out: list[str]) -> None:
            if type(value) is not int and (type(value) is not float or (whole and value % 1)):
                raise SerializationException(_wrong_type(value, kind))
            if whole and not _LONG_MIN <= value <= _LONG_MAX:
                raise SerializationException(_wrong_type(value, kind))
            if value < least:
                text = f"Member must have value greater than or equal to {_plain(least)}"
                out.append(_violation(value, path, text))
            if value > most:
                text = f"Member must have value less than or equal to {_plain(most)}"
                out.append(_violation(value, path, text))

        return check

    def _boolean(self, shape: Mapping[str, Any]) -> Check:
        def check(value: Any, path: str, out: list[str]) -> None:
            if type(value) is not bool:
                raise SerializationException(_wrong_type(value, "Boolean"))

        return check

    def _timestamp(self, shape: Mapping[str, Any]) -> Check:
        def check(value: Any, path: str, out: list[str]) -> None:
            if type(value) not in (int, float):
                raise SerializationException(_wrong_type(value, "Timestamp"))

        return check

    def _blob(self, shape: Mapping[str, Any]) -> Check:
        least, most = shape.get("min", 0), shape.get("max", float("inf"))

        def check(value: Any, path: str, out: list[str]) -> None:
            if not least <= len(value) <= most:
                _check_length(value, path, out, least, most, shown="java.nio.HeapByteBuffer")

        return check

    _makers: Mapping[str, Callable[[_Compiler, Mapping[str, Any]], Check]] = {
        "structure": _structure,
        "list": _list,
        "map": _map,
        "string": _string,
        "character": _string,
        "integer": _number,
        "long": _number,
        "float": _number,
        "double": _number,
        "boolean": _boolean,
        "timestamp": _timestamp,
        "blob": _blob,
    }


def _check_length(
    value: Any, path: str, out: list[str], least: float, most: float, *, shown: Any
) -> None:
    if len(value) < least:
        text = f"Member must have length greater than or equal to {_plain(least)}"
        out.append(_violation(shown, path, text))
    elif len(value) > most:
        text = f"Member must have length less than or equal to {_plain(most)}"
        out.append(_violation(shown, path, text))


def _compile_pattern(pattern: str | None) -> Callable[[str], Any] | None:
    """A Java pattern as Python's; None where Python cannot read it, so that nothing is refused."""
    if not pattern or pattern in (".*", "[\\s\\S]*"):
        return None
    # Java's POSIX classes and Unicode escapes have no counterpart in `re`.
    text = pattern.replace("\\p{L}", "^\\W\\d_").replace("\\z", "\\Z")
    if "\\p" in text or "\\P" in text or "\\u{" in text:
        return None
    try:
        return re.compile(text).fullmatch
    except re.error:
        return None


def _check_secret_keys(
    value: Mapping[str, Any], path: str, out: list[str], key_check: Check
) -> None:
    """Of a map with secret keys, AWS says once what keys must be, and shows none."""
    found: list[str] = []
    for key in value:
        key_check(key, path, found)
    if found:
        constraint = found[0].partition(" constraint: ")[2]
        out.append(
            f"Value at '{path}' failed to satisfy constraint: Map keys must satisfy constraint:"
            f" [{constraint}]"
        )


def _violation(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"


def _shown(value: Any) -> str:
    # AWS prints collections as Java's toString does.
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_shown(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(member) for member in value) + "]"
    return "null" if value is None else str(value)


def _shown_with_name(name: str, values: list[Any]) -> str:
    """A list of structures whose class prints its name, as `[Item(a=1, b=2)]`."""
    items = (_shown(value) for value in values)
    return "[" + ", ".join(f"{name}({item[1:-1]})" for item in items) + "]"


def _plain(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _wrong_type(value: Any, wanted: str) -> str:
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if isinstance(value, list):
        return "Start of list found where not expected"
    if wanted in _CONTAINERS:
        return "Unexpected field type"
    return f"{json_type(value)} cannot be converted to {wanted}"


def json_type(value: Any) -> str:
    """AWS's word for the JSON token that begins a value."""
    if value is None:
        return "NULL_VALUE"
    if value is True:
        return "TRUE_VALUE"
    if value is False:
        return "FALSE_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    if isinstance(value, int):
        return "NUMBER_VALUE"
    if isinstance(value, float):
        return "DECIMAL_VALUE"
    return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"

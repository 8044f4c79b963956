"""Macros that are carried out before a template is read: those that CloudFormation hosts.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html

Of the extensions only `Fn::ForEach` changes the template's form; the others are functions like any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.errors import (
    TemplateError,
    format_error,
    function_error,
)
from groundstate.services.cloudformation.template.includes import INCLUDE, include
from groundstate.services.cloudformation.template.known import KnownValues
from groundstate.services.cloudformation.template.sam.serverless import (
    SERVERLESS,
    expand_serverless,
)
from groundstate.services.cloudformation.template.values import is_scalar, to_text

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
BUILT_IN = (INCLUDE, LANGUAGE_EXTENSIONS, SERVERLESS)
_FOR_EACH = "Fn::ForEach::"
_NESTED_MAX = 5
# What names a resource, a condition or a mapping, by its text or the texts of its list.
_NAMING = frozenset({"Condition", "DependsOn", "Fn::FindInMap", "Fn::GetAtt"})
NO_PIECES: Mapping[str, Any] = {}


def find_transforms(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the macros that a template asks for.

    Raises:
        TemplateError: one is not here.
    """
    value = body.get("Transform")
    if value is None:
        return ()
    entries = value if isinstance(value, list) else [value]
    names = tuple(entry if isinstance(entry, str) else str(entry.get("Name")) for entry in entries)
    for name in names:
        if name not in BUILT_IN:
            raise TemplateError(
                f"No transform named {name} found. (at /Transform; this runtime has"
                f" {', '.join(BUILT_IN)})"
            )
    return names


def expand(
    body: dict[str, Any], parameters: Mapping[str, Any], pieces: Mapping[str, Any] = NO_PIECES
) -> dict[str, Any]:
    """The template with its macros carried out.

    Args:
        parameters: what `Ref` gives for the parameters, which a loop's collection may be.
        pieces: what it includes, by location.

    Raises:
        TemplateError: a macro is not here, or used wrongly.
    """
    body = include(body, parameters, pieces)
    # Loops first in any case: SAM's own resources may be in one.
    body = expand_loops(body, parameters)
    transforms = find_transforms(body)
    if SERVERLESS not in transforms:
        return body
    if resolves_for_serverless(transforms):
        body = _fill_serverless(body, parameters)
    return expand_serverless(body, parameters)


def resolves_for_serverless(transforms: tuple[str, ...]) -> bool:
    """Whether SAM sees values where it takes no functions: the extensions come before it.

    https://github.com/aws/serverless-application-model/issues/2533
    """
    return (
        SERVERLESS in transforms
        and LANGUAGE_EXTENSIONS in transforms[: transforms.index(SERVERLESS)]
    )


def _fill_serverless(body: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The template with values in SAM's own resources, as far as they are known."""
    if not isinstance(body.get("Resources"), dict):
        return body
    # What is not to be shown stays out of the template that others may read.
    hidden = {
        name
        for name, declared in body.get("Parameters", {}).items()
        if str(declared.get("NoEcho", False)).lower() == "true"
    }
    shown = {name: value for name, value in parameters.items() if name not in hidden}
    known = KnownValues(shown, body.get("Mappings", {}))
    resources = {
        logical_id: {**source, "Properties": known.fill(source["Properties"])}
        if _is_serverless(source)
        else source
        for logical_id, source in body["Resources"].items()
    }
    filled = {**body, "Resources": resources}
    if "Globals" in body:
        filled["Globals"] = known.fill(body["Globals"])
    return filled


def _is_serverless(source: Any) -> bool:
    return (
        isinstance(source, dict)
        and str(source.get("Type", "")).startswith("AWS::Serverless::")
        and "Properties" in source
    )


def expand_loops(body: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The template with its `Fn::ForEach` alone carried out.

    Raises:
        TemplateError: a macro is not here, or a loop is used wrongly.
    """
    if LANGUAGE_EXTENSIONS not in find_transforms(body):
        _refuse_loops(body, "")
        return body
    loops = _Loops(body, parameters)
    known = KnownValues(parameters, body.get("Mappings", {}))
    return {
        section: _name_references(loops.expand(value, {}, f"/{section}", 0), known)
        if section in ("Conditions", "Outputs", "Resources")
        else value
        for section, value in body.items()
    }


def _name_references(value: Any, known: KnownValues) -> Any:
    """The value with names in the place of the functions that `Ref` and `Fn::GetAtt` are given.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html#ref-supported-functions
    """
    if isinstance(value, list):
        return [_name_references(member, known) for member in value]
    if not isinstance(value, dict):
        return value
    named: dict[str, Any] = {}
    for key, member in value.items():
        if key == "Ref" and isinstance(member, dict):
            named[key] = known.fill(member)
        elif key == "Fn::GetAtt" and isinstance(member, list):
            named[key] = [known.fill(part) for part in member]
        else:
            named[key] = _name_references(member, known)
    return named


class _Loops:
    def __init__(self, body: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        self._mappings = body.get("Mappings", {})
        self._parameters = parameters
        self._known = KnownValues(parameters, self._mappings)

    def expand(self, value: Any, names: Mapping[str, str], place: str, depth: int) -> Any:
        """What a value says with the loops in it carried out.

        A variable stands for its value as a `Ref`, in the text of `Fn::Sub`, and in names: those of
        resources, conditions and mappings. Any other text is left as it is, a `${Variable}` in it
        too, and so are a property's keys.
        """
        if isinstance(value, list):
            return [self.expand(member, names, place, depth) for member in value]
        if not isinstance(value, dict):
            return value
        expanded: dict[str, Any] = {}
        for key, member in value.items():
            if key.startswith(_FOR_EACH):
                expanded.update(self._loop(key, member, names, f"{place}/{key}", depth))
            elif key == "Ref" and isinstance(member, str):
                # A loop's own variable is text; all else is left for later.
                if len(value) == 1 and member in names:
                    return names[member]
                expanded[key] = _put(member, names)
            elif key == "Fn::Sub":
                expanded[key] = self._substitute(member, names, place, depth)
            elif key == "Fn::If" and isinstance(member, list) and member:
                expanded[key] = [
                    self._name(member[0], names, place, depth),
                    *self.expand(member[1:], names, place, depth),
                ]
            elif key in _NAMING:
                expanded[key] = self._name(member, names, f"{place}/{key}", depth)
            else:
                expanded[key] = self.expand(member, names, f"{place}/{key}", depth)
        return expanded

    def _name(self, value: Any, names: Mapping[str, str], place: str, depth: int) -> Any:
        """The same of a value whose text, or the texts of which list, are names."""
        if isinstance(value, list):
            return [self._name(member, names, place, depth) for member in value]
        if isinstance(value, str):
            return _put(value, names)
        return self.expand(value, names, place, depth)

    def _substitute(self, value: Any, names: Mapping[str, str], place: str, depth: int) -> Any:
        """The same of what `Fn::Sub` is given: its own variables hide the loops'."""
        if isinstance(value, str):
            return _put(value, names, "$")
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
            own = value[1] if isinstance(value[1], dict) else {}
            outer = {name: text for name, text in names.items() if name not in own}
            return [_put(value[0], outer, "$"), self.expand(value[1], names, place, depth)]
        return self.expand(value, names, place, depth)

    def _loop(
        self, key: str, loop: Any, names: Mapping[str, str], place: str, depth: int
    ) -> dict[str, Any]:
        if (
            not isinstance(loop, list)
            or len(loop) != 3
            or not isinstance(loop[0], str)
            or not isinstance(loop[2], dict)
        ):
            raise TemplateError(
                f"Transform {LANGUAGE_EXTENSIONS} failed with: Fn::ForEach layout is incorrect"
            )
        if depth >= _NESTED_MAX:
            raise format_error(f"[{place}] loops may be nested {_NESTED_MAX} deep at most")
        identifier, collection, fragment = loop
        expanded: dict[str, Any] = {}
        for value in self._collect(collection, names, place):
            inner = {**names, identifier: value, f"&{identifier}": _alphanumeric(value)}
            made = {
                key if key.startswith(_FOR_EACH) else _put(key, inner): member
                for key, member in fragment.items()
            }
            made = self.expand(made, inner, place, depth + 1)
            doubles = set(made) & set(expanded)
            if doubles:
                raise format_error(f"[{place}] {key} makes {min(doubles)} twice")
            expanded.update(made)
        return expanded

    def _collect(self, collection: Any, names: Mapping[str, str], place: str) -> list[str]:
        if isinstance(collection, dict) and len(collection) == 1:
            ((function, argument),) = collection.items()
            if function == "Ref" and argument in self._parameters:
                collection = self._parameters[argument]
            elif function == "Fn::FindInMap":
                collection = self._find(argument, names)
            elif function == "Fn::Split" and isinstance(argument, list) and len(argument) == 2:
                collection = self._text(argument[1], names, place).split(argument[0])
        if not isinstance(collection, list):
            raise format_error(f"[{place}] the collection of a loop must be a list that is known")
        return [self._text(value, names, place) for value in collection]

    def _text(self, value: Any, names: Mapping[str, str], place: str) -> str:
        """The text of a member of a collection, which must be known by now."""
        text = self._known.resolve(self.expand(value, names, place, 0))
        if not is_scalar(text):
            raise format_error(f"[{place}] the collection of a loop must be a list that is known")
        return to_text(text)

    def _find(self, argument: Any, names: Mapping[str, str]) -> Any:
        keys = []
        for key in argument:
            known = key
            if isinstance(key, dict) and set(key) == {"Ref"}:
                known = names.get(key["Ref"], self._parameters.get(key["Ref"]))
            keys.append(known if not isinstance(known, str) else _put(known, names))
        try:
            return self._mappings[keys[0]][keys[1]][keys[2]]
        except (KeyError, IndexError, TypeError):
            shown = "::".join(str(key) for key in keys)
            raise function_error(f"Unable to get mapping for {shown}") from None


def _put(text: str, names: Mapping[str, str], signs: str = "$&") -> str:
    """The text with the loops' variables in it, of those that begin with one of the signs."""
    if "${" not in text and "&{" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign not in signs:
            return match.group(0)
        return names.get(name if sign == "$" else f"&{name}", match.group(0))

    return re.sub(r"([$&])\{([^}]+)\}", replace, text)


def _alphanumeric(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _refuse_loops(value: Any, place: str) -> None:
    """Raise for a loop in a template that does not ask for the macro."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key.startswith(_FOR_EACH):
                if place == "/Resources":
                    # AWS takes the loop for a resource, and says no more than this.
                    raise format_error(f"[{place}/{key}] resource definition is malformed")
                raise format_error(
                    f"[{place}/{key}] Fn::ForEach needs the transform {LANGUAGE_EXTENSIONS}"
                )
            _refuse_loops(member, f"{place}/{key}")
    elif isinstance(value, list):
        for member in value:
            _refuse_loops(member, place)

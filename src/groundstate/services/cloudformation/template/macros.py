"""Macros of one's own: where a template uses one, what it is given, and where its answer goes.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html

Each macro is a function; asking it is not done here. The uses come in AWS's order: those within the
template first, the innermost before what is around it, then those of the whole template in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from groundstate.services.cloudformation.template.errors import format_error
from groundstate.services.cloudformation.template.transforms import BUILT_IN

_FUNCTION = "Fn::Transform"
_SECTION = "Transform"
# The rare ${!Literal} is not one: what has it is handed over as it is.
_VARIABLE = re.compile(r"\$\{([^}]*)\}")

Path = tuple[str | int, ...]


class Use(NamedTuple):
    """A use of a macro.

    Attributes:
        parameters: what the template gives it.
        fragment: what it may change: what stands beside the function, or the whole template.
        path: where the fragment stands; None for the whole template.
        earlier: for the whole template, the transforms of AWS's that come before it.
        others: of a function, what else it calls in the same place.
    """

    name: str
    parameters: dict[str, Any]
    fragment: Any
    path: Path | None
    earlier: list[Any]
    others: list[Any]


def find_use(body: Mapping[str, Any]) -> Use | None:
    """The use that is carried out next; None if there is none left.

    Raises:
        TemplateError: a use has no name.
    """
    for path, holder in _find_holders(body, ()):
        calls = _calls(holder[_FUNCTION])
        for index, call in enumerate(calls):
            name, parameters = _read(call)
            if name not in BUILT_IN:
                rest = {key: member for key, member in holder.items() if key != _FUNCTION}
                others = [*calls[:index], *calls[index + 1 :]]
                return Use(name, parameters, rest, path, [], others)
    entries = _entries(body)
    for index, entry in enumerate(entries):
        name, parameters = _read(entry)
        if name not in BUILT_IN:
            whole = {key: member for key, member in body.items() if key != _SECTION}
            return Use(name, parameters, whole, None, entries[:index], [])
    return None


def put_fragment(body: Mapping[str, Any], use: Use, fragment: Any) -> dict[str, Any]:
    """The template with a macro's answer in the place of its use.

    Raises:
        TemplateError: what is to be a template is none.
    """
    if use.path is not None:
        if use.others:
            if not isinstance(fragment, dict):
                raise format_error(f"the macro {use.name} must answer an object for the next one")
            fragment = {**fragment, _FUNCTION: use.others}
        replaced: dict[str, Any] = _replace(body, use.path, fragment)
        return replaced
    if not isinstance(fragment, dict):
        raise format_error("the template that a macro answers must be an object")
    later = _entries(body)[len(use.earlier) + 1 :]
    return {**fragment, _SECTION: later} if later else fragment


def fill_in(value: Any, known: Mapping[str, Any]) -> Any:
    """What a macro is given, with the values of parameters that it refers to.

    AWS's documentation says that functions are handed over as they are; its own sample macros, of
    texts and dates, need the values. What refers to anything else is handed over as it is.

    Args:
        known: the values of the template's parameters and of AWS's own.
    """
    if isinstance(value, list):
        return [fill_in(member, known) for member in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"} and isinstance(value["Ref"], str):
        return known.get(value["Ref"], value)
    if set(value) == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        names = set(_VARIABLE.findall(value["Fn::Sub"]))
        if all(isinstance(known.get(name), str) for name in names):
            return _VARIABLE.sub(lambda found: known[found[1]], value["Fn::Sub"])
    return {key: fill_in(member, known) for key, member in value.items()}


def without_macros(body: Mapping[str, Any]) -> dict[str, Any]:
    """A template as it is written, without its uses of macros of one's own."""
    rest: dict[str, Any] = _without_functions(body)
    rest.pop(_SECTION, None)
    kept = [entry for entry in _entries(body) if _read(entry)[0] in BUILT_IN]
    return {**rest, _SECTION: kept} if kept else rest


def names_macros(body: Mapping[str, Any]) -> list[str]:
    """The names of the macros that the whole template goes through, of all kinds."""
    return [_read(entry)[0] for entry in _entries(body)]


def _without_functions(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_functions(member) for member in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: _without_functions(member)
        for key, member in value.items()
        if key != _FUNCTION or all(_read(call)[0] in BUILT_IN for call in _calls(member))
    }


def _calls(value: Any) -> list[Any]:
    """What a function calls: one macro, or a list of them."""
    return value if isinstance(value, list) else [value]


def _entries(body: Mapping[str, Any]) -> list[Any]:
    value = body.get(_SECTION, [])
    return value if isinstance(value, list) else [value]


def _find_holders(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The objects that hold a function, the innermost first."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _find_holders(member, (*path, key))
        if isinstance(value.get(_FUNCTION), (dict, list)):
            yield path, value
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _find_holders(member, (*path, index))


def _read(entry: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    name = entry.get("Name") if isinstance(entry, dict) else None
    if not isinstance(name, str):
        raise format_error(f"{_SECTION} must name a macro")
    return name, entry.get("Parameters") or {}


def _replace(value: Any, path: Path, fragment: Any) -> Any:
    if not path:
        return fragment
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        return [
            _replace(member, rest, fragment) if index == first else member
            for index, member in enumerate(value)
        ]
    return {
        key: _replace(member, rest, fragment) if key == first else member
        for key, member in value.items()
    }

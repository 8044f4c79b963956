"""Macros of one's own: where a template uses one, what it is given, and where its answer goes.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html

Each macro is a function; asking it is not done here. The uses come in AWS's order: those within the
template first, the innermost before what is around it, then those of the whole template in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from groundstate.services.cloudformation.template.errors import format_error
from groundstate.services.cloudformation.template.transforms import BUILT_IN

_FUNCTION = "Fn::Transform"
_SECTION = "Transform"

Path = tuple[str | int, ...]


class Use(NamedTuple):
    """A use of a macro.

    Attributes:
        parameters: what the template gives it.
        fragment: what it may change: what stands beside the function, or the whole template.
        path: where the fragment stands; None for the whole template.
        earlier: for the whole template, the transforms of AWS's that come before it.
    """

    name: str
    parameters: dict[str, Any]
    fragment: Any
    path: Path | None
    earlier: list[Any]


def find_use(body: Mapping[str, Any]) -> Use | None:
    """The use that is carried out next; None if there is none left.

    Raises:
        TemplateError: a use has no name.
    """
    for path, holder in _find_holders(body, ()):
        name, parameters = _read(holder[_FUNCTION])
        if name not in BUILT_IN:
            rest = {key: member for key, member in holder.items() if key != _FUNCTION}
            return Use(name, parameters, rest, path, [])
    entries = _entries(body)
    for index, entry in enumerate(entries):
        name, parameters = _read(entry)
        if name not in BUILT_IN:
            whole = {key: member for key, member in body.items() if key != _SECTION}
            return Use(name, parameters, whole, None, entries[:index])
    return None


def put_fragment(body: Mapping[str, Any], use: Use, fragment: Any) -> dict[str, Any]:
    """The template with a macro's answer in the place of its use.

    Raises:
        TemplateError: what is to be a template is none.
    """
    if use.path is not None:
        replaced: dict[str, Any] = _replace(body, use.path, fragment)
        return replaced
    if not isinstance(fragment, dict):
        raise format_error("the template that a macro answers must be an object")
    later = _entries(body)[len(use.earlier) + 1 :]
    return {**fragment, _SECTION: later} if later else fragment


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
        if key != _FUNCTION or not isinstance(member, dict) or _read(member)[0] in BUILT_IN
    }


def _entries(body: Mapping[str, Any]) -> list[Any]:
    value = body.get(_SECTION, [])
    return value if isinstance(value, list) else [value]


def _find_holders(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The objects that hold a function, the innermost first."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _find_holders(member, (*path, key))
        if isinstance(value.get(_FUNCTION), dict):
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

"""AWS::Include: pieces of a template that stand in files of their own, in S3.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html

Where they are is found here, and what they hold is put in their place; fetching them is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from groundstate.services.cloudformation.template.errors import TemplateError, format_error

INCLUDE = "AWS::Include"
_FUNCTION = "Fn::Transform"


def find_locations(body: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """The URLs of all that a template includes, each once.

    Args:
        values: what `Ref` gives for the parameters, which may stand for a location.

    Raises:
        TemplateError: a function names another macro, or no location.
    """
    calls = [*_top_level(body), *_find_calls(body)]
    return list(dict.fromkeys(_location(call, values) for call in calls))


def include(
    body: dict[str, Any], values: Mapping[str, Any], pieces: Mapping[str, Any]
) -> dict[str, Any]:
    """The template with the pieces in their places.

    Args:
        pieces: what each location holds, as plain values.
    """
    if not pieces:
        return body
    whole: dict[str, Any] = _put(body, values, pieces)
    for call in _top_level(body):
        piece = pieces[_location(call, values)]
        if isinstance(piece, dict):
            whole = {**piece, **whole}
    return whole


def _top_level(body: Mapping[str, Any]) -> Iterator[Any]:
    value = body.get("Transform", [])
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict) and entry.get("Name") == INCLUDE:
            yield entry


def _find_calls(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name == _FUNCTION:
                yield from member if isinstance(member, list) else [member]
            else:
                yield from _find_calls(member)
    elif isinstance(value, list):
        for member in value:
            yield from _find_calls(member)


def _location(call: Any, values: Mapping[str, Any]) -> str:
    name = call.get("Name") if isinstance(call, dict) else None
    if name != INCLUDE:
        raise TemplateError(
            f"No transform named {name} found. (in {_FUNCTION}; this runtime has {INCLUDE})"
        )
    parameters = call.get("Parameters")
    location = parameters.get("Location") if isinstance(parameters, dict) else None
    if isinstance(location, dict) and set(location) == {"Ref"}:
        location = values.get(location["Ref"])
    if not isinstance(location, str):
        raise format_error(f"{INCLUDE} needs a Location that is text or a parameter")
    return location


def _put(value: Any, values: Mapping[str, Any], pieces: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_put(member, values, pieces) for member in value]
    if not isinstance(value, dict):
        return value
    kept = {
        name: _put(member, values, pieces) for name, member in value.items() if name != _FUNCTION
    }
    if _FUNCTION not in value:
        return kept
    calls = value[_FUNCTION]
    for call in calls if isinstance(calls, list) else [calls]:
        piece = pieces[_location(call, values)]
        if not isinstance(piece, dict):
            return piece
        kept = {**kept, **piece}
    return kept

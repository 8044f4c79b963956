"""AWS::Include: pieces of a template that stand in files of their own, in S3.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html

Where they are is found here, and what they hold is put in their place; fetching them is not. A
location may be made by `Fn::Sub` and `Fn::Join` from parameters and pseudo parameters: the CLI's
`package` leaves such ones alone, since templates have them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from groundstate.services.cloudformation.template.errors import TemplateError, format_error
from groundstate.services.cloudformation.template.known import KnownValues

INCLUDE = "AWS::Include"
_FUNCTION = "Fn::Transform"


def find_locations(
    body: Mapping[str, Any], values: Mapping[str, Any], pseudo: Mapping[str, Any]
) -> dict[str, str]:
    """The URLs of all that a template includes, by the names that `include` takes.

    Args:
        values: what `Ref` gives for the parameters.
        pseudo: what it gives for the pseudo parameters.

    Raises:
        TemplateError: a function names another macro, or no location.
    """
    known = KnownValues({**pseudo, **values})
    return {
        _name(location, values): _text_of(known, location)
        for location in map(_location, [*_top_level(body), *_find_calls(body)])
    }


def include(
    body: dict[str, Any], values: Mapping[str, Any], pieces: Mapping[str, Any]
) -> dict[str, Any]:
    """The template with the pieces in their places.

    Args:
        pieces: what each location holds, as plain values, by the names of `find_locations`.
    """
    if not pieces:
        return body
    whole: dict[str, Any] = _put(body, values, pieces)
    for call in _top_level(body):
        piece = pieces[_name(_location(call), values)]
        if isinstance(piece, dict):
            whole = {**piece, **whole}
    return whole


def _text_of(known: KnownValues, location: Any) -> str:
    found = known.resolve(location)
    if not isinstance(found, str):
        raise format_error(f"{INCLUDE} needs a Location that is text or made of parameters")
    return found


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


def _location(call: Any) -> Any:
    name = call.get("Name") if isinstance(call, dict) else None
    if name != INCLUDE:
        raise TemplateError(
            f"No transform named {name} found. (in {_FUNCTION}; this runtime has {INCLUDE})"
        )
    parameters = call.get("Parameters")
    return parameters.get("Location") if isinstance(parameters, dict) else None


def _name(location: Any, values: Mapping[str, Any]) -> str:
    """What a piece is kept under: its location, or the function that makes it."""
    if isinstance(location, dict) and set(location) == {"Ref"}:
        location = values.get(location["Ref"])
    return location if isinstance(location, str) else json.dumps(location)


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
        piece = pieces[_name(_location(call), values)]
        if not isinstance(piece, dict):
            return piece
        kept = {**kept, **piece}
    return kept

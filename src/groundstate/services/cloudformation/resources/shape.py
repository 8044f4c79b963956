"""The shapes of properties: what a type has, and how loose template values become typed ones.

Templates write numbers and truth values as text as they like, so `"30"` and `30` are one value.
A shape is TEXT, INTEGER, NUMBER, BOOLEAN, JSON (an object, or its text) or ANY; `[shape]` is a
list, `{"Name": shape}` an object of known members, `MapOf(shape)` one of any members. In an object
inside of a property, `{"Name": Needed(shape)}` is a member that must be given.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from groundstate.services.cloudformation.template.values import UNKNOWN, is_scalar, to_text

TEXT: Final = "String"
INTEGER: Final = "Integer"
NUMBER: Final = "Double"
BOOLEAN: Final = "Boolean"
JSON: Final = "Json"
ANY: Final = "Any"

Shape = Any


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose members' names are free."""

    member: Shape


@dataclass(frozen=True, slots=True)
class Needed:
    """A member that must be given."""

    member: Shape


TAGS: Final = [{"Key": Needed(TEXT), "Value": Needed(TEXT)}]
# Lambda's may lack a value.
LAMBDA_TAGS: Final = [{"Key": Needed(TEXT), "Value": TEXT}]


def coerce(value: Any, shape: Shape, path: str, problems: list[str]) -> Any:
    """The value in its shape. What is UNKNOWN stays so.

    Args:
        path: where it stands: `#` for all properties, `#/Tags/0` for one in a list.
        problems: takes, in AWS's words, each member that is missing, that the type does not have or
            that is of another kind.
    """
    if value is UNKNOWN:
        return value
    if isinstance(shape, dict):
        return _coerce_members(value, shape, path, problems)
    if isinstance(shape, list):
        if not isinstance(value, list):
            if not is_scalar(value) or isinstance(shape[0], dict):
                return _mismatch(value, "JSONArray", path, problems)
            value = [value]
        return [
            coerce(member, shape[0], f"{path}/{index}", problems)
            for index, member in enumerate(value)
        ]
    if isinstance(shape, MapOf):
        if not isinstance(value, dict):
            return _mismatch(value, "JSONObject", path, problems)
        return {
            key: coerce(member, shape.member, f"{path}/{key}", problems)
            for key, member in value.items()
        }
    if shape == ANY:
        return value
    coerced = _coerce_json(value) if shape == JSON else _coerce_simple(value, shape)
    return _mismatch(value, _EXPECTED[shape], path, problems) if coerced is None else coerced


def _coerce_members(value: Any, shape: dict[str, Shape], path: str, problems: list[str]) -> Any:
    if not isinstance(value, dict):
        return _mismatch(value, "JSONObject", path, problems)
    problems += [
        f"{path}: required key [{key}] not found"
        for key, member in shape.items()
        if isinstance(member, Needed) and key not in value
    ]
    coerced = {}
    for key, member in value.items():
        if key in shape:
            kind = shape[key]
            kind = kind.member if isinstance(kind, Needed) else kind
            coerced[key] = coerce(member, kind, f"{path}/{key}", problems)
        else:
            problems.append(f"{path}: extraneous key [{key}] is not permitted")
    return coerced


def _mismatch(value: Any, expected: str, path: str, problems: list[str]) -> Any:
    found = _FOUND.get(type(value), "String")
    problems.append(f"{path}: expected type: {expected}, found: {found}")
    return value


def _coerce_simple(value: Any, shape: str) -> Any:
    """The value as text, a number or a truth value; None if it cannot be one."""
    if not is_scalar(value):
        return None
    text = to_text(value)
    if shape == TEXT:
        return text
    if shape == BOOLEAN:
        return {"true": True, "false": False}.get(text.lower())
    try:
        number = float(text)
    except ValueError:
        return None
    if shape == INTEGER:
        return int(number) if number.is_integer() else None
    return number


def _coerce_json(value: Any) -> Any:
    """An object or a list, or what its text says; None if it is neither."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, dict | list) else None


# Types as the validator of resource schemas names them.
_EXPECTED = {
    BOOLEAN: "Boolean",
    INTEGER: "Integer",
    JSON: "JSONObject",
    NUMBER: "Number",
    TEXT: "String",
}
_FOUND = {
    bool: "Boolean",
    dict: "JSONObject",
    float: "BigDecimal",
    int: "Integer",
    list: "JSONArray",
}

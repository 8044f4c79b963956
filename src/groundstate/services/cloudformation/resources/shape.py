"""The shapes of properties: what a type has, and how loose template values become typed ones.

Templates write numbers and truth values as text as they like, so `"30"` and `30` are one value.
A shape is TEXT, INTEGER, NUMBER, BOOLEAN, JSON (an object, or its text) or ANY; `[shape]` is a
list, `{"Name": shape}` an object of known members, `MapOf(shape)` one of any members.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from groundstate.services.cloudformation.resources.provision import ProvisionFailed
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


TAGS: Final = [{"Key": TEXT, "Value": TEXT}]


def coerce(value: Any, shape: Shape, name: str = "Properties") -> Any:
    """The value in its shape.

    Raises:
        ProvisionFailed: it has a member that the type does not have, or is of another kind.

    What is UNKNOWN stays so.
    """
    if value is UNKNOWN:
        return value
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            raise ProvisionFailed(f"Value of property {name} must be an object")
        unknown = [key for key in value if key not in shape]
        if unknown:
            raise ProvisionFailed(f"Encountered unsupported property {unknown[0]}")
        return {key: coerce(member, shape[key], key) for key, member in value.items()}
    if isinstance(shape, list):
        if not isinstance(value, list):
            if not is_scalar(value) or isinstance(shape[0], dict):
                raise ProvisionFailed(f"Value of property {name} must be of type List")
            value = [value]
        return [coerce(member, shape[0], name) for member in value]
    if isinstance(shape, MapOf):
        if not isinstance(value, dict):
            raise ProvisionFailed(f"Value of property {name} must be an object")
        return {key: coerce(member, shape.member, key) for key, member in value.items()}
    return _coerce_simple(value, shape, name)


def _coerce_simple(value: Any, shape: str, name: str) -> Any:
    if shape == ANY:
        return value
    if shape == JSON:
        return _coerce_json(value, name)
    if not is_scalar(value):
        raise ProvisionFailed(f"Value of property {name} must be of type {shape}")
    if shape == TEXT:
        return to_text(value)
    if shape == BOOLEAN:
        text = to_text(value).lower()
        if text not in ("true", "false"):
            raise ProvisionFailed(f"Value of property {name} must be of type Boolean")
        return text == "true"
    try:
        number = float(to_text(value))
        if shape == INTEGER and not number.is_integer():
            raise ValueError
    except ValueError:
        raise ProvisionFailed(f"Value of property {name} must be of type {shape}") from None
    return int(number) if shape == INTEGER else number


def _coerce_json(value: Any, name: str) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise ProvisionFailed(f"Value of property {name} must be an object") from None
    if not isinstance(value, dict | list):
        raise ProvisionFailed(f"Value of property {name} must be an object")
    return value

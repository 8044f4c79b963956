"""The first round: JSON types, as AWS's JSON reader for Java sees them.

The messages are AWS's own, observed; they speak of Java's classes. What a value is counts as well
as where it stands: as a member of a structure, or as an element of a list or map.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any

from groundstate.services.dynamodb.errors import SerializationException, ValidationException
from groundstate.services.dynamodb.validation.shapes import (
    ATTRIBUTE,
    ATTRIBUTES,
    JAVA_PACKAGE,
    Member,
    Shape,
)
from groundstate.services.dynamodb.values import TOO_DEEP

# Far more than any right request has; it keeps a hostile one from exhausting the stack.
_DEPTH_MAX = 64
_NO_STRUCTURE = "Start of structure or map found where not expected"
_FIELD = "Unexpected field type"
_PARAMETERIZED = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class"
    " java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and"
    " java.lang.Class are in module java.base of loader 'bootstrap')"
)
_JAVA_CLASSES = {
    "String": "java.lang.String",
    "Boolean": "java.lang.Boolean",
    "Integer": "java.lang.Integer",
    "Long": "java.lang.Long",
    "Double": "java.lang.Double",
    "Blob": "java.nio.ByteBuffer",
}
_NOT_BASE64 = re.compile(r"[^a-zA-Z0-9+/=]|=[^=]", re.ASCII)
_LARGEST = {"Integer": 2**31 - 1, "Long": 2**63 - 1}
_BLOB = Shape("Blob")
_TEXT = Shape("String")
_FLAG = Shape("Boolean")
_ATTRIBUTE_MEMBERS = {
    "S": _TEXT,
    "B": _BLOB,
    "N": _TEXT,
    "BOOL": _FLAG,
    "NULL": _FLAG,
    "BS": Shape("List", element=_BLOB),
    "NS": Shape("List", element=_TEXT),
    "SS": Shape("List", element=_TEXT),
    "L": Shape("List", element=ATTRIBUTE),
    "M": ATTRIBUTES,
}


def convert_structure(data: dict[str, Any], members: dict[str, Member]) -> dict[str, Any]:
    """Read the members that the shape knows; null is as good as absent.

    Raises:
        SerializationException: a value of another JSON type.
    """
    converted = {}
    for name, member in members.items():
        value = data.get(name)
        if value is not None:
            converted[name] = convert(value, member.shape, is_field=True)
    return converted


def convert(value: Any, shape: Shape, *, is_field: bool, depth: int = 0) -> Any:
    """Read one value.

    Args:
        depth: how many lists and maps it lies in.

    Raises:
        SerializationException: it is of another JSON type.
        ValidationException: it lies too deep.
    """
    if depth > _DEPTH_MAX:
        raise ValidationException(TOO_DEEP)
    if shape.kind == "List":
        return _convert_list(value, shape, is_field, depth)
    if shape.kind == "Map":
        return _convert_map(value, shape, is_field, depth)
    if shape.kind == "Structure":
        _check_structure(value, shape.java, is_field)
        return convert_structure(value, dict(shape.members))
    if shape.kind == "Attribute":
        _check_structure(value, shape.java, is_field)
        return {
            name: convert(value[name], member, is_field=True, depth=depth)
            for name, member in _ATTRIBUTE_MEMBERS.items()
            if value.get(name) is not None
        }
    return _convert_scalar(value, shape.kind)


def _convert_list(value: Any, shape: Shape, is_field: bool, depth: int) -> Any:
    assert shape.element is not None, shape
    if isinstance(value, dict):
        raise SerializationException(_NO_STRUCTURE)
    if not isinstance(value, list):
        raise SerializationException(_FIELD if is_field else _PARAMETERIZED)
    inner = shape.element
    return [
        None if element is None else convert(element, inner, is_field=False, depth=depth + 1)
        for element in value
    ]


def _convert_map(value: Any, shape: Shape, is_field: bool, depth: int) -> Any:
    assert shape.element is not None, shape
    if isinstance(value, list):
        inner = _java_name(shape.element)
        raise SerializationException(
            f"Unrecognized collection type java.util.Map<java.lang.String, {inner}>"
        )
    if not isinstance(value, dict):
        raise SerializationException(_FIELD if is_field else _PARAMETERIZED)
    return {
        name: convert(element, shape.element, is_field=False, depth=depth + 1)
        for name, element in value.items()
        if element is not None
    }


def _java_name(shape: Shape) -> str:
    if shape.kind == "List":
        assert shape.element is not None, shape
        return f"java.util.List<{_java_name(shape.element)}>"
    return _JAVA_CLASSES.get(shape.kind) or JAVA_PACKAGE + shape.java


def _check_structure(value: Any, java: str, is_field: bool) -> None:
    if isinstance(value, list):
        raise SerializationException(f"Unrecognized collection type class {JAVA_PACKAGE}{java}")
    if not isinstance(value, dict):
        raise SerializationException(_FIELD if is_field else "Unexpected value type in payload")


def _convert_scalar(value: Any, kind: str) -> Any:
    if isinstance(value, list):
        raise SerializationException(f"Unrecognized collection type class {_JAVA_CLASSES[kind]}")
    if isinstance(value, dict):
        raise SerializationException(_NO_STRUCTURE)
    if kind == "Boolean":
        if not isinstance(value, bool):
            raise SerializationException("Unexpected token received from parser")
        return value
    if kind == "Blob":
        return _convert_blob(value)
    if kind == "String":
        if isinstance(value, str):
            return value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if kind == "Double":
            return value
        limit = _LARGEST[kind]
        return max(-limit - 1, min(limit, int(value // 1)))
    raise SerializationException(f"{_token(value)} cannot be converted to {kind}")


def _token(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    return "DECIMAL_VALUE" if isinstance(value, float) else "NUMBER_VALUE"


def _convert_blob(value: Any) -> str:
    if not isinstance(value, str):
        raise SerializationException("only base-64-encoded strings are convertible to bytes")
    if len(value) % 4:
        raise SerializationException(
            "Base64 encoded length is expected a multiple of 4 bytes but found: " + str(len(value))
        )
    strange = _NOT_BASE64.search(value)
    if strange is not None:
        raise SerializationException(f"Invalid Base64 character: '{strange[0][0]}'")
    if _decodes_otherwise(value):
        raise SerializationException("Invalid last non-pad Base64 character dectected")
    return value


def _decodes_otherwise(value: str) -> bool:
    try:
        return b64encode(b64decode(value)).decode() != value
    except ValueError:
        return True

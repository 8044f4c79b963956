"""Input shapes: what JSON types an operation's members have, and what limits their values.

Theory. DynamoDB checks a request in three rounds, and each speaks differently:

1. types, as the JSON is read: SerializationException, at the first fault (`conversion.py`);
2. limits of members (null, length, pattern, enumeration): all faults, up to ten, in one
   ValidationException (`constraints.py`);
3. what members mean together: the operations' own code.

Shapes are data for the first two rounds. `Checker` runs them; it first asks `accepts`, which
answers for nearly all requests without building anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

JAVA_PACKAGE = "com.amazonaws.dynamodb.v20120810."


@dataclass(frozen=True)
class Shape:
    """The type of a member.

    Attributes:
        kind: `String`, `Boolean`, `Integer`, `Long`, `Double`, `Blob`, `List`, `Map`, `Structure`,
            or `Attribute` for an AttributeValue.
        java: the name that AWS's messages give to a structure.
        element: of a list or map.
        members: of a structure.
        key_rules, value_rules: (length_max, length_min, pattern) of a map's keys, values.
    """

    kind: str
    java: str = ""
    element: Shape | None = None
    members: Mapping[str, Member] = field(default_factory=dict)
    key_rules: tuple[int, int, str] | None = None
    value_rules: tuple[int, int] | None = None


@dataclass(frozen=True)
class Member:
    """A member of a structure, with its limits.

    Attributes:
        required: null is refused in the second round.
        minimum, maximum: of a number.
        shortest, longest: of a text, list or map.
        early_length: a table name whose length is refused before the second round, alone.
        missing: absence is refused before the second round, alone.
    """

    shape: Shape
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str = ""
    choices: tuple[str, ...] = ()
    early_length: bool = False
    missing: bool = False


STRING = Shape("String")
BOOLEAN = Shape("Boolean")
INTEGER = Shape("Integer")
LONG = Shape("Long")
DOUBLE = Shape("Double")
ATTRIBUTE = Shape("Attribute", "AttributeValue")


def list_of(element: Shape) -> Shape:
    """A list shape."""
    return Shape("List", element=element)


def map_of(element: Shape, **rules: Any) -> Shape:
    """A map shape, with text keys."""
    return Shape("Map", element=element, **rules)


def structure(java: str, **members: Member | Shape) -> Shape:
    """A structure shape; a bare shape stands for a member without limits."""
    return Shape(
        "Structure",
        java,
        members={
            name: member if isinstance(member, Member) else Member(member)
            for name, member in members.items()
        },
    )


ATTRIBUTES = map_of(ATTRIBUTE)
STRINGS = list_of(STRING)

Accept = Callable[[Any], bool]


def compile_accept(member: Member) -> Accept:
    """A quick test that a member's value is right; False only means to look closer.

    Values of maps of attributes are left to the caller, who measures them.
    """
    shape = member.shape
    if shape is ATTRIBUTES:
        return _is_dict
    if shape.kind == "String":
        return _compile_text(member)
    if shape.kind == "Boolean":
        return _is_bool
    if shape.kind in ("Integer", "Long"):
        low = -(2**31) if member.minimum is None else member.minimum
        high = 2**31 - 1 if member.maximum is None else member.maximum
        return lambda value: type(value) is int and low <= value <= high
    if shape.kind == "Map" and shape.element is STRING and shape.key_rules is None:
        return _is_text_map
    if shape.kind == "List" and shape.element is STRING:
        shortest, longest = member.shortest or 0, member.longest or 10**9
        return lambda value: (
            type(value) is list
            and shortest <= len(value) <= longest
            and all(type(element) is str for element in value)
        )
    return _never


def _compile_text(member: Member) -> Accept:
    if member.choices:
        choices = frozenset(member.choices)
        return lambda value: type(value) is str and value in choices
    shortest, longest = member.shortest or 0, member.longest or 10**9
    if member.early_length:
        shortest, longest = 3, 255
    if member.pattern:
        matches = re.compile(member.pattern).fullmatch
        return lambda value: (
            type(value) is str and shortest <= len(value) <= longest and matches(value) is not None
        )
    if shortest == 0 and longest == 10**9:
        return _is_text
    return lambda value: type(value) is str and shortest <= len(value) <= longest


def _is_dict(value: Any) -> bool:
    return type(value) is dict


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_bool(value: Any) -> bool:
    return value is True or value is False


def _is_text_map(value: Any) -> bool:
    return type(value) is dict and all(type(text) is str for text in value.values())


def _never(value: Any) -> bool:
    return False

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

from collections.abc import Mapping
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
        element_rules: (length_max, length_min) of a list's texts.
    """

    kind: str
    java: str = ""
    element: Shape | None = None
    members: Mapping[str, Member] = field(default_factory=dict)
    key_rules: tuple[int, int, str] | None = None
    value_rules: tuple[int, int] | None = None
    element_rules: tuple[int, int] | None = None


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

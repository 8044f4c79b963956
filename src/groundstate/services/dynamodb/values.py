"""Attribute values: what is allowed, how large they are, how they compare.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html

Theory. A request's values are walked once by `measure`, which accepts what is plainly right and
gives up (None) at the first thing that is not. Only then does `explain` walk them again, slowly and
in AWS's order, to find the message. So right requests pay for no wording.

Sizes come in two kinds. `size` is AWS's item size: it counts against 400 KB and in capacity units.
`page_size` is what an item takes of the 1 MB that a page of Query or Scan reads (observed: names
cost a byte, each value a little more than its size, and each 3 KB have an overhead).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from groundstate.services.dynamodb import numbers
from groundstate.services.dynamodb.model import Item, Value

KINDS = ("S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL")
SET_KINDS = frozenset(("SS", "NS", "BS"))
# A document may have 32 levels: 31 maps or lists around a scalar (observed).
NESTING_LEVELS_MAX = 31
NAME_BYTES_MAX = 65535

_PAGE_BLOCK_BYTES = 3072
_PAGE_BLOCK_OVERHEAD = 18

EMPTY_VALUE = (
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
)
SEVERAL_TYPES = (
    "Supplied AttributeValue has more than one datatypes set, "
    "must contain exactly one of the supported datatypes"
)
_INVALID = "One or more parameter values were invalid: "
TOO_DEEP = (
    "Nesting Levels have exceeded supported limits:"
    " Attributes in the item have nested levels beyond supported limit"
)


@dataclass(slots=True)
class Measured:
    """A map of attributes whose numbers are in normal form, with its sizes.

    Attributes:
        size: bytes as AWS counts an item.
        stored: bytes of the values and names as pages count them, without an item's overhead.
    """

    item: Item
    size: int
    stored: int


class ValueProblem(ValueError):
    """A value that DynamoDB refuses; the message is AWS's."""


def text_size(text: str) -> int:
    """The bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def measure(item: Item, level: int = 0) -> Measured | None:
    """Accept a map of attributes that is plainly right; None if it needs a closer look."""
    size = stored = 0
    normalized: Item | None = None
    for name, value in item.items():
        if type(value) is not dict or len(value) != 1:
            return None
        # Most are texts or numbers, which are found so without a look at what kind there is.
        if type(content := value.get("S")) is str:
            length = len(content) if content.isascii() else len(content.encode())
            size += length
            stored += length + (2 if length < 128 else 3 if length < 16384 else 4)
        elif type(content := value.get("N")) is str:
            try:
                normal = numbers.normalize(content)
            except numbers.NumberError:
                return None
            if normal != content:
                if normalized is None:
                    normalized = {}
                normalized[name] = {"N": normal}
            length = numbers.size_bytes(normal)
            size += length
            stored += length + 2
        else:
            (kind,) = value
            content = value[kind]
            measured = _measure_other(kind, content, level)
            if measured is None:
                return None
            if measured[0] is not content:
                if normalized is None:
                    normalized = {}
                normalized[name] = {kind: measured[0]}
            size += measured[1]
            stored += measured[2] + 1
        length = len(name) if name.isascii() else len(name.encode())
        if not 0 < length <= NAME_BYTES_MAX:
            return None
        size += length
    if normalized is not None:
        item = {name: normalized.get(name, value) for name, value in item.items()}
    return Measured(item, size, stored)


def _measure_other(kind: str, content: Any, level: int) -> tuple[Any, int, int] | None:
    if kind == "M":
        if type(content) is not dict or level >= NESTING_LEVELS_MAX:
            return None
        measured = measure(content, level + 1)
        if measured is None:
            return None
        extra = 3 + len(content)
        return (measured.item, measured.size + extra, measured.stored + extra)
    if kind == "L":
        return _measure_list(content, level)
    if kind == "BOOL":
        return (content, 1, 1) if type(content) is bool else None
    if kind == "NULL":
        return (content, 1, 0) if content is True else None
    if kind == "B":
        length = _binary_length(content)
        return None if length is None else (content, length, length + 1)
    return _measure_set(kind, content)


def _measure_list(content: Any, level: int) -> tuple[Any, int, int] | None:
    if type(content) is not list or level >= NESTING_LEVELS_MAX:
        return None
    size = stored = 3
    elements = content
    for at, value in enumerate(content):
        if type(value) is not dict:
            return None
        measured = measure({"v": value}, level + 1)
        if measured is None:
            return None
        # The name "v" stands for the byte that an element costs.
        size += measured.size
        stored += measured.stored
        if measured.item["v"] is not value:
            if elements is content:
                elements = list(content)
            elements[at] = measured.item["v"]
    return (elements, size, stored)


def _measure_set(kind: str, content: Any) -> tuple[Any, int, int] | None:
    if kind not in SET_KINDS or type(content) is not list or not content:
        return None
    size = 0
    elements = content
    for at, element in enumerate(content):
        if type(element) is not str:
            return None
        if kind == "NS":
            try:
                normal = numbers.normalize(element)
            except numbers.NumberError:
                return None
            if normal != element:
                if elements is content:
                    elements = list(content)
                elements[at] = normal
            size += numbers.size_bytes(normal)
            continue
        length = text_size(element) if kind == "SS" else _binary_length(element)
        if length is None:
            return None
        size += length
    if len(elements) > 1:
        if len(set(elements)) != len(elements):
            return None
        elements = _in_order(kind, elements)
    return (elements, size, size + len(elements) + 1)


def _in_order(kind: str, elements: list[str]) -> list[str]:
    """A set's elements as DynamoDB answers them (observed): by value, texts by their bytes.

    Gives back the same list if it is in order.
    """
    if kind == "SS":
        ordered = sorted(elements)
    elif kind == "BS":
        ordered = sorted(elements, key=b64decode)
    else:
        # Few digits are exact as floats, which compare much faster.
        exact = max(map(len, elements)) <= 15
        ordered = sorted(elements, key=float if exact else Decimal)
    return elements if ordered == elements else ordered


def _binary_length(content: Any) -> int | None:
    if type(content) is not str:
        return None
    try:
        raw = b64decode(content, validate=True)
    except (Base64Error, ValueError):
        return None
    return len(raw) if b64encode(raw).decode() == content else None


def explain(item: Item) -> Measured:
    """Take a map of attributes whose JSON types are right, or say what is wrong with it.

    Raises:
        ValueProblem: with AWS's words.
    """
    measured = measure(item)
    if measured is not None:
        return measured
    for name, value in item.items():
        check_name(name)
        explain_value(value)
    raise AssertionError(f"no fault found in {item!r:.500}")


def check_name(name: str) -> None:
    """Check an attribute's name. Raises ValueProblem: it is empty or too long."""
    if not name:
        raise ValueProblem("Empty attribute name")
    if len(name) > NAME_BYTES_MAX // 4 and text_size(name) > NAME_BYTES_MAX:
        raise ValueProblem("Attribute name is too large, must be less than 65536 bytes")


def explain_value(value: Value, level: int = 0) -> None:
    """Say what is wrong with an attribute value, if anything is.

    Raises:
        ValueProblem: with AWS's words.
    """
    if not value:
        raise ValueProblem(EMPTY_VALUE)
    for kind, content in value.items():
        _explain_kind(kind, content, level)
    if len(value) > 1:
        raise ValueProblem(SEVERAL_TYPES)


def _explain_kind(kind: str, content: Any, level: int) -> None:
    if kind == "N":
        _explain_number(content)
    elif kind == "NULL" and content is not True:
        raise ValueProblem(_INVALID + "Null attribute value types must have the value of true")
    elif kind in SET_KINDS:
        _explain_set(kind, content)
    elif kind in ("M", "L"):
        if level >= NESTING_LEVELS_MAX:
            raise ValueProblem(TOO_DEEP)
        if kind == "M":
            for name in content:
                check_name(name)
        for element in content.values() if kind == "M" else content:
            explain_value(element, level + 1)


def _explain_number(text: str) -> None:
    try:
        numbers.normalize(text)
    except numbers.NumberError as error:
        raise ValueProblem(str(error)) from None


def _explain_set(kind: str, content: list[str]) -> None:
    if not content:
        if kind == "BS":
            raise ValueProblem(_INVALID + "Binary sets should not be empty")
        noun = "string" if kind == "SS" else "number"
        raise ValueProblem(_INVALID + f"An {noun} set  may not be empty")
    if None in content:
        raise ValueProblem(EMPTY_VALUE)
    if kind == "NS":
        for text in content:
            _explain_number(text)
        if len({numbers.normalize(text) for text in content}) != len(content):
            raise ValueProblem("Input collection contains duplicates")
    elif len(set(content)) != len(content):
        shown = "[" + ", ".join(content) + "]"
        what = f"Input collection {shown} contains duplicates."
        if kind == "BS":
            what = f"Input collection {shown}of type BS contains duplicates."
        raise ValueProblem(_INVALID + what)


def page_size(measured: Measured, range_key: Value | None) -> int:
    """What an item takes of the 1 MB that a page reads.

    Args:
        range_key: the value of the table's sort key in it, or None: it counts with each block.
    """
    stored, in_blocks = measured.stored, 0
    if range_key is not None:
        ((kind, content),) = range_key.items()
        if kind == "N":
            in_blocks = numbers.size_bytes(content)
            stored -= in_blocks + 2
        elif kind == "S":
            in_blocks = text_size(content)
            stored -= in_blocks + (2 if in_blocks < 128 else 3)
        else:
            in_blocks = len(b64decode(content))
            stored -= in_blocks + 2
    blocks = 1 + (1 + stored) // _PAGE_BLOCK_BYTES
    return 2 + stored + blocks * (_PAGE_BLOCK_OVERHEAD + in_blocks)


def kind_of(value: Value) -> str:
    """The type of an attribute value."""
    return next(iter(value))


def equal(left: Value, right: Value) -> bool:
    """Whether two values are equal: sets in any order, also inside documents."""
    if left == right:
        return True
    ((kind, content),) = left.items()
    other = right.get(kind)
    if other is None:
        return False
    if kind in SET_KINDS:
        return len(content) == len(other) and set(content) == set(other)
    if kind == "M":
        return content.keys() == other.keys() and all(
            equal(value, other[name]) for name, value in content.items()
        )
    if kind == "L":
        return len(content) == len(other) and all(map(equal, content, other))
    return False


def sort_key(kind: str, content: str) -> Any:
    """What orders values of a scalar type: Decimal, text or bytes."""
    if kind == "N":
        return Decimal(content)
    return b64decode(content) if kind == "B" else content


def compare(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 as the first is less, the same or more; None if they do not compare."""
    ((kind, content),) = left.items()
    other = right.get(kind)
    if other is None or kind not in ("S", "N", "B"):
        return None
    if content == other:
        return 0
    return -1 if sort_key(kind, content) < sort_key(kind, other) else 1


def contains(container: Value, element: Value) -> bool:
    """Whether a set or list has this element, or a text or binary this part."""
    ((kind, content),) = container.items()
    ((part_kind, part),) = element.items()
    if kind == "L":
        return any(equal(value, element) for value in content)
    if kind in SET_KINDS:
        return kind[0] == part_kind and part in content
    if kind != part_kind:
        return False
    if kind == "S":
        return part in content
    return kind == "B" and b64decode(part) in b64decode(content)


def begins_with(value: Value, prefix: Value) -> bool:
    """Whether a text or binary begins with another one."""
    if "S" in value and "S" in prefix:
        return bool(value["S"].startswith(prefix["S"]))
    if "B" in value and "B" in prefix:
        return b64decode(value["B"]).startswith(b64decode(prefix["B"]))
    return False


def size_of(value: Value) -> int | None:
    """What the function size() answers; None for types that have no size."""
    ((kind, content),) = value.items()
    if kind == "S":
        # In UTF-16 (observed), where what is beyond the basic plane takes two.
        return len(content) if content.isascii() else len(content.encode("utf-16-le")) // 2
    if kind == "B":
        return len(b64decode(content))
    if kind in ("SS", "NS", "BS", "L", "M"):
        return len(content)
    return None


def without(elements: Sequence[str], removed: Sequence[str]) -> list[str]:
    """The elements of a set that are not in another one."""
    gone = set(removed)
    return [element for element in elements if element not in gone]


def merge_sets(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """The elements of both sets."""
    present = set(left)
    return [*left, *(element for element in right if element not in present)]

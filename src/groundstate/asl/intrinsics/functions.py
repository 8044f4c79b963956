"""What each intrinsic function does.

A function is `run(turn, *arguments) -> value`. The turn is its source of chance.
https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundstate.asl import sizes
from groundstate.asl.json_text import from_text, to_text
from groundstate.asl.random_java import JavaRandom

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

ARRAY_RANGE_LENGTH_MAX = 1_000
TEXT_LENGTH_MAX = 10_000

HASHES = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}


class IntrinsicFailure(Exception):
    """A function cannot work with its arguments."""


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """A function and how many arguments it takes (`most` None: any number)."""

    run: Callable[..., Any]
    least: int
    most: int | None

    def accepts(self, count: int) -> bool:
        return count >= self.least and (self.most is None or count <= self.most)


def _format(turn: Turn, template: Any, *values: Any) -> str:
    template = _string(template, "template")
    if "\\" not in template:
        parts = template.split("{}")
        if len(parts) != len(values) + 1:
            raise IntrinsicFailure("number of arguments do not match the occurrences of {}")
        made: str = parts[0]
        for value, part in zip(values, parts[1:], strict=True):
            made = f"{made}{_as_text(value)}{part}"
            if len(made) > sizes.TEXT_LENGTH_MAX:
                raise IntrinsicFailure("the result is too long")
        return made
    pieces: list[str] = []
    remaining = list(values)
    at = 0
    while at < len(template):
        if template.startswith("{}", at):
            if not remaining:
                raise IntrinsicFailure("number of arguments do not match the occurrences of {}")
            pieces.append(_as_text(remaining.pop(0)))
            at += 2
        elif template[at] == "\\" and at + 1 < len(template) and template[at + 1] in "{}\\'":
            pieces.append(template[at + 1])
            at += 2
        else:
            pieces.append(template[at])
            at += 1
    if remaining:
        raise IntrinsicFailure("number of arguments do not match the occurrences of {}")
    if sum(map(len, pieces)) > sizes.TEXT_LENGTH_MAX:
        raise IntrinsicFailure("the result is too long")
    return "".join(pieces)


def _as_text(value: Any) -> str:
    """A value as Java prints it: objects and arrays are not JSON, `{a=1, b=[x, y]}` (observed)."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        members = ", ".join(f"{name}={_as_text(item)}" for name, item in value.items())
        return f"{{{members}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_text, value))}]"
    return to_text(value)


def _string_to_json(turn: Turn, text: Any) -> Any:
    text = _string(text, "argument")
    if not text.strip():
        return None
    try:
        return from_text(text)
    except ValueError as error:
        raise IntrinsicFailure(f"Invalid JSON: {error}") from None


def _json_to_string(turn: Turn, value: Any) -> str:
    return to_text(value)


def _array(turn: Turn, *values: Any) -> list[Any]:
    return list(values)


def _array_partition(turn: Turn, array: Any, size: Any) -> list[Any]:
    array, size = _list(array), _integer(size)
    if size <= 0:
        raise IntrinsicFailure("chunk size must be greater than zero")
    return [array[begin : begin + size] for begin in range(0, len(array), size)]


def _array_contains(turn: Turn, array: Any, value: Any) -> bool:
    wanted = to_text(value) if isinstance(value, bool) else value
    for item in _list(array):
        if isinstance(item, bool) or isinstance(value, bool):
            if isinstance(item, bool) and isinstance(value, bool) and item is value:
                return True
        elif item == wanted:
            return True
    return False


def _array_range(turn: Turn, first: Any, last: Any, step: Any) -> list[int]:
    first, last, step = _rounded(first), _rounded(last), _rounded(step)
    if step == 0:
        raise IntrinsicFailure("step cannot be zero")
    values = range(first, last + (1 if step > 0 else -1), step)
    if len(values) > ARRAY_RANGE_LENGTH_MAX:
        raise IntrinsicFailure(f"array cannot have more than {ARRAY_RANGE_LENGTH_MAX} elements")
    return list(values)


def _array_get_item(turn: Turn, array: Any, index: Any) -> Any:
    array, index = _list(array), _integer(index)
    if not 0 <= index < len(array):
        raise IntrinsicFailure("index out of bounds")
    return array[index]


def _array_length(turn: Turn, array: Any) -> int:
    return len(_list(array))


def _array_unique(turn: Turn, array: Any) -> list[Any]:
    seen: set[str] = set()
    unique = []
    for item in _list(array):
        text = to_text(item)
        if text not in seen:
            seen.add(text)
            unique.append(item)
    return unique


def _base64_encode(turn: Turn, text: Any) -> str:
    return base64.b64encode(_short_string(text).encode()).decode()


def _base64_decode(turn: Turn, text: Any) -> str:
    try:
        return base64.b64decode(_short_string(text), validate=True).decode(errors="replace")
    except binascii.Error as error:
        raise IntrinsicFailure(f"Invalid Base64: {error}") from None


def _hash(turn: Turn, value: Any, algorithm: Any) -> str:
    algorithm = _string(algorithm, "algorithm")
    if algorithm not in HASHES:
        raise IntrinsicFailure(f"Unsupported algorithm: {algorithm}")
    return HASHES[algorithm](_short_string(_as_text(value)).encode()).hexdigest()


def _json_merge(turn: Turn, first: Any, second: Any, deep: Any) -> dict[str, Any]:
    if deep is not False:
        raise IntrinsicFailure("deep merging is not supported")
    if not isinstance(first, dict) or not isinstance(second, dict):
        raise IntrinsicFailure("both arguments must be JSON objects")
    return {**first, **second}


def _math_random(turn: Turn, first: Any, last: Any, seed: Any = None) -> int:
    begin, end = _rounded(first), _rounded(last)
    if end <= begin:
        raise IntrinsicFailure("start must be less than end")
    if seed is not None:
        return begin + JavaRandom(_rounded(seed)).next_int(end - begin)
    return begin + int(turn.chance.fraction() * (end - begin))


def _math_add(turn: Turn, first: Any, second: Any) -> int:
    total = _rounded(first) + _rounded(second)
    if -_LONG_MAX <= total <= _LONG_MAX:
        return total
    # Java's long goes around.
    return (total + _LONG_MAX + 1) % (2 * _LONG_MAX + 2) - _LONG_MAX - 1


def _string_split(turn: Turn, text: Any, delimiters: Any) -> list[str]:
    text, delimiters = _string(text, "string"), _string(delimiters, "delimiter")
    if not delimiters:
        return [text]
    # Every character of the second argument splits, and empty parts are left out (observed).
    return [part for part in re.split(f"[{re.escape(delimiters)}]", text) if part]


def _uuid(turn: Turn) -> str:
    return turn.chance.uuid()


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise IntrinsicFailure("argument must be an array")
    return value


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise IntrinsicFailure(f"{name} must be a string")
    return value


def _short_string(value: Any) -> str:
    text = _string(value, "argument")
    if len(text) > TEXT_LENGTH_MAX:
        raise IntrinsicFailure(f"argument cannot be longer than {TEXT_LENGTH_MAX} characters")
    return text


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise IntrinsicFailure("argument must be an integer")
    return int(value)


def _rounded(value: Any) -> int:
    """Java's Math.round: halves go up, also below zero (observed: -1.5 gives -1)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IntrinsicFailure("argument must be a number")
    if isinstance(value, int):
        return value
    return max(-_LONG_MAX - 1, min(math.floor(value + 0.5), _LONG_MAX))


_LONG_MAX = (1 << 63) - 1


FUNCTIONS: dict[str, Intrinsic] = {
    "Format": Intrinsic(_format, 1, None),
    "StringToJson": Intrinsic(_string_to_json, 1, 1),
    "JsonToString": Intrinsic(_json_to_string, 1, 1),
    "Array": Intrinsic(_array, 0, None),
    "ArrayPartition": Intrinsic(_array_partition, 2, 2),
    "ArrayContains": Intrinsic(_array_contains, 2, 2),
    "ArrayRange": Intrinsic(_array_range, 3, 3),
    "ArrayGetItem": Intrinsic(_array_get_item, 2, 2),
    "ArrayLength": Intrinsic(_array_length, 1, 1),
    "ArrayUnique": Intrinsic(_array_unique, 1, 1),
    "Base64Encode": Intrinsic(_base64_encode, 1, 1),
    "Base64Decode": Intrinsic(_base64_decode, 1, 1),
    "Hash": Intrinsic(_hash, 2, 2),
    "JsonMerge": Intrinsic(_json_merge, 3, 3),
    "MathRandom": Intrinsic(_math_random, 2, 3),
    "MathAdd": Intrinsic(_math_add, 2, 2),
    "StringSplit": Intrinsic(_string_split, 2, 2),
    "UUID": Intrinsic(_uuid, 0, 0),
}

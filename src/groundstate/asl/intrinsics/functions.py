"""What each intrinsic function does.

A function is `run(turn, *arguments) -> value`. The turn is its source of chance.
https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundstate.asl import sizes
from groundstate.asl.hash_java import hash_set
from groundstate.asl.json_errors import find_json_error_in_place
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
    """A function cannot work with its arguments; the text is AWS's, after the call itself."""


class BadArguments(Exception):
    """The arguments are no good; AWS says no more than that, but for the detail."""


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """A function and how many arguments it takes (`most` None: any number)."""

    run: Callable[..., Any]
    least: int
    most: int | None

    def accepts(self, count: int) -> bool:
        return count >= self.least and (self.most is None or count <= self.most)


def _format(turn: Turn, template: Any, *values: Any) -> str:
    template = _string(template)
    if "\\" not in template:
        parts = template.split("{}")
        if template.count("{") != len(parts) - 1 or template.count("}") != len(parts) - 1:
            raise _bad_template(template)
        if len(parts) != len(values) + 1:
            raise BadArguments(_OTHER_NUMBER)
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
                raise BadArguments(_OTHER_NUMBER)
            pieces.append(_as_text(remaining.pop(0)))
            at += 2
        elif template[at] == "\\" and at + 1 < len(template) and template[at + 1] in "{}\\'":
            pieces.append(template[at + 1])
            at += 2
        elif template[at] in "{}":
            raise _bad_template(template[at:])
        else:
            pieces.append(template[at])
            at += 1
    if remaining:
        raise BadArguments(_OTHER_NUMBER)
    if sum(map(len, pieces)) > sizes.TEXT_LENGTH_MAX:
        raise IntrinsicFailure("the result is too long")
    return "".join(pieces)


_OTHER_NUMBER = "number of arguments do not match the occurrences of {}."


def _bad_template(template: str) -> IntrinsicFailure:
    """The first brace of a template that stands alone, in AWS's words (observed)."""
    first = re.search("[{}]", template.replace("{}", ""))
    assert first is not None, template
    found, other = ("{", "}") if first.group() == "{" else ("}", "{")
    return IntrinsicFailure(
        f"Invalid template in States.Format: matching '{other}' not found for '{found}'."
    )


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
    text = _string(text)
    if not text.strip():
        return None
    try:
        return from_text(text)
    except ValueError:
        raise IntrinsicFailure(
            "Cannot convert String to Json in States.StringToJson, caused by:"
            f" {find_json_error_in_place(text)}"
        ) from None


def _json_to_string(turn: Turn, *values: Any) -> str:
    if len(values) != 1:
        raise BadArguments("only a single argument is allowed.")
    return to_text(values[0])


def _array(turn: Turn, *values: Any) -> list[Any]:
    return list(values)


def _array_partition(turn: Turn, array: Any, size: Any) -> list[Any]:
    array, size = _list(array), _integer(size)
    if size <= 0:
        raise BadArguments
    return [array[begin : begin + size] for begin in range(0, len(array), size)]


def _array_contains(turn: Turn, array: Any, value: Any) -> bool:
    # Observed: texts are compared, so that true is in ["true"], and {"a": 1, "b": 2} is not in
    # [{"b": 2, "a": 1}].
    wanted = _plain(value)
    return any(_plain(item) == wanted for item in _list(array))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else to_text(value)


def _array_range(turn: Turn, first: Any, last: Any, step: Any) -> list[int]:
    first, last, step = _integer(first), _integer(last), _integer(step)
    if step == 0:
        raise BadArguments
    values = range(first, last + (1 if step > 0 else -1), step)
    if len(values) > ARRAY_RANGE_LENGTH_MAX:
        raise BadArguments
    return list(values)


def _array_get_item(turn: Turn, array: Any, index: Any) -> Any:
    array, index = _list(array), _integer(index)
    if not array:
        # Observed: an empty array has no wrong index.
        return None
    if not 0 <= index < len(array):
        raise BadArguments
    return array[index]


def _array_length(turn: Turn, array: Any) -> int:
    return len(_list(array))


def _array_unique(turn: Turn, array: Any) -> list[Any]:
    # Observed: [true, false] gives [false, true].
    return hash_set(_list(array))


def _base64_encode(turn: Turn, text: Any) -> str:
    return base64.b64encode(_short_string(text).encode()).decode()


_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/_-]+")


def _base64_decode(turn: Turn, text: Any) -> str:
    # Observed: characters of no meaning are passed over, padding may be missing, and what comes
    # after it is not read.
    digits = _NO_BASE64.sub("", _short_string(text).partition("=")[0])
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    padded = digits.translate(_URL_SAFE) + "=" * (-len(digits) % 4)
    return base64.b64decode(padded).decode(errors="replace")


_URL_SAFE = str.maketrans("-_", "+/")


def _hash(turn: Turn, value: Any, algorithm: Any) -> str:
    algorithm = _string(algorithm)
    if algorithm not in HASHES:
        raise BadArguments
    return HASHES[algorithm](_short_string(_as_text(value)).encode()).hexdigest()


def _json_merge(turn: Turn, first: Any, second: Any, deep: Any) -> dict[str, Any]:
    # Observed: what is no boolean asks for a shallow merge.
    if deep is True or not isinstance(first, dict) or not isinstance(second, dict):
        raise BadArguments
    return {**first, **second}


def _math_random(turn: Turn, first: Any, last: Any, *seeds: Any) -> int:
    begin, end = _integer(first), _integer(last)
    if end <= begin:
        raise BadArguments
    if seeds:
        return begin + JavaRandom(_rounded(seeds[0])).next_int(end - begin)
    return begin + int(turn.chance.fraction() * (end - begin))


def _math_add(turn: Turn, first: Any, second: Any) -> int:
    # Loops count with it. `_rounded` leaves an int as it is, and a bool is no int here.
    if type(first) is not int or type(second) is not int:
        first, second = _rounded(first), _rounded(second)
    total: int = first + second
    within = _INT_MIN <= first <= _INT_MAX and _INT_MIN <= second <= _INT_MAX
    if not within or not _INT_MIN <= total <= _INT_MAX:
        raise BadArguments
    return total


def _string_split(turn: Turn, text: Any, delimiters: Any) -> list[str]:
    text, delimiters = _string(text), _string(delimiters)
    if not delimiters:
        return [text] if text else []
    # Every character of the second argument splits, and empty parts are left out (observed).
    return [part for part in re.split(f"[{re.escape(delimiters)}]", text) if part]


def _uuid(turn: Turn, *ignored: Any) -> str:
    return turn.chance.uuid()


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadArguments
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise BadArguments
    return value


def _short_string(value: Any) -> str:
    text = _string(value)
    if len(text) > TEXT_LENGTH_MAX:
        raise BadArguments
    return text


def _integer(value: Any) -> int:
    """A number without its fraction (observed: a chunk size of 2.6 is 2, an index of 1.2 is 1)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_int(value):
        raise BadArguments
    return int(value)


def _rounded(value: Any) -> int:
    """Java's Math.round: halves go up, also below zero (observed: -1.5 gives -1)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_int(value):
        raise BadArguments
    return value if isinstance(value, int) else math.floor(value + 0.5)


def _is_int(value: float) -> bool:
    """Whether Java's int holds it (observed: 3000000000 is refused)."""
    return _INT_MIN <= value <= _INT_MAX


_INT_MIN, _INT_MAX = -(1 << 31), (1 << 31) - 1


FUNCTIONS: dict[str, Intrinsic] = {
    "Format": Intrinsic(_format, 1, None),
    "StringToJson": Intrinsic(_string_to_json, 1, 1),
    "JsonToString": Intrinsic(_json_to_string, 0, None),
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
    "UUID": Intrinsic(_uuid, 0, None),
}

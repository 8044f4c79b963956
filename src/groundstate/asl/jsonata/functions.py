"""The functions that Step Functions adds to JSONata.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jsonata2py.bindings import JsonataFunctionArguments
from jsonata2py.runtime.values import MISSING

from groundstate.asl.effort import HASTY_LENGTH_MAX, StepTooLong
from groundstate.asl.json_text import from_text
from groundstate.asl.random_java import JavaRandom

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

ARRAY_LENGTH_MAX = 1_000_000
INTEGER_MIN, INTEGER_MAX = -(2**31), 2**31 - 1

HASHES = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}


class DialectError(Exception):
    """A function of the dialect cannot work with its arguments."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class _Bound:
    """A function as the library wants it, bound to a turn."""

    __slots__ = ("_run", "_turn")

    def __init__(self, run: Callable[..., Any], turn: Turn) -> None:
        self._run = run
        self._turn = turn

    def get_function_signature(self) -> str | None:
        return None

    def apply(self, args: JsonataFunctionArguments) -> Any:
        return self._run(self._turn, *args.as_list())


def bind_functions(turn: Turn) -> dict[str, Any]:
    """The dialect's functions, with this turn's chance."""
    return {name: _Bound(run, turn) for name, run in FUNCTIONS.items()}


def _mismatch(index: int, function: str) -> DialectError:
    return DialectError(
        "T0410", f'Argument {index} of function "{function}" does not match function signature'
    )


def _number(value: Any, index: int, function: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mismatch(index, function)
    return value


def _whole(value: Any, index: int, function: str) -> int:
    """The number without its fraction, as Java takes it."""
    number = _number(value, index, function)
    if math.isnan(number):
        return 0
    return int(max(INTEGER_MIN, min(INTEGER_MAX, number)))


def _refused(message: str) -> DialectError:
    return DialectError("D3137", message)


def _partition(turn: Turn, array: Any = MISSING, size: Any = MISSING, *more: Any) -> Any:
    if array is MISSING:
        return MISSING
    length = len(array) if size is MISSING and isinstance(array, list) else size
    length = _whole(length, 2, "partition")
    if more:
        raise _mismatch(3, "partition")
    if not isinstance(array, list):
        raise DialectError(
            "T0412", 'Argument 1 of function "partition" must be an array of undefined'
        )
    if length < 0:
        raise _refused("Second argument must be zero or greater")
    if length == 0:
        return MISSING
    return [array[begin : begin + length] for begin in range(0, len(array), length)]


def _range(
    turn: Turn, first: Any = MISSING, last: Any = MISSING, step: Any = MISSING, *more: Any
) -> Any:
    given = [
        MISSING if value is MISSING else _whole(value, index, "range")
        for index, value in enumerate((first, last, step), 1)
    ]
    if more:
        raise _mismatch(4, "range")
    if MISSING in given or given[2] == 0:
        return MISSING
    begin, end, stride = given
    count = (end - begin) // stride + 1
    if count > HASTY_LENGTH_MAX and turn.effort.hasty:
        raise StepTooLong
    if count > ARRAY_LENGTH_MAX:
        raise DialectError(
            "D2014",
            "The size of the sequence allocated by the range operator (..) must not exceed 1e6. "
            f" Attempted to allocate {count}.",
        )
    return [begin + position * stride for position in range(max(0, count))]


def _hash(turn: Turn, *arguments: Any) -> Any:
    data, algorithm = (*arguments, MISSING, MISSING)[:2]
    if data is MISSING and arguments:
        return MISSING
    if not isinstance(data, str):
        raise _mismatch(1, "hash")
    if not isinstance(algorithm, str):
        raise _mismatch(2, "hash")
    if len(arguments) > 2:
        raise _mismatch(3, "hash")
    if algorithm not in HASHES:
        raise _refused(
            f"Hash algorithm '{algorithm}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5"
        )
    return HASHES[algorithm](data.encode()).hexdigest()


def _random(turn: Turn, seed: Any = MISSING, *more: Any) -> float:
    if more:
        raise _mismatch(2, "random")
    if seed is MISSING:
        return turn.chance.fraction()
    return JavaRandom(int(_number(seed, 1, "random"))).next_double()


def _shuffle(turn: Turn, array: Any = MISSING, *more: Any) -> Any:
    if array is MISSING:
        return MISSING
    if more:
        raise _mismatch(2, "shuffle")
    items = list(array) if isinstance(array, list) else [array]
    for position in range(len(items) - 1, 0, -1):
        other = int(turn.chance.fraction() * (position + 1))
        items[position], items[other] = items[other], items[position]
    return items


def _uuid(turn: Turn, *arguments: Any) -> str:
    if arguments:
        raise _mismatch(1, "uuid")
    return turn.chance.uuid()


def _parse(turn: Turn, text: Any = MISSING, *more: Any) -> Any:
    if text is MISSING:
        return MISSING
    if not isinstance(text, str):
        raise _mismatch(1, "parse")
    if more:
        raise _mismatch(2, "parse")
    try:
        return from_text(text)
    except ValueError:
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except ValueError:
            raise _refused("Invalid JSON") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"Unrecognized token '{name}'")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "partition": _partition,
    "range": _range,
    "hash": _hash,
    "random_of_states": _random,
    "shuffle_of_states": _shuffle,
    "uuid": _uuid,
    "parse": _parse,
}

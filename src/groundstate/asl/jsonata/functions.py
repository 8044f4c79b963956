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
from groundstate.asl.json_text import from_text, to_text
from groundstate.asl.random_java import JavaRandom

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

ARRAY_LENGTH_MAX = 1_000_000

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


def _partition(turn: Turn, array: Any = MISSING, size: Any = MISSING, *more: Any) -> Any:
    if array is MISSING:
        return MISSING
    items = array if isinstance(array, list) else [array]
    length = int(_number(size, 2, "partition"))
    if length <= 0 or more:
        raise _mismatch(2, "partition")
    return [items[begin : begin + length] for begin in range(0, len(items), length)]


def _range(
    turn: Turn, first: Any = MISSING, last: Any = MISSING, step: Any = MISSING, *more: Any
) -> Any:
    if first is MISSING or last is MISSING or step is MISSING:
        return MISSING
    begin, end = _number(first, 1, "range"), _number(last, 2, "range")
    stride = _number(step, 3, "range")
    if stride == 0 or more:
        raise _mismatch(3, "range")
    count = math.floor((end - begin) / stride) + 1
    if count > HASTY_LENGTH_MAX and turn.effort.hasty:
        raise StepTooLong
    if count > ARRAY_LENGTH_MAX:
        raise DialectError(
            "D2014",
            "The size of the sequence allocated by the range operator (..) must not exceed 1e6. "
            f" Attempted to allocate {count}.",
        )
    return [_whole(begin + position * stride) for position in range(max(0, count))]


def _whole(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _hash(turn: Turn, data: Any = MISSING, algorithm: Any = MISSING, *more: Any) -> Any:
    if data is MISSING:
        return MISSING
    if not isinstance(algorithm, str) or algorithm not in HASHES or more:
        raise _mismatch(2, "hash")
    text = data if isinstance(data, str) else to_text(data)
    return HASHES[algorithm](text.encode()).hexdigest()


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
    if not isinstance(text, str) or more:
        raise _mismatch(1, "parse")
    try:
        return from_text(text)
    except ValueError:
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except ValueError as error:
            raise DialectError("D3120", f"Invalid JSON: {error}") from None


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

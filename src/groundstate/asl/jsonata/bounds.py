"""Bounds on what one evaluation may allocate, put into the library's generated code.

Observed on AWS (2026): `[1..873782]` evaluates and one more fails; a string of 2^22 characters
evaluates and one of 2^23 does not; both with the text below and no code.
"""

from __future__ import annotations

import math
import re
import time
from typing import Any

from jsonata2py.errors import _RuntimeEvaluationError
from jsonata2py.runtime import context, core
from jsonata2py.runtime.values import JRegex

RANGE_LENGTH_MAX = 873_782
STRING_LENGTH_MAX = 1 << 22

MEMORY_EXCEEDED = "Expression evaluation memory limit exceeded: Check for excessive memory usage"


def _exceeded() -> _RuntimeEvaluationError:
    return _RuntimeEvaluationError(None, MEMORY_EXCEEDED)


def _range(from_: Any, to: Any) -> Any:
    numbers = isinstance(from_, int | float) and isinstance(to, int | float)
    if numbers and RANGE_LENGTH_MAX <= to - from_ < _RANGE_REFUSED:
        raise _exceeded()
    return core.range_(from_, to)


def _concat(a: Any, b: Any) -> Any:
    text = core.concat(a, b)
    if isinstance(text, str) and len(text) > STRING_LENGTH_MAX:
        raise _exceeded()
    return text


def _pad(text: Any, width: Any, *rest: Any) -> Any:
    if isinstance(width, int | float) and abs(width) > STRING_LENGTH_MAX:
        raise _exceeded()
    return core.fn_pad(text, width, *rest)


def _join(array: Any, *rest: Any) -> Any:
    text = core.fn_join(array, *rest)
    if isinstance(text, str) and len(text) > STRING_LENGTH_MAX:
        raise _exceeded()
    return text


class InternalError(Exception):
    """AWS's implementation breaks here (observed)."""


def _base64decode(text: Any) -> Any:
    # Base64.getDecoder() of Java: the padding may be missing, anything else is refused.
    if isinstance(text, str) and not _BASE64.fullmatch(text):
        raise InternalError
    return core.fn_base64decode(text)


def _product(a: float, b: float) -> float:
    # JavaScript does not look at what an operator yields, only at what it is given.
    return a * b if math.isfinite(a) and math.isfinite(b) else core.mul_d(a, b)


class _TimedPattern:
    """A compiled regular expression whose searches end with the evaluation's deadline."""

    __slots__ = ("_pattern",)

    def __init__(self, pattern: Any) -> None:
        self._pattern = pattern

    def search(self, text: str, position: int = 0) -> Any:
        state = context.get_state()
        deadline = None if state is None else state.timeout_deadline
        if deadline is None:
            return self._pattern.search(text, position)
        left_s = deadline - time.monotonic()
        try:
            if left_s <= 0:
                raise TimeoutError
            return self._pattern.search(text, position, timeout=left_s)
        except TimeoutError:
            raise _RuntimeEvaluationError("U1001", "Expression evaluation timeout") from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pattern, name)


def _regex_value(pattern: str, flags: str) -> JRegex:
    value = core.regex_value(pattern, flags)
    return JRegex(value.pattern, value.flags, _TimedPattern(value.compiled))


_RANGE_REFUSED = 10_000_000
"""From here on the range operator itself refuses (D2014)."""

_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?", re.ASCII
)

_BOUNDED = {
    "range_": _range,
    "concat": _concat,
    "fn_pad": _pad,
    "fn_join": _join,
    "fn_base64decode": _base64decode,
    "mul_d": _product,
    "regex_value": _regex_value,
}


def bounded_runtime(entry: Any) -> None:
    """Give a loaded expression the bounded functions instead of the library's own."""
    entry.__globals__.update(_BOUNDED)

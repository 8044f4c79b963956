"""Bounds on what one evaluation may allocate, put into the library's generated code.

Observed on AWS (2026): `[1..873782]` evaluates and one more fails; a string of 2^22 characters
evaluates and one of 2^23 does not; both with the text below and no code.
"""

from __future__ import annotations

from typing import Any

from jsonata2py.errors import _RuntimeEvaluationError
from jsonata2py.runtime import core

RANGE_LENGTH_MAX = 873_782
STRING_LENGTH_MAX = 1 << 22

MEMORY_EXCEEDED = "Expression evaluation memory limit exceeded: Check for excessive memory usage"


def _exceeded() -> _RuntimeEvaluationError:
    return _RuntimeEvaluationError(None, MEMORY_EXCEEDED)


def _range(from_: Any, to: Any) -> Any:
    if isinstance(from_, int | float) and isinstance(to, int | float):
        if RANGE_LENGTH_MAX <= to - from_ < _RANGE_REFUSED:
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


_RANGE_REFUSED = 10_000_000
"""From here on the range operator itself refuses (D2014)."""

_BOUNDED = {"range_": _range, "concat": _concat, "fn_pad": _pad, "fn_join": _join}


def bounded_runtime(entry: Any) -> None:
    """Give a loaded expression the bounded functions instead of the library's own."""
    entry.__globals__.update(_BOUNDED)

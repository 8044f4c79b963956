"""Bounds on what one evaluation may allocate, put into the library's generated code.

Observed on AWS (2026): `[1..873782]` evaluates and one more fails; a string of 2^22 characters
evaluates and one of 2^23 does not; both with the text below and no code.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from typing import Any

from jsonata2py.errors import _RuntimeEvaluationError
from jsonata2py.runtime import context, core
from jsonata2py.runtime.strings import builtins as strings
from jsonata2py.runtime.values import MISSING, JRegex

from groundstate.asl.effort import HASTY_LENGTH_MAX, HASTY_TEXT_MAX, Effort, StepTooLong
from groundstate.asl.jsonata.checks import CHECK, make_check

RANGE_LENGTH_MAX = 873_782
STRING_LENGTH_MAX = 1 << 22

MEMORY_EXCEEDED = "Expression evaluation memory limit exceeded: Check for excessive memory usage"


def _allow_items(count: float) -> None:
    """An array of so many items may be made, or not."""
    if count > HASTY_LENGTH_MAX and _is_hasty():
        raise StepTooLong
    if count > RANGE_LENGTH_MAX:
        raise _RuntimeEvaluationError(None, MEMORY_EXCEEDED)


def _allow_text(length: float) -> None:
    """A string of this length may be made, or not."""
    if length > HASTY_TEXT_MAX and _is_hasty():
        raise StepTooLong
    if length > STRING_LENGTH_MAX:
        raise _RuntimeEvaluationError(None, MEMORY_EXCEEDED)


def _is_hasty() -> bool:
    effort = context.get_eval_delegate()
    return isinstance(effort, Effort) and effort.hasty


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list | str) else 1


def _range(from_: Any, to: Any) -> Any:
    context.check_timeout()
    numbers = isinstance(from_, int | float) and isinstance(to, int | float)
    if numbers and HASTY_LENGTH_MAX <= to - from_ < _RANGE_REFUSED:
        _allow_items(to - from_ + 1)
    return core.range_(from_, to)


def _concat(a: Any, b: Any) -> Any:
    text = core.concat(a, b)
    if isinstance(text, str) and len(text) > HASTY_TEXT_MAX:
        _allow_text(len(text))
    return text


def _append(a: Any, b: Any) -> Any:
    _allow_items(_length(a) + _length(b))
    return core.fn_append(a, b)


def _array_of(*elements: Any) -> Any:
    # Flattening makes an array longer than the elements; most are short.
    length = 0
    for element in elements:
        if isinstance(element, list):
            length += len(element)
    if length > HASTY_LENGTH_MAX:
        _allow_items(length)
    return core.array_of(*elements)


def _pad(text: Any, width: Any, *rest: Any) -> Any:
    if isinstance(width, int | float):
        _allow_text(abs(width))
    return core.fn_pad(text, width, *rest)


def _replace(text: Any, pattern: Any, replacement: Any = MISSING, *rest: Any) -> Any:
    if isinstance(text, str) and isinstance(replacement, str):
        places = text.count(pattern) if isinstance(pattern, str) and pattern else len(text)
        if places * len(replacement) > HASTY_TEXT_MAX and isinstance(pattern, str):
            _allow_text(len(text) + places * (len(replacement) - len(pattern)))
    result = core.fn_replace(text, pattern, replacement, *rest)
    if isinstance(result, str):
        _allow_text(len(result))
    return result


def _join(array: Any, *rest: Any) -> Any:
    if isinstance(array, list):
        separator = rest[0] if rest and isinstance(rest[0], str) else ""
        _allow_text(sum(map(_length, array)) + len(array) * len(separator))
    text = core.fn_join(array, *rest)
    if isinstance(text, str):
        _allow_text(len(text))
    return text


def _encoded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose text is longer than the one it is given."""

    def encode(text: Any, *rest: Any) -> Any:
        if isinstance(text, str):
            _allow_text(len(text))
        return function(text, *rest)

    return encode


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


_SEARCH_S_MAX = 0.25
"""Of the processor's time, for one search."""


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
            return self._pattern.search(text, position, timeout=min(left_s, _SEARCH_S_MAX))
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
    "array_of": _array_of,
    "fn_append": _append,
    "fn_pad": _pad,
    "fn_join": _join,
    "fn_replace": _replace,
    "fn_base64encode": _encoded(core.fn_base64encode),
    "fn_encodeUrl": _encoded(strings.fn_encodeUrl),
    "fn_encodeUrlComponent": _encoded(strings.fn_encodeUrlComponent),
    "fn_base64decode": _base64decode,
    "mul_d": _product,
    "regex_value": _regex_value,
}


def bounded_runtime(entry: Any) -> None:
    """Give a loaded expression the bounded functions instead of the library's own."""
    entry.__globals__.update(_BOUNDED)
    entry.__globals__[CHECK] = make_check()

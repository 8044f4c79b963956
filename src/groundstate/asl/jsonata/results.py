"""Results of evaluations as JSON: without the library's own types, and of a size that can be."""

from __future__ import annotations

from typing import Any

from groundstate.asl.effort import Effort

RESULT_LENGTH_MAX = 4 * 1024 * 1024
"""Ours: far more than any result may have as text. An array may hold a great value many times, so
its text may be as long as no memory can hold."""

_INFINITY = float("inf")


class ResultTooLarge(Exception):
    """Whatever is done with this result, it is over AWS's limit."""


def plain_result(value: Any, effort: Effort) -> Any:
    """The value without the library's own list types and with Infinity as AWS writes it.

    Raises:
        ResultTooLarge: its text would be too long.
        StepTooLong: others wait, and there is much to go through.
    """
    if value is None or value is True or value is False:
        return value
    return _Walk(effort).plain(value)


_LONG_MAX = (1 << 63) - 1


def _encodable(text: str) -> str:
    """The text with `?` for lone surrogates, as Java writes them."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode()


class _Walk:
    __slots__ = ("_effort", "_left", "_uncounted")

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._left = RESULT_LENGTH_MAX
        self._uncounted = 0

    def plain(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            self._left -= len(value)
            return _encodable(value)
        if kind is int:
            # JavaScript's numbers are doubles; what no long holds is not written as an integer.
            return value if -_LONG_MAX <= value <= _LONG_MAX else float(value)
        if kind is dict:
            if value:
                self._count(len(value))
                self._left -= sum(map(len, value))
            changed = {name: self.plain(item) for name, item in value.items()}
            return value if all(changed[name] is value[name] for name in changed) else changed
        if isinstance(value, list):
            self._count(len(value))
            items = [self.plain(item) for item in value]
            same = kind is list and all(a is b for a, b in zip(items, value, strict=True))
            return value if same else items
        if kind is float:
            if value != value:  # noqa: PLR0124
                return "NaN"
            if value in (_INFINITY, -_INFINITY):
                return "Infinity" if value > 0 else "-Infinity"
        return value

    def _count(self, items: int) -> None:
        # Each item takes a separator and a value: two characters at the least.
        self._left -= 2 * items + 2
        if self._left < 0 or not self._effort.look_at(items + 1):
            raise ResultTooLarge

"""What a path is evaluated in: a root, and how much work may be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundstate.asl.effort import Effort, StepTooLong
from groundstate.asl.errors import StateError, runtime_error
from groundstate.asl.jsonpath.errors import PathNotFound

Find = Callable[[Any, "Document"], Any]

# Looking at so many values takes some microseconds; less is not worth counting one by one.
_CLOCK_EVERY = 64


class Document:
    """One evaluation of a path.

    Args:
        root: the value that the path begins at.
        effort: how much work there may be.
    """

    __slots__ = ("_effort", "_found", "_limit_s", "_uncounted", "root")

    def __init__(self, root: Any, effort: Effort) -> None:
        self.root = root
        self._effort = effort
        self._limit_s = effort.begin()
        self._uncounted = 0
        self._found: dict[Find, Any] = {}

    @property
    def left_s(self) -> float:
        """How long the evaluation may go on, always more than nothing.

        Raises:
            StateError, StepTooLong: no longer.
        """
        left_s = self._effort.left_s if self._limit_s else 0.0
        if left_s <= 0:
            raise self.too_long()
        return left_s

    def look_at(self, count: int) -> None:
        """Note that so many values are looked at.

        Raises:
            StateError, StepTooLong: they are too many.
        """
        if not self._effort.look_at(count):
            raise self.too_long()
        self._uncounted += count
        if self._uncounted >= _CLOCK_EVERY:
            self._uncounted = 0
            assert self.left_s > 0

    def seen(self, values: list[Any]) -> list[Any]:
        """These values, each looked at."""
        self.look_at(1 + len(values))
        return values

    def once(self, find: Find) -> Any:
        """What is found from the root, looked for once.

        Raises:
            PathNotFound: it leads nowhere.
        """
        if find not in self._found:
            try:
                self._found[find] = find(self.root, self)
            except PathNotFound as error:
                self._found[find] = error
        found = self._found[find]
        if isinstance(found, PathNotFound):
            raise found
        return found

    def too_long(self) -> StateError | StepTooLong:
        """The error of an evaluation that takes too long."""
        self._effort.timed_out = True
        if self._effort.hasty:
            return StepTooLong()
        return runtime_error("Evaluating the JSONPath takes too long.")

    def close(self) -> None:
        """The evaluation is over."""
        self._effort.end(self._limit_s)

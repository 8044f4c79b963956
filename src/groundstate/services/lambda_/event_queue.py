"""The queue of asynchronous invocations that are due, in memory; the events are in the database.

A burst of events must not fill the memory with invocations, nor keep the loop: so many are tried
at a time, the others wait as numbers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from groundstate.operation import Call, Runner

RUNNING_MAX = 100

# Tries an event; False if nothing was submitted, so that its place is free again.
Attempt = Callable[[Call, int], bool]


class EventQueue:
    """Events in the order in which they became due."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._waiting: deque[tuple[int, str, Attempt]] = deque()
        self._running = 0
        self._is_stopped = False

    @property
    def busy(self) -> bool:
        """Events are due or under way."""
        return bool(self._waiting) or self._running > 0

    def add(self, event_id: int, region: str, attempt: Attempt) -> None:
        """Try an event as soon as there is a place."""
        self._waiting.append((event_id, region, attempt))
        self._fill()

    def leave(self) -> None:
        """An attempt is over: its place is free."""
        self._running -= 1
        self._fill()

    def stop(self) -> None:
        """Try no more."""
        self._is_stopped = True

    def _fill(self) -> None:
        while self._waiting and self._running < RUNNING_MAX and not self._is_stopped:
            event_id, region, attempt = self._waiting.popleft()
            self._running += 1
            self._runner.soon("lambda", self._job(event_id, attempt), region)

    def _job(self, event_id: int, attempt: Attempt) -> Callable[[Call], None]:
        def job(call: Call) -> None:
            submitted = False
            try:
                submitted = attempt(call, event_id)
            finally:
                if not submitted:
                    self.leave()

        return job

"""Retry and Catch.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import ALL, TASK_FAILED, TIMEOUT, Failed

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.query import CatchQuery
    from groundstate.asl.states.state import State
    from groundstate.asl.turn import Turn


def _matches(names: frozenset[str], failed: Failed) -> bool:
    error = failed.error or ""
    if error in names or (failed.alias and failed.alias in names):
        return True
    if ALL in names:
        return True
    return TASK_FAILED in names and error != TIMEOUT


class Retrier:
    """One entry of Retry.

    Attributes:
        max_attempts: how often it may be used in one visit of the state.
    """

    __slots__ = (
        "backoff_rate",
        "full_jitter",
        "interval_s",
        "max_attempts",
        "max_delay_s",
        "names",
    )

    def __init__(self, definition: dict[str, Any]) -> None:
        self.names = frozenset(definition["ErrorEquals"])
        self.interval_s = definition.get("IntervalSeconds", 1)
        self.max_attempts = definition.get("MaxAttempts", 3)
        self.backoff_rate = definition.get("BackoffRate", 2.0)
        self.max_delay_s = definition.get("MaxDelaySeconds")
        self.full_jitter = definition.get("JitterStrategy") == "FULL"

    def matches(self, failed: Failed) -> bool:
        return _matches(self.names, failed)

    def wait_s(self, used: int) -> float:
        """Seconds before the next attempt, after this retrier was used so often; no jitter."""
        try:
            delay = self.interval_s * self.backoff_rate**used
        except OverflowError:
            delay = float("inf")
        return float(delay if self.max_delay_s is None else min(delay, self.max_delay_s))

    def delay(self, turn: Turn, used: int) -> float:
        """As `wait_s`, with jitter: FULL is anything up to it, after the cap (observed)."""
        delay = min(self.wait_s(used), _DELAY_S_MAX)
        return delay * turn.chance.fraction() if self.full_jitter else delay


class Catcher:
    """One entry of Catch.

    Attributes:
        next: the state to go on with; set when the machine is linked.
    """

    __slots__ = ("names", "next", "next_name", "query")

    def __init__(self, definition: dict[str, Any], query: CatchQuery) -> None:
        self.names = frozenset(definition["ErrorEquals"])
        self.next_name: str = definition["Next"]
        self.next: State | None = None
        self.query = query

    def matches(self, failed: Failed) -> bool:
        return _matches(self.names, failed)

    def leave(self, turn: Turn, strand: Strand, failed: Failed) -> None:
        """Leave the strand's state to `next`, with the error output."""
        # Observed: what SendTaskFailure left out is null, the cause of a timeout is empty.
        cause = "" if failed.cause is None and failed.error == TIMEOUT else failed.cause
        error_output = {"Error": failed.error, "Cause": cause}
        output, assigned = self.query.evaluate(turn, strand, error_output)
        turn.exit(strand, output, None, self.next, assigned)


_DELAY_S_MAX = 31_536_000.0

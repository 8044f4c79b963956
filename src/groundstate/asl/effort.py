"""How much work the evaluations of one step may be.

A definition comes from outside, and an expression or a path in it may take long without doing any
wrong. Who steps an execution where others wait steps *hastily*: an evaluation that takes too long
ends the step with `StepTooLong`, and nothing of it counts. It is then done anew, *patiently*, where
nobody waits for it; there each evaluation has a limit of its own, at which it fails.
"""

from __future__ import annotations

import time

EVALUATION_S_MAX = 0.8
"""Ours: AWS stops endless evaluations too and says no number."""

STEP_S_MAX = 4.0
"""Ours: what all evaluations of a patient step may take together."""

NODES_MAX = 2_000_000
"""Ours: values that the JSONPaths of one step may look at, and that a JSONata result may have."""

HASTE_S = 0.015
"""What all evaluations of a hasty step may take together."""

HASTY_NODES_MAX = 50_000

HASTY_LENGTH_MAX = 20_000
"""Items of an array that one function makes at once in a hasty step."""

HASTY_TEXT_MAX = 1 << 19
"""Characters that one function makes at once in a hasty step."""

HASTY_EXPRESSION_MAX = 3000
"""Characters of an expression that is compiled in a hasty step."""

TIRED_S = 0.003
"""After so much evaluating a hasty step ends with the transition that it is in."""


_OWN_SHARE = 0.7
_STRETCH_MAX = 4.0


class StepTooLong(BaseException):
    """A hasty step took too long.

    The execution is not what it was before the step and must be loaded again. No `except Exception`
    may take this for an error of an expression.
    """


class Effort:
    """The work that a step may still do.

    Args:
        hasty: others wait meanwhile; too much work raises StepTooLong.
        total_s: what all evaluations may take together; 0 lets every one fail that needs time.
        stretch: so many times the usual limits, on a machine that is busy with something else.

    Attributes:
        hasty: as above.
        timed_out: an evaluation failed for its time.
        spent_s: how long evaluations took so far.
        tired: that is much for a hasty step, which should end soon.
    """

    __slots__ = (
        "_began_at",
        "_ends_at",
        "_evaluation_s",
        "_left_nodes",
        "_left_s",
        "hasty",
        "spent_s",
        "timed_out",
        "tired",
    )

    def __init__(
        self, *, hasty: bool = False, total_s: float | None = None, stretch: float = 1.0
    ) -> None:
        self.hasty = hasty
        default_s = HASTE_S if hasty else STEP_S_MAX
        self._left_s = (default_s if total_s is None else total_s) * stretch
        self._evaluation_s = EVALUATION_S_MAX * stretch
        self._began_at: tuple[float, float] | None = None
        self.timed_out = False
        self._left_nodes = HASTY_NODES_MAX if hasty else NODES_MAX
        self.spent_s = 0.0
        self.tired = False
        self._ends_at = 0.0

    @property
    def exceeded(self) -> bool:
        """Whether the step took all of its time."""
        return self._left_s <= 0

    @property
    def left_s(self) -> float:
        """How long the evaluation that has begun may go on."""
        return self._ends_at - time.perf_counter()

    @property
    def stretch_for(self) -> float:
        """How much longer the limits must be for what failed for its time; 1 if it was too long.

        It was not too long if the processor was somebody else's meanwhile.
        """
        if not self.timed_out or self._began_at is None:
            return 1.0
        wall_s = time.perf_counter() - self._began_at[0]
        own_s = time.thread_time() - self._began_at[1]
        if own_s > _OWN_SHARE * wall_s:
            return 1.0
        return min(_STRETCH_MAX, 1.2 * wall_s / max(own_s, 0.001))

    def begin(self) -> float:
        """An evaluation begins; how long it may take, 0 if it may not.

        Raises:
            StepTooLong: there is no time left in a hasty step.
        """
        if self._left_s <= 0:
            if self.hasty:
                raise StepTooLong
            return 0.0
        if self._began_at is None and not self.hasty:
            self._began_at = (time.perf_counter(), time.thread_time())
        limit_s = min(self._left_s, self._evaluation_s)
        self._ends_at = time.perf_counter() + limit_s
        return limit_s

    def end(self, limit_s: float) -> None:
        """The evaluation is over that might have taken so long."""
        took_s = limit_s - (self._ends_at - time.perf_counter())
        self._left_s -= took_s
        self.spent_s += took_s
        if self.hasty and self.spent_s > TIRED_S:
            self.tired = True

    def look_at(self, nodes: int) -> bool:
        """Note how many values are looked at; False if they are too many.

        Raises:
            StepTooLong: they are too many for a hasty step.
        """
        self._left_nodes -= nodes
        if self._left_nodes >= 0:
            return True
        if self.hasty:
            raise StepTooLong
        return False

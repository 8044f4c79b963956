"""What every state has: a name, a way in, a way out, and answers to what happens meanwhile."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from groundstate.asl.errors import Failed, StateError

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.interface import Input
    from groundstate.asl.query import Query
    from groundstate.asl.retry import Catcher, Retrier
    from groundstate.asl.turn import Turn


class State(ABC):
    """A compiled state. It holds nothing of any execution.

    Attributes:
        index: its place in `Machine.states`.
        name: as in the definition.
        query: its input and output processing, in its query language.
        next: the state that follows, or None at an end.
        entering, exiting: the types of its history events, each with the name beside it: states
            are of many classes, which makes every attribute that the main loop reads a slow one.
        aborted: whether AWS records it as aborted (`TaskStateAborted`).
        counts_retries: the context object has State.RetryCount.
    """

    type: ClassVar[str]
    aborted: ClassVar[bool] = False
    counts_retries: ClassVar[bool] = False

    def __init__(self, index: int, name: str, query: Query) -> None:
        self.index = index
        self.name = name
        self.query = query
        self.next: State | None = None
        self.next_name: str | None = None
        self.retriers: list[Retrier] = []
        self.catchers: list[Catcher] = []
        self.entering = f"{self.type}StateEntered", name
        self.exiting = f"{self.type}StateExited", name

    @abstractmethod
    def begin(self, turn: Turn, strand: Strand) -> None:
        """The state was entered: do its work, or ask for it and wait."""

    def again(self, turn: Turn, strand: Strand) -> None:
        """Try once more, after a retrier's wait."""
        self.begin(turn, strand)

    def redrive(self, turn: Turn, strand: Strand) -> None:
        """Go on with a state that was unfinished when the execution ended."""
        self.begin(turn, strand)

    def timer_fired(self, turn: Turn, strand: Strand) -> None:
        """The strand's timer is due; for most states it is a retrier's."""
        self.again(turn, strand)

    def answered(self, turn: Turn, strand: Strand, event: Input) -> None:
        """An answer for the task that the strand has open."""
        raise AssertionError(f"{self.type} state {self.name} has no task")

    def child_succeeded(self, turn: Turn, strand: Strand, child: Strand) -> None:
        """A branch or iteration is done; its output is the child's input of no further state."""
        raise AssertionError(f"{self.type} state {self.name} has no children")

    def child_failed(self, turn: Turn, strand: Strand, child: Strand, failed: Failed) -> None:
        """A branch or iteration failed."""
        raise AssertionError(f"{self.type} state {self.name} has no children")

    def record_timed_out(self, turn: Turn, strand: Strand) -> None:
        """Record that the strand's open task ran out of time."""
        raise AssertionError(f"{self.type} state {self.name} has no task")

    def record_failed(self, turn: Turn, strand: Strand) -> None:  # noqa: B027 - most types have no such event
        """Record that the state failed for good, where AWS has an event for that."""

    def record_evaluation_failed(
        self, turn: Turn, strand: Strand, error: StateError, cause: str
    ) -> None:
        """Record a failed query."""
        details: dict[str, Any] = {"cause": cause, "error": error.error, "state": self.name}
        if error.location is not None:
            details["location"] = error.location
        strand.previous = turn.record(
            self.evaluation_previous(strand),
            "EvaluationFailed",
            details,
        )

    def evaluation_previous(self, strand: Strand) -> int:
        """The event that an EvaluationFailed follows.

        Observed: a query that fails as the state is entered names the event before StateEntered.
        """
        return strand.before if strand.previous == strand.entered else strand.previous

    def retry(self, turn: Turn, strand: Strand, failed: Failed) -> bool:
        """Wait for another attempt, if a retrier is for this failure and not used up."""
        for number, retrier in enumerate(self.retriers):
            if retrier.matches(failed):
                if not strand.retries:
                    strand.retries = [0] * len(self.retriers)
                used = strand.retries[number]
                if used >= retrier.max_attempts:
                    return False
                strand.retries[number] = used + 1
                strand.attempt += 1
                turn.set_timer(strand, turn.now + retrier.delay(turn, used))
                return True
        return False

    def catch(self, turn: Turn, strand: Strand, failed: Failed) -> bool:
        """Go on at a catcher's Next, if one is for this failure."""
        for catcher in self.catchers:
            if catcher.matches(failed):
                catcher.leave(turn, strand, failed)
                return True
        return False

"""Input and output processing of a state, in either query language.

Both languages answer the same questions: what does the state work on, and what does it leave
behind? `jsonpath_query.py` has InputPath, Parameters, ResultSelector, ResultPath and OutputPath;
`jsonata_query.py` has Arguments and Output.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.states.state import State
    from groundstate.asl.turn import Turn


class Query(Protocol):
    """A state's input and output processing."""

    language: str
    reads_result: bool
    """Whether `leave` looks into the result; if not, its text is enough."""

    def input(self, turn: Turn, strand: Strand) -> Any:
        """What fields like TimeoutSecondsPath or a Choice rule's Variable refer to."""

    def arguments(self, turn: Turn, strand: Strand) -> Any:
        """What the state's work gets: the input through Parameters or Arguments."""

    def leave(
        self,
        turn: Turn,
        strand: Strand,
        result: Any,
        result_text: str | None,
        next_state: State | None,
    ) -> None:
        """Leave the state with the result of its work.

        Args:
            result: may be `UNREAD` unless `reads_result`.
        """

    def pass_on(
        self, turn: Turn, strand: Strand, next_state: State | None, assign: Assign | None = None
    ) -> None:
        """Leave a state that has no result (Wait, Choice, Succeed)."""


class CatchQuery(Protocol):
    """A catcher's output processing."""

    def evaluate(
        self, turn: Turn, strand: Strand, error_output: dict[str, Any]
    ) -> tuple[Any, dict[str, Any] | None]:
        """The state's output and the variables to assign."""


Assign = Callable[..., dict[str, Any]]

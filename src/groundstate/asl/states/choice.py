"""Choice: goes on at the first rule that holds.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundstate.asl.errors import runtime_error
from groundstate.asl.states.state import State

if TYPE_CHECKING:
    from groundstate.asl.choice_rules import Rule
    from groundstate.asl.execution import Strand
    from groundstate.asl.query import Assign, Query
    from groundstate.asl.turn import Turn


class Branch:
    """One entry of Choices.

    Attributes:
        holds: the compiled rule.
        assign: its own Assign, which replaces the state's; None keeps the state's out.
        next: where it leads; set when the machine is linked.
    """

    __slots__ = ("assign", "holds", "next", "next_name", "query")

    def __init__(self, holds: Rule, next_name: str, assign: Assign | None, query: Query) -> None:
        self.holds = holds
        self.next_name = next_name
        self.next: State | None = None
        self.assign = assign
        self.query = query


class ChoiceState(State):
    """A Choice state.

    Attributes:
        branches: its rules, in order.
        default_name, default: where it goes when none holds.
    """

    type = "Choice"

    def __init__(
        self,
        index: int,
        name: str,
        query: Query,
        branches: list[Branch],
        default_name: str | None,
    ) -> None:
        super().__init__(index, name, query)
        self.branches = branches
        self.default_name = default_name
        self.default: State | None = None

    def begin(self, turn: Turn, strand: Strand) -> None:
        data = self.query.input(turn, strand)
        for branch in self.branches:
            # Calling `branch.holds` itself would be slower: Python takes it for a method.
            holds = branch.holds
            if holds(data, turn):
                branch.query.pass_on(turn, strand, branch.next, branch.assign)
                return
        if self.default is None:
            raise runtime_error(
                "Failed to transition out of the state. The state does not point to a next state."
            )
        self.query.pass_on(turn, strand, self.default)

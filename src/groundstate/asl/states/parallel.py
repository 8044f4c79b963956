"""Parallel: runs its branches side by side and goes on with the list of their outputs.

https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundstate.asl.execution import Group
from groundstate.asl.states.container import ContainerState

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.states.state import State
    from groundstate.asl.turn import Turn


class ParallelState(ContainerState):
    """A Parallel state.

    Attributes:
        starts: the first state of each branch; set when the machine is linked.
    """

    type = "Parallel"
    starts: list[State]

    def begin(self, turn: Turn, strand: Strand) -> None:
        value = self.query.arguments(turn, strand)
        text = strand.text if value is strand.raw_value else None
        strand.previous = started = turn.record(strand.previous, "ParallelStateStarted", None)
        strand.lost = None
        group = strand.group = Group(len(self.starts))
        for index, start in enumerate(self.starts):
            child = turn.add_strand(strand, index, start, started)
            child.set_input(value, text)
            group.children.append(child.id)

    def child_succeeded(self, turn: Turn, strand: Strand, child: Strand) -> None:
        group = strand.group
        assert group is not None
        self.child_of(turn, group, child)
        if group.pending:
            return
        # The chain goes on from the branch that ended last; ParallelStateSucceeded is off it.
        strand.previous = child.previous
        turn.record(strand.previous, "ParallelStateSucceeded", None)
        self.query.leave(turn, strand, group.results, None, self.next)

    def record_failed(self, turn: Turn, strand: Strand) -> None:
        strand.previous = turn.record(strand.previous, "ParallelStateFailed", None)

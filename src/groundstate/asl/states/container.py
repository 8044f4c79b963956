"""What Parallel and inline Map share: children that run, and are aborted when one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundstate.asl.execution import WAITING, Lost, Strand
from groundstate.asl.states.state import State

if TYPE_CHECKING:
    from groundstate.asl.errors import Failed
    from groundstate.asl.execution import Group
    from groundstate.asl.turn import Turn


class ContainerState(State):
    """A state whose strand has children."""

    counts_retries = True
    aborted = True

    def drop_children(self, turn: Turn, strand: Strand, failed_child: Strand) -> None:
        """Abort all children after one failed; its chain is the one that goes on.

        Every event of this names the failed child's last event as its previous one (observed).
        """
        group = strand.group
        assert group is not None
        previous = failed_child.previous
        lost = Lost(group)
        for child_id in group.children:
            child = turn.execution.strands[child_id]
            self.record_child_end(turn, child, previous, failed=child is failed_child)
            _abort(turn, child, previous, lost)
        strand.group, strand.lost = None, lost
        strand.previous = previous

    def redrive(self, turn: Turn, strand: Strand) -> None:
        # It failed before it had children; one that has some only waits for them.
        self.begin(turn, strand)

    def record_child_end(self, turn: Turn, child: Strand, previous: int, *, failed: bool) -> None:
        """Record that an iteration failed or was aborted, where AWS has an event for that."""

    def child_of(self, turn: Turn, group: Group, child: Strand) -> None:
        """Note a child's output and forget the child."""
        group.children.remove(child.id)
        group.results[child.index] = child.value
        group.pending -= 1

    def child_failed(self, turn: Turn, strand: Strand, child: Strand, failed: Failed) -> None:
        self.drop_children(turn, strand, child)
        turn.fail(strand, failed)


def _abort(turn: Turn, strand: Strand, previous: int, lost: Lost) -> None:
    """Take a strand and all below it out of the execution."""
    if strand.group is not None:
        for child_id in strand.group.children:
            _abort(turn, turn.execution.strands[child_id], previous, lost)
    if strand.lost is not None:
        strand.group = strand.lost.group
        lost.strands.extend(strand.lost.strands)
        strand.lost = None
    if strand.phase == WAITING and strand.state.aborted:
        turn.record(previous, f"{strand.state.type}StateAborted", None)
    turn.drop(strand)
    lost.strands.append(strand)

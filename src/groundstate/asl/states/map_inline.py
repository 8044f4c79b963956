"""Map in inline mode: runs its processor for every item, some at a time, inside the execution.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundstate.asl import limits
from groundstate.asl.errors import DATA_LIMIT_EXCEEDED, RUNTIME, Failed, StateError
from groundstate.asl.execution import Group
from groundstate.asl.json_text import to_text
from groundstate.asl.map_items import make_item
from groundstate.asl.states.container import ContainerState
from groundstate.asl.turn import interpreting_cause

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.map_items import MapItems
    from groundstate.asl.query import Query
    from groundstate.asl.states.state import State
    from groundstate.asl.turn import Turn


class InlineMapState(ContainerState):
    """A Map state in inline mode.

    Attributes:
        items: where the items come from and what an iteration gets of them.
        start: the processor's first state; set when the machine is linked.
    """

    type = "Map"
    start: State

    def __init__(self, index: int, name: str, query: Query, items: MapItems) -> None:
        super().__init__(index, name, query)
        self.items = items

    def begin(self, turn: Turn, strand: Strand) -> None:
        data = self.query.input(turn, strand)
        concurrency = self.items.max_concurrency(data, turn)
        items = self.items.find(data, turn)
        strand.previous = turn.record(
            strand.previous,
            "MapStateStarted",
            {"length": len(items)},
        )
        strand.lost = None
        group = strand.group = Group(len(items))
        group.items = items
        group.data = data if self.items.keeps_data else None
        group.concurrency = min(concurrency or len(items), limits.INLINE_MAP_CONCURRENCY_MAX)
        if not items:
            self._succeed(turn, strand, group)
            return
        for _ in range(min(group.concurrency, len(items))):
            if not self._start_next(turn, strand, group, strand.previous):
                return

    def _start_next(self, turn: Turn, strand: Strand, group: Group, previous: int) -> bool:
        """Begin the next iteration; False if that failed, and the state with it."""
        index = group.next_index
        group.next_index = index + 1
        started = turn.record(
            previous,
            "MapIterationStarted",
            {"index": index, "name": self.name},
        )
        child = turn.add_strand(strand, index, self.start, started)
        group.children.append(child.id)
        child.item = make_item(index, group.items[index])
        data = group.data if self.items.keeps_data else None
        child.set_input_text("null")
        try:
            selected = self.items.select(turn, strand, data, child.item)
            # Made here, where a value that is nested too deeply fails this state.
            child.set_input(selected, to_text(selected))
        except StateError as error:
            child.set_input(group.items[index], None)
            self._not_selected(turn, strand, child, error)
            return False
        return True

    def _not_selected(self, turn: Turn, strand: Strand, child: Strand, error: StateError) -> None:
        """The ItemSelector failed: so does the iteration, with an error of this state."""
        cause = interpreting_cause(strand, error)
        if error.evaluation:
            turn.strand = strand
            details = {"cause": cause, "error": error.error, "state": self.name}
            if error.location is not None:
                details["location"] = error.location
            turn.emit(child, "EvaluationFailed", details)
        fatal = error.error in (RUNTIME, DATA_LIMIT_EXCEEDED)
        self.child_failed(turn, strand, child, Failed(error.error, cause, fatal=fatal))

    def child_succeeded(self, turn: Turn, strand: Strand, child: Strand) -> None:
        group = strand.group
        assert group is not None
        succeeded = turn.record(
            child.previous,
            "MapIterationSucceeded",
            {"index": child.index, "name": self.name},
        )
        self.child_of(turn, group, child)
        if group.next_index < len(group.items):
            # The next iteration chains to the last event inside of this one; only the state's own
            # events chain to the last MapIterationSucceeded (observed).
            self._start_next(turn, strand, group, child.previous)
        elif not group.pending:
            strand.previous = succeeded
            self._succeed(turn, strand, group)

    def _succeed(self, turn: Turn, strand: Strand, group: Group) -> None:
        turn.record(strand.previous, "MapStateSucceeded", None)
        self.query.leave(turn, strand, group.results, None, self.next)

    def record_child_end(self, turn: Turn, child: Strand, previous: int, *, failed: bool) -> None:
        word = "Failed" if failed else "Aborted"
        turn.record(
            previous,
            f"MapIteration{word}",
            {"index": child.index, "name": self.name},
        )

    def record_failed(self, turn: Turn, strand: Strand) -> None:
        strand.previous = turn.record(strand.previous, "MapStateFailed", None)

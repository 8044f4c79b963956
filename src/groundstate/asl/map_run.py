"""What whoever runs a map run asks the core: the input of each child."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.effort import Effort
from groundstate.asl.errors import Failed, StateError
from groundstate.asl.json_text import to_text
from groundstate.asl.map_items import make_item
from groundstate.asl.states.map_distributed import DistributedMapState
from groundstate.asl.turn import Turn, interpreting_cause

if TYPE_CHECKING:
    from groundstate.asl.execution import Execution
    from groundstate.asl.machine import Machine

SELECTION_S_MAX = 0.05
"""Ours: what the ItemSelector of a distributed Map may take for one item, while others wait."""


STATE_DATA = "STATE_DATA"
"""The context object's `Map.Item.Source` of items that are the state's own input.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
"""


def select_item(
    machine: Machine,
    execution: Execution,
    task_id: int,
    index: int,
    item: Any,
    now: float,
    entropy: int,
    source: str = STATE_DATA,
) -> str | Failed:
    """The input of an item's child, as JSON text: the item through the ItemSelector.

    Where the run has a batcher, whoever runs it puts several of these together. Changes nothing.

    Args:
        machine, execution: of the Map state.
        task_id: of `StartMapRun`, still open.
        index, item: the item, counted from 0.
        now, entropy: as in an input event.
        source: where the item comes from, for the context object: `STATE_DATA` or the S3 URI of
            the object or the bucket that was read.

    Returns:
        The text, or why the selector failed, which fails the map run.
    """
    strand = execution.strands[execution.tasks[task_id]]
    state = strand.state
    assert isinstance(state, DistributedMapState), state.name
    about = {**make_item(index, item), "Source": source}
    stretch = 1.0
    while True:
        effort = Effort(total_s=SELECTION_S_MAX, stretch=stretch)
        turn = Turn(machine, execution, now, entropy, effort)
        turn.strand = strand
        try:
            data = state.query.input(turn, strand) if state.items.keeps_data else None
            return to_text(state.items.select(turn, strand, data, about))
        except StateError as error:
            tried_twice, stretch = stretch > 1, effort.stretch_for
            if tried_twice or stretch <= 1:
                return Failed(error.error, interpreting_cause(strand, error))

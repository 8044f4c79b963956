"""What whoever runs a map run asks the core: the input of each child."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import Failed, StateError
from groundstate.asl.json_text import to_text
from groundstate.asl.map_items import make_item
from groundstate.asl.states.map_distributed import DistributedMapState
from groundstate.asl.turn import Turn, interpreting_cause

if TYPE_CHECKING:
    from groundstate.asl.execution import Execution
    from groundstate.asl.machine import Machine


def select_item(
    machine: Machine,
    execution: Execution,
    task_id: int,
    index: int,
    item: Any,
    now: float,
    entropy: int,
) -> str | Failed:
    """The input of an item's child, as JSON text: the item through the ItemSelector.

    Where the run has a batcher, whoever runs it puts several of these together. Changes nothing.

    Args:
        machine, execution: of the Map state.
        task_id: of `StartMapRun`, still open.
        index, item: the item, counted from 0.
        now, entropy: as in an input event.

    Returns:
        The text, or why the selector failed, which fails the map run.
    """
    strand = execution.strands[execution.tasks[task_id]]
    state = strand.state
    assert isinstance(state, DistributedMapState), state.name
    turn = Turn(machine, execution, now, entropy)
    turn.strand = strand
    try:
        data = state.query.input(turn, strand) if state.items.keeps_data else None
        return to_text(state.items.select(turn, strand, data, make_item(index, item)))
    except StateError as error:
        return Failed(error.error, interpreting_cause(strand, error))

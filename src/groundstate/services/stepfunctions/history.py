"""Histories as operations read them: events from the chunks that bursts wrote."""

from __future__ import annotations

from groundstate.asl.interface import Entry, HistoryEvent
from groundstate.operation import Call
from groundstate.services.stepfunctions.history_chunks import (
    Ends,
    decode_ends,
    decode_first,
    decode_part,
)
from groundstate.store.executions import ExecutionRow


def read_first_entry(call: Call, execution_id: int) -> Entry | None:
    """The entry of the event with the id 1."""
    chunk = call.tx.executions.find_first_chunk(execution_id)
    return None if chunk is None else decode_first(chunk)


def read_ends(call: Call, row: ExecutionRow) -> Ends | None:
    """The ends of an execution's history."""
    recent = call.tx.executions.recent.get((row.machine_id, row.name))
    if recent is not None:
        ends: Ends = recent[1]
        return ends
    found = call.tx.executions.find_last_chunk(row.execution_id)
    return None if found is None else decode_ends(*found)


def read_events(
    call: Call, execution_id: int, *, first_id: int, limit: int, reverse: bool
) -> list[HistoryEvent]:
    """Events from `first_id` on, upwards, or downwards with `reverse`."""
    events: list[HistoryEvent] = []
    chunks = call.tx.executions.chunks_from(execution_id, first_id, reverse=reverse)
    for chunk_first_id, chunk in chunks:
        left = limit - len(events)
        events += decode_part(chunk_first_id, chunk, first_id, left, reverse=reverse)
        if len(events) >= limit:
            break
    return events

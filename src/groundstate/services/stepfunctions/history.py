"""Histories as operations read them: events from the chunks that bursts wrote."""

from __future__ import annotations

from groundstate.asl.interface import HistoryEvent
from groundstate.operation import Call
from groundstate.services.stepfunctions.history_chunks import (
    decode_ends,
    decode_first,
    decode_part,
)


def read_first_event(call: Call, execution_id: int) -> HistoryEvent | None:
    """The event with the id 1."""
    chunk = call.tx.executions.find_chunk(execution_id, 1)
    return None if chunk is None else decode_first(1, chunk)


def read_last_event(call: Call, execution_id: int) -> HistoryEvent | None:
    """The newest event."""
    ends = read_ends(call, execution_id)
    return None if ends is None else ends[1]


def read_ends(call: Call, execution_id: int) -> tuple[HistoryEvent | None, HistoryEvent] | None:
    """The first event, if the newest chunk has it too, and the newest one."""
    found = call.tx.executions.find_last_chunk(execution_id)
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

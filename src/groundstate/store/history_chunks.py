"""How the events of a burst are written: a chunk that leaves out what can be worked out again.

A chunk is a JSON array: the time of its events, then an array for each event: its type, the id of
the event before it in its chain, its details (null if it has none) and, where it differs, its time.
Ids follow each other, the name of the details' member follows from the type, and `inputDetails`
that say that nothing was cut are the rule. That halves what the longest table holds.
"""

from __future__ import annotations

from typing import Any

import orjson

Event = dict[str, Any]

_WHOLE = {"truncated": False}


def encode_chunk(events: list[Event]) -> bytes:
    """The bytes of a chunk; the events' ids follow each other."""
    time = events[0]["timestamp"]
    chunk: list[Any] = [time]
    for event in events:
        details = None
        if len(event) == 5:
            *_, details = event.values()
            if "inputDetails" in details or "outputDetails" in details:
                details = {
                    name: value
                    for name, value in details.items()
                    if value != _WHOLE or name not in ("inputDetails", "outputDetails")
                }
        entry = [event["type"], event["previousEventId"], details]
        if event["timestamp"] != time:
            entry.append(event["timestamp"])
        chunk.append(entry)
    return orjson.dumps(chunk)


def decode_chunk(first_id: int, chunk: bytes) -> list[Event]:
    """The events of a chunk whose first one has this id."""
    time, *entries = orjson.loads(chunk)
    return [_decode(number, entry, time) for number, entry in enumerate(entries, first_id)]


def decode_first(first_id: int, chunk: bytes) -> Event:
    """The first event of a chunk."""
    time, entry, *_ = orjson.loads(chunk)
    return _decode(first_id, entry, time)


def decode_ends(first_id: int, chunk: bytes) -> tuple[Event | None, Event]:
    """The execution's first event, if this chunk begins with it, and the chunk's last one."""
    entries = orjson.loads(chunk)
    time = entries[0]
    last = _decode(first_id + len(entries) - 2, entries[-1], time)
    if first_id != 1:
        return None, last
    return (last if len(entries) == 2 else _decode(1, entries[1], time)), last


def _decode(number: int, entry: list[Any], time: float) -> Event:
    kind, previous, details, *own_time = entry
    event: Event = {
        "timestamp": own_time[0] if own_time else time,
        "type": kind,
        "id": number,
        "previousEventId": previous,
    }
    if details is not None:
        if "input" in details and "inputDetails" not in details:
            details["inputDetails"] = _WHOLE
        if "output" in details and "outputDetails" not in details:
            details["outputDetails"] = _WHOLE
        event[_details_name(kind)] = details
    return event


def _details_name(kind: str) -> str:
    if kind.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if kind.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"

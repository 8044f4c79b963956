"""History events: as the core makes them, and as GetExecutionHistory answers them.

The core makes an *entry* for each event: what cannot be worked out from its place among the others.
Ids follow each other, all events of a step have its time, the name of the details' member follows
from the type, and nothing is ever cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

Entry = Sequence[Any]
"""An event: its type, the id of the event before it in its chain, its details (None if it has
none), and its time (epoch seconds) if that is not its neighbours'. The details have no
`inputDetails` and the like; of a state that is entered, or left with no variables assigned, they
are the state's name and the text alone. The core makes tuples, which cost less than lists and
dicts; what was stored comes back as lists."""

HistoryEvent = dict[str, Any]
"""One event as GetExecutionHistory answers it: `timestamp` (epoch seconds), `type`, `id`,
`previousEventId` and the `...EventDetails` of its type. Inputs and outputs are JSON text."""

NOT_TRUNCATED = {"truncated": False}
"""Shared by all events; nobody changes an event."""

_ENTERED = "stateEnteredEventDetails"

_TEXTS = (
    ("input", "inputDetails"),
    ("output", "outputDetails"),
    ("assignedVariables", "assignedVariablesDetails"),
)


def make_events(entries: list[Entry], first_id: int, timestamp: float) -> list[HistoryEvent]:
    """Entries that follow each other as GetExecutionHistory answers them."""
    return [make_event(entry, id_, timestamp) for id_, entry in enumerate(entries, first_id)]


def make_event(entry: Entry, id: int, timestamp: float) -> HistoryEvent:
    """An entry as GetExecutionHistory answers it."""
    kind, previous, details, *own_time = entry
    event: HistoryEvent = {
        "timestamp": own_time[0] if own_time else timestamp,
        "type": kind,
        "id": id,
        "previousEventId": previous,
    }
    if details is not None:
        event[details_name(kind)] = _make_details(kind, details)
    return event


def _make_details(kind: str, details: Any) -> dict[str, Any]:
    if isinstance(details, dict):
        made = dict(details)
        for text, whole in _TEXTS:
            if text in made and whole not in made:
                made[whole] = NOT_TRUNCATED
        return made
    name, data = details
    if details_name(kind) == _ENTERED:
        return {"input": data, "name": name, "inputDetails": NOT_TRUNCATED}
    return {"name": name, "output": data, "outputDetails": NOT_TRUNCATED}


@cache
def details_name(kind: str) -> str:
    """The member that holds the details of events of a type."""
    if kind.endswith("StateEntered"):
        return _ENTERED
    if kind.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"

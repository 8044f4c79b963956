"""How the events of a burst are written: a chunk that leaves out what can be worked out again.

A chunk is a JSON array: the time of its events, then an array for each event: its type, the id of
the event before it in its chain, its details (null if it has none) and, where it differs, its time.
Ids follow each other, the name of the details' member follows from the type, and `inputDetails`
that say that nothing was cut are the rule. A state's output is most often the next one's input: an
`input` or `output` that an event of the chunk has already is the place of that event, a number; and
a text that is made of a form (`answer_texts.py`) is the form's number and what fills it, an array.
The longest table then holds less than half of what it would, and a commit writes fewer pages.
"""

from __future__ import annotations

from typing import Any

import orjson

from groundstate.store.answer_texts import Form, Forms, fill

Event = dict[str, Any]

_WHOLE = {"truncated": False}
_NO_FORMS: dict[str, Form] = {}
# Shorter texts are as good as the number of a place.
_SHORT = 12


def encode_chunk(events: list[Event], forms: Forms = _NO_FORMS) -> bytes:
    """The bytes of a chunk; the events' ids follow each other.

    Args:
        forms: those of the events' texts that are known to be made of a form.
    """
    time = events[0]["timestamp"]
    chunk: list[Any] = [time]
    places: dict[str, int] = {}
    for place, event in enumerate(events, 1):
        details = None
        if len(event) == 5:
            *_, details = event.values()
            if "outputDetails" in details:
                details = _shortened(details, "output", "outputDetails", places, place, forms)
            elif "inputDetails" in details:
                details = _shortened(details, "input", "inputDetails", places, place, forms)
        entry = [event["type"], event["previousEventId"], details]
        if event["timestamp"] != time:
            entry.append(event["timestamp"])
        chunk.append(entry)
    return orjson.dumps(chunk)


def _shortened(
    details: dict[str, Any],
    text: str,
    whole: str,
    places: dict[str, int],
    place: int,
    forms: Forms,
) -> dict[str, Any]:
    """Details without what can be worked out again; notes where their text is."""
    details = details.copy()
    if details[whole] == _WHOLE:
        del details[whole]
    value = details.get(text)
    if value is not None and len(value) > _SHORT:
        first = places.setdefault(value, place)
        if first != place:
            details[text] = first
        elif value in forms:
            details[text] = forms[value]
    return details


def decode_chunk(first_id: int, chunk: bytes) -> list[Event]:
    """The events of a chunk whose first one has this id."""
    return decode_part(first_id, chunk, first_id, len(chunk), reverse=False)


def decode_part(
    first_id: int, chunk: bytes, from_id: int, limit: int, *, reverse: bool
) -> list[Event]:
    """Some events of a chunk, which may have thousands: the first one of it has this id.

    Args:
        first_id, chunk: of the chunk.
        from_id: upwards from here, or downwards with `reverse`.
        limit: so many at most.
    """
    entries = orjson.loads(chunk)
    # An event's place in the chunk; its time is at place 0.
    place = from_id - first_id + 1
    if reverse:
        end = min(place, len(entries) - 1) + 1
        places = range(max(1, end - limit), end)[::-1]
    else:
        begin = max(1, place)
        places = range(begin, min(begin + limit, len(entries)))
    return [_decode(first_id, entries, place) for place in places]


def decode_first(first_id: int, chunk: bytes) -> Event:
    """The first event of a chunk."""
    return _decode(first_id, orjson.loads(chunk), 1)


def decode_ends(first_id: int, chunk: bytes) -> tuple[Event | None, Event]:
    """The execution's first event, if this chunk begins with it, and the chunk's last one."""
    entries = orjson.loads(chunk)
    last = _decode(first_id, entries, len(entries) - 1)
    if first_id != 1:
        return None, last
    return (last if len(entries) == 2 else _decode(1, entries, 1)), last


def _decode(first_id: int, entries: list[Any], place: int) -> Event:
    kind, previous, given, *own_time = entries[place]
    event: Event = {
        "timestamp": own_time[0] if own_time else entries[0],
        "type": kind,
        "id": first_id + place - 1,
        "previousEventId": previous,
    }
    if given is not None:
        # A copy: events that are decoded after this one may point at its text.
        details = dict(given)
        for name in ("input", "output"):
            if name in details:
                text = details[name]
                if type(text) is not str:
                    details[name] = _text_of(entries, text)
                if name + "Details" not in details:
                    details[name + "Details"] = _WHOLE
        event[_details_name(kind)] = details
    return event


def _text_of(entries: list[Any], text: Any) -> str:
    if type(text) is int:
        details = entries[text][2]
        # No type of event has both.
        text = details["input"] if "input" in details else details["output"]
    if type(text) is list:
        return fill(text)
    assert type(text) is str, f"a text points on: {text!r}"
    return text


def _details_name(kind: str) -> str:
    if kind.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if kind.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"

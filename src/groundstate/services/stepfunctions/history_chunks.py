"""How the events of a burst are written: a chunk that leaves out what can be worked out again.

A chunk is a JSON array: the time of its events, then the core's entries (`asl/history.py`), one for
each event. A state's output is most often the next one's input: a text, input or output, that an
event of the chunk has already is the place of that event, a number; and a text that is made of a
form (`answer_texts.py`) is the form's number and what fills it, an array. The longest table then
holds less than a third of what it would, and a commit writes fewer pages.

Older chunks name the members of all details, and so did the core's entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import orjson

from groundstate.asl.interface import Entry, HistoryEvent, make_event
from groundstate.services.stepfunctions.answer_texts import Forms, fill

Ends = tuple[HistoryEvent | None, HistoryEvent]
"""The first event of an execution, if the newest chunk has it too, and the newest one."""

# Parses one value of a text, from where it begins; it tells where the value ends.
_parse = json.JSONDecoder().raw_decode

# Shorter texts are as good as the number of a place.
_SHORT = 12


def encode_chunk(time: float, entries: list[Entry], forms: Forms) -> bytes:
    """The bytes of a chunk.

    Args:
        time: of the entries that have none of their own.
        forms: those of the events' texts that are known to be made of a form.
    """
    written: list[Any] = [time, *entries]
    places: dict[str, int] = {}
    place = 0
    for entry in entries:
        place += 1
        details = entry[2]
        # Nearly all events of a long burst are of states, and need no call.
        text = details[1] if type(details) is tuple else _find_text(entry)
        if text is None or len(text) <= _SHORT:
            continue
        first = places.setdefault(text, place)
        if first != place:
            written[place] = _with_text(entry, first)
        elif text in forms:
            written[place] = _with_text(entry, forms[text])
    return orjson.dumps(written)


def decode_chunk(first_id: int, chunk: bytes) -> list[HistoryEvent]:
    """The events of a chunk whose first one has this id."""
    return decode_part(first_id, chunk, first_id, len(chunk), reverse=False)


def decode_part(
    first_id: int, chunk: bytes, from_id: int, limit: int, *, reverse: bool
) -> list[HistoryEvent]:
    """Some events of a chunk, which may have thousands: the first one of it has this id.

    Args:
        first_id, chunk: of the chunk.
        from_id: upwards from here, or downwards with `reverse`.
        limit: so many at most.
    """
    entries = orjson.loads(chunk)
    # An event's place in the chunk; its time is at place 0.
    place = from_id - first_id + 1
    places: Iterable[int]
    if reverse:
        end = min(place, len(entries) - 1) + 1
        places = range(max(1, end - limit), end)[::-1]
    else:
        begin = max(1, place)
        places = range(begin, min(begin + limit, len(entries)))
    return [_decode(first_id, entries, place) for place in places]


def decode_first(first_id: int, chunk: bytes) -> HistoryEvent:
    """The first event of a chunk, for which the others are not parsed: there may be thousands."""
    text = chunk.decode()
    time, end = _parse(text, 1)
    entry, _ = _parse(text, end + 1)
    return _decode(first_id, [time, entry], 1)


def find_ends(first_id: int, entries: list[Entry], time: float) -> Ends:
    """The ends that a history has with a burst's entries."""
    first = make_event(entries[0], 1, time) if first_id == 1 else None
    return first, make_event(entries[-1], first_id + len(entries) - 1, time)


def decode_ends(first_id: int, chunk: bytes) -> Ends:
    """The ends that a history has with this chunk."""
    entries = orjson.loads(chunk)
    last = _decode(first_id, entries, len(entries) - 1)
    if first_id != 1:
        return None, last
    return (last if len(entries) == 2 else _decode(1, entries, 1)), last


def _decode(first_id: int, entries: list[Any], place: int) -> HistoryEvent:
    entry = entries[place]
    text = _find_text(entry)
    if text is not None and type(text) is not str:
        entry = _with_text(entry, _text_of(entries, text))
    return make_event(entry, first_id + place - 1, entries[0])


def _text_of(entries: list[Any], text: Any) -> str:
    if type(text) is int:
        text = _find_text(entries[text])
    if type(text) is list:
        return fill(text)
    assert type(text) is str, f"a text points on: {text!r}"
    return text


def _find_text(entry: Entry) -> Any:
    """The input or output of an event, as it is written there; None if it has neither.

    No type of event has both.
    """
    details = entry[2]
    if details is None:
        return None
    if type(details) is dict:
        return details["input"] if "input" in details else details.get("output")
    return details[1]


def _with_text(entry: Entry, text: Any) -> Entry:
    """The entry with this for its input or output."""
    details = entry[2]
    if type(details) is dict:
        details = details.copy()
        details["input" if "input" in details else "output"] = text
    else:
        details = details[0], text
    if len(entry) == 3:
        return entry[0], entry[1], details
    return entry[0], entry[1], details, entry[3]

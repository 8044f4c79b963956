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

Ends = tuple[Entry | None, Entry, int]
"""The entry of an execution's first event, if the newest chunk has it too, and that of the newest
event with its id."""

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
    # What is written for a text: its form, and from its second event on the place of its first.
    known: dict[str, Any] = dict(forms)
    place = 0
    for entry in entries:
        place += 1
        details = entry[2]
        # Nearly all events of a long burst are of states.
        if type(details) is tuple:
            text = details[1]
        elif details is None:
            continue
        else:
            text = details.get("output") or details.get("input")
        if text is None or len(text) <= _SHORT:
            continue
        shorter = known.setdefault(text, place)
        if shorter != place:
            if type(details) is tuple and len(entry) == 3:
                written[place] = entry[0], entry[1], (details[0], shorter)
            else:
                written[place] = _with_text(entry, shorter)
            if type(shorter) is not int:
                known[text] = place
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


def decode_first(chunk: bytes) -> Entry:
    """The first entry of a chunk, for which the others are not parsed: there may be thousands."""
    text = chunk.decode()
    time, end = _parse(text, 1)
    entry, _ = _parse(text, end + 1)
    return _read_entry([time, entry], 1)


def find_ends(first_id: int, entries: list[Entry]) -> Ends:
    """The ends that a history has with a burst's entries."""
    return entries[0] if first_id == 1 else None, entries[-1], first_id + len(entries) - 1


def decode_ends(first_id: int, chunk: bytes) -> Ends:
    """The ends that a history has with this chunk."""
    entries = orjson.loads(chunk)
    count = len(entries) - 1
    first = _read_entry(entries, 1) if first_id == 1 else None
    return first, _read_entry(entries, count), first_id + count - 1


def _decode(first_id: int, entries: list[Any], place: int) -> HistoryEvent:
    return make_event(_read_entry(entries, place), first_id + place - 1, entries[0])


def _read_entry(entries: list[Any], place: int) -> Entry:
    entry: Entry = entries[place]
    text = _find_text(entry[2])
    if text is not None and type(text) is not str:
        entry = _with_text(entry, _text_of(entries, text))
    return entry


def _text_of(entries: list[Any], text: Any) -> str:
    if type(text) is int:
        text = _find_text(entries[text][2])
    if type(text) is list:
        return fill(text)
    assert type(text) is str, f"a text points on: {text!r}"
    return text


def _find_text(details: Any) -> Any:
    """The input or output of an event, as its details have it; None if they have neither.

    No type of event has both.
    """
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

"""Reads events back in their order, from batches that may overlap in time.

An event's place is its time, its batch and its number in the batch: places never change, so that a
reader can go on from one while events are added.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from groundstate.store.logs import LogBatch


class Place(NamedTuple):
    """Where an event is; places are ordered as the events are."""

    at_ms: int
    batch_id: int
    number: int


class StoredEvent(NamedTuple):
    """An event as it is read."""

    place: Place
    message: str
    stream_id: int
    ingestion_ms: int

    @property
    def event_id(self) -> str:
        """A number that is the event's own and grows with its place, as AWS's 56 digits do."""
        return f"{self.place.at_ms:020d}{self.place.batch_id:026d}{self.place.number:010d}"


def read_forward(
    batches: Iterable[LogBatch], start_ms: int, end_ms: int, after: Place | None = None
) -> Iterator[StoredEvent]:
    """The events of [start, end) behind a place, oldest first.

    Args:
        batches: in the order of their first events.
    """
    waiting: list[tuple[Place, Iterator[StoredEvent], StoredEvent]] = []
    for batch in batches:
        while waiting and waiting[0][0].at_ms < batch.first_ms:
            yield _pop(waiting)
        _push(waiting, _events(batch, start_ms, end_ms, after))
    while waiting:
        yield _pop(waiting)


def read_backward(
    batches: Iterable[LogBatch], start_ms: int, end_ms: int, before: Place | None = None
) -> Iterator[StoredEvent]:
    """The events of [start, end) before a place, newest first.

    Args:
        batches: in the order of their last events, newest first.
    """
    waiting: list[tuple[Place, Iterator[StoredEvent], StoredEvent]] = []
    for batch in batches:
        while waiting and -waiting[0][0].at_ms > batch.last_ms:
            yield _pop(waiting, backward=True)
        _push(waiting, _events_backward(batch, start_ms, end_ms, before), backward=True)
    while waiting:
        yield _pop(waiting, backward=True)


def _push(
    waiting: list[tuple[Place, Iterator[StoredEvent], StoredEvent]],
    events: Iterator[StoredEvent],
    *,
    backward: bool = False,
) -> None:
    event = next(events, None)
    if event is not None:
        place = Place(*(-part for part in event.place)) if backward else event.place
        heapq.heappush(waiting, (place, events, event))


def _pop(
    waiting: list[tuple[Place, Iterator[StoredEvent], StoredEvent]], *, backward: bool = False
) -> StoredEvent:
    _, events, event = heapq.heappop(waiting)
    _push(waiting, events, backward=backward)
    return event


def _events(
    batch: LogBatch, start_ms: int, end_ms: int, after: Place | None
) -> Iterator[StoredEvent]:
    for index, (at_ms, message) in enumerate(batch.events()):
        if start_ms <= at_ms < end_ms:
            place = Place(at_ms, batch.batch_id, index)
            if after is None or place > after:
                yield StoredEvent(place, message, batch.stream_id, batch.ingestion_ms)


def _events_backward(
    batch: LogBatch, start_ms: int, end_ms: int, before: Place | None
) -> Iterator[StoredEvent]:
    events = batch.events()
    for index in range(len(events) - 1, -1, -1):
        at_ms, message = events[index]
        if start_ms <= at_ms < end_ms:
            place = Place(at_ms, batch.batch_id, index)
            if before is None or place < before:
                yield StoredEvent(place, message, batch.stream_id, batch.ingestion_ms)

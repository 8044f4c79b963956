"""Polls the sources of event source mappings and invokes their functions, a batch at a time.

Theory. Each enabled mapping has one reader, and the reader one or more lanes (`stream_lane.py`),
as many as the mapping's ParallelizationFactor says. The reader polls, and gives each record to a
lane: all records of an item that are not done with are in one lane, so that an item's records stay
in order and are never in two batches at once, while the lanes' batches are under way together.

How far a mapping has got is written in the same transaction that finishes a batch, and it is the
place up to which everything is done with (`stream_progress.py`). So after a crash the batches that
were under way come again, and those that were done ahead of an older one: at least once, and each
item's records in the order of the stream.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Any

from groundstate.operation import Call, Principal, Runner, ServiceError, Shape
from groundstate.services.lambda_.event_source_mappings import compile_filters, function_role
from groundstate.services.lambda_.names import split_function_name
from groundstate.services.lambda_.stream_lane import PROBLEM_WAIT_S, Lane
from groundstate.services.lambda_.stream_progress import Progress
from groundstate.services.lambda_.stream_reading import (
    RECORDS_MAX,
    item_of,
    open_shard,
    read_records,
    sequence_of,
)
from groundstate.store.event_sources import EventSourceRow

# AWS polls a shard four times a second (documented). A look here costs next to nothing, and whoever
# develops wants to see what follows.
POLL_S = 0.1
# How many records may be read beyond one that is not done with. A record that fails for ever holds
# up its lane alone, until so many others have passed it.
_AHEAD_MAX = 1000

logger = logging.getLogger(__name__)


class StreamPoller:
    """The readers of all mappings."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._loop = asyncio.get_running_loop()
        self._readers: dict[str, _Reader] = {}
        # Those of mappings that were disabled with a batch under way.
        self._ending: dict[str, _Reader] = {}
        self._timer: asyncio.TimerHandle | None = None

    def load(self, rows: list[EventSourceRow]) -> None:
        """Take over the mappings as they are now."""
        old, self._readers = self._readers, {}
        for row in rows:
            if row.document["State"] != "Enabled":
                continue
            reader = old.pop(row.uuid, None)
            if reader is None or reader.row.document != row.document:
                reader = _Reader(row, self._loop, reader or self._ending.get(row.uuid))
            self._readers[row.uuid] = reader
        self._ending = {
            uuid: reader for uuid, reader in (self._ending | old).items() if reader.is_under_way
        }
        if self._readers and self._timer is None:
            self._timer = self._loop.call_later(POLL_S, self._poll)

    def stop(self) -> None:
        """Poll no more."""
        self._readers.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _poll(self) -> None:
        self._timer = self._loop.call_later(POLL_S, self._poll) if self._readers else None
        for reader in list(self._readers.values()):
            if reader.is_due:
                try:
                    self._runner.run("lambda", reader.poll, reader.row.region)
                except Exception:
                    logger.exception("The event source mapping %s failed.", reader.row.uuid)
                    reader.wait(PROBLEM_WAIT_S)


class _Reader:
    """Reads one stream for one mapping.

    Attributes:
        shard: what it reads; empty until it has read.
    """

    def __init__(
        self, row: EventSourceRow, loop: asyncio.AbstractEventLoop, after: _Reader | None
    ) -> None:
        self.row = row
        self.shard = ""
        self._loop = loop
        # The mapping's reader before it was changed: what that has under way is finished first.
        self._after = after
        self._matches = compile_filters(row.document.get("FilterCriteria", {}))
        # A window has one state, which goes from batch to batch: AWS refuses a factor beside it,
        # and here a data folder may have such a mapping from before that was done.
        is_windowed = row.document["TumblingWindowInSeconds"] > 0
        factor = 1 if is_windowed else row.document["ParallelizationFactor"]
        self._lanes = [Lane(self, loop) for _ in range(factor)]
        self._lane_of: dict[bytes, Lane] = {}
        self._unfinished: Counter[bytes] = Counter()
        self._iterator = ""
        self._due_at = 0.0
        self._place: dict[str, Any] = {}
        self._last_read = ""
        self._progress = Progress()

    @property
    def is_under_way(self) -> bool:
        """The function has a batch."""
        if self._after is not None and not self._after.is_under_way:
            self._after = None
        return self._after is not None or any(lane.is_under_way for lane in self._lanes)

    @property
    def is_due(self) -> bool:
        """There is something to do."""
        if self._loop.time() < self._due_at or all(lane.is_under_way for lane in self._lanes):
            return False
        return self._after is None or not self._after.is_under_way

    def wait(self, wait_s: float) -> None:
        """Do nothing for some time."""
        self._due_at = self._loop.time() + wait_s

    def poll(self, call: Call) -> None:
        """Read on, and invoke the function with the batches that are complete. A job."""
        named = split_function_name(self.row.document["FunctionArn"])
        try:
            self._read(call, function_role(call, named))
            for lane in self._lanes:
                if lane.is_due:
                    lane.begin(call, named)
        except ServiceError as error:
            # An iterator that is too old, a stream or function that is gone, a missing permission.
            self._iterator = ""
            self.note(call, f"PROBLEM: {error.message}")
            self.wait(PROBLEM_WAIT_S)

    # Reading

    def _read(self, call: Call, role: Principal) -> None:
        wanted = self._count_wanted()
        if wanted <= 0:
            return
        if not self._iterator:
            self._open(call, role)
            if not self._iterator:
                return
        read = read_records(call, self._iterator, wanted, role)
        self._iterator = read.iterator
        for record in read.records:
            self._take(record)
        self._advance(call)

    def _count_wanted(self) -> int:
        size: int = self.row.document["BatchSize"]
        room = sum(max(0, size - len(lane.records)) for lane in self._lanes)
        ahead_max = max(_AHEAD_MAX, size * len(self._lanes))
        return min(room, ahead_max - len(self._progress), RECORDS_MAX)

    def _open(self, call: Call, role: Principal) -> None:
        place: dict[str, Any] = {"shard": self.shard, "sequence": self._last_read}
        if not self._last_read:
            row = call.tx.event_sources.find(self.row.uuid)
            place = {} if row is None else dict(row.progress)
            window = place.pop("window", None)
            if self.row.document["TumblingWindowInSeconds"]:
                self._lanes[0].window = window
            self._place = place
        self.shard, self._iterator = open_shard(call, self.row.source_arn, place, role)

    def _take(self, record: Shape) -> None:
        sequence = sequence_of(record)
        self._last_read = sequence
        if self._matches(record):
            self._progress.add(sequence)
            self._find_lane(record).add(record)
        else:
            self._progress.skip(sequence)

    def _find_lane(self, record: Shape) -> Lane:
        """The lane of the record's item, or the one that can take it soonest."""
        if len(self._lanes) == 1:
            return self._lanes[0]
        item = item_of(record)
        if item not in self._lane_of:
            self._lane_of[item] = min(
                self._lanes, key=lambda lane: (lane.is_fixed, len(lane.records))
            )
        self._unfinished[item] += 1
        return self._lane_of[item]

    # What lanes say

    def be_done(self, call: Call, records: list[Shape]) -> None:
        """These records are done with."""
        self._progress.finish(map(sequence_of, records))
        if len(self._lanes) > 1:
            for item in map(item_of, records):
                self._unfinished[item] -= 1
                if not self._unfinished[item]:
                    del self._unfinished[item], self._lane_of[item]
        self._advance(call)

    def save_place(self, call: Call) -> None:
        """Write down how far the mapping has got, and the window that is open."""
        window = self._lanes[0].window
        place = self._place if window is None else {**self._place, "window": window}
        call.tx.event_sources.set_progress(self.row.uuid, place)

    def note(self, call: Call, result: str) -> None:
        """Show how the last batch went."""
        row = call.tx.event_sources.find(self.row.uuid)
        if row is not None and row.document["LastProcessingResult"] != result:
            row.document["LastProcessingResult"] = result
            self.row.document["LastProcessingResult"] = result
            call.tx.event_sources.put(row)

    def _advance(self, call: Call) -> None:
        reached = self._progress.advance()
        if reached:
            self._place = {"shard": self.shard, "sequence": reached}
            self.save_place(call)

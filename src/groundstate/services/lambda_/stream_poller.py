"""Polls the sources of event source mappings and invokes their functions, a batch at a time.

Theory. Each enabled mapping has one reader, which is in one of these states: it polls; it gathers a
batch; it has a batch under way; it waits before it tries a batch again. How far a mapping has read
is written in the same transaction that finishes its batch, so that after a crash the batch that was
under way comes again: at least once, in the order of the stream.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from groundstate import ids
from groundstate.operation import Call, Principal, Runner, ServiceError, Shape
from groundstate.services.lambda_ import tumbling_windows
from groundstate.services.lambda_.destinations import send_batch_record
from groundstate.services.lambda_.errors import TooManyRequestsException
from groundstate.services.lambda_.event_source_mappings import compile_filters, function_role
from groundstate.services.lambda_.invocations import Target, find_target
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.names import split_function_name
from groundstate.services.lambda_.running import run
from groundstate.services.lambda_.stream_reading import (
    cut_batch,
    first_failure,
    make_event,
    open_iterator,
    place_of,
    read_records,
)
from groundstate.store.event_sources import EventSourceRow

# AWS polls a shard four times a second (documented). A look here costs next to nothing, and whoever
# develops wants to see what follows.
POLL_S = 0.1
_RETRY_WAIT_S_MAX = 60.0
_PROBLEM_WAIT_S = 1.0

logger = logging.getLogger(__name__)


class StreamPoller:
    """The readers of all mappings."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._loop = asyncio.get_running_loop()
        self._readers: dict[str, _Reader] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """A batch is under way."""
        return any(reader.is_under_way for reader in self._readers.values())

    def load(self, rows: list[EventSourceRow]) -> None:
        """Take over the mappings as they are now."""
        old, self._readers = self._readers, {}
        for row in rows:
            if row.document["State"] != "Enabled":
                continue
            reader = old.get(row.uuid)
            if reader is None or reader.row.document != row.document:
                reader = _Reader(row, self._loop)
            self._readers[row.uuid] = reader
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
                    reader.wait(_PROBLEM_WAIT_S)


class _Reader:
    """Reads one stream for one mapping."""

    def __init__(self, row: EventSourceRow, loop: asyncio.AbstractEventLoop) -> None:
        self.row = row
        self.is_under_way = False
        self._loop = loop
        self._matches = compile_filters(row.document.get("FilterCriteria", {}))
        self._iterator = ""
        self._due_at = 0.0
        # Records that are read and not done with; the first `_size` of them are one batch.
        self._records: list[Shape] = []
        self._size = 0
        self._attempts = 0
        # The batch failed: it is tried again as it is, and nothing more is read.
        self._is_fixed = False
        self._gathers_since: float | None = None
        # The span of its tumbling windows, or 0; the window that is open; its end is under way.
        self._span_s: int = row.document["TumblingWindowInSeconds"]
        self._window: tumbling_windows.Window | None = None
        self._is_final = False

    @property
    def is_due(self) -> bool:
        """There is something to do."""
        return not self.is_under_way and self._loop.time() >= self._due_at

    def wait(self, wait_s: float) -> None:
        """Do nothing for some time."""
        self._due_at = self._loop.time() + wait_s

    def poll(self, call: Call) -> None:
        """Read on, and invoke the function if a batch is complete. A job."""
        named = split_function_name(self.row.document["FunctionArn"])
        try:
            role = function_role(call, named)
            if not self._is_fixed:
                self._read(call, role)
            if not self._is_complete(call):
                return
            target = find_target(call, named)
            if not self._is_final:
                self._drop_expired(call, target)
            if self._size or self._is_final:
                self._invoke(call, target, role)
        except TooManyRequestsException:
            self.wait(_PROBLEM_WAIT_S)
        except ServiceError as error:
            # An iterator that is too old, a stream or function that is gone, a missing permission.
            self._iterator = ""
            self._note(call, f"PROBLEM: {error.message}")
            self.wait(_PROBLEM_WAIT_S)

    def _read(self, call: Call, role: Principal) -> None:
        wanted = self.row.document["BatchSize"] - len(self._records)
        if wanted <= 0:
            return
        if not self._iterator:
            self._records.clear()
            place = self._place(call)
            self._window = place.get("window") if self._span_s else None
            self._iterator = open_iterator(call, self.row.source_arn, place, role)
            if not self._iterator:
                return
        read = read_records(call, self._iterator, wanted, role)
        self._iterator = read.iterator
        kept = [record for record in read.records if self._matches(record)]
        if read.records and not kept and not self._records:
            # Filtered records are done with.
            self._move_to(call, read.records[-1], role)
        self._records += kept
        if self._records and self._gathers_since is None:
            self._gathers_since = self._loop.time()

    def _is_complete(self, call: Call) -> bool:
        if self._is_fixed:
            return True
        self._is_final = tumbling_windows.is_over(
            self._window, self._records, self._span_s, call.now
        )
        if self._is_final:
            return True
        if not self._records:
            return False
        document = self.row.document
        assert self._gathers_since is not None
        gathered_s = self._loop.time() - self._gathers_since
        if (
            len(self._records) < document["BatchSize"]
            and gathered_s < document["MaximumBatchingWindowInSeconds"]
        ):
            return False
        self._size = cut_batch(self._records)
        if self._span_s:
            together = tumbling_windows.count_together(self._records, self._span_s)
            self._size = min(self._size, together)
        return True

    def _invoke(self, call: Call, target: Target, role: Principal) -> None:
        batch = [] if self._is_final else self._records[: self._size]
        run(
            call,
            target,
            make_event(batch, self.row.source_arn, self._tell_window(call, batch, role)),
            lambda later, outcome: self._finish(later, target, outcome),
            request_id=ids.make_uuid(),
        )
        self.is_under_way = True

    def _tell_window(self, call: Call, batch: list[Shape], role: Principal) -> Shape:
        """What the event says of its window; the first batch of a window opens it."""
        if not self._span_s:
            return {}
        if self._window is None:
            shard = place_of(call, self.row.source_arn, batch[0], role)["shard"]
            start = tumbling_windows.start_of(batch[0], self._span_s)
            self._window = {"start": start, "shard": shard, "state": {}}
        return tumbling_windows.describe(
            self._window, self._span_s, self.row.source_arn, is_final=self._is_final
        )

    def _finish(self, call: Call, target: Target, outcome: Outcome) -> None:
        self.is_under_way = False
        if self._is_final:
            self._finish_window(call, outcome)
            return
        done = self._size
        failed = bool(outcome.function_error)
        if self._window is not None and not failed:
            state = tumbling_windows.read_state(outcome.payload)
            failed = state is None
            if state is not None:
                self._window = tumbling_windows.with_state(self._window, state)
        reports = "ReportBatchItemFailures" in self.row.document["FunctionResponseTypes"]
        if not failed and reports:
            index = first_failure(outcome.payload, self._records[: self._size])
            if index is not None:
                failed, done = True, index
        if not failed:
            self._take_off(call, done)
            self._note(call, "OK")
            return
        self._note(call, "PROBLEM: Function call failed")
        if reports and 0 < done < self._size:
            self._take_off(call, done, goes_on=True)
        self._is_fixed = True
        if self.row.document["BisectBatchOnFunctionError"] and self._size > 1:
            # Splitting does not count as a retry (documented).
            self._size = (self._size + 1) // 2
            return
        self._attempts += 1
        retries = self.row.document["MaximumRetryAttempts"]
        if retries >= 0 and self._attempts > retries:
            self._give_up(call, target, outcome, "RetryAttemptsExhausted")
        else:
            self.wait(min(2.0 ** (self._attempts - 1), _RETRY_WAIT_S_MAX))

    def _finish_window(self, call: Call, outcome: Outcome) -> None:
        """End a window, or try its last invocation again until it succeeds (documented)."""
        assert self._window is not None, self.row.uuid
        if outcome.function_error:
            self._note(call, "PROBLEM: Function call failed")
            self._is_fixed = True
            self._attempts += 1
            self.wait(min(2.0 ** (self._attempts - 1), _RETRY_WAIT_S_MAX))
            return
        self._is_final = self._is_fixed = False
        self._attempts = 0
        self._window = tumbling_windows.after_final(self._window)
        place = self._place(call)
        place.pop("window", None)
        self._save_place(call, place)
        self._note(call, "OK")

    def _drop_expired(self, call: Call, target: Target) -> None:
        """Give up records that are older than the mapping's limit."""
        limit_s = self.row.document["MaximumRecordAgeInSeconds"]
        if limit_s < 0:
            return
        oldest = self._records[: self._size]
        if oldest[0]["dynamodb"]["ApproximateCreationDateTime"] < call.now - limit_s:
            self._give_up(call, target, None, "RecordAgeExceeded")

    def _give_up(self, call: Call, target: Target, outcome: Outcome | None, condition: str) -> None:
        batch = self._records[: self._size]
        send_batch_record(call, self.row, target, batch, self._attempts, outcome, condition)
        self._take_off(call, self._size)

    def _take_off(self, call: Call, count: int, *, goes_on: bool = False) -> None:
        """Be done with the first records of the batch."""
        if count:
            role = function_role(call, split_function_name(self.row.document["FunctionArn"]))
            self._move_to(call, self._records[count - 1], role)
        del self._records[:count]
        if goes_on:
            self._size -= count
            return
        self._is_fixed = False
        self._attempts = 0
        self._size = 0
        self._gathers_since = self._loop.time() if self._records else None

    def _move_to(self, call: Call, record: Shape, role: Principal) -> None:
        place = place_of(call, self.row.source_arn, record, role)
        self._save_place(call, place)

    def _save_place(self, call: Call, place: Shape) -> None:
        if self._window is not None:
            place = {**place, "window": self._window}
        call.tx.event_sources.set_progress(self.row.uuid, place)

    def _place(self, call: Call) -> dict[str, Any]:
        row = call.tx.event_sources.find(self.row.uuid)
        return {} if row is None else row.progress

    def _note(self, call: Call, result: str) -> None:
        row = call.tx.event_sources.find(self.row.uuid)
        if row is not None and row.document["LastProcessingResult"] != result:
            row.document["LastProcessingResult"] = result
            self.row.document["LastProcessingResult"] = result
            call.tx.event_sources.put(row)

"""A lane of an event source mapping: its records go to the function a batch at a time, in order.

Theory. A lane is in one of these states: it gathers a batch; it has a batch under way; it waits
before it tries a batch again. A mapping has as many lanes as its ParallelizationFactor says; which
records a lane gets, and what is noted on disk when it is done with them, is its reader's matter
(`stream_poller.py`).

AWS: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
     https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_ import tumbling_windows
from groundstate.services.lambda_.destinations import send_batch_record
from groundstate.services.lambda_.errors import TooManyRequestsException
from groundstate.services.lambda_.invocations import Target, find_target
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.names import FunctionName
from groundstate.services.lambda_.running import run
from groundstate.services.lambda_.stream_reading import cut_batch, first_failure, make_event
from groundstate.store.event_sources import EventSourceRow

PROBLEM_WAIT_S = 1.0
_RETRY_WAIT_S_MAX = 60.0


class LaneOwner(Protocol):
    """What a lane belongs to: the reader of a shard."""

    row: EventSourceRow
    shard: str

    def be_done(self, call: Call, records: list[Shape]) -> None:
        """These records are done with: by the function, or by being given up."""

    def save_place(self, call: Call) -> None:
        """Write down how far the mapping has got, and the window that is open."""

    def note(self, call: Call, result: str) -> None:
        """Show how the last batch went."""


class Lane:
    """A queue of records and the batch at its head.

    Attributes:
        records: those that are not done with; the first `_size` of them are one batch.
        is_under_way: the function has the batch.
        is_fixed: the batch failed; it is tried again as it is.
        window: the tumbling window that is open.
    """

    def __init__(self, owner: LaneOwner, loop: asyncio.AbstractEventLoop) -> None:
        self.records: list[Shape] = []
        self.is_under_way = False
        self.is_fixed = False
        self.window: tumbling_windows.Window | None = None
        self._owner = owner
        self._document = owner.row.document
        self._loop = loop
        self._due_at = 0.0
        self._size = 0
        self._attempts = 0
        self._gathers_since: float | None = None
        # The span of its tumbling windows, or 0; the end of the window is under way.
        self._span_s: int = self._document["TumblingWindowInSeconds"]
        self._is_final = False

    @property
    def is_due(self) -> bool:
        """It may begin a batch."""
        return not self.is_under_way and self._loop.time() >= self._due_at

    def add(self, record: Shape) -> None:
        """Queue a record."""
        self.records.append(record)
        if self._gathers_since is None:
            self._gathers_since = self._loop.time()

    def begin(self, call: Call, named: FunctionName) -> None:
        """Invoke the function if a batch is complete.

        Raises:
            ServiceError: the function is gone, or cannot be started so.
        """
        if not self._is_complete(call):
            return
        target = find_target(call, named)
        if not self._is_final:
            self._drop_expired(call, target)
        if self._size or self._is_final:
            try:
                self._invoke(call, target)
            except TooManyRequestsException:
                self._wait(PROBLEM_WAIT_S)

    def _wait(self, wait_s: float) -> None:
        self._due_at = self._loop.time() + wait_s

    def _is_complete(self, call: Call) -> bool:
        if self.is_fixed:
            return True
        self._is_final = tumbling_windows.is_over(self.window, self.records, self._span_s, call.now)
        if self._is_final:
            return True
        if not self.records:
            return False
        assert self._gathers_since is not None
        gathered_s = self._loop.time() - self._gathers_since
        size_max = self._document["BatchSize"]
        if (
            len(self.records) < size_max
            and gathered_s < self._document["MaximumBatchingWindowInSeconds"]
        ):
            return False
        self._size = cut_batch(self.records[:size_max])
        if self._span_s:
            together = tumbling_windows.count_together(self.records, self._span_s)
            self._size = min(self._size, together)
        return True

    def _invoke(self, call: Call, target: Target) -> None:
        batch = [] if self._is_final else self.records[: self._size]
        run(
            call,
            target,
            make_event(batch, self._owner.row.source_arn, self._tell_window(batch)),
            lambda later, outcome: self._finish(later, target, outcome),
            request_id=ids.make_uuid(),
        )
        self.is_under_way = True

    def _tell_window(self, batch: list[Shape]) -> Shape:
        """What the event says of its window; the first batch of a window opens it."""
        if not self._span_s:
            return {}
        if self.window is None:
            start = tumbling_windows.start_of(batch[0], self._span_s)
            self.window = {"start": start, "shard": self._owner.shard, "state": {}}
        return tumbling_windows.describe(
            self.window, self._span_s, self._owner.row.source_arn, is_final=self._is_final
        )

    def _finish(self, call: Call, target: Target, outcome: Outcome) -> None:
        self.is_under_way = False
        if self._is_final:
            self._finish_window(call, outcome)
            return
        done = self._size
        failed = bool(outcome.function_error)
        if self.window is not None and not failed:
            state = tumbling_windows.read_state(outcome.payload)
            failed = state is None
            if state is not None:
                self.window = tumbling_windows.with_state(self.window, state)
        reports = "ReportBatchItemFailures" in self._document["FunctionResponseTypes"]
        if not failed and reports:
            index = first_failure(outcome.payload, self.records[: self._size])
            if index is not None:
                failed, done = True, index
        if not failed:
            self._take_off(call, done)
            self._owner.note(call, "OK")
            return
        self._owner.note(call, "PROBLEM: Function call failed")
        if reports and 0 < done < self._size:
            self._take_off(call, done, goes_on=True)
        self.is_fixed = True
        if self._document["BisectBatchOnFunctionError"] and self._size > 1:
            # Splitting does not count as a retry (documented).
            self._size = (self._size + 1) // 2
            return
        self._attempts += 1
        retries = self._document["MaximumRetryAttempts"]
        if retries >= 0 and self._attempts > retries:
            self._give_up(call, target, outcome, "RetryAttemptsExhausted")
        else:
            self._wait(min(2.0 ** (self._attempts - 1), _RETRY_WAIT_S_MAX))

    def _finish_window(self, call: Call, outcome: Outcome) -> None:
        """End a window, or try its last invocation again until it succeeds (documented)."""
        assert self.window is not None, self._owner.row.uuid
        if outcome.function_error:
            self._owner.note(call, "PROBLEM: Function call failed")
            self.is_fixed = True
            self._attempts += 1
            self._wait(min(2.0 ** (self._attempts - 1), _RETRY_WAIT_S_MAX))
            return
        self._is_final = self.is_fixed = False
        self._attempts = 0
        self.window = tumbling_windows.after_final(self.window)
        self._owner.save_place(call)
        self._owner.note(call, "OK")

    def _drop_expired(self, call: Call, target: Target) -> None:
        """Give up records that are older than the mapping's limit."""
        limit_s = self._document["MaximumRecordAgeInSeconds"]
        if limit_s < 0:
            return
        oldest = self.records[0]
        if oldest["dynamodb"]["ApproximateCreationDateTime"] < call.now - limit_s:
            self._give_up(call, target, None, "RecordAgeExceeded")

    def _give_up(self, call: Call, target: Target, outcome: Outcome | None, condition: str) -> None:
        send_batch_record(
            call,
            self._owner.row,
            target,
            self.records[: self._size],
            self._attempts,
            outcome,
            condition,
            shard=self._owner.shard,
        )
        self._take_off(call, self._size)

    def _take_off(self, call: Call, count: int, *, goes_on: bool = False) -> None:
        """Be done with the first records of the batch."""
        done = self.records[:count]
        del self.records[:count]
        if done:
            self._owner.be_done(call, done)
        if goes_on:
            self._size -= count
            return
        self.is_fixed = False
        self._attempts = 0
        self._size = 0
        self._gathers_since = self._loop.time() if self.records else None

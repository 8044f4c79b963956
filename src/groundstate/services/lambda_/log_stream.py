"""Writes an environment's log lines to CloudWatch Logs, in batches, with the function's role."""

from __future__ import annotations

import logging
from collections.abc import Callable

from groundstate import ids
from groundstate.operation import Call, Principal, ServiceError
from groundstate.principals import role_principal
from groundstate.services.lambda_.limits import LOG_EVENT_BYTES_MAX, TAIL_BYTES_MAX
from groundstate.services.lambda_.model import FunctionVersion
from groundstate.services.lambda_.report import iso_time

# PutLogEvents takes 1 MB and 10,000 events, counting 26 bytes more for each event.
# AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
BATCH_BYTES_MAX = 1_000_000
BATCH_EVENTS_MAX = 10_000
EVENT_OVERHEAD_BYTES = 26

logger = logging.getLogger(__name__)


class LogStream:
    """One stream of a function's log group.

    Attributes:
        name: `YYYY/MM/DD/[version]<32 hex digits>`.
        pending_bytes: what was written and not yet sent.

    Args:
        on_refused: called with what went wrong when events cannot be stored.
    """

    def __init__(
        self, function: FunctionVersion, now: float, on_refused: Callable[[str], None]
    ) -> None:
        day = iso_time(now)[:10].replace("-", "/")
        self.name = f"{day}/[{function.version}]{ids.make_entropy():032x}"
        self.group = function.log_group
        self.pending_bytes = 0
        self._pending: list[tuple[int, str]] = []
        self._batches: list[tuple[list[tuple[int, str]], int]] = []
        self._batch_bytes = 0
        self._principal: Principal = role_principal(
            function.role, function.name, "lambda.amazonaws.com"
        )
        self._on_refused = on_refused
        self._exists = False
        self._tail: bytearray | None = None

    def write(self, at: float, text: str) -> None:
        """Add a line; an empty one is left out, as CloudWatch Logs does it."""
        if not text:
            return
        text += "\n"
        if self._tail is not None:
            self._tail += text.encode("utf-8", "replace")
            if len(self._tail) > 2 * TAIL_BYTES_MAX:
                del self._tail[:-TAIL_BYTES_MAX]
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        if size > LOG_EVENT_BYTES_MAX - EVENT_OVERHEAD_BYTES:
            cut = text.encode("utf-8", "replace")[: LOG_EVENT_BYTES_MAX - EVENT_OVERHEAD_BYTES]
            text, size = cut.decode("utf-8", "ignore"), len(cut)
        size += EVENT_OVERHEAD_BYTES
        full = len(self._pending) == BATCH_EVENTS_MAX
        if full or self._batch_bytes + size > BATCH_BYTES_MAX:
            self._close_batch()
        self._pending.append((int(at * 1000), text))
        self._batch_bytes += size
        self.pending_bytes += size

    def begin_tail(self) -> None:
        """Keep the end of what is written from now on."""
        self._tail = bytearray()

    def take_tail(self) -> bytes:
        """The last 4 KB since `begin_tail`."""
        tail, self._tail = self._tail or bytearray(), None
        return bytes(tail[-TAIL_BYTES_MAX:])

    def flush(self, call: Call) -> None:
        """Store what is pending. Belongs into a job."""
        if self._pending:
            self._close_batch()
        batches, self._batches = self._batches, []
        self.pending_bytes = 0
        try:
            for events, size_bytes in batches:
                self._put(call, events, size_bytes)
        except ServiceError as error:
            self._on_refused(f"{error.code}: {error.message}")

    def _close_batch(self) -> None:
        self._batches.append((self._pending, self._batch_bytes))
        self._pending, self._batch_bytes = [], 0

    def _put(self, call: Call, events: list[tuple[int, str]], size_bytes: int) -> None:
        if not self._exists:
            self._create(call)
        request = {
            "logGroupName": self.group,
            "logStreamName": self.name,
            "events": events,
            "sizeBytes": size_bytes,
        }
        try:
            call.invoke("logs", "AppendLogLines", request, principal=self._principal)
        except ServiceError as error:
            if error.code != "ResourceNotFoundException":
                raise
            # The group or the stream was deleted meanwhile. AWS makes it again as well.
            self._create(call)
            call.invoke("logs", "AppendLogLines", request, principal=self._principal)

    def _create(self, call: Call) -> None:
        stream = {"logGroupName": self.group, "logStreamName": self.name}
        try:
            call.invoke("logs", "CreateLogStream", stream, principal=self._principal)
        except ServiceError as error:
            if error.code != "ResourceNotFoundException":
                raise
            group = {"logGroupName": self.group}
            call.invoke("logs", "CreateLogGroup", group, principal=self._principal)
            call.invoke("logs", "CreateLogStream", stream, principal=self._principal)
        self._exists = True

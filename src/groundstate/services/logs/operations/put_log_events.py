"""PutLogEvents: write a batch of events to a stream.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

from __future__ import annotations

import itertools

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import InvalidParameterException
from groundstate.services.logs.groups import get_group, get_stream
from groundstate.services.logs.subscriptions import deliver

BATCH_BYTES_MAX = 1_048_576
EVENT_OVERHEAD_BYTES = 26
EVENT_BYTES_MAX = 1_048_576
_DAY_MS = 24 * 3600 * 1000
_FUTURE_MS_MAX = 2 * 3600 * 1000
_PAST_DAYS_MAX = 14


def put_log_events(call: Call, request: Shape) -> Shape:
    """Write events. Those that are too old or too far ahead are left out, and the answer says so.

    Raises:
        ResourceNotFoundException: there is no such group or stream.
        InvalidParameterException: the batch is too big, is not in the order of its times, or spans
            more than 24 hours.
    """
    group = get_group(call, request["logGroupName"])
    stream = get_stream(call, group, request["logStreamName"])
    events = [(event["timestamp"], event["message"]) for event in request["logEvents"]]
    sizes = [
        (len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")))
        + EVENT_OVERHEAD_BYTES
        for _, text in events
    ]
    _check(events, sum(sizes))
    now_ms = int(call.now * 1000)
    begin, end, rejected = _accepted(events, now_ms, group.retention_days)
    answer: Shape = {"nextSequenceToken": f"{stream.stream_id:056d}"}
    if rejected:
        answer["rejectedLogEventsInfo"] = rejected
    if begin < end:
        call.tx.logs.append(stream, events[begin:end], sum(sizes[begin:end]), now_ms)
        deliver(call, group, stream, events[begin:end])
    return answer


def _check(events: list[tuple[int, str]], size_bytes: int) -> None:
    if size_bytes > BATCH_BYTES_MAX:
        raise InvalidParameterException(
            f"Upload too large: {size_bytes} bytes exceeds limit of {BATCH_BYTES_MAX}"
        )
    times = [at_ms for at_ms, _ in events]
    if any(later < earlier for earlier, later in itertools.pairwise(times)):
        raise InvalidParameterException(
            "Log events in a single PutLogEvents request must be in chronological order."
        )
    if times[-1] - times[0] > _DAY_MS:
        raise InvalidParameterException(
            "The batch of log events in a single PutLogEvents request cannot span more than 24"
            " hours."
        )


def _accepted(
    events: list[tuple[int, str]], now_ms: int, retention_days: int | None
) -> tuple[int, int, Shape]:
    """Which events are kept: [begin, end), and what the answer says of the others."""
    oldest_ms = now_ms - _PAST_DAYS_MAX * _DAY_MS
    expired_ms = oldest_ms if retention_days is None else now_ms - retention_days * _DAY_MS
    too_old = sum(at_ms < oldest_ms for at_ms, _ in events)
    expired = sum(at_ms < expired_ms for at_ms, _ in events)
    end = sum(at_ms <= now_ms + _FUTURE_MS_MAX for at_ms, _ in events)
    rejected: Shape = {}
    if end < len(events):
        rejected["tooNewLogEventStartIndex"] = end
    if too_old:
        rejected["tooOldLogEventEndIndex"] = too_old
    if expired > too_old:
        rejected["expiredLogEventEndIndex"] = expired
    return max(too_old, expired), end, rejected

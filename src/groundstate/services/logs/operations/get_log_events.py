"""GetLogEvents: read one stream, forward or backward.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from __future__ import annotations

from collections.abc import Iterator

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import InvalidParameterException
from groundstate.services.logs.groups import get_group, get_stream, requested_group
from groundstate.services.logs.reading import Place, StoredEvent, read_backward, read_forward

_EVENTS_MAX = 10_000
_BYTES_MAX = 1024 * 1024
_FOREVER_MS = 1 << 62
_BEGIN, _END = Place(-1, 0, 0), Place(_FOREVER_MS, 0, 0)


def get_log_events(call: Call, request: Shape) -> Shape:
    """Read a page of a stream's events, oldest first, and say where to go on in both directions.

    At the end of the stream the token that was given comes back, as on AWS.

    Raises:
        ResourceNotFoundException: there is no such group or stream.
        InvalidParameterException: a bad token.
    """
    group = get_group(call, requested_group(request))
    stream = get_stream(call, group, request["logStreamName"])
    start_ms = request.get("startTime", 0)
    end_ms = request.get("endTime", _FOREVER_MS)
    limit = request.get("limit", _EVENTS_MAX)
    token = request.get("nextToken", "")
    forward, place = _parse_token(token) if token else (request.get("startFromHead", False), None)
    if forward:
        batches = call.tx.logs.read_stream(
            stream.stream_id, max(start_ms, place.at_ms if place else 0), end_ms
        )
        events = _take(read_forward(batches, start_ms, end_ms, place), limit)
    else:
        until_ms = min(end_ms, place.at_ms + 1) if place else end_ms
        batches = call.tx.logs.read_stream_backward(stream.stream_id, start_ms, until_ms)
        events = _take(read_backward(batches, start_ms, end_ms, place), limit)
        events.reverse()
    return {
        "events": [
            {
                "timestamp": event.place.at_ms,
                "message": event.message,
                "ingestionTime": event.ingestion_ms,
            }
            for event in events
        ],
        **_tokens(events, forward, place),
    }


def _tokens(events: list[StoredEvent], forward: bool, place: Place | None) -> Shape:
    if events:
        first, last = events[0].place, events[-1].place
    elif place is not None:
        first = last = place
    else:
        first, last = (_BEGIN, _BEGIN) if forward else (_END, _END)
    return {
        "nextForwardToken": _make_token("f", last),
        "nextBackwardToken": _make_token("b", first),
    }


def _take(events: Iterator[StoredEvent], limit: int) -> list[StoredEvent]:
    taken: list[StoredEvent] = []
    size = 0
    for event in events:
        size += len(event.message)
        if taken and size > _BYTES_MAX:
            break
        taken.append(event)
        if len(taken) == limit:
            break
    return taken


def _make_token(direction: str, place: Place) -> str:
    return f"{direction}/{place.at_ms + 1:020d}{place.batch_id:020d}{place.number:010d}/s"


def _parse_token(token: str) -> tuple[bool, Place]:
    direction, _, rest = token.partition("/")
    digits = rest.partition("/")[0]
    if direction not in ("f", "b") or len(digits) != 50 or not digits.isdecimal():
        raise InvalidParameterException("The specified nextToken is invalid.")
    place = Place(int(digits[:20]) - 1, int(digits[20:40]), int(digits[40:]))
    return direction == "f", place

"""FilterLogEvents: read the streams of a group together, those events that match.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import InvalidParameterException
from groundstate.services.logs.filter_patterns import compile_pattern
from groundstate.services.logs.groups import get_group, get_stream, requested_group
from groundstate.services.logs.reading import Place, StoredEvent, read_forward
from groundstate.services.logs.tokens import make_token, parse_token
from groundstate.store.logs import LogGroupRow

_EVENTS_MAX = 10_000
_BYTES_MAX = 1024 * 1024
_SCANNED_MAX = 200_000
_FOREVER_MS = 1 << 62


def filter_log_events(call: Call, request: Shape) -> Shape:
    """Read a page of a group's events, oldest first.

    A page may be empty while there is more: then it has a token, as on AWS.

    Raises:
        ResourceNotFoundException: there is no such group or stream.
        InvalidParameterException: a bad pattern or token, or streams both named and by prefix.
    """
    group = get_group(call, requested_group(request))
    matches = compile_pattern(request.get("filterPattern", ""))
    names = _streams(call, group, request)
    start_ms = request.get("startTime", 0)
    end_ms = request.get("endTime", _FOREVER_MS - 1) + 1
    limit = request.get("limit", _EVENTS_MAX)
    after = Place(*parse_token(request["nextToken"])) if "nextToken" in request else None
    begin_ms = max(start_ms, after.at_ms) if after is not None else start_ms
    batches = (
        batch
        for batch in call.tx.logs.read_group(group.group_id, begin_ms, end_ms)
        if batch.stream_id in names
    )
    events: list[Shape] = []
    size = 0
    place: Place | None = None
    for scanned, event in enumerate(read_forward(batches, start_ms, end_ms, after)):
        if len(events) == limit or size > _BYTES_MAX or scanned == _SCANNED_MAX:
            assert place is not None, "a page has at least one event behind it"
            return {
                "events": events,
                "searchedLogStreams": [],
                "nextToken": make_token(list(place)),
            }
        place = event.place
        if matches(event.message):
            events.append(_shown(event, names[event.stream_id]))
            size += len(event.message)
    return {"events": events, "searchedLogStreams": []}


def _streams(call: Call, group: LogGroupRow, request: Shape) -> dict[int, str]:
    """The names of the streams that are read, by their ids."""
    named, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix", "")
    if named and prefix:
        raise InvalidParameterException(
            "logStreamNames and logStreamNamePrefix are mutually exclusive parameters."
        )
    if named:
        streams = [get_stream(call, group, name) for name in named]
    else:
        streams = call.tx.logs.list_streams(group.group_id)
    return {stream.stream_id: stream.name for stream in streams if stream.name.startswith(prefix)}


def _shown(event: StoredEvent, stream: str) -> Shape:
    return {
        "logStreamName": stream,
        "timestamp": event.place.at_ms,
        "message": event.message,
        "ingestionTime": event.ingestion_ms,
        "eventId": event.event_id,
    }

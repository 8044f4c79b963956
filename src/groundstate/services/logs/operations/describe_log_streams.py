"""DescribeLogStreams.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import InvalidParameterException
from groundstate.services.logs.groups import describe_stream, get_group, requested_group
from groundstate.services.logs.tokens import make_token, parse_token

_PAGE_MAX = 50


def describe_log_streams(call: Call, request: Shape) -> Shape:
    """List the streams of a group, by name or by the time of their last event.

    Raises:
        ResourceNotFoundException: there is no such group.
        InvalidParameterException: a prefix together with the order by time, or a bad token.
    """
    group = get_group(call, requested_group(request))
    by_time = request.get("orderBy") == "LastEventTime"
    prefix = request.get("logStreamNamePrefix", "")
    if by_time and prefix:
        raise InvalidParameterException("Cannot order by LastEventTime with a logStreamNamePrefix.")
    streams = [
        stream
        for stream in call.tx.logs.list_streams(group.group_id)
        if stream.name.startswith(prefix)
    ]
    if by_time:
        streams.sort(key=lambda stream: (stream.last_event_ms or 0, stream.name))
    if request.get("descending", False):
        streams.reverse()
    begin = parse_token(request["nextToken"]) if "nextToken" in request else 0
    limit = request.get("limit", _PAGE_MAX)
    page = streams[begin : begin + limit]
    answer: Shape = {"logStreams": [describe_stream(call, group, stream) for stream in page]}
    if begin + limit < len(streams):
        answer["nextToken"] = make_token(begin + limit)
    return answer

"""DescribeLogGroups.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import InvalidParameterException
from groundstate.services.logs.groups import describe_group, name_of
from groundstate.services.logs.tokens import make_token, parse_token
from groundstate.store.logs import LogGroupRow

_PAGE_MAX = 50
_ALL = 100_000


def describe_log_groups(call: Call, request: Shape) -> Shape:
    """List log groups by their names: all, by prefix, by a part of the name, or the named ones.

    Raises:
        InvalidParameterException: a prefix and a pattern at once, or a bad token.
    """
    pattern, prefix = request.get("logGroupNamePattern"), request.get("logGroupNamePrefix", "")
    if pattern is not None and prefix:
        raise InvalidParameterException(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        )
    after = parse_token(request["nextToken"]) if "nextToken" in request else ""
    limit = request.get("limit", _PAGE_MAX)
    wanted = request.get("logGroupIdentifiers")
    if wanted is None and pattern is None:
        groups = call.tx.logs.list_groups(call.region, prefix, after, limit + 1)
    else:
        found = call.tx.logs.list_groups(call.region, prefix, after, _ALL)
        groups = [group for group in found if _is_wanted(group, pattern, wanted)]
    if "logGroupClass" in request:
        groups = [
            group
            for group in groups
            if group.settings.get("class", "STANDARD") == request["logGroupClass"]
        ]
    answer: Shape = {"logGroups": [describe_group(call, group) for group in groups[:limit]]}
    if len(groups) > limit:
        answer["nextToken"] = make_token(groups[limit - 1].name)
    return answer


def _is_wanted(group: LogGroupRow, pattern: str | None, wanted: list[str] | None) -> bool:
    if pattern is not None and pattern.lower() not in group.name.lower():
        return False
    return wanted is None or group.name in [name_of(identifier) for identifier in wanted]

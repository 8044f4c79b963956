"""ListLogGroups: the names of log groups, by a pattern.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroups.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.groups import group_arn
from groundstate.services.logs.tokens import make_token, parse_token

_PAGE_MAX = 1000
_PAGE = 50
_ALL = 100_000


def list_log_groups(call: Call, request: Shape) -> Shape:
    """List log groups whose names match one of the patterns, in the order of their names.

    Raises:
        InvalidParameterException: a bad token.
    """
    patterns = request.get("logGroupNamePattern", "").split("|")
    after = parse_token(request["nextToken"]) if "nextToken" in request else ""
    limit = min(request.get("limit", _PAGE), _PAGE_MAX)
    wanted = request.get("logGroupClass")
    found = [
        {
            "logGroupName": group.name,
            "logGroupArn": group_arn(call, group.name),
            "logGroupClass": group.settings.get("class", "STANDARD"),
        }
        for group in call.tx.logs.list_groups(call.region, "", after, _ALL)
        if any(_matches(group.name, pattern) for pattern in patterns)
        and wanted in (None, group.settings.get("class", "STANDARD"))
    ]
    answer: Shape = {"logGroups": found[:limit]}
    if len(found) > limit:
        answer["nextToken"] = make_token(found[limit - 1]["logGroupName"])
    return answer


def _matches(name: str, pattern: str) -> bool:
    """A pattern is a part of the name, or with `^` its beginning."""
    return name.startswith(pattern[1:]) if pattern.startswith("^") else pattern in name

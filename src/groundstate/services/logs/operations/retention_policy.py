"""PutRetentionPolicy and DeleteRetentionPolicy: how long a group keeps its events.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import InvalidParameterException
from groundstate.services.logs.groups import get_group
from groundstate.services.logs.retention import set_retention

# The values that AWS takes (documented).
_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557),
    *(2922, 3288, 3653),
)


def put_retention_policy(call: Call, request: Shape) -> Shape:
    """Keep a group's events for some days.

    Raises:
        ResourceNotFoundException: there is no such group.
        InvalidParameterException: AWS takes no such number of days.
    """
    group = get_group(call, request["logGroupName"])
    days = request["retentionInDays"]
    if days not in _DAYS:
        raise InvalidParameterException(
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy"
            f" constraint: Member must satisfy enum value set: {sorted(_DAYS)}"
        )
    set_retention(call, group, days)
    return {}


def delete_retention_policy(call: Call, request: Shape) -> Shape:
    """Keep a group's events for ever.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    set_retention(call, get_group(call, request["logGroupName"]), None)
    return {}

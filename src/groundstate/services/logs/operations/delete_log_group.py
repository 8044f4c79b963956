"""DeleteLogGroup.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.groups import get_group


def delete_log_group(call: Call, request: Shape) -> Shape:
    """Delete a log group with everything in it.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    group = get_group(call, request["logGroupName"])
    if group.retention_timer is not None:
        call.tx.timers.cancel(group.retention_timer)
    call.tx.logs.remove_group(group.group_id)
    return {}

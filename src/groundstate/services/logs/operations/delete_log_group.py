"""DeleteLogGroup, and PutLogGroupDeletionProtection, which keeps it from being done.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html
and https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import ValidationException
from groundstate.services.logs.groups import get_group, name_of


def delete_log_group(call: Call, request: Shape) -> Shape:
    """Delete a log group with everything in it.

    Raises:
        ResourceNotFoundException: there is no such group.
        ValidationException: it is protected.
    """
    group = get_group(call, request["logGroupName"])
    if group.settings.get("protected"):
        raise ValidationException(
            "The log group cannot be deleted because deletion protection is enabled."
        )
    if group.retention_timer is not None:
        call.tx.timers.cancel(group.retention_timer)
    call.tx.logs.remove_group(group.group_id)
    return {}


def put_log_group_deletion_protection(call: Call, request: Shape) -> Shape:
    """Protect a log group from being deleted, or protect it no more.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    group = get_group(call, name_of(request["logGroupIdentifier"]))
    settings = {name: value for name, value in group.settings.items() if name != "protected"}
    if request["deletionProtectionEnabled"]:
        settings["protected"] = True
    call.tx.logs.set_settings(group.group_id, settings)
    return {}

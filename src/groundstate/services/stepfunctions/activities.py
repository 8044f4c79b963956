"""Activities as operations look them up."""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.stepfunctions.arns import check_resource_arn
from groundstate.services.stepfunctions.errors import ActivityDoesNotExist
from groundstate.store.activities import Activity


def get_activity(call: Call, arn: str) -> Activity:
    """The activity of an ARN.

    Raises:
        InvalidArn, ActivityDoesNotExist.
    """
    check_resource_arn(arn, "activity")
    activity = call.tx.activities.find(arn)
    if activity is None:
        raise ActivityDoesNotExist(f"Activity Does Not Exist: '{arn}'")
    return activity

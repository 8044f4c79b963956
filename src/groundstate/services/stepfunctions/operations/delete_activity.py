"""DeleteActivity.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteActivity.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import check_resource_arn


def delete_activity(call: Call, request: Shape) -> Shape:
    """Delete an activity. One that is not there is no error; tasks that wait for it wait on.

    Raises:
        InvalidArn.
    """
    arn = request["activityArn"]
    check_resource_arn(arn, "activity")
    activity = call.tx.activities.find(arn)
    if activity is not None:
        call.tx.activities.delete(activity.activity_id)
        call.tx.state_machines.delete_tags(arn)
    return {}

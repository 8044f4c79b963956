"""CreateActivity: make a queue that workers take tasks from.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import make_arn
from groundstate.services.stepfunctions.names import check_name
from groundstate.services.stepfunctions.settings import read_encryption
from groundstate.services.stepfunctions.tags import read_tags


def create_activity(call: Call, request: Shape) -> Shape:
    """Make an activity, or find the one of this name.

    Raises:
        InvalidName, InvalidEncryptionConfiguration, TooManyTags.
    """
    name = request["name"]
    check_name(name)
    if "encryptionConfiguration" in request:
        read_encryption(request["encryptionConfiguration"])
    arn = make_arn(call, f"activity:{name}")
    activities = call.tx.activities
    activity = activities.find(arn)
    if activity is not None:
        return {"activityArn": arn, "creationDate": activity.created_at}
    activities.create(arn, call.region, name, call.now)
    call.tx.state_machines.put_tags(arn, read_tags(request.get("tags", ())))
    return {"activityArn": arn, "creationDate": call.now}

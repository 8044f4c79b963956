"""DescribeActivity.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeActivity.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.activities import get_activity


def describe_activity(call: Call, request: Shape) -> Shape:
    """Describe an activity.

    Raises:
        InvalidArn, ActivityDoesNotExist.
    """
    activity = get_activity(call, request["activityArn"])
    return {
        "activityArn": activity.arn,
        "name": activity.name,
        "creationDate": activity.created_at,
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }

"""AWS Cloud Control API: one resource at a time, by CloudFormation's resource types.

AWS: https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/Welcome.html

The CDK's `deploy --hotswap` changes everything but Lambda's code through it. The work is done by
CloudFormation, whose operations for it are in no model and cannot be reached from outside.
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Operation, Service, Shape


def _forward(call: Call, request: Shape) -> Answer:
    """Let CloudFormation do it, with the caller's rights."""
    return call.invoke("cloudformation", f"CloudControl{call.operation}", request)


OPERATIONS = {
    "CreateResource": Operation(_forward),
    "DeleteResource": Operation(_forward),
    "GetResource": Operation(_forward),
    "GetResourceRequestStatus": Operation(_forward),
    "ListResources": Operation(_forward),
    "UpdateResource": Operation(_forward),
}

# Cloud Control's actions have CloudFormation's prefix (Service Authorization Reference).
SERVICE = Service(name="cloudcontrol", operations=OPERATIONS, iam_prefix="cloudformation")

"""CreateResource, GetResource, UpdateResource, ...: all of them are CloudFormation's to do.

AWS: https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_UpdateResource.html
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Shape


def forward(call: Call, request: Shape) -> Answer:
    """Let CloudFormation do it, with the caller's rights."""
    return call.invoke("cloudformation", f"CloudControl{call.operation}", request)

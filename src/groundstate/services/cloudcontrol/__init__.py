"""AWS Cloud Control API: one resource at a time, by CloudFormation's resource types.

AWS: https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/Welcome.html

The CDK's `deploy --hotswap` changes everything but Lambda's code through it. The work is done by
CloudFormation, whose operations for it are in no model and cannot be reached from outside.
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.cloudcontrol.operations.resources import forward

OPERATIONS = {
    "CreateResource": Operation(forward),
    "DeleteResource": Operation(forward),
    "GetResource": Operation(forward),
    "GetResourceRequestStatus": Operation(forward),
    "ListResources": Operation(forward),
    "UpdateResource": Operation(forward),
}

# Cloud Control's actions have CloudFormation's prefix (Service Authorization Reference).
SERVICE = Service(name="cloudcontrol", operations=OPERATIONS, iam_prefix="cloudformation")

"""PutResourcePolicy, DescribeResourcePolicies, DeleteResourcePolicy: kept and shown.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import (
    InvalidParameterException,
    LimitExceededException,
    ResourceNotFoundException,
)

_POLICIES_MAX = 10


def put_resource_policy(call: Call, request: Shape) -> Shape:
    """Keep a policy that lets services write here. The services of this runtime use their roles.

    Raises:
        InvalidParameterException: it has no name.
        LimitExceededException: a region takes ten policies.
    """
    name = request.get("policyName")
    if not name:
        raise InvalidParameterException("Policies of single log groups are not supported.")
    policies = call.tx.logs.list_policies(call.region)
    if len(policies) >= _POLICIES_MAX and all(name != entry["policyName"] for entry in policies):
        raise LimitExceededException("Resource limit exceeded.")
    document: Shape = {
        "policyName": name,
        "policyDocument": request.get("policyDocument", ""),
        "lastUpdatedTime": int(call.now * 1000),
    }
    call.tx.logs.put_policy(call.region, name, document)
    return {"resourcePolicy": document}


def describe_resource_policies(call: Call, request: Shape) -> Shape:
    """List the region's policies."""
    return {"resourcePolicies": call.tx.logs.list_policies(call.region)}


def delete_resource_policy(call: Call, request: Shape) -> Shape:
    """Remove a policy.

    Raises:
        ResourceNotFoundException: there is none of this name.
    """
    if not call.tx.logs.remove_policy(call.region, request.get("policyName", "")):
        raise ResourceNotFoundException("Policy with name does not exist.")
    return {}

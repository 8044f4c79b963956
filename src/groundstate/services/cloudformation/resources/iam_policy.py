"""AWS::IAM::Policy: one inline policy, put into roles, users and groups.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import as_text
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import JSON, TEXT

_NAME_LENGTH_MAX = 64
_HOLDERS = (("Roles", "Role"), ("Users", "User"), ("Groups", "Group"))


def create_policy(provision: Provision, properties: Properties) -> Made:
    """Put the policy into everyone that it names."""
    if not any(properties.get(holders) for holders, _ in _HOLDERS):
        raise ProvisionFailed("At least one of [Groups,Roles,Users] must be non-empty.")
    _put(provision, properties)
    physical_id = provision.make_name(_NAME_LENGTH_MAX)
    return Made(physical_id, {"Id": physical_id})


def update_policy(provision: Provision, current: Current, properties: Properties) -> Made:
    """Put the policy anew, and take it from those that it no longer names."""
    _put(provision, properties)
    before = current.properties
    renamed = before["PolicyName"] != properties["PolicyName"]
    for holders, kind in _HOLDERS:
        for name in before.get(holders, []):
            if renamed or name not in properties.get(holders, []):
                _take(provision, kind, name, before["PolicyName"])
    return Made(current.physical_id, {"Id": current.physical_id})


def delete_policy(provision: Provision, current: Current) -> None:
    """Take the policy from everyone that it names."""
    for holders, kind in _HOLDERS:
        for name in current.properties.get(holders, []):
            _take(provision, kind, name, current.properties["PolicyName"])


def _put(provision: Provision, properties: Properties) -> None:
    document = as_text(properties["PolicyDocument"])
    for holders, kind in _HOLDERS:
        for name in properties.get(holders, []):
            provision.invoke(
                "iam",
                f"Put{kind}Policy",
                {
                    f"{kind}Name": name,
                    "PolicyName": properties["PolicyName"],
                    "PolicyDocument": document,
                },
            )


def _take(provision: Provision, kind: str, name: str, policy: str) -> None:
    with gone_is_fine():
        request = {f"{kind}Name": name, "PolicyName": policy}
        provision.invoke("iam", f"Delete{kind}Policy", request)


POLICY = ResourceType(
    name="AWS::IAM::Policy",
    shape={
        "Groups": [TEXT],
        "PolicyDocument": JSON,
        "PolicyName": TEXT,
        "Roles": [TEXT],
        "Users": [TEXT],
    },
    required=("PolicyDocument", "PolicyName"),
    attributes=("Id",),
    iam=True,
    create=create_policy,
    update=update_policy,
    delete=delete_policy,
)

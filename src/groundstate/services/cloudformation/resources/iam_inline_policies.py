"""AWS::IAM::RolePolicy, AWS::IAM::UserPolicy and AWS::IAM::GroupPolicy: one policy in one identity.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-rolepolicy.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import as_text
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import JSON, TEXT


def _make(kind: str) -> ResourceType:
    holder = f"{kind}Name"

    def put(provision: Provision, properties: Properties) -> None:
        request = {
            holder: properties[holder],
            "PolicyName": properties["PolicyName"],
            "PolicyDocument": as_text(properties.get("PolicyDocument", {})),
        }
        provision.invoke("iam", f"Put{kind}Policy", request)

    def create(provision: Provision, properties: Properties) -> Made:
        put(provision, properties)
        return Made(f"{properties['PolicyName']}|{properties[holder]}")

    def update(provision: Provision, current: Current, properties: Properties) -> Made:
        put(provision, properties)
        return Made(current.physical_id)

    def delete(provision: Provision, current: Current) -> None:
        with gone_is_fine():
            request = {
                holder: current.properties[holder],
                "PolicyName": current.properties["PolicyName"],
            }
            provision.invoke("iam", f"Delete{kind}Policy", request)

    return ResourceType(
        name=f"AWS::IAM::{kind}Policy",
        shape={"PolicyDocument": JSON, "PolicyName": TEXT, holder: TEXT},
        required=("PolicyName", holder),
        replaces=frozenset({"PolicyName", holder}),
        iam=True,
        create=create,
        update=update,
        delete=delete,
    )


ROLE_POLICY = _make("Role")
USER_POLICY = _make("User")
GROUP_POLICY = _make("Group")

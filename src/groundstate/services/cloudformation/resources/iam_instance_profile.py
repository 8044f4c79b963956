"""AWS::IAM::InstanceProfile.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-instanceprofile.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import pick
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import TEXT

_NAME_LENGTH_MAX = 128


def create_profile(provision: Provision, properties: Properties) -> Made:
    """Create the profile with its role."""
    name = properties.get("InstanceProfileName") or provision.make_name(
        _NAME_LENGTH_MAX, mixed=True
    )
    request = {"InstanceProfileName": name, **pick(properties, ("Path",))}
    profile = provision.invoke("iam", "CreateInstanceProfile", request)["InstanceProfile"]
    _set_roles(provision, name, [], properties["Roles"])
    return Made(name, {"Arn": profile["Arn"]})


def update_profile(provision: Provision, current: Current, properties: Properties) -> Made:
    """Give the profile another role."""
    _set_roles(provision, current.physical_id, current.properties["Roles"], properties["Roles"])
    return Made(current.physical_id, current.attributes)


def delete_profile(provision: Provision, current: Current) -> None:
    """Delete the profile; its role stays."""
    name = current.physical_id
    with gone_is_fine():
        _set_roles(provision, name, current.properties["Roles"], [])
        provision.invoke("iam", "DeleteInstanceProfile", {"InstanceProfileName": name})


def _set_roles(provision: Provision, name: str, old: list[str], new: list[str]) -> None:
    # A profile holds one role, so the old one goes first.
    for role in old:
        if role not in new:
            with gone_is_fine():
                request = {"InstanceProfileName": name, "RoleName": role}
                provision.invoke("iam", "RemoveRoleFromInstanceProfile", request)
    for role in new:
        if role not in old:
            request = {"InstanceProfileName": name, "RoleName": role}
            provision.invoke("iam", "AddRoleToInstanceProfile", request)


INSTANCE_PROFILE = ResourceType(
    name="AWS::IAM::InstanceProfile",
    shape={"InstanceProfileName": TEXT, "Path": TEXT, "Roles": [TEXT]},
    required=("Roles",),
    replaces=frozenset({"InstanceProfileName", "Path"}),
    name_property="InstanceProfileName",
    attributes=("Arn",),
    iam=True,
    create=create_profile,
    update=update_profile,
    delete=delete_profile,
)

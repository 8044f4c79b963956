"""AWS::IAM::Role.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

from __future__ import annotations

import json
from urllib.parse import unquote

from groundstate.services.cloudformation.resources.fields import as_text, pick
from groundstate.services.cloudformation.resources.iam_identity import (
    POLICIES,
    Identity,
    delete_identity,
    set_policies,
    set_tags,
)
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import INTEGER, JSON, TAGS, TEXT

_NAME_LENGTH_MAX = 64
_ROLE = Identity("Role")


def create_role(provision: Provision, properties: Properties) -> Made:
    """Create the role with its policies."""
    name = properties.get("RoleName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    request = pick(
        properties, ("Path", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags")
    )
    request["RoleName"] = name
    request["AssumeRolePolicyDocument"] = as_text(properties["AssumeRolePolicyDocument"])
    role = provision.invoke("iam", "CreateRole", request)["Role"]
    set_policies(provision, _ROLE, name, {}, properties)
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def update_role(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the role in place; its id and ARN stay."""
    name, before = current.physical_id, current.properties
    if properties["AssumeRolePolicyDocument"] != before["AssumeRolePolicyDocument"]:
        document = as_text(properties["AssumeRolePolicyDocument"])
        request = {"RoleName": name, "PolicyDocument": document}
        provision.invoke("iam", "UpdateAssumeRolePolicy", request)
    described = ("Description", "MaxSessionDuration")
    if pick(properties, described) != pick(before, described):
        request = {"RoleName": name, "Description": properties.get("Description", "")}
        request["MaxSessionDuration"] = properties.get("MaxSessionDuration", 3600)
        provision.invoke("iam", "UpdateRole", request)
    if properties.get("PermissionsBoundary") != before.get("PermissionsBoundary"):
        if "PermissionsBoundary" in properties:
            boundary = {"RoleName": name, "PermissionsBoundary": properties["PermissionsBoundary"]}
            provision.invoke("iam", "PutRolePermissionsBoundary", boundary)
        else:
            provision.invoke("iam", "DeleteRolePermissionsBoundary", {"RoleName": name})
    set_policies(provision, _ROLE, name, before, properties)
    set_tags(provision, _ROLE, name, before, properties)
    return Made(name, current.attributes)


def delete_role(provision: Provision, current: Current) -> None:
    """Delete the role with its policies."""
    delete_identity(provision, _ROLE, current.physical_id)


def read_role(provision: Provision, current: Current) -> Properties:
    """The role as it is."""
    role = provision.invoke("iam", "GetRole", {"RoleName": current.physical_id})["Role"]
    # IAM answers documents percent-encoded.
    trust = json.loads(unquote(role["AssumeRolePolicyDocument"]))
    actual: Properties = {"AssumeRolePolicyDocument": trust, "RoleName": role["RoleName"]}
    actual.update(pick(role, ("Description", "MaxSessionDuration", "Path")))
    return actual


def adopt_role(provision: Provision, identifier: str, properties: Properties) -> Made:
    """Take over a role that is there."""
    role = provision.invoke("iam", "GetRole", {"RoleName": identifier})["Role"]
    return Made(identifier, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


ROLE = ResourceType(
    name="AWS::IAM::Role",
    shape={
        "AssumeRolePolicyDocument": JSON,
        "Description": TEXT,
        "ManagedPolicyArns": [TEXT],
        "MaxSessionDuration": INTEGER,
        "Path": TEXT,
        "PermissionsBoundary": TEXT,
        "Policies": POLICIES,
        "RoleName": TEXT,
        "Tags": TAGS,
    },
    required=("AssumeRolePolicyDocument",),
    replaces=frozenset({"Path", "RoleName"}),
    name_property="RoleName",
    attributes=("Arn", "RoleId"),
    tags="list",
    iam=True,
    create=create_role,
    update=update_role,
    delete=delete_role,
    adopt=adopt_role,
    read_actual=read_role,
    compared=frozenset({"AssumeRolePolicyDocument", "Description", "MaxSessionDuration"}),
    identifier="RoleName",
)

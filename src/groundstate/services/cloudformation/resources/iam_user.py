"""AWS::IAM::User, AWS::IAM::Group, AWS::IAM::UserToGroupAddition and AWS::IAM::AccessKey.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import pick
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
from groundstate.services.cloudformation.resources.shape import BOOLEAN, INTEGER, TAGS, TEXT, Needed

_NAME_LENGTH_MAX = 64
_USER, _GROUP = Identity("User"), Identity("Group")


def create_user(provision: Provision, properties: Properties) -> Made:
    """Create the user with its policies and groups."""
    name = properties.get("UserName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    request = {"UserName": name, **pick(properties, ("Path", "PermissionsBoundary", "Tags"))}
    user = provision.invoke("iam", "CreateUser", request)["User"]
    set_policies(provision, _USER, name, {}, properties)
    _set_groups(provision, name, {}, properties)
    _set_login(provision, name, {}, properties)
    return Made(name, {"Arn": user["Arn"]})


def update_user(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the user in place."""
    name, before = current.physical_id, current.properties
    set_policies(provision, _USER, name, before, properties)
    set_tags(provision, _USER, name, before, properties)
    _set_groups(provision, name, before, properties)
    _set_login(provision, name, before, properties)
    if properties.get("PermissionsBoundary") != before.get("PermissionsBoundary"):
        if "PermissionsBoundary" in properties:
            boundary = {"UserName": name, **pick(properties, ("PermissionsBoundary",))}
            provision.invoke("iam", "PutUserPermissionsBoundary", boundary)
        else:
            provision.invoke("iam", "DeleteUserPermissionsBoundary", {"UserName": name})
    return Made(name, current.attributes)


def delete_user(provision: Provision, current: Current) -> None:
    """Delete the user with its policies, out of all groups."""
    name = current.physical_id
    with gone_is_fine():
        for group in provision.invoke("iam", "ListGroupsForUser", {"UserName": name})["Groups"]:
            request = {"UserName": name, "GroupName": group["GroupName"]}
            provision.invoke("iam", "RemoveUserFromGroup", request)
        with gone_is_fine():
            provision.invoke("iam", "DeleteLoginProfile", {"UserName": name})
        delete_identity(provision, _USER, name)


def _set_groups(provision: Provision, name: str, before: Properties, after: Properties) -> None:
    old, new = before.get("Groups", []), after.get("Groups", [])
    for group in new:
        if group not in old:
            request = {"UserName": name, "GroupName": group}
            provision.invoke("iam", "AddUserToGroup", request)
    for group in old:
        if group not in new:
            request = {"UserName": name, "GroupName": group}
            provision.invoke("iam", "RemoveUserFromGroup", request)


def _set_login(provision: Provision, name: str, before: Properties, after: Properties) -> None:
    old, new = before.get("LoginProfile"), after.get("LoginProfile")
    if old == new:
        return
    if new is None:
        with gone_is_fine():
            provision.invoke("iam", "DeleteLoginProfile", {"UserName": name})
        return
    operation = "CreateLoginProfile" if old is None else "UpdateLoginProfile"
    provision.invoke("iam", operation, {"UserName": name, **new})


USER = ResourceType(
    name="AWS::IAM::User",
    shape={
        "Groups": [TEXT],
        "LoginProfile": {"Password": Needed(TEXT), "PasswordResetRequired": BOOLEAN},
        "ManagedPolicyArns": [TEXT],
        "Path": TEXT,
        "PermissionsBoundary": TEXT,
        "Policies": POLICIES,
        "Tags": TAGS,
        "UserName": TEXT,
    },
    replaces=frozenset({"UserName"}),
    name_property="UserName",
    attributes=("Arn",),
    tags="list",
    iam=True,
    create=create_user,
    update=update_user,
    delete=delete_user,
)


def create_group(provision: Provision, properties: Properties) -> Made:
    """Create the group with its policies."""
    name = properties.get("GroupName") or provision.make_name(128, mixed=True)
    request = {"GroupName": name, **pick(properties, ("Path",))}
    group = provision.invoke("iam", "CreateGroup", request)["Group"]
    set_policies(provision, _GROUP, name, {}, properties)
    return Made(name, {"Arn": group["Arn"]})


def update_group(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the group's policies."""
    set_policies(provision, _GROUP, current.physical_id, current.properties, properties)
    return Made(current.physical_id, current.attributes)


def delete_group(provision: Provision, current: Current) -> None:
    """Delete the group with its policies."""
    delete_identity(provision, _GROUP, current.physical_id)


GROUP = ResourceType(
    name="AWS::IAM::Group",
    shape={"GroupName": TEXT, "ManagedPolicyArns": [TEXT], "Path": TEXT, "Policies": POLICIES},
    replaces=frozenset({"GroupName"}),
    name_property="GroupName",
    attributes=("Arn",),
    iam=True,
    create=create_group,
    update=update_group,
    delete=delete_group,
)


def add_to_group(provision: Provision, properties: Properties) -> Made:
    """Add the users to the group."""
    _set_members(provision, properties["GroupName"], [], properties["Users"])
    return Made(provision.make_name(128), {})


def change_members(provision: Provision, current: Current, properties: Properties) -> Made:
    """Bring the group's members to the properties."""
    before = current.properties
    if before["GroupName"] != properties["GroupName"]:
        _set_members(provision, before["GroupName"], before["Users"], [])
        before = {"Users": []}
    _set_members(provision, properties["GroupName"], before["Users"], properties["Users"])
    return Made(current.physical_id)


def remove_from_group(provision: Provision, current: Current) -> None:
    """Take the users out of the group."""
    properties = current.properties
    _set_members(provision, properties["GroupName"], properties["Users"], [])


def _set_members(provision: Provision, group: str, old: list[str], new: list[str]) -> None:
    for user in new:
        if user not in old:
            provision.invoke("iam", "AddUserToGroup", {"GroupName": group, "UserName": user})
    for user in old:
        if user not in new:
            with gone_is_fine():
                request = {"GroupName": group, "UserName": user}
                provision.invoke("iam", "RemoveUserFromGroup", request)


USER_TO_GROUP_ADDITION = ResourceType(
    name="AWS::IAM::UserToGroupAddition",
    shape={"GroupName": TEXT, "Users": [TEXT]},
    required=("GroupName", "Users"),
    iam=True,
    create=add_to_group,
    update=change_members,
    delete=remove_from_group,
)


def create_access_key(provision: Provision, properties: Properties) -> Made:
    """Create a key for the user."""
    request = pick(properties, ("UserName",))
    key = provision.invoke("iam", "CreateAccessKey", request)["AccessKey"]
    _set_status(provision, key["AccessKeyId"], properties)
    return Made(key["AccessKeyId"], {"SecretAccessKey": key["SecretAccessKey"]})


def update_access_key(provision: Provision, current: Current, properties: Properties) -> Made:
    """Switch the key on or off."""
    _set_status(provision, current.physical_id, properties)
    return Made(current.physical_id, current.attributes)


def delete_access_key(provision: Provision, current: Current) -> None:
    """Delete the key."""
    with gone_is_fine():
        request = {
            "UserName": current.properties["UserName"],
            "AccessKeyId": current.physical_id,
        }
        provision.invoke("iam", "DeleteAccessKey", request)


def _set_status(provision: Provision, key_id: str, properties: Properties) -> None:
    request = {
        "UserName": properties["UserName"],
        "AccessKeyId": key_id,
        "Status": properties.get("Status", "Active"),
    }
    provision.invoke("iam", "UpdateAccessKey", request)


ACCESS_KEY = ResourceType(
    name="AWS::IAM::AccessKey",
    shape={"Serial": INTEGER, "Status": TEXT, "UserName": TEXT},
    required=("UserName",),
    replaces=frozenset({"Serial", "UserName"}),
    attributes=("SecretAccessKey",),
    iam=True,
    create=create_access_key,
    update=update_access_key,
    delete=delete_access_key,
)

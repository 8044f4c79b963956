"""CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, AddUserToGroup, RemoveUserFromGroup.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html and its neighbours.
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import describe_group, describe_user
from groundstate.services.iam.entities import (
    base_members,
    entity_arn,
    named_entity,
    page,
    renamed,
    save,
)
from groundstate.services.iam.errors import DeleteConflict, LimitExceeded
from groundstate.services.iam.model import Group, User

GROUPS_PER_USER_MAX = 10


def create_group(call: Call, request: Shape) -> Shape:
    """Make a group.

    Raises:
        EntityAlreadyExists: the name is taken, in whatever case.
    """
    group = Group(**base_members(call, Group, request["GroupName"], request.get("Path", "/")))
    call.tx.iam.insert_entity(group.to_row())
    return {"Group": describe_group(group)}


def get_group(call: Call, request: Shape) -> Shape:
    """Describe a group with its users.

    Raises:
        NoSuchEntity: there is none of this name.
    """
    group = named_entity(call, Group, request)
    rows = call.tx.iam.list_members(group.entity_id)
    shown, more = page(request, "users of group", rows, lambda row: row.name)
    users = [describe_user(User.from_row(row), listed=True) for row in shown]
    return {"Group": describe_group(group), "Users": users, **more}


def list_groups(call: Call, request: Shape) -> Shape:
    """List groups by name, under a path."""
    rows = call.tx.iam.list_entities(Group.kind, path_prefix=request.get("PathPrefix", "/"))
    shown, more = page(request, "groups", rows, lambda row: row.name)
    return {"Groups": [describe_group(Group.from_row(row)) for row in shown], **more}


def update_group(call: Call, request: Shape) -> Shape:
    """Give a group another name or path.

    Raises:
        NoSuchEntity: there is none of this name.
        EntityAlreadyExists: the new name is taken.
    """
    group = named_entity(call, Group, request)
    save(call, renamed(call, group, request.get("NewGroupName"), request.get("NewPath")))
    return {}


def delete_group(call: Call, request: Shape) -> Shape:
    """Delete a group that has neither users nor policies.

    Raises:
        NoSuchEntity: there is none of this name.
        DeleteConflict: it still has some.
    """
    group = named_entity(call, Group, request)
    tables = call.tx.iam
    if tables.list_members(group.entity_id):
        raise DeleteConflict("Cannot delete entity, must remove users from group first.")
    if tables.list_attached_policies(group.entity_id):
        raise DeleteConflict("Cannot delete entity, must detach all policies first.")
    if tables.list_inline_policies(group.entity_id):
        raise DeleteConflict("Cannot delete entity, must delete policies first.")
    tables.delete_entity(group.entity_id)
    return {}


def add_user_to_group(call: Call, request: Shape) -> Shape:
    """Put a user into a group; nothing happens if they are in it.

    Raises:
        NoSuchEntity: there is no such group or user.
        LimitExceeded: the user is in ten groups.
    """
    group = named_entity(call, Group, request)
    user = named_entity(call, User, request)
    groups = call.tx.iam.list_containers(user.entity_id)
    is_in = any(row.entity_id == group.entity_id for row in groups)
    if not is_in and len(groups) >= GROUPS_PER_USER_MAX:
        raise LimitExceeded(f"Cannot exceed quota for GroupsPerUser: {GROUPS_PER_USER_MAX}")
    call.tx.iam.add_member(group.entity_id, user.entity_id)
    return {}


def remove_user_from_group(call: Call, request: Shape) -> Shape:
    """Take a user out of a group; nothing happens if they are not in it.

    Raises:
        NoSuchEntity: there is no such group or user.
    """
    group = named_entity(call, Group, request)
    user = named_entity(call, User, request)
    call.tx.iam.remove_member(group.entity_id, user.entity_id)
    return {}


def group_resource(call: Call, request: Shape) -> str:
    """The ARN of the group that a request names, for its permission."""
    name = str(request.get("GroupName", "*"))
    row = call.tx.iam.find_entity(Group.kind, name)
    return row.arn if row is not None else entity_arn(call, Group, name)


def new_group_resource(call: Call, request: Shape) -> str:
    """The ARN of the group that CreateGroup is to make."""
    name, path = str(request.get("GroupName", "*")), str(request.get("Path", "/"))
    return entity_arn(call, Group, name, path)

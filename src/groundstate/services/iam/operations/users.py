"""CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser, ListGroupsForUser.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html and its neighbours.
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import describe_group, describe_user
from groundstate.services.iam.entities import (
    base_members,
    entity_arn,
    named_entity,
    own_user,
    page,
    read_tags,
    renamed,
    save,
)
from groundstate.services.iam.errors import DeleteConflict
from groundstate.services.iam.managed import check_boundary
from groundstate.services.iam.model import Group, User


def create_user(call: Call, request: Shape) -> Shape:
    """Make a user.

    Raises:
        EntityAlreadyExists: the name is taken, in whatever case.
        NoSuchEntity: the permissions boundary is no policy.
    """
    base = base_members(call, User, request["UserName"], request.get("Path", "/"))
    boundary_arn = request.get("PermissionsBoundary", "")
    if boundary_arn:
        check_boundary(call, boundary_arn)
    user = User(**base, tags=read_tags(request.get("Tags", ())), boundary_arn=boundary_arn)
    call.tx.iam.insert_entity(user.to_row())
    return {"User": describe_user(user)}


def get_user(call: Call, request: Shape) -> Shape:
    """Describe a user; without a name, whoever calls.

    Raises:
        NoSuchEntity: there is none of this name.
        ValidationError: a role's session asks without a name.
    """
    if "UserName" in request:
        return {"User": describe_user(named_entity(call, User, request))}
    principal = call.principal
    if principal.administrator:
        # The account's root is no IAM user, and GetUser describes it all the same.
        return {
            "User": {
                "Path": "/",
                "UserName": "root",
                "UserId": principal.account,
                "Arn": principal.arn,
                "CreateDate": 0.0,
            }
        }
    return {"User": describe_user(own_user(call))}


def list_users(call: Call, request: Shape) -> Shape:
    """List users by name, under a path."""
    rows = call.tx.iam.list_entities(User.kind, path_prefix=request.get("PathPrefix", "/"))
    shown, more = page(request, "users", rows, lambda row: row.name)
    return {"Users": [describe_user(User.from_row(row), listed=True) for row in shown], **more}


def update_user(call: Call, request: Shape) -> Shape:
    """Give a user another name or path; its id stays, its ARN changes.

    Raises:
        NoSuchEntity: there is none of this name.
        EntityAlreadyExists: the new name is taken.
    """
    user = named_entity(call, User, request)
    save(call, renamed(call, user, request.get("NewUserName"), request.get("NewPath")))
    return {}


def delete_user(call: Call, request: Shape) -> Shape:
    """Delete a user who has no keys, no policies and no groups.

    Raises:
        NoSuchEntity: there is none of this name.
        DeleteConflict: something still hangs on the user.
    """
    user = named_entity(call, User, request)
    tables = call.tx.iam
    if tables.list_containers(user.entity_id):
        raise DeleteConflict("Cannot delete entity, must remove users from group first.")
    if tables.list_attached_policies(user.entity_id):
        raise DeleteConflict("Cannot delete entity, must detach all policies first.")
    if tables.list_inline_policies(user.entity_id):
        raise DeleteConflict("Cannot delete entity, must delete policies first.")
    if tables.list_access_keys(user.entity_id):
        raise DeleteConflict("Cannot delete entity, must delete access keys first.")
    if user.login_since is not None:
        raise DeleteConflict("Cannot delete entity, must delete login profile first.")
    tables.delete_entity(user.entity_id)
    return {}


def list_groups_for_user(call: Call, request: Shape) -> Shape:
    """List the groups that a user is in.

    Raises:
        NoSuchEntity: there is no user of this name.
    """
    user = named_entity(call, User, request)
    rows = call.tx.iam.list_containers(user.entity_id)
    shown, more = page(request, "groups of user", rows, lambda row: row.name)
    return {"Groups": [describe_group(Group.from_row(row)) for row in shown], **more}


def user_resource(call: Call, request: Shape) -> str:
    """The ARN of the user that a request names (or of the caller), for its permission."""
    if "UserName" not in request:
        return call.principal.identity_arn or "*"
    name = str(request["UserName"])
    row = call.tx.iam.find_entity(User.kind, name)
    return row.arn if row is not None else entity_arn(call, User, name)


def new_user_resource(call: Call, request: Shape) -> str:
    """The ARN of the user that CreateUser is to make."""
    return entity_arn(call, User, str(request.get("UserName", "*")), str(request.get("Path", "/")))

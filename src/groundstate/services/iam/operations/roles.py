"""CreateRole, GetRole, ListRoles, UpdateRole, UpdateAssumeRolePolicy, DeleteRole.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html and its neighbours.
"""

from __future__ import annotations

from dataclasses import replace

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import describe_role
from groundstate.services.iam.documents import check_trust
from groundstate.services.iam.entities import (
    base_members,
    changeable_entity,
    entity_arn,
    named_entity,
    page,
    read_tags,
    save,
)
from groundstate.services.iam.errors import DeleteConflict, ValidationError
from groundstate.services.iam.managed import check_boundary
from groundstate.services.iam.model import Role

SESSION_S_MIN, SESSION_S_MAX = 3_600, 43_200


def create_role(call: Call, request: Shape) -> Shape:
    """Make a role.

    Raises:
        EntityAlreadyExists: the name is taken, in whatever case.
        MalformedPolicyDocument: the trust policy is not one.
        NoSuchEntity: the permissions boundary is no policy.
    """
    base = base_members(call, Role, request["RoleName"], request.get("Path", "/"))
    document = request["AssumeRolePolicyDocument"]
    check_trust(call, document)
    boundary_arn = request.get("PermissionsBoundary", "")
    if boundary_arn:
        check_boundary(call, boundary_arn)
    role = Role(
        **base,
        tags=read_tags(request.get("Tags", ())),
        trust_document=document,
        description=request.get("Description"),
        max_session_s=_session_duration(request),
        boundary_arn=boundary_arn,
    )
    call.tx.iam.insert_entity(role.to_row())
    return {"Role": describe_role(role)}


def get_role(call: Call, request: Shape) -> Shape:
    """Describe a role.

    Raises:
        NoSuchEntity: there is none of this name.
    """
    return {"Role": describe_role(named_entity(call, Role, request))}


def list_roles(call: Call, request: Shape) -> Shape:
    """List roles by name, under a path."""
    rows = call.tx.iam.list_entities(Role.kind, path_prefix=request.get("PathPrefix", "/"))
    shown, more = page(request, "roles", rows, lambda row: row.name)
    return {"Roles": [describe_role(Role.from_row(row), listed=True) for row in shown], **more}


def update_role(call: Call, request: Shape) -> Shape:
    """Change a role's description or longest session.

    Raises:
        NoSuchEntity: there is none of this name.
    """
    role = named_entity(call, Role, request)
    if "Description" in request:
        role = replace(role, description=request["Description"])
    if "MaxSessionDuration" in request:
        role = replace(role, max_session_s=_session_duration(request))
    save(call, role)
    return {}


def update_role_description(call: Call, request: Shape) -> Shape:
    """Change a role's description; the older form of UpdateRole.

    Raises:
        NoSuchEntity: there is none of this name.
    """
    role = replace(named_entity(call, Role, request), description=request["Description"])
    save(call, role)
    return {"Role": describe_role(role)}


def update_assume_role_policy(call: Call, request: Shape) -> Shape:
    """Give a role another trust policy.

    Raises:
        NoSuchEntity: there is none of this name.
        MalformedPolicyDocument: the trust policy is not one.
    """
    role = changeable_entity(call, Role, request)
    check_trust(call, request["PolicyDocument"])
    save(call, replace(role, trust_document=request["PolicyDocument"]))
    return {}


def delete_role(call: Call, request: Shape) -> Shape:
    """Delete a role that has no policies and is in no instance profile.

    Raises:
        NoSuchEntity: there is none of this name.
        DeleteConflict: something still hangs on it.
    """
    role = changeable_entity(call, Role, request)
    tables = call.tx.iam
    if tables.list_containers(role.entity_id):
        raise DeleteConflict("Cannot delete entity, must remove roles from instance profile first.")
    if tables.list_attached_policies(role.entity_id):
        raise DeleteConflict("Cannot delete entity, must detach all policies first.")
    if tables.list_inline_policies(role.entity_id):
        raise DeleteConflict("Cannot delete entity, must delete policies first.")
    tables.delete_entity(role.entity_id)
    return {}


def role_resource(call: Call, request: Shape) -> str:
    """The ARN of the role that a request names, for its permission."""
    name = str(request.get("RoleName", "*"))
    row = call.tx.iam.find_entity(Role.kind, name)
    return row.arn if row is not None else entity_arn(call, Role, name)


def new_role_resource(call: Call, request: Shape) -> str:
    """The ARN of the role that CreateRole is to make."""
    return entity_arn(call, Role, str(request.get("RoleName", "*")), str(request.get("Path", "/")))


def _session_duration(request: Shape) -> int:
    duration_s = int(request.get("MaxSessionDuration", SESSION_S_MIN))
    if not SESSION_S_MIN <= duration_s <= SESSION_S_MAX:
        raise ValidationError(
            f"1 validation error detected: Value '{duration_s}' at 'maxSessionDuration' failed to"
            f" satisfy constraint: Member must have value between {SESSION_S_MIN} and"
            f" {SESSION_S_MAX}"
        )
    return duration_s

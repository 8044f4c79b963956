"""Create, Get, List and DeleteInstanceProfile; Add and RemoveRoleFromInstanceProfile.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html and its
neighbours.
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import describe_instance_profile
from groundstate.services.iam.entities import (
    base_members,
    entity_arn,
    named_entity,
    page,
    read_tags,
)
from groundstate.services.iam.errors import (
    DeleteConflict,
    EntityAlreadyExists,
    LimitExceeded,
    NoSuchEntity,
)
from groundstate.services.iam.model import InstanceProfile, Role

ROLES_MAX = 1


def create_instance_profile(call: Call, request: Shape) -> Shape:
    """Make an instance profile without a role.

    Raises:
        EntityAlreadyExists: the name is taken, in whatever case.
    """
    name, path = request["InstanceProfileName"], request.get("Path", "/")
    base = base_members(call, InstanceProfile, name, path)
    profile = InstanceProfile(**base, tags=read_tags(request.get("Tags", ())))
    call.tx.iam.insert_entity(profile.to_row())
    return {"InstanceProfile": describe_instance_profile(call, profile)}


def get_instance_profile(call: Call, request: Shape) -> Shape:
    """Describe an instance profile with its role.

    Raises:
        NoSuchEntity: there is none of this name.
    """
    profile = named_entity(call, InstanceProfile, request)
    return {"InstanceProfile": describe_instance_profile(call, profile)}


def list_instance_profiles(call: Call, request: Shape) -> Shape:
    """List instance profiles by name, under a path."""
    prefix = request.get("PathPrefix", "/")
    rows = call.tx.iam.list_entities(InstanceProfile.kind, path_prefix=prefix)
    shown, more = page(request, "instance profiles", rows, lambda row: row.name)
    return {
        "InstanceProfiles": [
            describe_instance_profile(call, InstanceProfile.from_row(row)) for row in shown
        ],
        **more,
    }


def list_instance_profiles_for_role(call: Call, request: Shape) -> Shape:
    """List the instance profiles that a role is in.

    Raises:
        NoSuchEntity: there is no role of this name.
    """
    rows = call.tx.iam.list_containers(named_entity(call, Role, request).entity_id)
    shown, more = page(request, "instance profiles of role", rows, lambda row: row.name)
    return {
        "InstanceProfiles": [
            describe_instance_profile(call, InstanceProfile.from_row(row)) for row in shown
        ],
        **more,
    }


def delete_instance_profile(call: Call, request: Shape) -> Shape:
    """Delete an instance profile that has no role.

    Raises:
        NoSuchEntity: there is none of this name.
        DeleteConflict: it has a role.
    """
    profile = named_entity(call, InstanceProfile, request)
    if call.tx.iam.list_members(profile.entity_id):
        raise DeleteConflict("Cannot delete entity, must remove roles from instance profile first.")
    call.tx.iam.delete_entity(profile.entity_id)
    return {}


def add_role_to_instance_profile(call: Call, request: Shape) -> Shape:
    """Put a role into an instance profile; it is passed to EC2 by that.

    Raises:
        AccessDenied: the caller may not pass the role.
        NoSuchEntity: there is no such profile or role.
        EntityAlreadyExists: the role is in it.
        LimitExceeded: it has a role.
    """
    profile = named_entity(call, InstanceProfile, request)
    role = named_entity(call, Role, request)
    call.authorize("iam:PassRole", role.arn, {"iam:PassedToService": "ec2.amazonaws.com"})
    members = call.tx.iam.list_members(profile.entity_id)
    if any(row.entity_id == role.entity_id for row in members):
        raise EntityAlreadyExists(
            f"Role with name {role.name} already exists in InstanceProfile {profile.name}."
        )
    if len(members) >= ROLES_MAX:
        raise LimitExceeded(
            f"Cannot exceed quota for InstanceSessionsPerInstanceProfile: {ROLES_MAX}"
        )
    call.tx.iam.add_member(profile.entity_id, role.entity_id)
    return {}


def remove_role_from_instance_profile(call: Call, request: Shape) -> Shape:
    """Take a role out of an instance profile.

    Raises:
        NoSuchEntity: there is no such profile or role, or the role is not in it.
    """
    profile = named_entity(call, InstanceProfile, request)
    role = named_entity(call, Role, request)
    if not call.tx.iam.remove_member(profile.entity_id, role.entity_id):
        raise NoSuchEntity(
            f"Role with name {role.name} cannot be found in InstanceProfile {profile.name}."
        )
    return {}


def instance_profile_resource(call: Call, request: Shape) -> str:
    """The ARN of the instance profile that a request names, for its permission."""
    name = str(request.get("InstanceProfileName", "*"))
    row = call.tx.iam.find_entity(InstanceProfile.kind, name)
    if row is not None:
        return row.arn
    return entity_arn(call, InstanceProfile, name, str(request.get("Path", "/")))

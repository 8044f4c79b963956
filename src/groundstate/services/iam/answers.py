"""Entities as IAM's answers show them."""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.iam.aws_managed import AwsPolicy
from groundstate.services.iam.documents import encode_document
from groundstate.services.iam.entities import tag_shapes
from groundstate.services.iam.model import (
    Entity,
    Group,
    InstanceProfile,
    ManagedPolicy,
    Role,
    User,
)

# 2015-02-06T18:40Z: when AWS made its first managed policies. We know no dates of the others.
AWS_POLICIES_MADE_AT = 1_423_248_000.0


def describe_role(role: Role, *, listed: bool = False) -> Shape:
    """A role; a list leaves out what AWS's lists leave out."""
    shape = {
        **_base(role, "Role"),
        "AssumeRolePolicyDocument": encode_document(role.trust_document),
        "MaxSessionDuration": role.max_session_s,
    }
    if role.description is not None:
        shape["Description"] = role.description
    if not listed:
        shape["RoleLastUsed"] = {}
        _add_boundary_and_tags(shape, role, role.boundary_arn)
    return shape


def describe_user(user: User, *, listed: bool = False) -> Shape:
    """A user; a list leaves out what AWS's lists leave out."""
    shape = _base(user, "User")
    if not listed:
        _add_boundary_and_tags(shape, user, user.boundary_arn)
    return shape


def describe_group(group: Group) -> Shape:
    """A group."""
    return _base(group, "Group")


def describe_instance_profile(call: Call, profile: InstanceProfile) -> Shape:
    """An instance profile with its role."""
    members = call.tx.iam.list_members(profile.entity_id)
    shape = {
        **_base(profile, "InstanceProfile"),
        "Roles": [describe_role(Role.from_row(row), listed=True) for row in members],
    }
    if profile.tags:
        shape["Tags"] = tag_shapes(profile.tags)
    return shape


def describe_policy(call: Call, policy: ManagedPolicy, *, listed: bool = False) -> Shape:
    """A managed policy of the account."""
    shape = {
        "PolicyName": policy.name,
        "PolicyId": policy.entity_id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": f"v{policy.default_version}",
        "AttachmentCount": call.tx.iam.count_attachments(policy.arn),
        "PermissionsBoundaryUsageCount": len(call.tx.iam.list_entities_with_boundary(policy.arn)),
        "IsAttachable": True,
        "CreateDate": policy.created_at,
        "UpdateDate": policy.updated_at or policy.created_at,
    }
    if not listed:
        if policy.description is not None:
            shape["Description"] = policy.description
        shape["Tags"] = tag_shapes(policy.tags)
    return shape


def describe_aws_policy(call: Call, policy: AwsPolicy) -> Shape:
    """One of AWS's managed policies."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.policy_id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": "v1",
        "AttachmentCount": call.tx.iam.count_attachments(policy.arn),
        "PermissionsBoundaryUsageCount": len(call.tx.iam.list_entities_with_boundary(policy.arn)),
        "IsAttachable": True,
        "CreateDate": AWS_POLICIES_MADE_AT,
        "UpdateDate": AWS_POLICIES_MADE_AT,
    }


def describe_attached(policy_arn: str) -> Shape:
    """An attached policy as the lists show it."""
    return {"PolicyName": policy_arn.rpartition("/")[2], "PolicyArn": policy_arn}


def _base(entity: Entity, word: str) -> Shape:
    return {
        "Path": entity.path,
        f"{word}Name": entity.name,
        f"{word}Id": entity.entity_id,
        "Arn": entity.arn,
        "CreateDate": entity.created_at,
    }


def _add_boundary_and_tags(shape: Shape, entity: Entity, boundary_arn: str) -> None:
    if boundary_arn:
        shape["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": boundary_arn,
        }
    if entity.tags:
        shape["Tags"] = tag_shapes(entity.tags)

"""ListAccountAliases, GetAccountSummary, GetAccountAuthorizationDetails.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import (
    describe_attached,
    describe_group,
    describe_instance_profile,
    describe_policy,
    describe_role,
    describe_user,
)
from groundstate.services.iam.documents import encode_document
from groundstate.services.iam.entities import page
from groundstate.services.iam.model import Group, InstanceProfile, ManagedPolicy, Role, User
from groundstate.store.iam import EntityRow

_FILTERS = {"User": "user", "Role": "role", "Group": "group", "LocalManagedPolicy": "policy"}


def list_account_aliases(call: Call, request: Shape) -> Shape:
    """List the account's aliases: it has none."""
    return {"AccountAliases": [], "IsTruncated": False}


def get_account_summary(call: Call, request: Shape) -> Shape:
    """Count the account's entities."""
    count = call.tx.iam.count_entities
    return {
        "SummaryMap": {
            "Users": count(User.kind),
            "Groups": count(Group.kind),
            "Roles": count(Role.kind),
            "Policies": count(ManagedPolicy.kind),
            "InstanceProfiles": count(InstanceProfile.kind),
            "AccountMFAEnabled": 0,
            "AccountAccessKeysPresent": 1,
            "MFADevices": 0,
            "MFADevicesInUse": 0,
            "Providers": 0,
        }
    }


def get_account_authorization_details(call: Call, request: Shape) -> Shape:
    """Give users, groups, roles and the account's policies, each with what hangs on it."""
    wanted = [_FILTERS[name] for name in request.get("Filter", ()) if name in _FILTERS]
    kinds = wanted or ([] if request.get("Filter") else list(_FILTERS.values()))
    rows = [row for kind in kinds for row in call.tx.iam.list_entities(kind)]
    shown, more = page(request, "details", rows, lambda row: row.arn)
    of_kind = {kind: [row for row in shown if row.kind == kind] for kind in _FILTERS.values()}
    return {
        "UserDetailList": [_user(call, row) for row in of_kind["user"]],
        "GroupDetailList": [_group(call, row) for row in of_kind["group"]],
        "RoleDetailList": [_role(call, row) for row in of_kind["role"]],
        "Policies": [_policy(call, row) for row in of_kind["policy"]],
        **more,
    }


def _user(call: Call, row: EntityRow) -> Shape:
    groups = call.tx.iam.list_containers(row.entity_id)
    return {
        **describe_user(User.from_row(row)),
        "UserPolicyList": _inline(call, row),
        "GroupList": [group.name for group in groups],
        "AttachedManagedPolicies": _attached(call, row),
    }


def _group(call: Call, row: EntityRow) -> Shape:
    return {
        **describe_group(Group.from_row(row)),
        "GroupPolicyList": _inline(call, row),
        "AttachedManagedPolicies": _attached(call, row),
    }


def _role(call: Call, row: EntityRow) -> Shape:
    shape = describe_role(Role.from_row(row))
    shape.pop("MaxSessionDuration")
    shape.pop("Description", None)
    profiles = call.tx.iam.list_containers(row.entity_id)
    return {
        **shape,
        "InstanceProfileList": [
            describe_instance_profile(call, InstanceProfile.from_row(profile))
            for profile in profiles
        ],
        "RolePolicyList": _inline(call, row),
        "AttachedManagedPolicies": _attached(call, row),
    }


def _policy(call: Call, row: EntityRow) -> Shape:
    policy = ManagedPolicy.from_row(row)
    shape = describe_policy(call, policy)
    shape.pop("Tags")
    return {
        **shape,
        "PolicyVersionList": [
            {
                "Document": encode_document(version.document),
                "VersionId": f"v{version.number}",
                "IsDefaultVersion": version.number == policy.default_version,
                "CreateDate": version.created_at,
            }
            for version in call.tx.iam.list_versions(policy.arn)
        ],
    }


def _inline(call: Call, row: EntityRow) -> list[Shape]:
    return [
        {"PolicyName": name, "PolicyDocument": encode_document(document)}
        for name, document in call.tx.iam.list_inline_policies(row.entity_id)
    ]


def _attached(call: Call, row: EntityRow) -> list[Shape]:
    return [describe_attached(arn) for arn in call.tx.iam.list_attached_policies(row.entity_id)]

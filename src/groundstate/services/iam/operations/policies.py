"""CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, ListEntitiesForPolicy.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html and its neighbours.
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import describe_aws_policy, describe_policy
from groundstate.services.iam.aws_managed import find_aws_policy, list_aws_policies
from groundstate.services.iam.documents import check_managed
from groundstate.services.iam.entities import base_members, entity_arn, page, read_tags
from groundstate.services.iam.errors import DeleteConflict
from groundstate.services.iam.managed import check_policy_arn, get_managed_policy, refuse_aws_policy
from groundstate.services.iam.model import ManagedPolicy
from groundstate.store.iam import VersionRow

_KINDS = {"Role": "role", "User": "user", "Group": "group"}


def create_policy(call: Call, request: Shape) -> Shape:
    """Make a managed policy with its first version.

    Raises:
        EntityAlreadyExists: the name is taken, under whatever path.
        MalformedPolicyDocument: the document is not a policy.
        LimitExceeded: it is too long.
    """
    base = base_members(call, ManagedPolicy, request["PolicyName"], request.get("Path", "/"))
    check_managed(request["PolicyDocument"])
    policy = ManagedPolicy(
        **base,
        tags=read_tags(request.get("Tags", ())),
        description=request.get("Description"),
    )
    call.tx.iam.insert_entity(policy.to_row())
    call.tx.iam.insert_version(VersionRow(policy.arn, 1, request["PolicyDocument"], call.now))
    return {"Policy": describe_policy(call, policy)}


def get_policy(call: Call, request: Shape) -> Shape:
    """Describe a managed policy, the account's or AWS's.

    Raises:
        NoSuchEntity: there is none.
    """
    aws_policy = find_aws_policy(request["PolicyArn"])
    if aws_policy is not None:
        return {"Policy": describe_aws_policy(call, aws_policy)}
    return {"Policy": describe_policy(call, get_managed_policy(call, request["PolicyArn"]))}


def list_policies(call: Call, request: Shape) -> Shape:
    """List managed policies: the account's first, then AWS's that this runtime carries."""
    scope = request.get("Scope", "All")
    usage = request.get("PolicyUsageFilter")
    prefix = request.get("PathPrefix", "/")
    found: list[Shape] = []
    if scope in ("All", "Local"):
        rows = call.tx.iam.list_entities(ManagedPolicy.kind, path_prefix=prefix)
        found += [describe_policy(call, ManagedPolicy.from_row(row), listed=True) for row in rows]
    if scope in ("All", "AWS"):
        found += [
            describe_aws_policy(call, policy)
            for policy in list_aws_policies()
            if policy.path.startswith(prefix)
        ]
    count = "PermissionsBoundaryUsageCount" if usage == "PermissionsBoundary" else "AttachmentCount"
    if request.get("OnlyAttached") or usage == "PermissionsBoundary":
        found = [shape for shape in found if shape[count]]
    shown, more = page(request, "policies", found, lambda shape: str(shape["Arn"]))
    return {"Policies": shown, **more}


def delete_policy(call: Call, request: Shape) -> Shape:
    """Delete a managed policy that is attached to nothing and has one version.

    Raises:
        NoSuchEntity: there is none.
        DeleteConflict: it is attached, bounds somebody, or has further versions.
    """
    refuse_aws_policy(call, request["PolicyArn"])
    policy = get_managed_policy(call, request["PolicyArn"])
    tables = call.tx.iam
    if tables.count_attachments(policy.arn) or tables.list_entities_with_boundary(policy.arn):
        raise DeleteConflict("Cannot delete a policy attached to entities.")
    if len(tables.list_versions(policy.arn)) > 1:
        raise DeleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the"
            " policy's versions. The default version is deleted with the policy."
        )
    tables.delete_entity(policy.entity_id)
    return {}


def list_entities_for_policy(call: Call, request: Shape) -> Shape:
    """List the roles, users and groups that a managed policy is attached to.

    Raises:
        NoSuchEntity: there is no such policy.
    """
    policy_arn = request["PolicyArn"]
    check_policy_arn(policy_arn)
    if find_aws_policy(policy_arn) is None:
        get_managed_policy(call, policy_arn)
    rows = (
        call.tx.iam.list_entities_with_boundary(policy_arn)
        if request.get("PolicyUsageFilter") == "PermissionsBoundary"
        else call.tx.iam.list_entities_with_policy(policy_arn)
    )
    wanted = _KINDS.get(request.get("EntityFilter", ""))
    prefix = request.get("PathPrefix", "/")
    rows = [row for row in rows if row.path.startswith(prefix) and wanted in (None, row.kind)]
    shown, more = page(request, "entities", rows, lambda row: row.arn)
    return {
        **{
            f"Policy{word}s": [
                {f"{word}Name": row.name, f"{word}Id": row.entity_id}
                for row in shown
                if row.kind == kind
            ]
            for word, kind in _KINDS.items()
        },
        **more,
    }


def policy_resource(call: Call, request: Shape) -> str:
    """The ARN of the policy that a request names, for its permission."""
    return str(request.get("PolicyArn", "*"))


def new_policy_resource(call: Call, request: Shape) -> str:
    """The ARN of the policy that CreatePolicy is to make."""
    name, path = str(request.get("PolicyName", "*")), str(request.get("Path", "/"))
    return entity_arn(call, ManagedPolicy, name, path)

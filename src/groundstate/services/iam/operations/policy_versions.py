"""Create, Get, List and DeletePolicyVersion; SetDefaultPolicyVersion.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
"""

from __future__ import annotations

from dataclasses import replace

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import AWS_POLICIES_MADE_AT
from groundstate.services.iam.aws_managed import AwsPolicy, find_aws_policy
from groundstate.services.iam.documents import check_managed, encode_document
from groundstate.services.iam.entities import page, save
from groundstate.services.iam.errors import DeleteConflict, LimitExceeded, NoSuchEntity
from groundstate.services.iam.managed import get_managed_policy, refuse_aws_policy
from groundstate.services.iam.model import ManagedPolicy
from groundstate.store.iam import VersionRow

VERSIONS_MAX = 5


def create_policy_version(call: Call, request: Shape) -> Shape:
    """Add a version to a managed policy, and make it the default if asked to.

    Raises:
        NoSuchEntity: there is no such policy.
        LimitExceeded: it has five versions, or the document is too long.
        MalformedPolicyDocument: the document is not a policy.
    """
    refuse_aws_policy(call, request["PolicyArn"])
    policy = get_managed_policy(call, request["PolicyArn"])
    check_managed(request["PolicyDocument"])
    if len(call.tx.iam.list_versions(policy.arn)) >= VERSIONS_MAX:
        raise LimitExceeded(
            f"A managed policy can have up to {VERSIONS_MAX} versions. Before you create a new"
            " version, you must delete an existing version."
        )
    number = policy.last_version + 1
    version = VersionRow(policy.arn, number, request["PolicyDocument"], call.now)
    call.tx.iam.insert_version(version)
    is_default = bool(request.get("SetAsDefault"))
    policy = replace(
        policy,
        last_version=number,
        default_version=number if is_default else policy.default_version,
        updated_at=call.now if is_default else policy.updated_at,
    )
    save(call, policy)
    shape = _describe(policy, version)
    del shape["Document"]
    return {"PolicyVersion": shape}


def get_policy_version(call: Call, request: Shape) -> Shape:
    """Give a version with its document.

    Raises:
        NoSuchEntity: there is no such policy or version.
    """
    aws_policy = find_aws_policy(request["PolicyArn"])
    if aws_policy is not None:
        if request["VersionId"] != "v1":
            raise _not_found(request)
        return {"PolicyVersion": _describe_aws(aws_policy)}
    policy = get_managed_policy(call, request["PolicyArn"])
    return {"PolicyVersion": _describe(policy, _get_version(call, policy, request))}


def list_policy_versions(call: Call, request: Shape) -> Shape:
    """List a policy's versions, newest first, without their documents.

    Raises:
        NoSuchEntity: there is no such policy.
    """
    aws_policy = find_aws_policy(request["PolicyArn"])
    if aws_policy is not None:
        shapes = [_describe_aws(aws_policy)]
    else:
        policy = get_managed_policy(call, request["PolicyArn"])
        shapes = [_describe(policy, row) for row in call.tx.iam.list_versions(policy.arn)]
    for shape in shapes:
        del shape["Document"]
    shown, more = page(request, "versions", shapes, lambda shape: str(shape["VersionId"]))
    return {"Versions": shown, **more}


def set_default_policy_version(call: Call, request: Shape) -> Shape:
    """Make another version the one that counts.

    Raises:
        NoSuchEntity: there is no such policy or version.
    """
    refuse_aws_policy(call, request["PolicyArn"])
    policy = get_managed_policy(call, request["PolicyArn"])
    version = _get_version(call, policy, request)
    save(call, replace(policy, default_version=version.number, updated_at=call.now))
    return {}


def delete_policy_version(call: Call, request: Shape) -> Shape:
    """Delete a version that is not the default.

    Raises:
        NoSuchEntity: there is no such policy or version.
        DeleteConflict: it is the default.
    """
    refuse_aws_policy(call, request["PolicyArn"])
    policy = get_managed_policy(call, request["PolicyArn"])
    version = _get_version(call, policy, request)
    if version.number == policy.default_version:
        raise DeleteConflict("Cannot delete the default version of a policy.")
    call.tx.iam.delete_version(policy.arn, version.number)
    return {}


def _get_version(call: Call, policy: ManagedPolicy, request: Shape) -> VersionRow:
    text = request["VersionId"].removeprefix("v").partition(".")[0]
    version = call.tx.iam.find_version(policy.arn, int(text)) if text.isdecimal() else None
    if version is None:
        raise _not_found(request)
    return version


def _not_found(request: Shape) -> NoSuchEntity:
    return NoSuchEntity(
        f"Policy {request['PolicyArn']} version {request['VersionId']} does not exist or is not"
        " attachable."
    )


def _describe(policy: ManagedPolicy, version: VersionRow) -> Shape:
    return {
        "Document": encode_document(version.document),
        "VersionId": f"v{version.number}",
        "IsDefaultVersion": version.number == policy.default_version,
        "CreateDate": version.created_at,
    }


def _describe_aws(policy: AwsPolicy) -> Shape:
    return {
        "Document": encode_document(policy.document),
        "VersionId": "v1",
        "IsDefaultVersion": True,
        "CreateDate": AWS_POLICIES_MADE_AT,
    }

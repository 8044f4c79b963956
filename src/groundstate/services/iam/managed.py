"""Managed policies, the account's own and AWS's: what may be attached."""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.iam.aws_managed import find_aws_policy, is_aws_policy
from groundstate.services.iam.errors import AccessDenied, InvalidInput, NoSuchEntity
from groundstate.services.iam.model import ManagedPolicy

ATTACHED_MAX = {"role": 10, "user": 10, "group": 10}
QUOTA_NAME = {
    "role": "PoliciesPerRole",
    "user": "PoliciesPerUser",
    "group": "PoliciesPerGroup",
}


def find_managed_policy(call: Call, policy_arn: str) -> ManagedPolicy | None:
    """A policy of the account by its ARN; None if there is none. AWS's own are not in here."""
    row = call.tx.iam.find_entity_by_arn(policy_arn)
    if row is None or row.kind != ManagedPolicy.kind:
        return None
    return ManagedPolicy.from_row(row)


def get_managed_policy(call: Call, policy_arn: str) -> ManagedPolicy:
    """A policy of the account by its ARN.

    Raises:
        InvalidInput: the text is no ARN.
        NoSuchEntity: there is none.
    """
    check_policy_arn(policy_arn)
    policy = find_managed_policy(call, policy_arn)
    if policy is None:
        raise NoSuchEntity(f"Policy {policy_arn} was not found.")
    return policy


def check_attachable(call: Call, policy_arn: str) -> None:
    """Refuse to attach what is no policy.

    Raises:
        InvalidInput: the text is no ARN.
        NoSuchEntity: there is no such policy, or none that we know the document of.
    """
    check_policy_arn(policy_arn)
    if find_aws_policy(policy_arn) is None and find_managed_policy(call, policy_arn) is None:
        raise NoSuchEntity(f"Policy {policy_arn} does not exist or is not attachable.")


def check_boundary(call: Call, policy_arn: str) -> None:
    """Refuse a permissions boundary that is no policy.

    Raises:
        NoSuchEntity: there is no such policy.
    """
    if find_aws_policy(policy_arn) is None and find_managed_policy(call, policy_arn) is None:
        raise NoSuchEntity(f"Scope ARN: {policy_arn} does not exist or is not attachable.")


def check_policy_arn(policy_arn: str) -> None:
    """Refuse a text that is not the ARN of a policy.

    Raises:
        InvalidInput: it is not.
    """
    if not policy_arn.startswith("arn:") or ":policy/" not in policy_arn:
        raise InvalidInput(f"ARN {policy_arn} is not valid.")


def refuse_aws_policy(call: Call, policy_arn: str) -> None:
    """Refuse to change one of AWS's policies.

    Raises:
        AccessDenied: it is AWS's.
    """
    if is_aws_policy(policy_arn):
        raise AccessDenied(
            f"User: {call.principal.arn} is not authorized to perform: iam:{call.operation} on"
            f" resource: policy {policy_arn.split(':policy/', 1)[-1]}"
        )

"""The Policies property: whole documents, managed policies and SAM's templates, and the role of it.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.expansion import (
    NO_VALUE,
    InvalidResource,
    is_function,
)
from groundstate.services.cloudformation.template.sam.policy_templates import find_policy_template

# AWS's policies that functions and state machines may be given by their bare names, and whose
# ARNs have a path: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_WITH_PATH = {
    "service-role": (
        "AWSAppSyncPushToCloudWatchLogs", "AWSAppSyncServiceRole", "AWSBatchServiceRole",
        "AWSCodeDeployRoleForLambda", "AWSConfigRole", "AWSGlueServiceRole",
        "AWSIoTLogging", "AWSIoTRuleActions", "AWSLambdaBasicDurableExecutionRolePolicy",
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaDynamoDBExecutionRole", "AWSLambdaENIManagementAccess",
        "AWSLambdaKinesisExecutionRole", "AWSLambdaMSKExecutionRole", "AWSLambdaRole",
        "AWSLambdaSQSQueueExecutionRole", "AWSLambdaVPCAccessExecutionRole",
        "AmazonAPIGatewayPushToCloudWatchLogs", "AmazonECSTaskExecutionRolePolicy",
        "AmazonElasticMapReduceRole", "AmazonMachineLearningRoleforRedshiftDataSource",
        "AmazonS3ObjectLambdaExecutionRolePolicy", "AmazonSNSRole",
    ),
    "job-function": (
        "Billing", "DatabaseAdministrator", "DataScientist", "NetworkAdministrator",
        "SupportUser", "SystemAdministrator", "ViewOnlyAccess",
    ),
}  # fmt: skip
_MANAGED_PREFIX = "arn:aws:iam::aws:policy/"


def managed_arn(name: str) -> str:
    """The ARN of a managed policy of AWS's own, by its name."""
    for path, names in _WITH_PATH.items():
        if name in names:
            return f"{_MANAGED_PREFIX}{path}/{name}"
    return _MANAGED_PREFIX + name


def make_role(
    logical_id: str,
    service: str,
    properties: Mapping[str, Any],
    tags: list[dict[str, Any]],
    *,
    managed: list[Any],
    inline: list[dict[str, Any]],
    managed_last: list[Any],
    inline_last: list[dict[str, Any]],
) -> dict[str, Any]:
    """The properties of the role that a function or a state machine is given.

    Args:
        logical_id: the role's own.
        service: who assumes it.
        properties: the function's or state machine's.
        managed, inline: what it needs beside its Policies, before them; the others after them.

    Raises:
        InvalidResource: a policy is not as SAM wants it.
    """
    own_managed, own_inline = _read_policies(logical_id, properties.get("Policies", []))
    arns: list[Any] = []
    for arn in [*managed, *own_managed, *managed_last]:
        if arn not in arns:
            arns.append(arn)
    role: dict[str, Any] = {
        "AssumeRolePolicyDocument": properties.get("AssumeRolePolicyDocument") or trust(service),
        "ManagedPolicyArns": arns,
    }
    if "RolePath" in properties:
        role["Path"] = properties["RolePath"]
    policies = [*inline, *own_inline, *inline_last]
    if policies:
        role["Policies"] = policies
    if "PermissionsBoundary" in properties:
        role["PermissionsBoundary"] = properties["PermissionsBoundary"]
    if tags:
        role["Tags"] = tags
    return role


def trust(service: str) -> dict[str, Any]:
    """The trust policy of a role that a service assumes."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": [service]}}
        ],
    }


def allow(name: str, action: Any, resource: Any) -> dict[str, Any]:
    """An inline policy that allows one thing."""
    statement = {"Action": action, "Effect": "Allow", "Resource": resource}
    return {"PolicyName": name, "PolicyDocument": {"Statement": [statement]}}


def _read_policies(role_id: str, policies: Any) -> tuple[list[Any], list[dict[str, Any]]]:
    """The managed policies' ARNs, and the inline policies."""
    managed: list[Any] = []
    inline: list[dict[str, Any]] = []
    for index, policy in enumerate(policies if isinstance(policies, list) else [policies]):
        name = f"{role_id}Policy{index}"
        kind, read = _read_policy(role_id, name, index, policy)
        (managed if kind == "managed" else inline).append(read)
    return managed, inline


def _read_policy(role_id: str, name: str, index: int, policy: Any) -> tuple[str, Any]:
    if isinstance(policy, str):
        return "managed", policy if policy.startswith("arn:") else managed_arn(policy)
    if isinstance(policy, dict) and "Statement" in policy:
        return "inline", {"PolicyName": name, "PolicyDocument": policy}
    if isinstance(policy, dict) and set(policy) == {"Fn::If"}:
        return _read_choice(role_id, name, index, policy["Fn::If"])
    if is_function(policy):
        return "managed", policy
    if isinstance(policy, dict) and len(policy) == 1:
        ((template_name, values),) = policy.items()
        template = find_policy_template(template_name)
        if template is not None:
            values = values or {}
            missing = [parameter for parameter in template.parameters if parameter not in values]
            if missing or not isinstance(values, dict):
                raise InvalidResource(
                    role_id.removesuffix("Role"),
                    f"Following required parameters of template '{template_name}' don't have"
                    f" values: {missing}",
                )
            return "inline", {"PolicyName": name, "PolicyDocument": template.fill(values)}
    raise InvalidResource(
        role_id.removesuffix("Role"),
        f"Policy at index {index} in the 'Policies' property is not valid",
    )


def _read_choice(role_id: str, name: str, index: int, argument: Any) -> tuple[str, Any]:
    """A policy that a condition chooses; both branches are of one kind, or one of them is none."""
    if not isinstance(argument, list) or len(argument) != 3:
        raise InvalidResource(
            role_id.removesuffix("Role"),
            f"Policy at index {index} in the 'Policies' property is not valid",
        )
    kinds, branches = [], []
    for branch in argument[1:]:
        if branch == NO_VALUE:
            branches.append(branch)
            continue
        kind, read = _read_policy(role_id, name, index, branch)
        kinds.append(kind)
        branches.append(read)
    if len(set(kinds)) > 1:
        raise InvalidResource(
            role_id.removesuffix("Role"),
            f"Policy at index {index} in the 'Policies' property has invalid policies within"
            " Fn::If",
        )
    return (kinds or ["managed"])[0], {"Fn::If": [argument[0], *branches]}

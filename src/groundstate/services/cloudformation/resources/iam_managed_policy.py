"""AWS::IAM::ManagedPolicy.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundstate.operation import ServiceError
from groundstate.services.cloudformation.resources.fields import as_text, pick
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import JSON, TEXT

_NAME_LENGTH_MAX = 128
_VERSIONS_MAX = 5
_SHOWN = (
    "AttachmentCount", "DefaultVersionId", "IsAttachable", "PermissionsBoundaryUsageCount",
    "PolicyId",
)  # fmt: skip
_DATES = ("CreateDate", "UpdateDate")
_HOLDERS = (("Roles", "Role"), ("Users", "User"), ("Groups", "Group"))


def create_managed_policy(provision: Provision, properties: Properties) -> Made:
    """Create the policy and attach it to everyone that it names."""
    name = properties.get("ManagedPolicyName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    request = pick(properties, ("Path", "Description"))
    request.update(PolicyName=name, PolicyDocument=as_text(properties["PolicyDocument"]))
    policy = provision.invoke("iam", "CreatePolicy", request)["Policy"]
    arn = policy["Arn"]
    _attach(provision, arn, {}, properties)
    return Made(arn, _attributes(policy))


def update_managed_policy(provision: Provision, current: Current, properties: Properties) -> Made:
    """Make a new default version of the document, and attach as the properties say."""
    arn, before = current.physical_id, current.properties
    if properties["PolicyDocument"] != before["PolicyDocument"]:
        versions = provision.invoke("iam", "ListPolicyVersions", {"PolicyArn": arn})["Versions"]
        if len(versions) >= _VERSIONS_MAX:
            oldest = min(
                (version for version in versions if not version["IsDefaultVersion"]),
                key=lambda version: float(version["CreateDate"]),
            )
            request = {"PolicyArn": arn, "VersionId": oldest["VersionId"]}
            provision.invoke("iam", "DeletePolicyVersion", request)
        provision.invoke(
            "iam",
            "CreatePolicyVersion",
            {
                "PolicyArn": arn,
                "PolicyDocument": as_text(properties["PolicyDocument"]),
                "SetAsDefault": True,
            },
        )
    _attach(provision, arn, before, properties)
    policy = provision.invoke("iam", "GetPolicy", {"PolicyArn": arn})["Policy"]
    return Made(arn, _attributes(policy))


def delete_managed_policy(provision: Provision, current: Current) -> None:
    """Detach the policy from everyone who has it, and delete it with its versions."""
    arn = current.physical_id
    try:
        found = provision.invoke("iam", "ListEntitiesForPolicy", {"PolicyArn": arn})
        for kind in ("Role", "User", "Group"):
            for holder in found.get(f"Policy{kind}s", []):
                request = {f"{kind}Name": holder[f"{kind}Name"], "PolicyArn": arn}
                provision.invoke("iam", f"Detach{kind}Policy", request)
        versions = provision.invoke("iam", "ListPolicyVersions", {"PolicyArn": arn})["Versions"]
        for version in versions:
            if not version["IsDefaultVersion"]:
                request = {"PolicyArn": arn, "VersionId": version["VersionId"]}
                provision.invoke("iam", "DeletePolicyVersion", request)
        provision.invoke("iam", "DeletePolicy", {"PolicyArn": arn})
    except ServiceError as error:
        if error.code not in ("NoSuchEntity", "NoSuchEntityException"):
            raise


def _attributes(policy: dict[str, Any]) -> dict[str, object]:
    moments = {name: datetime.fromtimestamp(float(policy[name]), UTC) for name in _DATES}
    return {
        "PolicyArn": policy["Arn"],
        **{name: policy[name] for name in _SHOWN if name in policy},
        **{name: moment.strftime("%Y-%m-%dT%H:%M:%SZ") for name, moment in moments.items()},
    }


def _attach(provision: Provision, arn: str, before: Properties, after: Properties) -> None:
    for holders, kind in _HOLDERS:
        old, new = before.get(holders, []), after.get(holders, [])
        for name in new:
            if name not in old:
                request = {f"{kind}Name": name, "PolicyArn": arn}
                provision.invoke("iam", f"Attach{kind}Policy", request)
        for name in old:
            if name not in new:
                try:
                    request = {f"{kind}Name": name, "PolicyArn": arn}
                    provision.invoke("iam", f"Detach{kind}Policy", request)
                except ServiceError as error:
                    if error.code not in ("NoSuchEntity", "NoSuchEntityException"):
                        raise


MANAGED_POLICY = ResourceType(
    name="AWS::IAM::ManagedPolicy",
    shape={
        "Description": TEXT,
        "Groups": [TEXT],
        "ManagedPolicyName": TEXT,
        "Path": TEXT,
        "PolicyDocument": JSON,
        "Roles": [TEXT],
        "Users": [TEXT],
    },
    required=("PolicyDocument",),
    replaces=frozenset({"Description", "ManagedPolicyName", "Path"}),
    name_property="ManagedPolicyName",
    attributes=("PolicyArn", *_SHOWN, *_DATES),
    iam=True,
    create=create_managed_policy,
    update=update_managed_policy,
    delete=delete_managed_policy,
)

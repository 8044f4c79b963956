"""Attach, Detach and list the managed policies of a role, a user or a group.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html and its
neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import describe_attached
from groundstate.services.iam.entities import changeable_entity, named_entity, page
from groundstate.services.iam.errors import LimitExceeded, NoSuchEntity
from groundstate.services.iam.managed import (
    ATTACHED_MAX,
    QUOTA_NAME,
    check_attachable,
    check_policy_arn,
)
from groundstate.services.iam.model import Entity

Run = Callable[[Call, Shape], Shape]


def attach_policy(kind: type[Entity]) -> Run:
    """The Attach operation of a kind of entity. Attaching twice is no error."""

    def attach(call: Call, request: Shape) -> Shape:
        entity = changeable_entity(call, kind, request)
        policy_arn = request["PolicyArn"]
        check_attachable(call, policy_arn)
        attached = call.tx.iam.list_attached_policies(entity.entity_id)
        limit = ATTACHED_MAX[kind.kind]
        if policy_arn not in attached and len(attached) >= limit:
            raise LimitExceeded(f"Cannot exceed quota for {QUOTA_NAME[kind.kind]}: {limit}")
        call.tx.iam.attach_policy(entity.entity_id, policy_arn)
        return {}

    return attach


def detach_policy(kind: type[Entity]) -> Run:
    """The Detach operation of a kind of entity."""

    def detach(call: Call, request: Shape) -> Shape:
        entity = changeable_entity(call, kind, request)
        check_policy_arn(request["PolicyArn"])
        if not call.tx.iam.detach_policy(entity.entity_id, request["PolicyArn"]):
            raise NoSuchEntity(f"Policy {request['PolicyArn']} was not found.")
        return {}

    return detach


def list_attached_policies(kind: type[Entity]) -> Run:
    """The operation that lists what is attached to a kind of entity, by the policies' names."""

    def list_attached(call: Call, request: Shape) -> Shape:
        entity = named_entity(call, kind, request)
        prefix = request.get("PathPrefix", "/")
        attached = [
            shape
            for arn in call.tx.iam.list_attached_policies(entity.entity_id)
            if _path(arn).startswith(prefix) and (shape := describe_attached(arn))
        ]
        attached.sort(key=lambda shape: str(shape["PolicyName"]).lower())
        shown, more = page(
            request, "attached policies", attached, lambda shape: str(shape["PolicyArn"])
        )
        return {"AttachedPolicies": shown, **more}

    return list_attached


def policy_arn_context(call: Call, request: Shape) -> Mapping[str, Any]:
    """The condition key for which policies may be attached."""
    return {"iam:PolicyARN": str(request.get("PolicyArn", ""))}


def _path(policy_arn: str) -> str:
    path = policy_arn.split(":policy", 1)[-1].rpartition("/")[0]
    return f"{path}/"

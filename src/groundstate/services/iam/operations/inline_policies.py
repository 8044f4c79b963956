"""Put, Get, List and Delete of the policies that a role, a user or a group has of its own.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html and its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable

from groundstate.operation import Call, Shape
from groundstate.services.iam.documents import check_inline, encode_document
from groundstate.services.iam.entities import (
    NAME_MEMBER,
    changeable_entity,
    check_name,
    named_entity,
    page,
)
from groundstate.services.iam.errors import NoSuchEntity
from groundstate.services.iam.model import Entity

Run = Callable[[Call, Shape], Shape]


def put_inline_policy(kind: type[Entity]) -> Run:
    """The Put operation of a kind of entity: adds a policy or replaces the one of its name."""

    def put(call: Call, request: Shape) -> Shape:
        entity = changeable_entity(call, kind, request)
        check_name("policyName", request["PolicyName"])
        check_inline(call, entity, request["PolicyName"], request["PolicyDocument"])
        call.tx.iam.put_inline_policy(
            entity.entity_id, request["PolicyName"], request["PolicyDocument"]
        )
        return {}

    return put


def get_inline_policy(kind: type[Entity]) -> Run:
    """The Get operation of a kind of entity."""

    def get(call: Call, request: Shape) -> Shape:
        entity = named_entity(call, kind, request)
        found = call.tx.iam.find_inline_policy(entity.entity_id, request["PolicyName"])
        if found is None:
            raise _not_found(kind, request["PolicyName"])
        name, document = found
        return {
            NAME_MEMBER[kind.kind]: entity.name,
            "PolicyName": name,
            "PolicyDocument": encode_document(document),
        }

    return get


def list_inline_policies(kind: type[Entity]) -> Run:
    """The List operation of a kind of entity."""

    def list_names(call: Call, request: Shape) -> Shape:
        entity = named_entity(call, kind, request)
        names = [name for name, _ in call.tx.iam.list_inline_policies(entity.entity_id)]
        shown, more = page(request, "inline policies", names, lambda name: name)
        return {"PolicyNames": shown, **more}

    return list_names


def delete_inline_policy(kind: type[Entity]) -> Run:
    """The Delete operation of a kind of entity."""

    def delete(call: Call, request: Shape) -> Shape:
        entity = changeable_entity(call, kind, request)
        if not call.tx.iam.delete_inline_policy(entity.entity_id, request["PolicyName"]):
            raise _not_found(kind, request["PolicyName"])
        return {}

    return delete


def _not_found(kind: type[Entity], policy_name: str) -> NoSuchEntity:
    return NoSuchEntity(f"The {kind.kind} policy with name {policy_name} cannot be found.")

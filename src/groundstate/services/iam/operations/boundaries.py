"""Put and delete the permissions boundary of a role or a user.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.iam.entities import changeable_entity, save, tag_context
from groundstate.services.iam.errors import NoSuchEntity
from groundstate.services.iam.managed import check_boundary
from groundstate.services.iam.model import Role, User

Run = Callable[[Call, Shape], Shape]


def put_boundary(kind: type[Role | User]) -> Run:
    """The Put operation of a kind of entity."""

    def put(call: Call, request: Shape) -> Shape:
        entity = changeable_entity(call, kind, request)
        check_boundary(call, request["PermissionsBoundary"])
        save(call, replace(entity, boundary_arn=request["PermissionsBoundary"]))
        return {}

    return put


def delete_boundary(kind: type[Role | User]) -> Run:
    """The Delete operation of a kind of entity."""

    def delete(call: Call, request: Shape) -> Shape:
        entity = changeable_entity(call, kind, request)
        if not entity.boundary_arn:
            raise NoSuchEntity(
                f"{kind.kind.capitalize()} {entity.name} does not have a permissions boundary."
            )
        save(call, replace(entity, boundary_arn=""))
        return {}

    return delete


def boundary_context(call: Call, request: Shape) -> Mapping[str, Any]:
    """The condition keys of what a role or user is made with: its boundary and its tags."""
    context = dict(tag_context(call, request))
    if "PermissionsBoundary" in request:
        context["iam:PermissionsBoundary"] = request["PermissionsBoundary"]
    return context

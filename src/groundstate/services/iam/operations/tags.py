"""Tag, Untag and list the tags of roles, users, managed policies and instance profiles.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from groundstate.operation import Call, Shape
from groundstate.services.iam.entities import (
    check_tag_count,
    named_entity,
    page,
    read_tags,
    save,
    tag_shapes,
)
from groundstate.services.iam.managed import get_managed_policy
from groundstate.services.iam.model import Entity, ManagedPolicy

Run = Callable[[Call, Shape], Shape]


def tag_entity(kind: type[Entity]) -> Run:
    """The Tag operation of a kind of entity: adds tags, or gives those there another value."""

    def tag(call: Call, request: Shape) -> Shape:
        entity = _find(call, kind, request)
        added = read_tags(request["Tags"])
        names = {key.lower() for key in added}
        kept = {key: value for key, value in entity.tags.items() if key.lower() not in names}
        tags = {**kept, **added}
        check_tag_count(tags)
        save(call, replace(entity, tags=tags))
        return {}

    return tag


def untag_entity(kind: type[Entity]) -> Run:
    """The Untag operation of a kind of entity: removes those of these tags that are there."""

    def untag(call: Call, request: Shape) -> Shape:
        entity = _find(call, kind, request)
        names = {key.lower() for key in request["TagKeys"]}
        kept = {key: value for key, value in entity.tags.items() if key.lower() not in names}
        save(call, replace(entity, tags=kept))
        return {}

    return untag


def list_tags(kind: type[Entity]) -> Run:
    """The operation that lists the tags of a kind of entity, by key."""

    def list_tags_of(call: Call, request: Shape) -> Shape:
        entity = _find(call, kind, request)
        shapes = tag_shapes(dict(sorted(entity.tags.items())))
        shown, more = page(request, "tags", shapes, lambda shape: str(shape["Key"]))
        return {"Tags": shown, **more}

    return list_tags_of


def _find(call: Call, kind: type[Entity], request: Shape) -> Entity:
    if kind is ManagedPolicy:
        return get_managed_policy(call, request["PolicyArn"])
    return named_entity(call, kind, request)

"""Find, name and list IAM's entities; what the operations on all kinds of them share."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from groundstate import ids
from groundstate.arn import partition_of
from groundstate.operation import Call, Shape
from groundstate.services.iam.errors import (
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
    UnmodifiableEntity,
    ValidationError,
)
from groundstate.services.iam.model import Entity, InstanceProfile, ManagedPolicy, User

E = TypeVar("E", bound=Entity)
Item = TypeVar("Item")

TAGS_MAX = 50
PAGE_SIZE = 100
SERVICE_LINKED_PATH = "/aws-service-role/"

# The member of requests that names an entity of a kind.
NAME_MEMBER = {
    "role": "RoleName",
    "user": "UserName",
    "group": "GroupName",
    "instance-profile": "InstanceProfileName",
}
_QUOTAS = {
    "role": ("RolesPerAccount", 1_000),
    "user": ("UsersPerAccount", 5_000),
    "group": ("GroupsPerAccount", 300),
    "policy": ("PoliciesPerAccount", 1_500),
    "instance-profile": ("InstanceProfilesPerAccount", 1_000),
    "oidc-provider": ("OpenIdConnectProvidersPerAccount", 100),
}
_NAME = re.compile(r"[\w+=,.@-]+\Z", re.ASCII)
_PATH = re.compile(r"/(?:[\x21-\x7e]+/)*\Z")


def find_entity(call: Call, kind: type[E], name: str) -> E | None:
    """An entity by its name; None if there is none."""
    row = call.tx.iam.find_entity(kind.kind, name)
    return None if row is None else kind.from_row(row)


def get_entity(call: Call, kind: type[E], name: str) -> E:
    """An entity by its name.

    Raises:
        NoSuchEntity: there is none.
    """
    entity = find_entity(call, kind, name)
    if entity is None:
        if kind is InstanceProfile:
            raise NoSuchEntity(f"Instance Profile {name} cannot be found.")
        raise NoSuchEntity(f"The {kind.kind} with name {name} cannot be found.")
    return entity


def own_user(call: Call) -> User:
    """The user who calls.

    Raises:
        ValidationError: it is no user.
    """
    row = call.tx.iam.find_entity_by_arn(call.principal.identity_arn)
    if row is None or row.kind != User.kind:
        raise ValidationError("Must specify userName when calling with non-User credentials")
    return User.from_row(row)


def named_entity(call: Call, kind: type[E], request: Shape) -> E:
    """The entity that a request names by the kind's own member.

    Raises:
        NoSuchEntity: there is none.
    """
    return get_entity(call, kind, request[NAME_MEMBER[kind.kind]])


def changeable_entity(call: Call, kind: type[E], request: Shape) -> E:
    """The entity that a request is to change.

    Raises:
        NoSuchEntity: there is none.
        UnmodifiableEntity: it is a role that only its service may change.
    """
    entity = named_entity(call, kind, request)
    if entity.path.startswith(SERVICE_LINKED_PATH):
        raise UnmodifiableEntity(
            f"Cannot perform the operation on the protected role '{entity.name}' - this role is"
            " only modifiable by AWS"
        )
    return entity


def base_members(call: Call, kind: type[Entity], name: str, path: str) -> dict[str, Any]:
    """Id, name, ARN, path and time of a new entity.

    Raises:
        ValidationError: the name or the path has characters that it cannot have.
        EntityAlreadyExists: the name is taken.
        LimitExceeded: the account has as many as it may have.
    """
    member = NAME_MEMBER.get(kind.kind, "PolicyName")
    check_name(member[0].lower() + member[1:], name)
    check_path(path)
    if call.tx.iam.find_entity(kind.kind, name) is not None:
        if kind is ManagedPolicy:
            text = f"A policy called {name} already exists. Duplicate names are not allowed."
        elif kind is InstanceProfile:
            text = f"Instance Profile {name} already exists."
        else:
            text = f"{kind.kind.capitalize()} with name {name} already exists."
        raise EntityAlreadyExists(text)
    quota, limit = _QUOTAS[kind.kind]
    if call.tx.iam.count_entities(kind.kind) >= limit:
        raise LimitExceeded(f"Cannot exceed quota for {quota}: {limit}")
    return {
        "entity_id": ids.make_iam_id(kind.id_prefix, 17),
        "name": name,
        "arn": entity_arn(call, kind, name, path),
        "path": path,
        "created_at": call.now,
    }


def entity_arn(call: Call, kind: type[Entity], name: str, path: str = "/") -> str:
    """The ARN of an entity of this account."""
    return f"arn:{partition_of(call.region)}:iam::{call.account}:{kind.kind}{path}{name}"


def listed_resource(kind: type[Entity]) -> Callable[[Call, Shape], str]:
    """What makes the ARN that a permission to list is about: it names the kind and the path."""

    def resource(call: Call, request: Shape) -> str:
        return entity_arn(call, kind, "", str(request.get("PathPrefix", "/")))

    return resource


def renamed(call: Call, entity: E, name: str | None, path: str | None) -> E:
    """An entity under another name or path, not yet saved.

    Raises:
        ValidationError: the name or the path has characters that it cannot have.
        EntityAlreadyExists: the name is another entity's.
    """
    new_name, new_path = name or entity.name, path or entity.path
    kind = type(entity)
    check_name(f"new{kind.kind.capitalize()}Name", new_name)
    check_path(new_path)
    holder = call.tx.iam.find_entity(kind.kind, new_name)
    if holder is not None and holder.entity_id != entity.entity_id:
        raise EntityAlreadyExists(f"{kind.kind.capitalize()} with name {new_name} already exists.")
    arn = entity_arn(call, kind, new_name, new_path)
    return replace(entity, name=new_name, path=new_path, arn=arn)


def save(call: Call, entity: Entity) -> None:
    """Write an entity that was changed."""
    call.tx.iam.update_entity(entity.to_row())


def check_name(member: str, name: str) -> None:
    """Check the name of an entity or of an inline policy.

    Raises:
        ValidationError: it has other characters than it may have.
    """
    if _NAME.match(name) is None:
        raise ValidationError(
            f"The specified value for {member} is invalid. It must contain only alphanumeric"
            " characters and/or the following: +=,.@_-"
        )


def check_path(path: str) -> None:
    """Check a path.

    Raises:
        ValidationError: it does not begin and end with a slash, or has other characters.
    """
    if _PATH.match(path) is None:
        raise ValidationError(
            "The specified value for path is invalid. It must begin and end with / and contain only"
            " alphanumeric characters and/or / characters."
        )


def read_tags(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags from a request.

    Raises:
        InvalidInput: a key comes twice, or is AWS's own.
        LimitExceeded: there are too many.
    """
    found: dict[str, str] = {}
    for tag in tags:
        key = tag["Key"]
        if any(key.lower() == other.lower() for other in found):
            raise InvalidInput(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            )
        if key.lower().startswith("aws:"):
            raise InvalidInput("User-defined tag keys can't start with 'aws:'.")
        found[key] = tag.get("Value", "")
    check_tag_count(found)
    return found


def check_tag_count(tags: Mapping[str, str]) -> None:
    """Refuse more tags than an entity may have.

    Raises:
        LimitExceeded: there are too many.
    """
    if len(tags) > TAGS_MAX:
        raise LimitExceeded(f"The number of tags has reached the maximum limit of {TAGS_MAX}.")


def tag_context(call: Call, request: Shape) -> Mapping[str, Any]:
    """The condition keys of the tags that a request gives or takes away."""
    tags = request.get("Tags", ())
    return {
        "aws:TagKeys": [tag["Key"] for tag in tags] or list(request.get("TagKeys", ())),
        **{f"aws:RequestTag/{tag['Key']}": tag.get("Value", "") for tag in tags},
    }


def tag_shapes(tags: Mapping[str, str]) -> list[Shape]:
    """Tags for an answer."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def page(
    request: Shape, member: str, items: Sequence[Item], name_of: Callable[[Item], str]
) -> tuple[list[Item], Shape]:
    """The page of a list that a request asks for, and the members that say whether it goes on.

    Args:
        member: what the list is called, for a marker of another list.
        items: the whole list; names are unique.

    Raises:
        ValidationError: the marker is none of ours.
    """
    begin = 0
    marker = request.get("Marker")
    if marker is not None:
        names = [name_of(item) for item in items]
        last = _read_marker(marker, member)
        begin = names.index(last) + 1 if last in names else _position_after(names, last)
    limit = request.get("MaxItems", PAGE_SIZE)
    shown = list(items[begin : begin + limit])
    if begin + limit >= len(items):
        return shown, {"IsTruncated": False}
    text = f"{member}\n{name_of(shown[-1])}"
    return shown, {
        "IsTruncated": True,
        "Marker": base64.urlsafe_b64encode(text.encode()).decode(),
    }


def _position_after(names: list[str], last: str) -> int:
    """Where a list goes on whose last shown item is gone."""
    return sum(1 for name in names if name.lower() <= last.lower())


def _read_marker(marker: str, member: str) -> str:
    try:
        kind, _, name = base64.urlsafe_b64decode(marker).decode().partition("\n")
    except (binascii.Error, ValueError):
        kind, name = "", ""
    if kind != member:
        raise ValidationError(f"Invalid Marker: {marker}")
    return name

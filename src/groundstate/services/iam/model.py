"""IAM's nouns.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

from groundstate.store.iam import EntityRow

_BASE = frozenset({"entity_id", "name", "arn", "path", "created_at"})


@dataclass(frozen=True, kw_only=True)
class Entity:
    """What all of IAM's entities have.

    Attributes:
        entity_id: the unique id, which no other entity will ever have.
        path: begins and ends with a slash.
        created_at: epoch seconds.
        tags: in the order in which they were given.
    """

    kind: ClassVar[str]
    id_prefix: ClassVar[str]

    entity_id: str
    name: str
    arn: str
    path: str
    created_at: float
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: EntityRow) -> Self:
        """The entity that a row holds."""
        assert row.kind == cls.kind, (row.kind, cls.kind)
        details: dict[str, Any] = json.loads(row.details)
        return cls(
            entity_id=row.entity_id,
            name=row.name,
            arn=row.arn,
            path=row.path,
            created_at=row.created_at,
            **details,
        )

    def to_row(self) -> EntityRow:
        """The row that holds it."""
        details = {
            entry.name: getattr(self, entry.name)
            for entry in fields(self)
            if entry.name not in _BASE
        }
        return EntityRow(
            self.entity_id,
            self.kind,
            self.name,
            self.arn,
            self.path,
            self.created_at,
            json.dumps(details, separators=(",", ":")),
        )


@dataclass(frozen=True, kw_only=True)
class Role(Entity):
    """A role.

    Attributes:
        trust_document: who may assume it, as it was given.
        max_session_s: the longest session that AssumeRole grants.
        boundary_arn: the policy that bounds its permissions, or empty.
    """

    kind = "role"
    id_prefix = "AROA"

    trust_document: str
    description: str | None = None
    max_session_s: int = 3600
    boundary_arn: str = ""


@dataclass(frozen=True, kw_only=True)
class User(Entity):
    """A user.

    Attributes:
        boundary_arn: the policy that bounds its permissions, or empty.
        login_since: when it was given a password; None if it has none.
        login_reset: it has to choose another one when it signs in.
    """

    kind = "user"
    id_prefix = "AIDA"

    boundary_arn: str = ""
    login_since: float | None = None
    login_reset: bool = False


@dataclass(frozen=True, kw_only=True)
class Group(Entity):
    """A group of users."""

    kind = "group"
    id_prefix = "AGPA"


@dataclass(frozen=True, kw_only=True)
class InstanceProfile(Entity):
    """A container for one role, which EC2 would hand to an instance."""

    kind = "instance-profile"
    id_prefix = "AIPA"


@dataclass(frozen=True, kw_only=True)
class IdentityProvider(Entity):
    """An OpenID Connect provider: kept, so that roles may name it; nobody can sign in with it here.

    Its name is its URL without the scheme.
    """

    kind = "oidc-provider"
    id_prefix = "AOID"

    client_ids: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ManagedPolicy(Entity):
    """A policy that can be attached. Versions are numbered from 1 and never reused."""

    kind = "policy"
    id_prefix = "ANPA"

    description: str | None = None
    default_version: int = 1
    last_version: int = 1
    updated_at: float = 0.0

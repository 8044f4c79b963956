"""The tables of IAM: entities, their policies, access keys, and what was asked of them.

What policies say is needed at every call, so it is remembered in memory. Every write to these
tables, and every undo of one, empties that memory: it can never be older than the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple, TypeVar

# Remembered answers; more than this many identities and keys are rare on one machine.
_MEMORY_MAX = 20_000

Value = TypeVar("Value")


class EntityRow(NamedTuple):
    """An entity: `kind` is `role`, `user`, `group`, `policy` or `instance-profile`."""

    entity_id: str
    kind: str
    name: str
    arn: str
    path: str
    created_at: float
    details: str


class VersionRow(NamedTuple):
    """A version of a managed policy."""

    policy_arn: str
    number: int
    document: str
    created_at: float


class AccessKeyRow(NamedTuple):
    """An access key of a user; `status` is `Active` or `Inactive`."""

    access_key_id: str
    user_id: str
    secret: str
    status: str
    created_at: float


class UsageRow(NamedTuple):
    """How often an identity asked for something, and whether it was allowed."""

    identity_arn: str
    action: str
    resource: str
    allowed: bool
    calls: int
    first_at: float
    last_at: float


_ENTITY = "SELECT entity_id, kind, name, arn, path, created_at, details FROM iam_entities"
_DELETE_VERSIONS = (
    "DELETE FROM iam_policy_versions WHERE policy_arn ="
    " (SELECT arn FROM iam_entities WHERE entity_id = ?)"
)
_KEY = "SELECT access_key_id, user_id, secret, status, created_at FROM iam_access_keys"


class IamTables:
    """IAM's rows. `on_undo` is the transaction's: it tells when writes are taken back."""

    def __init__(
        self, connection: sqlite3.Connection, on_undo: Callable[[Callable[[], None]], None]
    ) -> None:
        self._execute = connection.execute
        self._on_undo = on_undo
        self._memory: dict[Hashable, Any] = {}
        self._session_key = b""

    def remember(self, key: Hashable, compute: Callable[..., Value], *arguments: Any) -> Value:
        """What `compute` answered last for this key; asked anew after any write to the tables."""
        memory = self._memory
        if key in memory:
            value: Value = memory[key]
            return value
        value = compute(*arguments)
        if len(memory) >= _MEMORY_MAX:
            memory.clear()
        memory[key] = value
        return value

    @property
    def session_key(self) -> bytes:
        """The secret of this database that session tokens are derived from."""
        if not self._session_key:
            (key,) = self._execute("SELECT key FROM iam_session_key").fetchone()
            self._session_key = bytes(key)
        return self._session_key

    # Entities

    def insert_entity(self, row: EntityRow) -> None:
        """Add an entity; its kind and name are free."""
        self._write("INSERT INTO iam_entities VALUES (?,?,?,?,?,?,?)", row)

    def update_entity(self, row: EntityRow) -> None:
        """Write an entity's name, ARN, path and details anew."""
        self._write(
            "UPDATE iam_entities SET name = ?, arn = ?, path = ?, details = ? WHERE entity_id = ?",
            (row.name, row.arn, row.path, row.details, row.entity_id),
        )

    def delete_entity(self, entity_id: str) -> None:
        """Remove an entity with all that hangs on it."""
        for statement in (
            "DELETE FROM iam_inline_policies WHERE entity_id = ?",
            "DELETE FROM iam_attachments WHERE entity_id = ?",
            "DELETE FROM iam_members WHERE container_id = ?",
            "DELETE FROM iam_members WHERE member_id = ?",
            "DELETE FROM iam_access_keys WHERE user_id = ?",
            _DELETE_VERSIONS,
            "DELETE FROM iam_entities WHERE entity_id = ?",
        ):
            self._write(statement, (entity_id,))

    def find_entity(self, kind: str, name: str) -> EntityRow | None:
        """An entity by its name, whatever the case."""
        row = self._execute(f"{_ENTITY} WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        return None if row is None else EntityRow(*row)

    def find_entity_by_arn(self, arn: str) -> EntityRow | None:
        """An entity by its ARN."""
        row = self._execute(f"{_ENTITY} WHERE arn = ?", (arn,)).fetchone()
        return None if row is None else EntityRow(*row)

    def find_entity_by_id(self, entity_id: str) -> EntityRow | None:
        """An entity by its unique id."""
        row = self._execute(f"{_ENTITY} WHERE entity_id = ?", (entity_id,)).fetchone()
        return None if row is None else EntityRow(*row)

    def list_entities(
        self, kind: str, *, path_prefix: str = "/", after: str = "", limit: int = -1
    ) -> list[EntityRow]:
        """Entities of a kind whose path begins so, by name, behind the name `after`."""
        rows = self._execute(
            f"{_ENTITY} WHERE kind = ? AND substr(path, 1, ?) = ? AND name > ?"
            " ORDER BY name LIMIT ?",
            (kind, len(path_prefix), path_prefix, after, limit),
        )
        return [EntityRow(*row) for row in rows]

    def count_entities(self, kind: str) -> int:
        """How many entities of a kind there are."""
        return self._count("SELECT count(*) FROM iam_entities WHERE kind = ?", kind)

    # Inline policies

    def put_inline_policy(self, entity_id: str, policy_name: str, document: str) -> None:
        """Give an entity a policy of its own, in place of one of that name."""
        self._write(
            "INSERT OR REPLACE INTO iam_inline_policies VALUES (?,?,?)",
            (entity_id, policy_name, document),
        )

    def find_inline_policy(self, entity_id: str, policy_name: str) -> tuple[str, str] | None:
        """The exact name and the document of an entity's own policy."""
        row = self._execute(
            "SELECT policy_name, document FROM iam_inline_policies"
            " WHERE entity_id = ? AND policy_name = ?",
            (entity_id, policy_name),
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def list_inline_policies(self, entity_id: str) -> list[tuple[str, str]]:
        """The names and documents of an entity's own policies, by name."""
        return self._execute(
            "SELECT policy_name, document FROM iam_inline_policies WHERE entity_id = ?"
            " ORDER BY policy_name",
            (entity_id,),
        ).fetchall()

    def delete_inline_policy(self, entity_id: str, policy_name: str) -> bool:
        """Remove an entity's own policy; False if it has none of that name."""
        return self._write(
            "DELETE FROM iam_inline_policies WHERE entity_id = ? AND policy_name = ?",
            (entity_id, policy_name),
        )

    # Managed policies

    def attach_policy(self, entity_id: str, policy_arn: str) -> None:
        """Attach a managed policy; nothing happens if it is attached."""
        self._write("INSERT OR IGNORE INTO iam_attachments VALUES (?,?)", (entity_id, policy_arn))

    def detach_policy(self, entity_id: str, policy_arn: str) -> bool:
        """Detach a managed policy; False if it was not attached."""
        return self._write(
            "DELETE FROM iam_attachments WHERE entity_id = ? AND policy_arn = ?",
            (entity_id, policy_arn),
        )

    def list_attached_policies(self, entity_id: str) -> list[str]:
        """The ARNs of the managed policies attached to an entity."""
        rows = self._execute(
            "SELECT policy_arn FROM iam_attachments WHERE entity_id = ? ORDER BY policy_arn",
            (entity_id,),
        )
        return [arn for (arn,) in rows]

    def list_entities_with_policy(self, policy_arn: str) -> list[EntityRow]:
        """The roles, users and groups that a managed policy is attached to."""
        rows = self._execute(
            f"{_ENTITY} WHERE entity_id IN"
            " (SELECT entity_id FROM iam_attachments WHERE policy_arn = ?) ORDER BY name",
            (policy_arn,),
        )
        return [EntityRow(*row) for row in rows]

    def list_entities_with_boundary(self, policy_arn: str) -> list[EntityRow]:
        """The roles and users whose permissions boundary a policy is."""
        rows = self._execute(
            f"{_ENTITY} WHERE kind IN ('role', 'user')"
            " AND json_extract(details, '$.boundary_arn') = ? ORDER BY name",
            (policy_arn,),
        )
        return [EntityRow(*row) for row in rows]

    def count_attachments(self, policy_arn: str) -> int:
        """How many entities a managed policy is attached to."""
        return self._count("SELECT count(*) FROM iam_attachments WHERE policy_arn = ?", policy_arn)

    def insert_version(self, row: VersionRow) -> None:
        """Add a version of a managed policy."""
        self._write("INSERT INTO iam_policy_versions VALUES (?,?,?,?)", row)

    def find_version(self, policy_arn: str, number: int) -> VersionRow | None:
        """A version of a managed policy."""
        row = self._execute(
            "SELECT policy_arn, number, document, created_at FROM iam_policy_versions"
            " WHERE policy_arn = ? AND number = ?",
            (policy_arn, number),
        ).fetchone()
        return None if row is None else VersionRow(*row)

    def list_versions(self, policy_arn: str) -> list[VersionRow]:
        """The versions of a managed policy, newest first."""
        rows = self._execute(
            "SELECT policy_arn, number, document, created_at FROM iam_policy_versions"
            " WHERE policy_arn = ? ORDER BY number DESC",
            (policy_arn,),
        )
        return [VersionRow(*row) for row in rows]

    def delete_version(self, policy_arn: str, number: int) -> bool:
        """Remove a version; False if there is none of that number."""
        return self._write(
            "DELETE FROM iam_policy_versions WHERE policy_arn = ? AND number = ?",
            (policy_arn, number),
        )

    # Groups and instance profiles

    def add_member(self, container_id: str, member_id: str) -> None:
        """Put a user into a group, a role into an instance profile."""
        self._write("INSERT OR IGNORE INTO iam_members VALUES (?,?)", (container_id, member_id))

    def remove_member(self, container_id: str, member_id: str) -> bool:
        """Take it out again; False if it was not in."""
        return self._write(
            "DELETE FROM iam_members WHERE container_id = ? AND member_id = ?",
            (container_id, member_id),
        )

    def list_members(self, container_id: str) -> list[EntityRow]:
        """The users of a group, the roles of an instance profile."""
        rows = self._execute(
            f"{_ENTITY} WHERE entity_id IN"
            " (SELECT member_id FROM iam_members WHERE container_id = ?) ORDER BY name",
            (container_id,),
        )
        return [EntityRow(*row) for row in rows]

    def list_containers(self, member_id: str) -> list[EntityRow]:
        """The groups of a user, the instance profiles of a role."""
        rows = self._execute(
            f"{_ENTITY} WHERE entity_id IN"
            " (SELECT container_id FROM iam_members WHERE member_id = ?) ORDER BY name",
            (member_id,),
        )
        return [EntityRow(*row) for row in rows]

    # Access keys

    def insert_access_key(self, row: AccessKeyRow) -> None:
        """Add a user's access key."""
        self._write("INSERT INTO iam_access_keys VALUES (?,?,?,?,?)", row)

    def find_access_key(self, access_key_id: str) -> AccessKeyRow | None:
        """An access key by its id."""
        row = self._execute(f"{_KEY} WHERE access_key_id = ?", (access_key_id,)).fetchone()
        return None if row is None else AccessKeyRow(*row)

    def list_access_keys(self, user_id: str) -> list[AccessKeyRow]:
        """A user's access keys, in the order in which they were made."""
        rows = self._execute(
            f"{_KEY} WHERE user_id = ? ORDER BY created_at, access_key_id", (user_id,)
        )
        return [AccessKeyRow(*row) for row in rows]

    def set_access_key_status(self, access_key_id: str, status: str) -> None:
        """Activate or deactivate an access key."""
        self._write(
            "UPDATE iam_access_keys SET status = ? WHERE access_key_id = ?", (status, access_key_id)
        )

    def delete_access_key(self, access_key_id: str) -> None:
        """Remove an access key."""
        self._write("DELETE FROM iam_access_keys WHERE access_key_id = ?", (access_key_id,))

    # Usage

    def add_usage(self, rows: Iterable[UsageRow]) -> None:
        """Add to what identities asked for. Says nothing of policies: the memory stays."""
        for row in rows:
            self._execute(
                "INSERT INTO iam_usage VALUES (?,?,?,?,?,?,?)"
                " ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,"
                " last_at = max(last_at, excluded.last_at)",
                row,
            )

    def list_usage(self, identity_arn: str | None = None) -> list[UsageRow]:
        """What an identity (or everyone) asked for, in order of identity, action and resource."""
        rows = self._execute(
            "SELECT identity_arn, action, resource, allowed, calls, first_at, last_at"
            " FROM iam_usage WHERE ? IS NULL OR identity_arn = ?"
            " ORDER BY identity_arn, action, resource, allowed",
            (identity_arn, identity_arn),
        )
        return [UsageRow(row[0], row[1], row[2], bool(row[3]), *row[4:]) for row in rows]

    def _write(self, statement: str, values: Iterable[Any]) -> bool:
        changed = self._execute(statement, tuple(values)).rowcount > 0
        self._memory.clear()
        self._on_undo(self._memory.clear)
        return changed

    def _count(self, statement: str, value: str) -> int:
        (count,) = self._execute(statement, (value,)).fetchone()
        return int(count)

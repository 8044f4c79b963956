"""The tables of state machines: machines, their revisions, versions, aliases and tags."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import orjson

MachineType = Literal["STANDARD", "EXPRESS"]

ACTIVE, DELETING, DELETED = "ACTIVE", "DELETING", "DELETED"

_MACHINE = "machine_id, arn, region, name, type, label, created_at, status, revision, last_version"
_REVISION = "revision, machine_id, revision_id, definition, role_arn, settings, updated_at"


@dataclass(frozen=True, slots=True)
class StateMachine:
    """A state machine. `revision` is the number of its newest revision."""

    machine_id: int
    arn: str
    region: str
    name: str
    type: MachineType
    label: str | None
    created_at: float
    status: str
    revision: int
    last_version: int


@dataclass(frozen=True, slots=True)
class Revision:
    """What a machine was at one time; it never changes.

    Attributes:
        revision: its number, over all machines.
        revision_id: the UUID that AWS shows; None for the first one.
        settings: loggingConfiguration, tracingConfiguration, encryptionConfiguration, as given.
    """

    revision: int
    machine_id: int
    revision_id: str | None
    definition: str
    role_arn: str
    settings: dict[str, Any]
    updated_at: float


@dataclass(frozen=True, slots=True)
class Version:
    """A published revision; its ARN is the machine's with the number behind it."""

    machine_id: int
    number: int
    revision: int
    description: str | None
    created_at: float


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for one or two versions.

    Attributes:
        routing: pairs of a version's number and its weight in per cent.
    """

    machine_id: int
    name: str
    description: str | None
    routing: tuple[tuple[int, int], ...]
    created_at: float
    updated_at: float


class StateMachineTables:
    """State machines on disk, with a memory of those that were looked up.

    Args:
        on_undo: `Transaction.on_undo`: the memory is dropped when what it mirrors is taken back.
    """

    def __init__(
        self, connection: sqlite3.Connection, on_undo: Callable[[Callable[[], None]], None]
    ) -> None:
        self._execute = connection.execute
        self._on_undo = on_undo
        self._by_arn: dict[str, StateMachine | None] = {}
        self._by_id: dict[int, StateMachine] = {}
        self._revisions: dict[int, Revision] = {}

    # -- machines

    def find(self, arn: str) -> StateMachine | None:
        """The machine of this ARN, unless it was deleted."""
        try:
            return self._by_arn[arn]
        except KeyError:
            pass
        row = self._execute(
            f"SELECT {_MACHINE} FROM state_machines WHERE arn = ? AND status <> 'DELETED'", (arn,)
        ).fetchone()
        machine = None if row is None else StateMachine(*row)
        if machine is not None:
            self._by_arn[arn] = machine
        return machine

    def get(self, machine_id: int) -> StateMachine:
        """A machine by its number, deleted or not."""
        machine = self._by_id.get(machine_id)
        if machine is None:
            row = self._execute(
                f"SELECT {_MACHINE} FROM state_machines WHERE machine_id = ?", (machine_id,)
            ).fetchone()
            assert row is not None, f"no machine {machine_id}"
            machine = self._by_id[machine_id] = StateMachine(*row)
        return machine

    def find_deleted(self, arn: str) -> list[StateMachine]:
        """The machines that had this ARN before, the newest first: their executions remain."""
        rows = self._execute(
            f"SELECT {_MACHINE} FROM state_machines WHERE arn = ? AND status = 'DELETED'"
            " ORDER BY machine_id DESC",
            (arn,),
        )
        return [StateMachine(*row) for row in rows]

    def list_page(self, region: str, after: str, limit: int) -> list[StateMachine]:
        """The region's machines in the order of their ARNs, those of map runs left out."""
        rows = self._execute(
            f"SELECT {_MACHINE} FROM state_machines WHERE region = ? AND arn > ?"
            " AND status <> 'DELETED' AND label IS NULL ORDER BY arn LIMIT ?",
            (region, after, limit),
        )
        return [StateMachine(*row) for row in rows]

    def list_by_status(self, status: str) -> list[StateMachine]:
        """All machines that have a status."""
        rows = self._execute(f"SELECT {_MACHINE} FROM state_machines WHERE status = ?", (status,))
        return [StateMachine(*row) for row in rows]

    def create(
        self,
        arn: str,
        *,
        region: str,
        name: str,
        type: MachineType,
        definition: str,
        role_arn: str,
        settings: dict[str, Any],
        now: float,
        label: str | None = None,
    ) -> StateMachine:
        """Add a machine with its first revision."""
        machine_id = self._execute(
            "INSERT INTO state_machines"
            " (arn, region, name, type, label, created_at, status, revision)"
            " VALUES (?,?,?,?,?,?,'ACTIVE',0)",
            (arn, region, name, type, label, now),
        ).lastrowid
        assert machine_id is not None
        self.revise(
            machine_id,
            revision_id=None,
            definition=definition,
            role_arn=role_arn,
            settings=settings,
            now=now,
        )
        return self.get(machine_id)

    def revise(
        self,
        machine_id: int,
        *,
        revision_id: str | None,
        definition: str,
        role_arn: str,
        settings: dict[str, Any],
        now: float,
    ) -> int:
        """Add a revision and make it the machine's newest. Returns its number."""
        revision = self._execute(
            "INSERT INTO state_machine_revisions"
            " (machine_id, revision_id, definition, role_arn, settings, updated_at)"
            " VALUES (?,?,?,?,?,?)",
            (machine_id, revision_id, definition, role_arn, orjson.dumps(settings), now),
        ).lastrowid
        assert revision is not None
        self._execute(
            "UPDATE state_machines SET revision = ? WHERE machine_id = ?", (revision, machine_id)
        )
        self._changed()
        return revision

    def set_status(self, machine_id: int, status: str) -> None:
        """Mark a machine as DELETING or DELETED; a deleted one loses its versions and aliases."""
        self._execute(
            "UPDATE state_machines SET status = ? WHERE machine_id = ?", (status, machine_id)
        )
        if status == DELETED:
            self._execute("DELETE FROM state_machine_versions WHERE machine_id = ?", (machine_id,))
            self._execute("DELETE FROM state_machine_aliases WHERE machine_id = ?", (machine_id,))
        self._changed()

    def get_revision(self, revision: int) -> Revision:
        """A revision by its number."""
        found = self._revisions.get(revision)
        if found is None:
            row = self._execute(
                f"SELECT {_REVISION} FROM state_machine_revisions WHERE revision = ?", (revision,)
            ).fetchone()
            assert row is not None, f"no revision {revision}"
            number, machine_id, revision_id, definition, role_arn, settings, updated_at = row
            found = Revision(
                number,
                machine_id,
                revision_id,
                definition,
                role_arn,
                orjson.loads(settings),
                updated_at,
            )
            if len(self._revisions) > 500:
                self._revisions.clear()
            self._revisions[revision] = found
        return found

    # -- versions

    def publish(self, machine_id: int, revision: int, description: str | None, now: float) -> int:
        """Publish a revision as the machine's next version. Returns the version's number."""
        number = self.get(machine_id).last_version + 1
        self._execute(
            "INSERT INTO state_machine_versions VALUES (?,?,?,?,?)",
            (machine_id, number, revision, description, now),
        )
        self._execute(
            "UPDATE state_machines SET last_version = ? WHERE machine_id = ?", (number, machine_id)
        )
        self._changed()
        return number

    def find_version(self, machine_id: int, number: int) -> Version | None:
        """A version of a machine."""
        row = self._execute(
            "SELECT * FROM state_machine_versions WHERE machine_id = ? AND number = ?",
            (machine_id, number),
        ).fetchone()
        return None if row is None else Version(*row)

    def list_versions(self, machine_id: int, before: int, limit: int) -> list[Version]:
        """A machine's versions, the newest first, those below `before`."""
        rows = self._execute(
            "SELECT * FROM state_machine_versions WHERE machine_id = ? AND number < ?"
            " ORDER BY number DESC LIMIT ?",
            (machine_id, before, limit),
        )
        return [Version(*row) for row in rows]

    def delete_version(self, machine_id: int, number: int) -> None:
        """Forget a version; nothing happens if there is none."""
        self._execute(
            "DELETE FROM state_machine_versions WHERE machine_id = ? AND number = ?",
            (machine_id, number),
        )

    # -- aliases

    def put_alias(self, alias: Alias) -> None:
        """Add an alias, or change the one of this name."""
        self._execute(
            "INSERT OR REPLACE INTO state_machine_aliases VALUES (?,?,?,?,?,?)",
            (
                alias.machine_id,
                alias.name,
                alias.description,
                orjson.dumps(alias.routing),
                alias.created_at,
                alias.updated_at,
            ),
        )

    def find_alias(self, machine_id: int, name: str) -> Alias | None:
        """An alias of a machine."""
        row = self._execute(
            "SELECT * FROM state_machine_aliases WHERE machine_id = ? AND name = ?",
            (machine_id, name),
        ).fetchone()
        return None if row is None else _alias(row)

    def list_aliases(self, machine_id: int, after: str = "", limit: int = -1) -> list[Alias]:
        """A machine's aliases in the order of their names."""
        rows = self._execute(
            "SELECT * FROM state_machine_aliases WHERE machine_id = ? AND name > ?"
            " ORDER BY name LIMIT ?",
            (machine_id, after, limit),
        )
        return [_alias(row) for row in rows]

    def delete_alias(self, machine_id: int, name: str) -> None:
        """Forget an alias; nothing happens if there is none."""
        self._execute(
            "DELETE FROM state_machine_aliases WHERE machine_id = ? AND name = ?",
            (machine_id, name),
        )

    # -- tags, of machines and activities

    def list_tags(self, arn: str) -> dict[str, str]:
        """A resource's tags in the order in which they were added."""
        rows = self._execute(
            "SELECT key, value FROM stepfunctions_tags WHERE arn = ? ORDER BY rowid", (arn,)
        )
        return dict(rows.fetchall())

    def put_tags(self, arn: str, tags: dict[str, str]) -> None:
        """Add tags, or change those of the same key."""
        for key, value in tags.items():
            self._execute(
                "INSERT INTO stepfunctions_tags VALUES (?,?,?)"
                " ON CONFLICT (arn, key) DO UPDATE SET value = excluded.value",
                (arn, key, value),
            )

    def delete_tags(self, arn: str, keys: list[str] | None = None) -> None:
        """Forget tags of these keys, or all."""
        if keys is None:
            self._execute("DELETE FROM stepfunctions_tags WHERE arn = ?", (arn,))
            return
        for key in keys:
            self._execute("DELETE FROM stepfunctions_tags WHERE arn = ? AND key = ?", (arn, key))

    def _changed(self) -> None:
        self._forget()
        self._on_undo(self._forget)

    def _forget(self) -> None:
        self._by_arn.clear()
        self._by_id.clear()
        self._revisions.clear()


def _alias(row: tuple[Any, ...]) -> Alias:
    routing = tuple((number, weight) for number, weight in orjson.loads(row[3]))
    return Alias(row[0], row[1], row[2], routing, row[4], row[5])

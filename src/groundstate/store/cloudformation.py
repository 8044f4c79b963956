"""Stacks, their resources, plans, events, change sets, exports and templates.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Stack:
    """A stack.

    Attributes:
        data: what the API shows, and the inputs (`inputs`) that it was last deployed with.
        deployment: the work under way, or None.
    """

    stack_id: str
    region: str
    name: str
    status: str
    reason: str
    created_at: float
    deleted_at: float | None
    parent_id: str | None
    data: Json
    deployment: Json | None = None


@dataclass(slots=True)
class StackResource:
    """A resource of a stack.

    Attributes:
        physical_id: empty while it has none.
        data: `properties` as given to its provider, `attributes`, `ref`, `needs`, policies.
    """

    stack_id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    updated_at: float
    data: Json = field(default_factory=dict)


@dataclass(slots=True)
class Step:
    """One resource's part of a plan.

    Attributes:
        phase: `apply`, `cleanup`, `revert` or `delete`.
        state: `waiting`, `running`, `done` or `failed`.
        needs: logical ids of the steps of the same phase that come first.
        data: what is needed to go on with it or to take it back.
    """

    step_id: int
    stack_id: str
    phase: str
    logical_id: str
    action: str
    state: str
    needs: list[str]
    data: Json


@dataclass(slots=True)
class ChangeSet:
    """A change set; `data` is what DescribeChangeSet shows, and the inputs."""

    change_set_id: str
    stack_id: str
    name: str
    created_at: float
    data: Json


_STACK = (
    "stack_id, region, name, status, reason, created_at, deleted_at, parent_id, data, deployment"
)
_RESOURCE = "stack_id, logical_id, physical_id, type, status, reason, updated_at, data"
_STEP = "step_id, stack_id, phase, logical_id, action, state, needs, data"


@dataclass(frozen=True, slots=True)
class StackEvent:
    """Something that happened to a stack.

    Attributes:
        number: rises with every event of every stack.
        at: when, in epoch seconds.
        data: the members of the event, as DescribeStackEvents shows them.
    """

    number: int
    stack_id: str
    at: float
    data: Json


class StackTables:
    """Everything that CloudFormation keeps."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._executemany = connection.executemany

    # Stacks

    def save(self, stack: Stack) -> None:
        """Write a stack, new or known."""
        self._execute(
            f"INSERT INTO cloudformation_stacks ({_STACK}) VALUES (?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (stack_id) DO UPDATE SET status=excluded.status, reason=excluded.reason,"
            " created_at=excluded.created_at, deleted_at=excluded.deleted_at, data=excluded.data,"
            " deployment=excluded.deployment",
            (
                stack.stack_id,
                stack.region,
                stack.name,
                stack.status,
                stack.reason,
                stack.created_at,
                stack.deleted_at,
                stack.parent_id,
                json.dumps(stack.data),
                None if stack.deployment is None else json.dumps(stack.deployment),
            ),
        )

    def find(self, stack_id: str) -> Stack | None:
        """The stack with this id, deleted or not."""
        rows = self._execute(
            f"SELECT {_STACK} FROM cloudformation_stacks WHERE stack_id = ?", (stack_id,)
        )
        return _stack(rows.fetchone())

    def find_by_name(self, region: str, name: str) -> Stack | None:
        """The stack that has this name now."""
        rows = self._execute(
            f"SELECT {_STACK} FROM cloudformation_stacks"
            " WHERE region = ? AND name = ? AND deleted_at IS NULL",
            (region, name),
        )
        return _stack(rows.fetchone())

    def list_stacks(self, region: str, *, deleted: bool) -> list[Stack]:
        """The region's stacks, newest first; with `deleted`, those that are gone as well."""
        rows = self._execute(
            f"SELECT {_STACK} FROM cloudformation_stacks"
            " WHERE region = ? AND (deleted_at IS NULL OR ?) ORDER BY created_at DESC, rowid DESC",
            (region, deleted),
        )
        return [stack for row in rows.fetchall() if (stack := _stack(row)) is not None]

    def list_unfinished(self) -> list[tuple[str, str]]:
        """Id and region of each stack with a deployment under way."""
        rows = self._execute(
            "SELECT stack_id, region FROM cloudformation_stacks WHERE deployment IS NOT NULL"
        )
        return [(stack_id, region) for stack_id, region in rows]

    def forget(self, stack_id: str) -> None:
        """Remove a stack that never had a resource, with all that belongs to it."""
        self._execute("DELETE FROM cloudformation_stacks WHERE stack_id = ?", (stack_id,))
        self._execute("DELETE FROM cloudformation_events WHERE stack_id = ?", (stack_id,))
        self._execute("DELETE FROM cloudformation_change_sets WHERE stack_id = ?", (stack_id,))

    # Templates

    def keep_template(self, body: str) -> str:
        """Keep a template's text; its id."""
        template_id = hashlib.sha256(body.encode()).hexdigest()
        self._execute(
            "INSERT INTO cloudformation_templates (template_id, body) VALUES (?,?)"
            " ON CONFLICT DO NOTHING",
            (template_id, body),
        )
        return template_id

    def get_template(self, template_id: str) -> str:
        """A template's text."""
        row = self._execute(
            "SELECT body FROM cloudformation_templates WHERE template_id = ?", (template_id,)
        ).fetchone()
        assert row is not None, template_id
        return str(row[0])

    # Resources

    def save_resource(self, resource: StackResource) -> None:
        """Write a resource, new or known."""
        self._execute(
            f"INSERT OR REPLACE INTO cloudformation_resources ({_RESOURCE})"
            " VALUES (?,?,?,?,?,?,?,?)",
            (
                resource.stack_id,
                resource.logical_id,
                resource.physical_id,
                resource.type,
                resource.status,
                resource.reason,
                resource.updated_at,
                json.dumps(resource.data),
            ),
        )

    def list_resources(self, stack_id: str) -> list[StackResource]:
        """A stack's resources, by logical id."""
        rows = self._execute(
            f"SELECT {_RESOURCE} FROM cloudformation_resources WHERE stack_id = ?"
            " ORDER BY logical_id",
            (stack_id,),
        )
        return [_resource(row) for row in rows]

    def find_of_type(self, region: str, kind: str, physical_id: str) -> StackResource | None:
        """The resource of this type and name in any stack of the region."""
        columns = ", ".join(f"r.{column}" for column in _RESOURCE.split(", "))
        row = self._execute(
            f"SELECT {columns} FROM cloudformation_resources r"
            " JOIN cloudformation_stacks s ON s.stack_id = r.stack_id"
            " WHERE s.region = ? AND r.type = ? AND r.physical_id = ?"
            " AND r.status NOT IN ('DELETE_COMPLETE', 'CREATE_FAILED')",
            (region, kind, physical_id),
        ).fetchone()
        return None if row is None else _resource(row)

    def find_resource(self, stack_id: str, logical_id: str) -> StackResource | None:
        """A stack's resource."""
        row = self._execute(
            f"SELECT {_RESOURCE} FROM cloudformation_resources"
            " WHERE stack_id = ? AND logical_id = ?",
            (stack_id, logical_id),
        ).fetchone()
        return None if row is None else _resource(row)

    def find_by_physical_id(self, physical_id: str) -> StackResource | None:
        """A resource that is there and has this physical id."""
        row = self._execute(
            f"SELECT {_RESOURCE} FROM cloudformation_resources"
            " WHERE physical_id = ? AND status != 'DELETE_COMPLETE'",
            (physical_id,),
        ).fetchone()
        return None if row is None else _resource(row)

    def list_by_type(self, region: str, name: str) -> list[StackResource]:
        """The resources of a type that are there, in a region."""
        rows = self._execute(
            "SELECT r.stack_id, r.logical_id, r.physical_id, r.type, r.status, r.reason,"
            " r.updated_at, r.data FROM cloudformation_resources r"
            " JOIN cloudformation_stacks s ON s.stack_id = r.stack_id"
            " WHERE r.type = ? AND s.region = ? AND r.status != 'DELETE_COMPLETE'"
            " AND r.physical_id != '' ORDER BY r.physical_id",
            (name, region),
        )
        return [_resource(row) for row in rows]

    def remove_resource(self, stack_id: str, logical_id: str) -> None:
        """Forget a resource."""
        self._execute(
            "DELETE FROM cloudformation_resources WHERE stack_id = ? AND logical_id = ?",
            (stack_id, logical_id),
        )

    # Steps

    def add_steps(self, steps: Iterable[tuple[str, str, str, str, list[str], Json]]) -> None:
        """Add waiting steps: stack id, phase, logical id, action, needs, data."""
        self._executemany(
            "INSERT INTO cloudformation_steps"
            " (stack_id, phase, logical_id, action, state, needs, data)"
            " VALUES (?,?,?,?,'waiting',?,?)",
            [
                (stack_id, phase, logical_id, action, json.dumps(needs), json.dumps(data))
                for stack_id, phase, logical_id, action, needs, data in steps
            ],
        )

    def list_steps(self, stack_id: str, phase: str) -> list[Step]:
        """The steps of a phase, in their order."""
        rows = self._execute(
            f"SELECT {_STEP} FROM cloudformation_steps WHERE stack_id = ? AND phase = ?"
            " ORDER BY step_id",
            (stack_id, phase),
        )
        return [_step(row) for row in rows]

    def save_step(self, step: Step) -> None:
        """Write a step's state and data."""
        self._execute(
            "UPDATE cloudformation_steps SET action = ?, state = ?, data = ? WHERE step_id = ?",
            (step.action, step.state, json.dumps(step.data), step.step_id),
        )

    def clear_steps(self, stack_id: str, phase: str | None = None) -> None:
        """Forget a stack's steps: all, or those of a phase."""
        self._execute(
            "DELETE FROM cloudformation_steps WHERE stack_id = ? AND (? IS NULL OR phase = ?)",
            (stack_id, phase, phase),
        )

    # Events

    def add_event(self, stack_id: str, at: float, data: Json) -> None:
        """Append an event."""
        self._execute(
            "INSERT INTO cloudformation_events (stack_id, at, data) VALUES (?,?,?)",
            (stack_id, at, json.dumps(data)),
        )

    def list_events(
        self,
        stack_id: str | None,
        *,
        operation_id: str | None = None,
        before: int | None,
        limit: int,
    ) -> list[StackEvent]:
        """A page of the events of a stack, an operation or both, newest first."""
        conditions = {
            "stack_id = ?": stack_id,
            "number < ?": before,
            "json_extract(data, '$.OperationId') = ?": operation_id,
        }
        given = {text: value for text, value in conditions.items() if value is not None}
        rows = self._execute(
            "SELECT number, stack_id, at, data FROM cloudformation_events"
            f" WHERE {' AND '.join(given)} ORDER BY number DESC LIMIT ?",
            (*given.values(), limit),
        )
        return [
            StackEvent(number, event_stack_id, at, json.loads(data))
            for number, event_stack_id, at, data in rows
        ]

    # Change sets

    def save_change_set(self, change_set: ChangeSet) -> None:
        """Write a change set, new or known."""
        self._execute(
            "INSERT OR REPLACE INTO cloudformation_change_sets"
            " (change_set_id, stack_id, name, created_at, data) VALUES (?,?,?,?,?)",
            (
                change_set.change_set_id,
                change_set.stack_id,
                change_set.name,
                change_set.created_at,
                json.dumps(change_set.data),
            ),
        )

    def find_change_set(self, change_set_id: str) -> ChangeSet | None:
        """The change set with this id."""
        row = self._execute(
            "SELECT change_set_id, stack_id, name, created_at, data"
            " FROM cloudformation_change_sets WHERE change_set_id = ?",
            (change_set_id,),
        ).fetchone()
        return None if row is None else _change_set(row)

    def list_change_sets(self, stack_id: str) -> list[ChangeSet]:
        """A stack's change sets, oldest first."""
        rows = self._execute(
            "SELECT change_set_id, stack_id, name, created_at, data"
            " FROM cloudformation_change_sets WHERE stack_id = ? ORDER BY created_at, rowid",
            (stack_id,),
        )
        return [_change_set(row) for row in rows]

    def remove_change_set(self, change_set_id: str) -> None:
        """Forget a change set."""
        self._execute(
            "DELETE FROM cloudformation_change_sets WHERE change_set_id = ?", (change_set_id,)
        )

    # Exports and imports

    def set_exports(self, region: str, stack_id: str, exports: dict[str, str]) -> None:
        """Make these a stack's exports."""
        self._execute("DELETE FROM cloudformation_exports WHERE stack_id = ?", (stack_id,))
        self._executemany(
            "INSERT INTO cloudformation_exports (region, name, stack_id, value) VALUES (?,?,?,?)",
            [(region, name, stack_id, value) for name, value in exports.items()],
        )

    def find_export(self, region: str, name: str) -> tuple[str, str] | None:
        """The stack that exports a name, and the value."""
        row = self._execute(
            "SELECT stack_id, value FROM cloudformation_exports WHERE region = ? AND name = ?",
            (region, name),
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def list_exports(self, region: str, stack_id: str | None = None) -> list[tuple[str, str, str]]:
        """The region's exports (or one stack's) by name: name, value, stack id."""
        rows = self._execute(
            "SELECT name, value, stack_id FROM cloudformation_exports"
            " WHERE region = ? AND (? IS NULL OR stack_id = ?) ORDER BY name",
            (region, stack_id, stack_id),
        )
        return [(name, value, exporter) for name, value, exporter in rows]

    def set_imports(self, region: str, stack_id: str, names: Iterable[str]) -> None:
        """Make these the exports that a stack uses."""
        self._execute("DELETE FROM cloudformation_imports WHERE stack_id = ?", (stack_id,))
        self._executemany(
            "INSERT INTO cloudformation_imports (region, name, stack_id) VALUES (?,?,?)",
            [(region, name, stack_id) for name in names],
        )

    def list_importers(self, region: str, name: str) -> list[str]:
        """The names of the stacks that use an export."""
        rows = self._execute(
            "SELECT s.name FROM cloudformation_imports i"
            " JOIN cloudformation_stacks s ON s.stack_id = i.stack_id"
            " WHERE i.region = ? AND i.name = ? ORDER BY s.name",
            (region, name),
        )
        return [row[0] for row in rows]

    # Records

    def save_record(self, record_id: str, data: Json) -> None:
        """Write what is looked up by an id of its own."""
        self._execute(
            "INSERT OR REPLACE INTO cloudformation_records (record_id, data) VALUES (?,?)",
            (record_id, json.dumps(data)),
        )

    def find_record(self, record_id: str) -> Json | None:
        """What was written under an id."""
        row = self._execute(
            "SELECT data FROM cloudformation_records WHERE record_id = ?", (record_id,)
        ).fetchone()
        return None if row is None else dict(json.loads(row[0]))


def _stack(row: Any) -> Stack | None:
    if row is None:
        return None
    stack_id, region, name, status, reason, created_at, deleted_at, parent_id, data, work = row
    return Stack(
        stack_id,
        region,
        name,
        status,
        reason,
        created_at,
        deleted_at,
        parent_id,
        json.loads(data),
        None if work is None else json.loads(work),
    )


def _resource(row: Any) -> StackResource:
    stack_id, logical_id, physical_id, kind, status, reason, updated_at, data = row
    return StackResource(
        stack_id, logical_id, physical_id, kind, status, reason, updated_at, json.loads(data)
    )


def _step(row: Any) -> Step:
    step_id, stack_id, phase, logical_id, action, state, needs, data = row
    return Step(
        step_id, stack_id, phase, logical_id, action, state, json.loads(needs), json.loads(data)
    )


def _change_set(row: Any) -> ChangeSet:
    return ChangeSet(row[0], row[1], row[2], row[3], json.loads(row[4]))

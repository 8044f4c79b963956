"""The tables of map runs and of their items."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

_COLUMNS = (
    "map_run_id, arn, parent_id, task_id, machine_id, revision, status, started_at, stopped_at,"
    " settings"
)

PENDING, STARTED, SUCCEEDED, FAILED, TIMED_OUT, ABORTED = range(6)


@dataclass(slots=True)
class MapRun:
    """The run of a distributed Map state.

    Attributes:
        parent_id, task_id: the execution that waits for it, and the task that it is there.
        machine_id, revision: of the hidden machine that its children run.
        status: RUNNING, SUCCEEDED, FAILED or ABORTED.
        settings: what the state asked for, and what UpdateMapRun changed.
    """

    map_run_id: int
    arn: str
    parent_id: int
    task_id: int
    machine_id: int
    revision: int
    status: str
    started_at: float
    stopped_at: float | None
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MapRunItem:
    """What one child execution works on.

    Attributes:
        number: its place among the children, from 0.
        input_text: the child's input.
        item_count: how many items are in it: one, or a batch.
    """

    number: int
    input_text: str
    item_count: int


class MapRunResult(NamedTuple):
    """How a child ended.

    Attributes:
        number: its place among the children.
        status: PENDING if it never began.
        result_text: its output, or its error and cause, as JSON.
        name, started_at, stopped_at: of its execution; None if that is not kept.
    """

    number: int
    status: int
    input_text: str
    result_text: str | None
    name: str | None
    started_at: float | None
    stopped_at: float | None


class MapRunTables:
    """Map runs and their items on disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._executemany = connection.executemany

    def create(
        self,
        arn: str,
        *,
        parent_id: int,
        task_id: int,
        machine_id: int,
        revision: int,
        now: float,
        settings: dict[str, Any],
    ) -> int:
        """Add a map run. Returns its number."""
        map_run_id = self._execute(
            "INSERT INTO map_runs"
            " (arn, parent_id, task_id, machine_id, revision, status, started_at, settings)"
            " VALUES (?,?,?,?,?,'RUNNING',?,?)",
            (arn, parent_id, task_id, machine_id, revision, now, orjson.dumps(settings)),
        ).lastrowid
        assert map_run_id is not None
        return map_run_id

    def find(self, arn: str) -> MapRun | None:
        """The map run of this ARN."""
        return self._one(f"SELECT {_COLUMNS} FROM map_runs WHERE arn = ?", arn)

    def get(self, map_run_id: int) -> MapRun:
        """A map run by its number."""
        found = self._one(f"SELECT {_COLUMNS} FROM map_runs WHERE map_run_id = ?", map_run_id)
        assert found is not None, f"no map run {map_run_id}"
        return found

    def update(self, run: MapRun) -> None:
        """Write what changes in a map run's life."""
        self._execute(
            "UPDATE map_runs SET status = ?, stopped_at = ?, settings = ?, task_id = ?"
            " WHERE map_run_id = ?",
            (run.status, run.stopped_at, orjson.dumps(run.settings), run.task_id, run.map_run_id),
        )

    def list_of(self, parent_id: int, after: int, limit: int) -> list[MapRun]:
        """An execution's map runs in the order in which they began."""
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM map_runs WHERE parent_id = ? AND map_run_id > ?"
            " ORDER BY map_run_id LIMIT ?",
            (parent_id, after, limit),
        )
        return [_map_run(row) for row in rows]

    def list_running(self) -> list[tuple[int, str]]:
        """Numbers and regions of the map runs that have not ended."""
        rows = self._execute(
            "SELECT map_run_id, region FROM map_runs JOIN state_machines USING (machine_id)"
            " WHERE map_runs.status = 'RUNNING'"
        )
        return rows.fetchall()

    # -- items

    def add_items(self, map_run_id: int, items: list[MapRunItem]) -> None:
        """Add what the children are to work on."""
        self._executemany(
            "INSERT INTO map_run_items (map_run_id, number, input, item_count, status)"
            " VALUES (?,?,?,?,0)",
            [(map_run_id, item.number, item.input_text, item.item_count) for item in items],
        )

    def delete_items(self, map_run_id: int) -> None:
        """Forget all items: they are read once more."""
        self._execute("DELETE FROM map_run_items WHERE map_run_id = ?", (map_run_id,))

    def next_items(self, map_run_id: int, limit: int) -> list[MapRunItem]:
        """The first items that no child has begun with."""
        rows = self._execute(
            "SELECT number, input, item_count FROM map_run_items"
            " WHERE map_run_id = ? AND status = 0 ORDER BY number LIMIT ?",
            (map_run_id, limit),
        )
        return [MapRunItem(*row) for row in rows]

    def start_item(self, map_run_id: int, number: int, execution_id: int) -> None:
        """Note which child works on an item."""
        self._execute(
            "UPDATE map_run_items SET status = 1, execution_id = ?"
            " WHERE map_run_id = ? AND number = ?",
            (execution_id, map_run_id, number),
        )

    def end_item(self, map_run_id: int, number: int, status: int, result: str | None) -> None:
        """Note how a child ended, and its output (or error and cause) as JSON text."""
        self._execute(
            "UPDATE map_run_items SET status = ?, result = ? WHERE map_run_id = ? AND number = ?",
            (status, result, map_run_id, number),
        )

    def reset_items(self, map_run_id: int) -> None:
        """Let the children that did not succeed be run again."""
        self._execute(
            "UPDATE map_run_items SET status = 0, result = NULL"
            " WHERE map_run_id = ? AND status > 2",
            (map_run_id,),
        )

    def read_results(self, map_run_id: int, *, after: int, limit: int) -> list[MapRunResult]:
        """How children ended, in their order, those numbered above `after`."""
        rows = self._execute(
            "SELECT number, map_run_items.status, input, result, name, started_at, stopped_at"
            " FROM map_run_items LEFT JOIN executions USING (execution_id)"
            " WHERE map_run_items.map_run_id = ? AND number > ? ORDER BY number LIMIT ?",
            (map_run_id, after, limit),
        )
        return [MapRunResult(*row) for row in rows]

    def drop_items(self, map_run_id: int) -> None:
        """Forget the inputs and results of the children of a map run that has ended."""
        self._execute(
            "UPDATE map_run_items SET input = '', result = NULL WHERE map_run_id = ?", (map_run_id,)
        )

    def _one(self, sql: str, key: str | int) -> MapRun | None:
        row = self._execute(sql, (key,)).fetchone()
        return None if row is None else _map_run(row)


def _map_run(row: tuple[Any, ...]) -> MapRun:
    found = MapRun(*row)
    found.settings = orjson.loads(row[9])
    return found

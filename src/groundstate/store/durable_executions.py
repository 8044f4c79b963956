"""The tables of durable functions: executions, their operations and their histories."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

Document = dict[str, Any]


class DurableExecutionRow(NamedTuple):
    """An execution of a durable function.

    Attributes:
        name: the one that it was given, or was made for it.
        version: of the function, `$LATEST` or a number.
        started_at: epoch seconds; `expires_at` too, None while it runs.
        under_way: an invocation is under way for it.
        document: everything else that is known of it.
    """

    execution_id: int
    region: str
    function_name: str
    name: str
    arn: str
    version: str
    status: str
    started_at: float
    expires_at: float | None
    under_way: bool
    document: Document


class DurableOperationRow(NamedTuple):
    """An operation of an execution.

    Attributes:
        number: its place among the execution's operations, in the order in which they began.
        touched: the number of the execution's change that changed it last.
        due_at: epoch seconds at which its wait or its next attempt is due, or None.
        timer_id, heartbeat_id: timers that it waits for, or None.
        document: in AWS's shape.
        details: what is not shown of it.
    """

    execution_id: int
    number: int
    operation_id: str
    touched: int
    due_at: float | None
    timer_id: int | None
    heartbeat_id: int | None
    document: Document
    details: Document


_EXECUTION = (
    "execution_id, region, function_name, name, arn, version, status, started_at, expires_at,"
    " under_way, document"
)
_OPERATION = (
    "execution_id, number, operation_id, touched, due_at, timer_id, heartbeat_id, document, details"
)


class DurableTables:
    """Durable executions, their operations and events."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany

    # ---------------------------------------------------------------------------- executions

    def add(self, row: DurableExecutionRow) -> int:
        """Write a new execution; its id. The row's own is not looked at."""
        cursor = self._execute(
            "INSERT INTO lambda_durable_executions (region, function_name, name, arn, version,"
            " status, started_at, expires_at, under_way, document)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            (*row[1:10], orjson.dumps(row.document)),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def put(self, row: DurableExecutionRow) -> None:
        """Write what has changed of an execution."""
        self._execute(
            "UPDATE lambda_durable_executions SET status = ?, expires_at = ?, under_way = ?,"
            " document = ? WHERE execution_id = ?",
            (
                row.status,
                row.expires_at,
                row.under_way,
                orjson.dumps(row.document),
                row.execution_id,
            ),
        )

    def find(self, execution_id: int) -> DurableExecutionRow | None:
        """The execution with this id."""
        return self._find("execution_id = ?", execution_id)

    def find_by_arn(self, arn: str) -> DurableExecutionRow | None:
        """The execution with this ARN."""
        return self._find("arn = ?", arn)

    def find_by_name(
        self, region: str, function_name: str, name: str
    ) -> DurableExecutionRow | None:
        """The execution of a function with this name."""
        return self._find(
            "region = ? AND function_name = ? AND name = ?", region, function_name, name
        )

    def list_by_function(self, region: str, function_name: str) -> list[DurableExecutionRow]:
        """All executions of a function, oldest first."""
        return self._list(
            "region = ? AND function_name = ? ORDER BY started_at, execution_id",
            region,
            function_name,
        )

    def list_under_way(self) -> list[int]:
        """The ids of the executions for which an invocation is under way, oldest first."""
        rows = self._execute(
            "SELECT execution_id FROM lambda_durable_executions WHERE under_way"
            " ORDER BY execution_id"
        )
        return [execution_id for (execution_id,) in rows]

    def remove(self, execution_id: int) -> None:
        """Forget an execution, its operations and its history."""
        for table in ("executions", "operations", "events"):
            self._execute(
                f"DELETE FROM lambda_durable_{table} WHERE execution_id = ?", (execution_id,)
            )

    def remove_expired(self, now: float, limit: int) -> None:
        """Forget some executions that have been kept as long as they should."""
        rows = self._execute(
            "SELECT execution_id FROM lambda_durable_executions WHERE expires_at <= ? LIMIT ?",
            (now, limit),
        ).fetchall()
        for (execution_id,) in rows:
            self.remove(execution_id)

    def _find(self, where: str, *values: Any) -> DurableExecutionRow | None:
        found = self._list(where, *values)
        return found[0] if found else None

    def _list(self, where: str, *values: Any) -> list[DurableExecutionRow]:
        rows = self._execute(
            f"SELECT {_EXECUTION} FROM lambda_durable_executions WHERE {where}", values
        )
        return [DurableExecutionRow._make((*row[:10], orjson.loads(row[10]))) for row in rows]

    # ---------------------------------------------------------------------------- operations

    def put_operation(self, row: DurableOperationRow) -> None:
        """Write an operation, new or changed."""
        self._execute(
            f"INSERT OR REPLACE INTO lambda_durable_operations ({_OPERATION})"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            (*row[:7], orjson.dumps(row.document), orjson.dumps(row.details)),
        )

    def find_operation(self, execution_id: int, operation_id: str) -> DurableOperationRow | None:
        """An operation of an execution."""
        found = self._operations("operation_id = ?", execution_id, operation_id)
        return found[0] if found else None

    def list_operations(self, execution_id: int) -> list[DurableOperationRow]:
        """All operations of an execution, in the order in which they began."""
        return self._operations("1 ORDER BY number", execution_id)

    def list_due_operations(self, execution_id: int, now: float) -> list[DurableOperationRow]:
        """The operations whose wait or next attempt is due."""
        return self._operations("due_at <= ? ORDER BY due_at, number", execution_id, now)

    def list_touched_operations(self, execution_id: int, after: int) -> list[DurableOperationRow]:
        """The operations that were changed after one of the execution's changes."""
        return self._operations("touched > ? ORDER BY number", execution_id, after)

    def list_timed_operations(self, execution_id: int) -> list[DurableOperationRow]:
        """The operations that wait for timers."""
        return self._operations("(timer_id IS NOT NULL OR heartbeat_id IS NOT NULL)", execution_id)

    def _operations(self, where: str, execution_id: int, *values: Any) -> list[DurableOperationRow]:
        rows = self._execute(
            f"SELECT {_OPERATION} FROM lambda_durable_operations"
            f" WHERE execution_id = ? AND {where}",
            (execution_id, *values),
        )
        return [
            DurableOperationRow._make((*row[:7], orjson.loads(row[7]), orjson.loads(row[8])))
            for row in rows
        ]

    # -------------------------------------------------------------------------------- events

    def add_events(self, execution_id: int, first_id: int, events: Iterable[Document]) -> None:
        """Write events of an execution, numbered from `first_id`."""
        self._execute_many(
            "INSERT INTO lambda_durable_events (execution_id, event_id, document) VALUES (?,?,?)",
            [
                (execution_id, event_id, orjson.dumps(event))
                for event_id, event in enumerate(events, first_id)
            ],
        )

    def list_events(
        self, execution_id: int, from_id: int, limit: int, *, reverse: bool
    ) -> list[Document]:
        """Events of an execution from one of them on, upwards or downwards."""
        order = (
            "event_id <= ? ORDER BY event_id DESC" if reverse else "event_id >= ? ORDER BY event_id"
        )
        rows = self._execute(
            "SELECT event_id, document FROM lambda_durable_events"
            f" WHERE execution_id = ? AND {order} LIMIT ?",
            (execution_id, from_id, limit),
        )
        return [{"EventId": event_id, **orjson.loads(document)} for event_id, document in rows]

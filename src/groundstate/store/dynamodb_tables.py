"""What DynamoDB tables there are, and how many items they hold.

A table's counts change with nearly every write, so a tick's changes are gathered in memory and
written once, just before its commit. What a failed operation counted is taken back with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import orjson

Register = Callable[[Callable[[], None]], None]
"""Registers a callback: of a commit, or of an undo."""
_COLUMNS = "table_id, account, region, name, definition, settings"


class TableRow(NamedTuple):
    """A stored table.

    Attributes:
        definition: its TableDescription, but for counts.
        settings: what TableDescription does not tell.
    """

    table_id: int
    account: str
    region: str
    name: str
    definition: dict[str, Any]
    settings: dict[str, Any]


class TableRows:
    """The table of tables.

    Attributes:
        cache: for the service, what it made of the rows, by (account, region, name). Who changes
            a row must take its entry out, and again if the change is undone.
    """

    def __init__(
        self, connection: sqlite3.Connection, before_commit: Register, on_undo: Register
    ) -> None:
        self._execute = connection.execute
        self._before_commit = before_commit
        self._on_undo = on_undo
        self._counted: dict[int, list[int]] = {}
        self._will_write = False
        self.cache: dict[tuple[str, str, str], Any] = {}

    def find(self, account: str, region: str, name: str) -> TableRow | None:
        """A table by its name."""
        row = self._execute(
            f"SELECT {_COLUMNS} FROM dynamodb_tables WHERE account = ? AND region = ? AND name = ?",
            (account, region, name),
        ).fetchone()
        return None if row is None else _make(row)

    def find_by_id(self, table_id: int) -> TableRow | None:
        """A table by its number."""
        row = self._execute(
            f"SELECT {_COLUMNS} FROM dynamodb_tables WHERE table_id = ?", (table_id,)
        ).fetchone()
        return None if row is None else _make(row)

    def list_names(self, account: str, region: str, after: str, limit: int) -> list[str]:
        """Names in their order, from the first after `after`."""
        rows = self._execute(
            "SELECT name FROM dynamodb_tables WHERE account = ? AND region = ? AND name > ?"
            " ORDER BY name LIMIT ?",
            (account, region, after, limit),
        )
        return [name for (name,) in rows.fetchall()]

    def add(
        self,
        account: str,
        region: str,
        name: str,
        definition: dict[str, Any],
        settings: dict[str, Any],
    ) -> int:
        """Add a table; its number."""
        cursor = self._execute(
            "INSERT INTO dynamodb_tables (account, region, name, definition, settings)"
            " VALUES (?, ?, ?, ?, ?)",
            (account, region, name, orjson.dumps(definition), orjson.dumps(settings)),
        )
        table_id = cursor.lastrowid
        assert table_id is not None
        return table_id

    def change(self, table_id: int, definition: dict[str, Any], settings: dict[str, Any]) -> None:
        """Replace what is known of a table."""
        self._execute(
            "UPDATE dynamodb_tables SET definition = ?, settings = ? WHERE table_id = ?",
            (orjson.dumps(definition), orjson.dumps(settings), table_id),
        )

    def remove(self, table_id: int) -> None:
        """Forget a table."""
        self._execute("DELETE FROM dynamodb_tables WHERE table_id = ?", (table_id,))

    def count(self, table_id: int, *, items: int, size_bytes: int) -> None:
        """Add to a table's counts."""
        if not self._will_write:
            self._will_write = True
            self._before_commit(self._write_counts)
            # If the savepoint that this is in is taken back, so is every count since.
            self._on_undo(self._forget_write)
        counted = self._counted.get(table_id)
        if counted is None:
            self._counted[table_id] = [items, size_bytes]
        else:
            counted[0] += items
            counted[1] += size_bytes
        self._on_undo(partial(self._take_back, table_id, items, size_bytes))

    def get_counts(self, table_id: int) -> tuple[int, int]:
        """How many items a table has, and their bytes."""
        row = self._execute(
            "SELECT item_count, size_bytes FROM dynamodb_tables WHERE table_id = ?", (table_id,)
        ).fetchone()
        items, size_bytes = self._counted.get(table_id, (0, 0))
        return (row[0] + items, row[1] + size_bytes)

    def _take_back(self, table_id: int, items: int, size_bytes: int) -> None:
        counted = self._counted[table_id]
        counted[0] -= items
        counted[1] -= size_bytes

    def _forget_write(self) -> None:
        self._will_write = False

    def _write_counts(self) -> None:
        counted, self._counted = self._counted, {}
        self._will_write = False
        for table_id, (items, size_bytes) in counted.items():
            self._execute(
                "UPDATE dynamodb_tables SET item_count = item_count + ?,"
                " size_bytes = size_bytes + ? WHERE table_id = ?",
                (items, size_bytes, table_id),
            )


def _make(row: tuple[Any, ...]) -> TableRow:
    return TableRow(row[0], row[1], row[2], row[3], orjson.loads(row[4]), orjson.loads(row[5]))

"""What DynamoDB tables there are, and how many items they hold."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

import orjson

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

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
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
        self._execute(
            "UPDATE dynamodb_tables SET item_count = item_count + ?, size_bytes = size_bytes + ?"
            " WHERE table_id = ?",
            (items, size_bytes, table_id),
        )

    def get_counts(self, table_id: int) -> tuple[int, int]:
        """How many items a table has, and their bytes."""
        row = self._execute(
            "SELECT item_count, size_bytes FROM dynamodb_tables WHERE table_id = ?", (table_id,)
        ).fetchone()
        return (row[0], row[1])


def _make(row: tuple[Any, ...]) -> TableRow:
    return TableRow(row[0], row[1], row[2], row[3], orjson.loads(row[4]), orjson.loads(row[5]))

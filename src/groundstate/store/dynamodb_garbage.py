"""Rows of deleted DynamoDB tables and indexes that still have to be removed.

Dropping an SQL table looks at each of its pages, which takes seconds for a large one. So large ones
are noted here, and emptied a chunk at a time.
"""

from __future__ import annotations

import sqlite3


class GarbageRows:
    """The SQL tables that nobody uses any more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def add(self, name: str, *, has_rowid: bool) -> None:
        """Note an SQL table whose rows are to go."""
        self._execute(
            "INSERT INTO dynamodb_garbage (name, has_rowid) VALUES (?, ?)", (name, has_rowid)
        )

    def is_empty(self) -> bool:
        """Whether nothing is left to remove."""
        return self._execute("SELECT 1 FROM dynamodb_garbage LIMIT 1").fetchone() is None

    def remove_some(self, rows: int) -> None:
        """Remove so many rows at most, and their table once it has none."""
        found = self._execute("SELECT name, has_rowid FROM dynamodb_garbage LIMIT 1").fetchone()
        if found is None:
            return
        name, has_rowid = found
        key = "row_id" if has_rowid else "key"
        removed = self._execute(
            f"DELETE FROM {name} WHERE {key} IN (SELECT {key} FROM {name} ORDER BY {key} LIMIT ?)",
            (rows,),
        ).rowcount
        if removed < rows:
            self._execute(f"DROP TABLE {name}")
            self._execute("DELETE FROM dynamodb_garbage WHERE name = ?", (name,))

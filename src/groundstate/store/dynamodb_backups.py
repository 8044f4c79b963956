"""Backups of DynamoDB tables, and the record of changes for point in time recovery."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson


class BackupRow(NamedTuple):
    """A backup. Attributes: description: BackupDescription, and what restores need."""

    backup_id: int
    arn: str
    description: dict[str, Any]


class BackupRows:
    """The tables of backups and of changes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def add(
        self,
        backup_id: int,
        arn: str,
        account: str,
        region: str,
        table_name: str,
        created_at: float,
        description: dict[str, Any],
    ) -> None:
        """Add a backup; `copy_items` fills it."""
        self._execute(
            "INSERT INTO dynamodb_backups (backup_id, arn, account, region, table_name, created_at,"
            " description) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (backup_id, arn, account, region, table_name, created_at, orjson.dumps(description)),
        )

    def copy_items(self, backup_id: int, table_id: int) -> None:
        """Keep a table's items as they are now."""
        self._execute(
            f"CREATE TABLE dynamodb_backup_{int(backup_id)} AS"
            f" SELECT key, item, size, page_size FROM dynamodb_items_{int(table_id)}"
        )

    def take_items(self, backup_id: int, table_id: int) -> None:
        """Keep the items of a table that is no more."""
        name = f"dynamodb_items_{int(table_id)}"
        self._execute(f"ALTER TABLE {name} RENAME TO dynamodb_backup_{int(backup_id)}")
        for index in (f"{name}_by_key", f"{name}_by_expiry"):
            self._execute(f"DROP INDEX IF EXISTS {index}")

    def find_last_until(self, created_at: float) -> int:
        """The number of the last backup that was made until a time; 0 if there is none."""
        row = self._execute(
            "SELECT coalesce(max(backup_id), 0) FROM dynamodb_backups WHERE created_at <= ?",
            (created_at,),
        ).fetchone()
        number: int = row[0]
        return number

    def restore_items(self, backup_id: int, table_id: int) -> None:
        """Put a backup's items into an empty table."""
        self._execute(
            f"INSERT INTO dynamodb_items_{int(table_id)} (key, item, size, page_size)"
            f" SELECT key, item, size, page_size FROM dynamodb_backup_{int(backup_id)} ORDER BY key"
        )

    def copy_table(self, source_id: int, table_id: int) -> None:
        """Put a table's items into an empty table."""
        self._execute(
            f"INSERT INTO dynamodb_items_{int(table_id)} (key, item, size, page_size)"
            f" SELECT key, item, size, page_size FROM dynamodb_items_{int(source_id)} ORDER BY key"
        )

    def start_copy(self, backup_id: int) -> None:
        """Begin a copy that is filled piece by piece."""
        self._execute(f"CREATE TABLE dynamodb_backup_{int(backup_id)} (key BLOB, item BLOB)")

    def add_to_copy(self, backup_id: int, key: bytes, item: bytes) -> None:
        """Add an item, or what is to be told of one, to a copy."""
        self._execute(
            f"INSERT INTO dynamodb_backup_{int(backup_id)} (key, item) VALUES (?, ?)", (key, item)
        )

    def go_back(self, backup_id: int, key: bytes, item: bytes | None) -> None:
        """Let a copied item be what it was before; None: it was not there."""
        name = f"dynamodb_backup_{int(backup_id)}"
        self._execute(f"DELETE FROM {name} WHERE key = ?", (key,))
        if item is not None:
            self._execute(
                f"INSERT INTO {name} (key, item, size, page_size) VALUES (?, ?, 0, 0)", (key, item)
            )

    def index_copy(self, backup_id: int) -> None:
        """Let the items of a copy be found by their keys."""
        name = f"dynamodb_backup_{int(backup_id)}"
        self._execute(f"CREATE INDEX {name}_by_key ON {name} (key)")

    def items_behind(self, backup_id: int, row_id: int) -> Iterator[tuple[int, bytes]]:
        """The copied items behind a row, each with its row's number, in the order of these."""
        return self._execute(
            f"SELECT rowid, item FROM dynamodb_backup_{int(backup_id)} WHERE rowid > ?"
            " ORDER BY rowid",
            (row_id,),
        )

    def forget_items(self, backup_id: int, up_to: int) -> None:
        """Remove the copied items whose rows have numbers up to this one."""
        self._execute(f"DELETE FROM dynamodb_backup_{int(backup_id)} WHERE rowid <= ?", (up_to,))

    def drop_copy(self, backup_id: int) -> None:
        """Remove a copy that is no backup."""
        self._execute(f"DROP TABLE dynamodb_backup_{int(backup_id)}")

    def find(self, arn: str) -> BackupRow | None:
        """A backup by its ARN."""
        row = self._execute(
            "SELECT backup_id, arn, description FROM dynamodb_backups WHERE arn = ?", (arn,)
        ).fetchone()
        return None if row is None else BackupRow(row[0], row[1], orjson.loads(row[2]))

    def list_backups(
        self, account: str, region: str, table_name: str | None, after: int, limit: int
    ) -> list[BackupRow]:
        """Backups in the order in which they were made."""
        rows = self._execute(
            "SELECT backup_id, arn, description FROM dynamodb_backups WHERE account = ?"
            " AND region = ? AND (? IS NULL OR table_name = ?) AND backup_id > ?"
            " ORDER BY backup_id LIMIT ?",
            (account, region, table_name, table_name, after, limit),
        )
        return [BackupRow(row[0], row[1], orjson.loads(row[2])) for row in rows.fetchall()]

    def remove(self, backup_id: int) -> None:
        """Forget a backup and its items."""
        self._execute("DELETE FROM dynamodb_backups WHERE backup_id = ?", (backup_id,))
        self._execute(f"DROP TABLE dynamodb_backup_{int(backup_id)}")

    def record_change(
        self, table_id: int, changed_at: float, key: bytes, item: bytes | None
    ) -> int:
        """Remember what an item was before it is changed; the change's number."""
        cursor = self._execute(
            "INSERT INTO dynamodb_changes (table_id, changed_at, key, item) VALUES (?, ?, ?, ?)",
            (table_id, changed_at, key, item),
        )
        change_id = cursor.lastrowid
        assert change_id is not None
        return change_id

    def changes_since(self, table_id: int, since: float) -> list[tuple[bytes, bytes | None]]:
        """The (key, item before) of each change after a time, the newest first."""
        return self._execute(
            "SELECT key, item FROM dynamodb_changes WHERE table_id = ? AND changed_at > ?"
            " ORDER BY change_id DESC",
            (table_id, since),
        ).fetchall()

    def timed_changes_since(
        self, table_id: int, since: float
    ) -> list[tuple[bytes, bytes | None, float]]:
        """The (key, item before, time) of each change at or after a time, the newest first."""
        return self._execute(
            "SELECT key, item, changed_at FROM dynamodb_changes WHERE table_id = ?"
            " AND changed_at >= ? ORDER BY change_id DESC",
            (table_id, since),
        ).fetchall()

    def forget_changes(self, table_id: int, before: float) -> None:
        """Forget changes that nobody can go back behind any more."""
        self._execute(
            "DELETE FROM dynamodb_changes WHERE table_id = ? AND changed_at < ?", (table_id, before)
        )

"""The items of a DynamoDB table, and the entries of its indexes, in the order of their key bytes.

Each DynamoDB table has an SQL table of its own, and so has each secondary index: dropping one is
then quick however many rows it has, and its rows lie together. Items are in a rowid table with a
unique index on the key: with rows of 1 KB that needs a fifth of the CPU of a table without rowid.
An index entry is its key and the number of the item's row, so a write that does not touch an
index's key does not touch the index. Pages are read whole, since an open cursor would keep a table
from being dropped.

An item that was just written or read is most often the next to be changed or read, so a few small
ones are remembered. What is remembered is what the open transaction holds: a savepoint that is
taken back forgets all of it (`RecentItems.clear`).
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class ItemRow(NamedTuple):
    """An item as it is stored. Attributes: item: DynamoDB JSON; size: as AWS counts it."""

    row_id: int
    item: bytes
    size: int


class RecentItems(dict[tuple[int, bytes], ItemRow]):
    """Small items that were met lately, by table number and key. One for the store."""

    COUNT_MAX = 2048
    ITEM_BYTES_MAX = 2048

    def note(self, place: tuple[int, bytes], row: ItemRow) -> None:
        """Remember an item in the place of what was there, unless it is large."""
        if len(row[1]) <= self.ITEM_BYTES_MAX:
            if len(self) >= self.COUNT_MAX:
                self.clear()
            self[place] = row
        else:
            self.pop(place, None)


PageRow = tuple[bytes, bytes, int, int]
"""An item met in a walk: its key bytes there, its JSON, its size, its part of a page's 1 MB."""


def create_item_rows(connection: sqlite3.Connection, table_id: int) -> None:
    """Make the SQL tables of a new DynamoDB table."""
    name = f"dynamodb_items_{int(table_id)}"
    connection.execute(
        f"CREATE TABLE {name} (row_id INTEGER PRIMARY KEY, key BLOB NOT NULL, item BLOB NOT NULL,"
        " size INTEGER NOT NULL, page_size INTEGER NOT NULL, expires_at REAL)"
    )
    connection.execute(f"CREATE UNIQUE INDEX {name}_by_key ON {name} (key)")


def create_index_rows(connection: sqlite3.Connection, index_id: int) -> None:
    """Make the SQL table of a new secondary index."""
    connection.execute(
        f"CREATE TABLE dynamodb_index_{int(index_id)}"
        " (key BLOB PRIMARY KEY, row_id INTEGER NOT NULL) WITHOUT ROWID"
    )


class ItemRows:
    """The items of one table. Attributes: name: of the SQL table."""

    def __init__(self, connection: sqlite3.Connection, table_id: int, recent: RecentItems) -> None:
        self._execute = connection.execute
        # A cursor for what answers no rows, so that none is made for each write.
        self._writer = connection.cursor()
        self._table_id = table_id
        self._recent = recent
        name = self.name = f"dynamodb_items_{int(table_id)}"
        page = f"SELECT key, item, size, page_size FROM {name} WHERE key >= ? AND key < ?"
        self._find = f"SELECT row_id, item, size FROM {name} WHERE key = ?"
        self._insert = (
            f"INSERT INTO {name} (key, item, size, page_size, expires_at) VALUES (?, ?, ?, ?, ?)"
        )
        self._replace = (
            f"UPDATE {name} SET item = ?, size = ?, page_size = ?, expires_at = ? WHERE row_id = ?"
        )
        self._delete = f"DELETE FROM {name} WHERE row_id = ?"
        self._ascending = f"{page} ORDER BY key LIMIT ?"
        self._descending = f"{page} ORDER BY key DESC LIMIT ?"

    def find(self, key: bytes) -> ItemRow | None:
        """An item by its key."""
        place = (self._table_id, key)
        recent = self._recent.get(place)
        if recent is not None:
            return recent
        row = self._execute(self._find, (key,)).fetchone()
        if row is None:
            return None
        found = ItemRow(*row)
        self._recent.note(place, found)
        return found

    def insert(
        self, key: bytes, item: bytes, size: int, page_size: int, expires_at: float | None
    ) -> int:
        """Add an item under a key that has none; its row's number."""
        writer = self._writer
        writer.execute(self._insert, (key, item, size, page_size, expires_at))
        row_id = writer.lastrowid
        assert row_id is not None
        self._recent.note((self._table_id, key), ItemRow(row_id, item, size))
        return row_id

    def insert_if_new(self, key: bytes, item: bytes, size: int, page_size: int) -> bool:
        """Add an item that does not expire unless there is one under its key; whether it did."""
        if (self._table_id, key) in self._recent:
            return False
        try:
            self.insert(key, item, size, page_size, None)
        except sqlite3.IntegrityError:
            return False
        return True

    def replace(
        self,
        row_id: int,
        key: bytes,
        item: bytes,
        size: int,
        page_size: int,
        expires_at: float | None,
    ) -> None:
        """Put an item in the place of another with the same key."""
        self._writer.execute(self._replace, (item, size, page_size, expires_at, row_id))
        self._recent.note((self._table_id, key), ItemRow(row_id, item, size))

    def delete(self, row_id: int, key: bytes) -> None:
        """Remove an item."""
        self._writer.execute(self._delete, (row_id,))
        self._recent.pop((self._table_id, key), None)

    def page(self, low: bytes, high: bytes, limit: int, *, descending: bool) -> list[PageRow]:
        """Up to `limit` items with `low` <= key < `high`, in key order or against it."""
        sql = self._descending if descending else self._ascending
        rows: list[PageRow] = self._execute(sql, (low, high, limit)).fetchall()
        return rows

    def rows_from(self, row_id: int, limit: int) -> list[tuple[int, bytes, bytes]]:
        """Rows (number, key, item) in the order of their numbers, from the first after `row_id`."""
        return self._execute(
            f"SELECT row_id, key, item FROM {self.name} WHERE row_id > ? ORDER BY row_id LIMIT ?",
            (row_id, limit),
        ).fetchall()

    def measure(self) -> tuple[int, int]:
        """How many items there are, and their bytes as AWS counts them; it reads all rows."""
        row = self._execute(f"SELECT count(*), coalesce(sum(size), 0) FROM {self.name}").fetchone()
        return (row[0], row[1])

    def index_expiry(self) -> None:
        """Prepare for finding items by when they expire."""
        self._execute(
            f"CREATE INDEX IF NOT EXISTS {self.name}_by_expiry ON {self.name} (expires_at)"
            " WHERE expires_at IS NOT NULL"
        )

    def set_expiry(self, row_id: int, expires_at: float | None) -> None:
        """Say when an item expires."""
        self._execute(
            f"UPDATE {self.name} SET expires_at = ? WHERE row_id = ?", (expires_at, row_id)
        )

    def forget_expiry(self) -> None:
        """Find no items by when they expire any more. Rows keep their times."""
        self._execute(f"DROP INDEX IF EXISTS {self.name}_by_expiry")

    def find_expired(self, now: float, limit: int) -> list[bytes]:
        """Keys of items whose rows say that they have expired, the earliest first."""
        rows = self._execute(
            f"SELECT key FROM {self.name} WHERE expires_at IS NOT NULL AND expires_at <= ?"
            " ORDER BY expires_at LIMIT ?",
            (now, limit),
        )
        return [key for (key,) in rows.fetchall()]

    def find_next_expiry(self) -> float | None:
        """When the next item expires."""
        row = self._execute(
            f"SELECT min(expires_at) FROM {self.name} WHERE expires_at IS NOT NULL"
        ).fetchone()
        found: float | None = row[0]
        return found

    def drop(self) -> None:
        """Remove the items, all of them, and the room for them."""
        self._execute(f"DROP TABLE {self.name}")


class IndexRows:
    """The entries of one secondary index. Attributes: name: of the SQL table."""

    def __init__(self, connection: sqlite3.Connection, index_id: int, table_id: int) -> None:
        self._execute = connection.execute
        name = self.name = f"dynamodb_index_{int(index_id)}"
        page = (
            f"SELECT entry.key, item.item, item.size, item.page_size FROM {name} AS entry"
            f" CROSS JOIN dynamodb_items_{int(table_id)} AS item ON item.row_id = entry.row_id"
            " WHERE entry.key >= ? AND entry.key < ?"
        )
        self._add = f"INSERT INTO {name} (key, row_id) VALUES (?, ?)"
        self._remove = f"DELETE FROM {name} WHERE key = ?"
        self._ascending = f"{page} ORDER BY entry.key LIMIT ?"
        self._descending = f"{page} ORDER BY entry.key DESC LIMIT ?"

    def add(self, key: bytes, row_id: int) -> None:
        """Add an entry for the item in a row."""
        self._execute(self._add, (key, row_id))

    def remove(self, key: bytes) -> None:
        """Remove an entry."""
        removed = self._execute(self._remove, (key,)).rowcount
        assert removed == 1, f"{self.name} had no entry {key!r}"

    def page(self, low: bytes, high: bytes, limit: int, *, descending: bool) -> list[PageRow]:
        """Up to `limit` items with `low` <= entry key < `high`, in key order or against it."""
        sql = self._descending if descending else self._ascending
        rows: list[PageRow] = self._execute(sql, (low, high, limit)).fetchall()
        return rows

    def count(self) -> int:
        """How many entries there are."""
        row = self._execute(f"SELECT count(*) FROM {self.name}").fetchone()
        found: int = row[0]
        return found

    def entries(self) -> list[tuple[bytes, int]]:
        """All entries, for checks."""
        return self._execute(f"SELECT key, row_id FROM {self.name} ORDER BY key").fetchall()

    def drop(self) -> None:
        """Remove the index."""
        self._execute(f"DROP TABLE {self.name}")

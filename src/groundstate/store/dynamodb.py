"""DynamoDB's part of the database, behind one attribute of the transaction."""

from __future__ import annotations

import sqlite3

from groundstate.store.dynamodb_backups import BackupRows
from groundstate.store.dynamodb_garbage import GarbageRows
from groundstate.store.dynamodb_items import (
    IndexRows,
    ItemRows,
    RecentItems,
    create_index_rows,
    create_item_rows,
)
from groundstate.store.dynamodb_streams import StreamRows
from groundstate.store.dynamodb_tables import Register, TableRows
from groundstate.store.dynamodb_tokens import TokenRows
from groundstate.store.dynamodb_transfers import TransferRows


class Dynamodb:
    """The tables of tables, items, streams, tokens and backups.

    Attributes:
        tables: what tables there are.
        streams: streams and their records.
        tokens: tokens of transactions.
        garbage: rows of deleted tables.
        recent: items that were written lately.
        backups: on-demand backups, and the record for point in time recovery.
        transfers: exports to S3 and imports from it.
        expiry_timers: by table number, when the earliest timer for its items' expiry is due. Only
            what this process set or saw: a second timer does no harm.
        index_counts: by index number, when an index was counted last, its entries and their bytes.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        before_commit: Register,
        on_undo: Register,
    ) -> None:
        self._connection = connection
        self.recent = RecentItems()
        self._items: dict[int, ItemRows] = {}
        self._indexes: dict[int, IndexRows] = {}
        self.tables = TableRows(connection, before_commit, on_undo)
        self.streams = StreamRows(connection)
        self.tokens = TokenRows(connection)
        self.backups = BackupRows(connection)
        self.transfers = TransferRows(connection)
        self.garbage = GarbageRows(connection)
        self.expiry_timers: dict[int, float] = {}
        self.index_counts: dict[int, tuple[float, int, int]] = {}

    def items(self, table_id: int) -> ItemRows:
        """The items of a table."""
        rows = self._items.get(table_id)
        if rows is None:
            rows = self._items[table_id] = ItemRows(self._connection, table_id, self.recent)
        return rows

    def index(self, index_id: int, table_id: int) -> IndexRows:
        """The entries of an index."""
        rows = self._indexes.get(index_id)
        if rows is None:
            rows = self._indexes[index_id] = IndexRows(self._connection, index_id, table_id)
        return rows

    def create_items(self, table_id: int) -> None:
        """Make room for the items of a new table."""
        create_item_rows(self._connection, table_id)

    def create_index(self, index_id: int) -> None:
        """Make room for the entries of a new index."""
        create_index_rows(self._connection, index_id)

    def make_number(self) -> int:
        """A number for an index or backup, never used before."""
        cursor = self._connection.execute("INSERT INTO dynamodb_numbers DEFAULT VALUES")
        number = cursor.lastrowid
        assert number is not None
        self._connection.execute("DELETE FROM dynamodb_numbers WHERE number = ?", (number,))
        return number

"""Removes the rows of deleted tables and indexes: small ones at once, large ones bit by bit.

A large table's rows take seconds to remove. They are noted as garbage in the transaction that
deletes the table, and go in jobs of a few milliseconds each; the next start goes on with the rest.
"""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.dynamodb.model import Index, Table
from groundstate.services.dynamodb.operations.backups import keep_deleted

ROWS_AT_ONCE = 2000


def remove_table(call: Call, table: Table) -> None:
    """Remove a table's items, the entries of all its indexes, and the record of its changes.

    The items of one that could go back in time are kept, as a backup.
    """
    rows = call.tx.dynamodb
    is_kept = "PointInTimeRecovery" in table.settings
    if is_kept:
        keep_deleted(call, table)
    rows.backups.forget_changes(table.table_id, float("inf"))
    count, _ = rows.tables.get_counts(table.table_id)
    for index in table.index_list:
        remove_index(call, table, index)
    items = rows.items(table.table_id)
    if is_kept:
        return
    if count <= ROWS_AT_ONCE:
        items.drop()
    else:
        _discard(call, items.name, has_rowid=True)


def remove_index(call: Call, table: Table, index: Index) -> None:
    """Remove an index's entries."""
    count, _ = call.tx.dynamodb.tables.get_counts(table.table_id)
    entries = call.tx.dynamodb.index(index.index_id, table.table_id)
    if count <= ROWS_AT_ONCE:
        entries.drop()
    else:
        _discard(call, entries.name, has_rowid=False)


def go_on(call: Call) -> None:
    """Remove some of what is left, and come back for the rest."""
    garbage = call.tx.dynamodb.garbage
    garbage.remove_some(ROWS_AT_ONCE)
    if not garbage.is_empty():
        call.soon(go_on)


def _discard(call: Call, name: str, *, has_rowid: bool) -> None:
    garbage = call.tx.dynamodb.garbage
    is_first = garbage.is_empty()
    garbage.add(name, has_rowid=has_rowid)
    if is_first:
        call.soon(go_on)

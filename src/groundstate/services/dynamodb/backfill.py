"""Fills an index with the items that its table holds already.

It is one piece of work in the transaction that makes the index, so no crash leaves half of it: an
index is there whole or not at all. AWS does the same in the background.
"""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.dynamodb import keys
from groundstate.services.dynamodb.items import load
from groundstate.services.dynamodb.model import Index, Table

_CHUNK = 1000


def fill_index(call: Call, table: Table, index: Index) -> None:
    """Give an empty index its entries. Items whose attributes cannot be its key are left out."""
    rows = call.tx.dynamodb.items(table.table_id)
    entries = call.tx.dynamodb.index(index.index_id, table.table_id)
    last = 0
    while True:
        chunk = rows.rows_from(last, _CHUNK)
        for row_id, key, data in chunk:
            entry = keys.index_key(index.hash_keys, index.range_keys, table.keys, load(data), key)
            if entry is not None:
                entries.add(entry, row_id)
        if len(chunk) < _CHUNK:
            return
        last = chunk[-1][0]

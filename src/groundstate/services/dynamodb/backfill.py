"""Fills an index with the items that its table holds already.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html

Theory. A small table's index is filled in the transaction that makes it. A large table's is filled
in the order of the rows' numbers, some rows in each turn of the loop, so that others need not wait;
the index's stored definition has the number of the last row that was filled in (`BackfilledTo`).
What holds at every commit: rows up to that number have their entries in the index, kept by every
write (`items.write_item`), and rows behind it have none yet. A timer goes on with the rest, also
after a crash; one too many finds nothing to do. Until it is full, the index is `CREATING` and
cannot be read, as in AWS.
"""

from __future__ import annotations

import copy
from typing import Any

from groundstate.operation import Call
from groundstate.services.dynamodb import keys
from groundstate.services.dynamodb.items import load
from groundstate.services.dynamodb.model import Index, Table
from groundstate.services.dynamodb.tables import find_table, save_table

BACKFILL_TIMER = "backfill"
# So many items are put into an index at once; more are put in bit by bit.
ITEMS_AT_ONCE = 2000
# A turn's share ends with the first of these.
ROWS_A_TURN = 400
BYTES_A_TURN = 1024 * 1024
_PAGE = 50


def begin(definition: dict[str, Any], items: int) -> None:
    """Say in a new index's definition that it is not full yet, if its table is large."""
    if items > ITEMS_AT_ONCE:
        definition.update(IndexStatus="CREATING", BackfilledTo=0)


def start(call: Call, table: Table, index: Index) -> None:
    """Fill a new index, or start to."""
    if index.backfilled_to is None:
        fill_index(call, table, index)
    else:
        _set_timer(call, table, index)


def fill_index(call: Call, table: Table, index: Index) -> None:
    """Give an empty index all its entries, but for items whose attributes cannot be its key."""
    last: int | None = 0
    while last is not None:
        last = _fill_some(call, table, index, last)


def on_timer(call: Call, subject: str, data: bytes) -> None:
    """Go on with an index of the table with the number `subject`."""
    row = call.tx.dynamodb.tables.find_by_id(int(subject))
    table = None if row is None else find_table(call, row.name)
    if table is None:
        return
    for index in table.index_list:
        if index.index_id == int(data) and index.backfilled_to is not None:
            last = _fill_some(call, table, index, index.backfilled_to)
            _note(call, table, index, last)
            if last is not None:
                _set_timer(call, table, index)


def _fill_some(call: Call, table: Table, index: Index, last: int) -> int | None:
    """Fill in a turn's share of the rows behind `last`; the last one's number, None at the end."""
    rows = call.tx.dynamodb.items(table.table_id)
    entries = call.tx.dynamodb.index(index.index_id, table.table_id)
    count = size_bytes = 0
    while count < ROWS_A_TURN and size_bytes < BYTES_A_TURN:
        page = rows.rows_from(last, _PAGE)
        for row_id, key, data in page:
            entry = keys.index_key(index.hash_keys, index.range_keys, table.keys, load(data), key)
            if entry is not None:
                entries.add(entry, row_id)
            size_bytes += len(data)
        if len(page) < _PAGE:
            return None
        count += len(page)
        last = page[-1][0]
    return last


def _note(call: Call, table: Table, index: Index, last: int | None) -> None:
    definition = copy.deepcopy(table.definition)
    for entry in definition["GlobalSecondaryIndexes"]:
        if entry["IndexId"] == index.index_id:
            if last is None:
                del entry["BackfilledTo"]
                entry["IndexStatus"] = "ACTIVE"
            else:
                entry["BackfilledTo"] = last
    save_table(call, table, definition)


def _set_timer(call: Call, table: Table, index: Index) -> None:
    data = b"%d" % index.index_id
    call.tx.timers.set(
        call.now, "dynamodb", BACKFILL_TIMER, str(table.table_id), data, region=table.region
    )

"""Time to live: items that delete themselves.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html

Theory. Each item's row tells when it expires, while its table's TTL is enabled. A timer for the
table is due at the earliest of these times at the latest; when it rings, all that has expired is
deleted, and it is set anew. AWS lets up to some days pass; here an item is gone within its second.
A timer too many finds nothing to do.
"""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.dynamodb import changes
from groundstate.services.dynamodb.items import find_item, load, write_item
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.tables import find_table

_CHUNK = 500


def start(call: Call, table: Table) -> None:
    """Note when each item of a table expires, now that its TTL is enabled."""
    rows = call.tx.dynamodb.items(table.table_id)
    rows.index_expiry()
    last, earliest = 0, None
    while True:
        chunk = rows.rows_from(last, _CHUNK)
        for row_id, _, data in chunk:
            expires_at = changes.expiry_of(table, load(data), call.now)
            rows.set_expiry(row_id, expires_at)
            if expires_at is not None and (earliest is None or expires_at < earliest):
                earliest = expires_at
        if len(chunk) < _CHUNK:
            break
        last = chunk[-1][0]
    if earliest is not None:
        changes.set_expiry_timer(call, table, earliest)


def stop(call: Call, table: Table) -> None:
    """Let no item of a table expire any more."""
    call.tx.dynamodb.items(table.table_id).forget_expiry()


def on_timer(call: Call, subject: str, data: bytes) -> None:
    """Delete what has expired of the table with the number `subject`."""
    row = call.tx.dynamodb.tables.find_by_id(int(subject))
    call.tx.dynamodb.expiry_timers.pop(int(subject), None)
    table = None if row is None else find_table(call, row.name)
    if table is None or table.time_to_live is None:
        return
    rows = call.tx.dynamodb.items(table.table_id)
    expired = rows.find_expired(call.now, _CHUNK)
    for key, _ in expired:
        old = find_item(call, table, key)
        assert old is not None, key
        write_item(call, table, key, old, None, by_service=True)
    following = rows.find_next_expiry()
    if following is not None:
        changes.set_expiry_timer(call, table, following)

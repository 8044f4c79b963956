"""Time to live: items that delete themselves.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html

Theory. Each item's row tells when it expires, while its table's TTL is enabled. A timer for the
table is due at the earliest of these times at the latest; when it rings, all that has expired is
deleted, and it is set anew. AWS lets up to some days pass; here an item is gone within its second.
A timer too many finds nothing to do.

When TTL is enabled, every write notes its item's time from then on, and the rows that are there are
noted in the order of their numbers: those of a large table some in each turn of the loop, while TTL
is `ENABLING`. When it is disabled, the rows keep what was noted, and nobody looks at it. So a row
that is not noted anew yet may tell a time of an earlier attribute: each item is asked again before
it is deleted.
"""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.dynamodb import changes
from groundstate.services.dynamodb.items import find_item, load, write_item
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.tables import find_table, save_table

NOTING_TIMER = "expiry-noting"
# The times of so many items are noted at once; more are noted bit by bit.
ITEMS_AT_ONCE = 2000
ROWS_A_TURN = 400
_EXPIRED_A_TURN = 200


def start(call: Call, table: Table) -> None:
    """Note when each item of a table expires, now that its TTL is enabled."""
    call.tx.dynamodb.items(table.table_id).index_expiry()
    items, _ = call.tx.dynamodb.tables.get_counts(table.table_id)
    last: int | None = 0
    if items > ITEMS_AT_ONCE:
        _note_progress(call, table, 0)
        return
    while last is not None:
        last = _note_some(call, table, last)


def stop(call: Call, table: Table) -> None:
    """Let no item of a table expire any more."""
    call.tx.dynamodb.items(table.table_id).forget_expiry()


def on_noting_timer(call: Call, subject: str, data: bytes) -> None:
    """Go on to note when the items of the table with the number `subject` expire."""
    table = _find_table(call, subject)
    noted_to = None if table is None else table.settings.get("TimeToLive", {}).get("NotedTo")
    if table is not None and noted_to == int(data):
        _note_progress(call, table, _note_some(call, table, noted_to))


def _note_some(call: Call, table: Table, last: int) -> int | None:
    """Note the times of a turn's rows behind `last`; the last one's number, None at the end."""
    rows = call.tx.dynamodb.items(table.table_id)
    earliest = None
    page = rows.rows_from(last, ROWS_A_TURN)
    for row_id, _, data in page:
        expires_at = changes.expiry_of(table, load(data), call.now)
        rows.set_expiry(row_id, expires_at)
        if expires_at is not None and (earliest is None or expires_at < earliest):
            earliest = expires_at
    if earliest is not None:
        changes.set_expiry_timer(call, table, earliest)
    return page[-1][0] if len(page) == ROWS_A_TURN else None


def _note_progress(call: Call, table: Table, last: int | None) -> None:
    time_to_live = dict(table.settings["TimeToLive"])
    time_to_live.pop("NotedTo", None)
    if last is not None:
        time_to_live["NotedTo"] = last
        _set_timer(call, table, last)
    save_table(call, table, table.definition, {**table.settings, "TimeToLive": time_to_live})


def _set_timer(call: Call, table: Table, last: int) -> None:
    subject, data = str(table.table_id), b"%d" % last
    call.tx.timers.set(call.now, "dynamodb", NOTING_TIMER, subject, data, region=table.region)


def on_timer(call: Call, subject: str, data: bytes) -> None:
    """Delete what has expired of the table with the number `subject`."""
    table = _find_table(call, subject)
    call.tx.dynamodb.expiry_timers.pop(int(subject), None)
    if table is None or table.time_to_live is None:
        return
    rows = call.tx.dynamodb.items(table.table_id)
    expired = rows.find_expired(call.now, _EXPIRED_A_TURN)
    for key in expired:
        old = find_item(call, table, key)
        assert old is not None, key
        expires_at = changes.expiry_of(table, old.item, call.now)
        if expires_at is not None and expires_at <= call.now:
            write_item(call, table, key, old, None, by_service=True)
        else:
            rows.set_expiry(old.row_id, expires_at)
    following = rows.find_next_expiry()
    if following is not None:
        changes.set_expiry_timer(call, table, following)


def _find_table(call: Call, subject: str) -> Table | None:
    row = call.tx.dynamodb.tables.find_by_id(int(subject))
    return None if row is None else find_table(call, row.name)

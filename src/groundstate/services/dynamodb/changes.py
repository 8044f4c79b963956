"""What a write leaves behind: a stream's record, an item's expiry, the way back in time.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson

from groundstate import ids
from groundstate.operation import Call
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.values import equal, measure

_DAY_S = 24 * 3600
STREAM_RETENTION_S = _DAY_S
# Items whose time lies further back are left alone, as AWS documents for TTL.
EXPIRY_AGE_MAX_S = 5 * 365 * 24 * 3600
EXPIRY_TIMER = "expiry"
_TRIM_EVERY = 1000
_TRIM_ROWS = 5000
_TTL_IDENTITY = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


def stream_arn(table: Table) -> str:
    """The ARN of a table's enabled stream."""
    return f"{table.arn}/stream/{table.stream_label}"


def record(
    call: Call,
    table: Table,
    key: bytes,
    old: Item | None,
    new: Item | None,
    new_size: int,
    old_size: int,
    *,
    by_service: bool,
) -> None:
    """Keep what a write changed, where the table's stream or recovery wants it."""
    recovery = table.settings.get("PointInTimeRecovery")
    if recovery is not None:
        before = None if old is None else orjson.dumps(old)
        backups = call.tx.dynamodb.backups
        change_id = backups.record_change(table.table_id, call.now, key, before)
        if change_id % _TRIM_EVERY == 0:
            backups.forget_changes(table.table_id, call.now - recovery["Days"] * _DAY_S)
    if not table.stream_label or _is_same(old, new):
        # A write that changes nothing has no record.
        return
    name = (
        "MODIFY" if old is not None and new is not None else "INSERT" if old is None else "REMOVE"
    )
    item = new if new is not None else old
    assert item is not None, table.name
    key_values = {attribute.name: item[attribute.name] for attribute in table.keys}
    data: dict[str, Any] = {"Keys": key_values, "StreamViewType": table.stream_view}
    measured = measure(key_values)
    assert measured is not None, key_values
    size = measured.size
    if new is not None and table.stream_view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
        data["NewImage"] = new
        size += new_size
    if old is not None and table.stream_view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
        data["OldImage"] = old
        size += old_size
    data["SizeBytes"] = size
    shape: dict[str, Any] = {
        "eventID": f"{ids.make_entropy():032x}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": table.region,
        "dynamodb": data,
    }
    if by_service:
        shape["userIdentity"] = _TTL_IDENTITY
    streams = call.tx.dynamodb.streams
    sequence = streams.append(stream_arn(table), call.now, orjson.dumps(shape))
    if sequence % _TRIM_EVERY == 0:
        streams.trim(call.now - STREAM_RETENTION_S, _TRIM_ROWS)


def _is_same(old: Item | None, new: Item | None) -> bool:
    """Whether a write changed nothing; the order in a set is nothing."""
    if old == new:
        return True
    if old is None or new is None or old.keys() != new.keys():
        return False
    return all(equal(value, new[name]) for name, value in old.items())


def expiry_of(table: Table, item: Item, now: float) -> float | None:
    """When an item expires, in epoch seconds; None if never."""
    value = item.get(table.time_to_live or "")
    if value is None or "N" not in value:
        return None
    expires_at = float(Decimal(value["N"]))
    return expires_at if now - EXPIRY_AGE_MAX_S <= expires_at < 1e11 else None


def note_expiry(call: Call, table: Table, item: Item) -> float | None:
    """When an item that is written expires; sets the table's timer if it is the first to do so."""
    expires_at = expiry_of(table, item, call.now)
    if expires_at is not None:
        set_expiry_timer(call, table, expires_at)
    return expires_at


def set_expiry_timer(call: Call, table: Table, due_at: float) -> None:
    """See that the table's timer is due at this time at the latest."""
    rows = call.tx.dynamodb
    earliest = rows.expiry_timers.get(table.table_id)
    if earliest is not None and earliest <= due_at:
        return
    timers = rows.expiry_timers
    timers[table.table_id] = due_at
    call.tx.on_undo(lambda: timers.update({table.table_id: float("inf")}))
    call.tx.timers.set(
        max(due_at, call.now), "dynamodb", EXPIRY_TIMER, str(table.table_id), region=table.region
    )

"""Items as operations read and write them: one place where bytes become dicts and go back.

Theory. A write replaces one item by another (or by none, or none by one). `write_item` does all
that hangs on it in the open transaction: the row, the entries of every index whose key it changes,
the table's counts, the stream's record, the expiry. So what an index or stream tells is never
beside what the table holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from groundstate.operation import Call
from groundstate.services.dynamodb import changes, keys
from groundstate.services.dynamodb.errors import (
    EmptyIndexKeyException,
    ValidationException,
    invalid,
    not_valid,
)
from groundstate.services.dynamodb.model import Index, Item, KeyAttribute, Table, Value
from groundstate.services.dynamodb.values import Measured, kind_of, page_size

ITEM_BYTES_MAX = 400 * 1024

KEY_MISMATCH = "The provided key element does not match the schema"
_EMPTY_KEY = "The AttributeValue for a key attribute cannot contain an empty {} value. Key: {}"


class Stored:
    """An item that was found. Most writes replace it without a look at its attributes.

    Attributes:
        size: as AWS counts it.
    """

    __slots__ = ("_data", "_item", "row_id", "size")

    def __init__(self, row_id: int, data: bytes, size: int) -> None:
        self.row_id = row_id
        self.size = size
        self._data = data
        self._item: Item | None = None

    @property
    def item(self) -> Item:
        """Its attributes, read when somebody asks."""
        if self._item is None:
            self._item = load(self._data)
        return self._item


def load(data: bytes) -> Item:
    """An item from its stored bytes."""
    item: Item = orjson.loads(data)
    return item


def find_item(call: Call, table: Table, key: bytes) -> Stored | None:
    """An item, to be replaced perhaps."""
    row = call.tx.dynamodb.items(table.table_id).find(key)
    return None if row is None else Stored(*row)


def read_item(
    call: Call, table: Table, key: bytes, *, whole: bool = False
) -> tuple[Any, int] | None:
    """An item and its size, to be answered.

    Args:
        whole: the item is answered as it is; to a JSON client it then goes as the stored bytes.
    """
    row = call.tx.dynamodb.items(table.table_id).find(key)
    if row is None:
        return None
    _, data, size = row
    if whole and call.takes_fragments:
        return (orjson.Fragment(data), size)
    return (load(data), size)


def check_key(
    table: Table, key: Item, *, empty: Callable[[str], ValidationException] = not_valid
) -> bytes:
    """The key bytes that a request's Key stands for.

    Args:
        empty: makes the error for an empty text or binary.

    Raises:
        ValidationException: it does not fit the table's key.
    """
    if len(key) != len(table.keys):
        raise ValidationException(KEY_MISMATCH)
    found = table.find_key(key)
    if found is not None:
        return found
    for at, attribute in enumerate(table.keys):
        value = key.get(attribute.name)
        if value is None or attribute.kind not in value:
            raise ValidationException(KEY_MISMATCH)
        if attribute.kind != "N":
            content = value[attribute.kind]
            if not content:
                raise empty(empty_key(attribute))
            check_key_size(attribute, content, is_hash=at == 0)
    return keys.table_key(table.keys, key)


def check_key_kinds(table: Table, item: Item) -> None:
    """Check that the key attributes are there, with their types. Raises ValidationException."""
    for attribute in table.keys:
        value = item.get(attribute.name)
        if value is None or attribute.kind not in value:
            raise ValidationException(KEY_MISMATCH)


def refuse_empty_key(table: Table, item: Item) -> None:
    """An empty key value refuses a whole transaction, and is not one action's reason.

    Raises:
        ValidationException: a text or binary of the key is empty.
    """
    for attribute in table.keys:
        value = item.get(attribute.name, {})
        if attribute.kind != "N" and value.get(attribute.kind) == "":
            raise not_valid(empty_key(attribute))


def empty_key(attribute: KeyAttribute) -> str:
    """What AWS says of an empty text or binary in a key."""
    return _EMPTY_KEY.format("string" if attribute.kind == "S" else "binary", attribute.name)


def check_key_size(attribute: KeyAttribute, content: str, *, is_hash: bool) -> None:
    """Check the size of a text or binary that is part of a key. Raises ValidationException."""
    limit = keys.HASH_KEY_BYTES_MAX if is_hash else keys.RANGE_KEY_BYTES_MAX
    if not keys.is_too_large(attribute.kind, content, limit):
        return
    if is_hash:
        raise invalid(f"Size of hashkey has exceeded the maximum size limit of{limit} bytes")
    raise invalid(f"Aggregated size of all range keys has exceeded the size limit of {limit} bytes")


def check_item_keys(table: Table, item: Item) -> bytes:
    """The key bytes of a whole item that is to be put.

    Raises:
        ValidationException: a key attribute is missing, empty, too large or of another type.
    """
    found = table.find_key(item)
    if found is not None:
        if table.index_keys:
            check_index_keys(table, item)
        return found
    for at, attribute in enumerate(table.keys):
        value = item.get(attribute.name)
        if value is None:
            raise invalid(f"Missing the key {attribute.name} in the item")
        if attribute.kind not in value:
            raise invalid(
                f"Type mismatch for key {attribute.name} expected: {attribute.kind}"
                f" actual: {kind_of(value)}"
            )
        if attribute.kind != "N":
            content = value[attribute.kind]
            if not content:
                raise not_valid(empty_key(attribute))
            check_key_size(attribute, content, is_hash=at == 0)
    check_index_keys(table, item)
    return keys.table_key(table.keys, item)


def check_index_keys(table: Table, item: Item) -> None:
    """Check that attributes that are keys of indexes can be that.

    Raises:
        ValidationException: one has another type, is empty or too large.
    """
    for index, attribute in table.index_keys:
        value = item.get(attribute.name)
        if value is None:
            continue
        content = value.get(attribute.kind)
        if content is None:
            raise invalid(
                f"Type mismatch for Index Key {attribute.name} Expected: {attribute.kind}"
                f" Actual: {kind_of(value)} IndexName: {index.name}"
            )
        if not content:
            what = "string" if attribute.kind == "S" else "binary"
            raise EmptyIndexKeyException(
                "One or more parameter values are not valid. A value specified for a secondary"
                " index key is not supported. The AttributeValue for a key attribute cannot"
                f" contain an empty {what} value. IndexName: {index.name},"
                f" IndexKey: {attribute.name}"
            )
        check_index_key_size(index, attribute, content)


def check_index_key_size(index: Index, attribute: KeyAttribute, content: str) -> None:
    """Check the size of an attribute that is a key of an index. Raises ValidationException."""
    is_hash = attribute in index.hash_keys
    limit = keys.HASH_KEY_BYTES_MAX if is_hash else keys.RANGE_KEY_BYTES_MAX
    if keys.is_too_large(attribute.kind, content, limit):
        size = len(keys.raw_bytes(attribute.kind, content))
        raise invalid(
            f"Size limit exceeded for Index Key {attribute.name} Actual Size: {size} bytes"
            f" Max Size: {limit} bytes IndexName: {index.name}"
        )


def write_item(
    call: Call,
    table: Table,
    key: bytes,
    old: Stored | None,
    new: Measured | None,
    *,
    by_service: bool = False,
) -> None:
    """Replace an item by another, with all that hangs on it.

    Args:
        old: what lies under the key now, or None.
        new: what is to lie there, or None to delete.
        by_service: TTL deletes it, not a caller; streams tell.
    """
    tx = call.tx
    if table.is_plain:
        # One statement is all that is written, and an operation on the item ends with it.
        tx.begin()
    else:
        tx.protect()
    rows = tx.dynamodb
    items = rows.items(table.table_id)
    row_id = 0 if old is None else old.row_id
    if new is not None:
        range_key: Value | None = new.item[table.keys[1].name] if len(table.keys) > 1 else None
        data = orjson.dumps(new.item)
        pages = page_size(new, range_key)
        expires_at = None
        if table.time_to_live is not None:
            expires_at = changes.note_expiry(call, table, new.item)
        if old is None:
            row_id = items.insert(key, data, new.size, pages, expires_at)
        else:
            items.replace(row_id, key, data, new.size, pages, expires_at)
    elif old is not None:
        items.delete(row_id, key)
    else:
        return
    if table.index_list:
        _write_indexes(call, table, key, row_id, old, new)
    count = (new is not None) - (old is not None)
    grown = (0 if new is None else new.size) - (0 if old is None else old.size)
    if count or grown:
        rows.tables.count(table.table_id, items=count, size_bytes=grown)
    if not table.is_plain and (table.stream_label or "PointInTimeRecovery" in table.settings):
        changes.record(
            call,
            table,
            key,
            None if old is None else old.item,
            None if new is None else new.item,
            0 if new is None else new.size,
            0 if old is None else old.size,
            by_service=by_service,
        )


def write_if_new(call: Call, table: Table, key: bytes, new: Measured) -> bool:
    """Write an item, of which nobody wants to know what it replaces, if it replaces nothing.

    Most items that are put are new, and that is found out by writing them: a look beforehand would
    go down the same tree once more. False, and nothing is written, if there is an item, or if more
    hangs on a write than its row: `write_item` knows all that.
    """
    if not table.is_plain:
        return False
    call.tx.begin()
    rows = call.tx.dynamodb
    range_key: Value | None = new.item[table.keys[1].name] if len(table.keys) > 1 else None
    inserted = rows.items(table.table_id).insert_if_new(
        key, orjson.dumps(new.item), new.size, page_size(new, range_key)
    )
    if inserted:
        rows.tables.count(table.table_id, items=1, size_bytes=new.size)
    return inserted


def _write_indexes(
    call: Call, table: Table, key: bytes, row_id: int, old: Stored | None, new: Measured | None
) -> None:
    rows = call.tx.dynamodb
    for index in table.index_list:
        if index.backfilled_to is not None and row_id > index.backfilled_to:
            # The backfill has not come here yet; see `backfill.py`.
            continue
        was = now = None
        if old is not None:
            was = keys.index_key(index.hash_keys, index.range_keys, table.keys, old.item, key)
        if new is not None:
            now = keys.index_key(index.hash_keys, index.range_keys, table.keys, new.item, key)
        if was == now:
            continue
        entries = rows.index(index.index_id, table.table_id)
        if was is not None:
            entries.remove(was)
        if now is not None:
            entries.add(now, row_id)


def item_collection_metrics(table: Table, item: Item) -> dict[str, object]:
    """ItemCollectionMetrics of a write; real tables tell sizes in GB, rounded up."""
    name = table.keys[0].name
    return {"ItemCollectionKey": {name: item[name]}, "SizeEstimateRangeGB": [0.0, 1.0]}

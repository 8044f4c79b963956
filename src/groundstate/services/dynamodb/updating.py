"""What UpdateItem and the updates of transactions share: which updates fit a table and an item."""

from __future__ import annotations

from typing import Any

from groundstate.services.dynamodb import legacy
from groundstate.services.dynamodb.errors import (
    EmptyIndexKeyException,
    ValidationException,
    invalid,
)
from groundstate.services.dynamodb.expressions.update import (
    CompiledUpdate,
    UpdateProblem,
    apply_update,
)
from groundstate.services.dynamodb.items import ITEM_BYTES_MAX, Stored, check_index_key_size
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.parameters import Expressions, check_nested_heads
from groundstate.services.dynamodb.values import Measured, ValueProblem, explain, kind_of

UPDATED_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"
_INDEX_KEY_TYPE = (
    "The update expression attempted to update the secondary index key to unsupported type"
)


def check_update(table: Table, update: CompiledUpdate) -> None:
    """Check that an update changes no key, and no index key to what it cannot be.

    Raises:
        ValidationException: it does.
    """
    for key in table.keys:
        if key.name in update.heads:
            _refuse_key(key.name)
    for index, key in table.index_keys:
        for action in update.actions:
            if action.path == (key.name,) and action.kind not in (None, key.kind):
                _refuse_index_key(key.name, key.kind, str(action.kind), index.name)
    check_nested_heads(table, update.nested_heads)


def check_attribute_updates(table: Table, updates: dict[str, dict[str, Any]]) -> None:
    """Check AttributeUpdates as `check_update` does."""
    for key in table.keys:
        if key.name in updates:
            _refuse_key(key.name)
    for index, key in table.index_keys:
        value = updates.get(key.name, {}).get("Value")
        if value is not None and key.kind not in value:
            _refuse_index_key(key.name, key.kind, kind_of(value), index.name)


def _refuse_key(name: str) -> None:
    raise invalid(f"Cannot update attribute {name}. This attribute is part of the key")


def _refuse_index_key(name: str, expected: str, actual: str, index: str) -> None:
    raise invalid(
        f"Type mismatch for Index Key {name} Expected: {expected} Actual: {actual}"
        f" IndexName: {index}"
    )


def updated_item(
    table: Table,
    key_values: Item,
    old: Stored | None,
    expressions: Expressions,
    updates: dict[str, dict[str, Any]] | None,
) -> Measured:
    """The item as the update leaves it.

    Args:
        updates: checked AttributeUpdates, where the request has them.

    Raises:
        ValidationException: the update does not fit the item.
    """
    item = key_values if old is None else old.item
    try:
        if expressions.update is not None:
            item = apply_update(expressions.update, item, expressions.values or {})
        elif updates:
            item = legacy.apply_updates(updates, item)
        measured = explain(item)
    except (UpdateProblem, ValueProblem) as error:
        raise ValidationException(str(error)) from None
    if table.index_keys:
        _check_index_keys(table, {} if old is None else old.item, measured.item)
    if measured.size > ITEM_BYTES_MAX:
        raise ValidationException(UPDATED_TOO_LARGE)
    return measured


def _check_index_keys(table: Table, old: Item, item: Item) -> None:
    for index, key in table.index_keys:
        value = item.get(key.name)
        # What cannot be a key may be there since before the index; only a change is refused.
        if value is None or value == old.get(key.name):
            continue
        content = value.get(key.kind)
        if content is None:
            raise ValidationException(_INDEX_KEY_TYPE)
        if not content:
            what = "string" if key.kind == "S" else "binary"
            raise EmptyIndexKeyException(
                "One or more parameter values are not valid. The update expression attempted to"
                " update a secondary index key to a value that is not supported. The AttributeValue"
                f" for a key attribute cannot contain an empty {what} value."
            )
        check_index_key_size(index, key, content)

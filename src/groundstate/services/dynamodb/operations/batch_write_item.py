"""BatchWriteItem: up to 25 puts and deletes, each by itself.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.capacity import Consumed, write_cost
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.items import (
    ITEM_BYTES_MAX,
    check_item_keys,
    check_key,
    check_key_kinds,
    find_item,
    item_collection_metrics,
    write_item,
)
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.operations.batch_get_item import DUPLICATES
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.validation.checker import Checked
from groundstate.services.dynamodb.validation.inputs import BATCH_WRITE_ITEM
from groundstate.services.dynamodb.values import SEVERAL_TYPES, Measured, ValueProblem

WRITES_MAX = 25

Write = tuple[Measured, bool]
"""A put's item or a delete's key, and whether it is a put."""


def batch_write_item(call: Call, request: Shape) -> Shape:
    """Carry out all writes.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong.
    """
    checked = BATCH_WRITE_ITEM.check(request)
    request = checked.request
    parts = [(name, _check_part(checked, part)) for name, part in request["RequestItems"].items()]
    if sum(len(writes) for _, writes in parts) > WRITES_MAX:
        raise ValidationException("Too many items requested for the BatchWriteItem call")
    tables = [get_table(call, name) for name, _ in parts]
    keyed = [_key_writes(table, writes) for table, (_, writes) in zip(tables, parts, strict=True)]
    response: Shape = {"UnprocessedItems": {}}
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    capacities = []
    metrics: dict[str, list[Any]] = {}
    for table, (name, _), writes in zip(tables, parts, keyed, strict=True):
        consumed = Consumed()
        collections: list[Item] = []
        for key, measured, is_put in writes:
            old = find_item(call, table, key)
            new = measured if is_put else None
            write_item(call, table, key, old, new)
            if wanted != "NONE":
                before = (None, 0) if old is None else (old.item, old.size)
                after = (None, 0) if new is None else (new.item, new.size)
                consumed.add(write_cost(table, *before, *after))
            collections.append(measured.item)
        if wanted != "NONE":
            capacities.append(consumed.shape(table, wanted, name=name))
        if table.has_local_indexes:
            metrics[name] = _metrics(table, collections)
    if wanted != "NONE":
        response["ConsumedCapacity"] = capacities
    if request.get("ReturnItemCollectionMetrics") == "SIZE" and metrics:
        response["ItemCollectionMetrics"] = metrics
    return response


def _check_part(checked: Checked, part: list[dict[str, Any]]) -> list[Write]:
    if any(not write for write in part):
        raise ValidationException(SEVERAL_TYPES)
    writes = []
    for write in part:
        if len(write) > 1:
            raise ValidationException(SEVERAL_TYPES)
        is_put = "PutRequest" in write
        given = write["PutRequest"]["Item"] if is_put else write["DeleteRequest"]["Key"]
        try:
            measured = checked.measured(given)
        except ValueProblem as error:
            raise ValidationException(str(error)) from None
        if is_put and measured.size > ITEM_BYTES_MAX:
            raise ValidationException("Item size has exceeded the maximum allowed size")
        writes.append((measured, is_put))
    return writes


def _key_writes(table: Table, writes: list[Write]) -> list[tuple[bytes, Measured, bool]]:
    keyed = []
    seen: set[bytes] = set()
    for measured, is_put in writes:
        if is_put:
            # Here a put is told what a key is told.
            check_key_kinds(table, measured.item)
        key = (check_item_keys if is_put else check_key)(table, measured.item)
        if key in seen:
            raise ValidationException(DUPLICATES)
        seen.add(key)
        keyed.append((key, measured, is_put))
    return keyed


def _metrics(table: Table, items: list[Item]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        metrics = item_collection_metrics(table, item)
        if metrics not in found:
            found.append(metrics)
    return found

"""BatchGetItem: up to 100 items of any tables by their keys.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from __future__ import annotations

from typing import Any

import orjson

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.capacity import Consumed, read_units
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.expressions.projection import project
from groundstate.services.dynamodb.items import check_key, read_item
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.parameters import (
    Expressions,
    check_duplicates,
    check_mixture,
    check_nested_heads,
    compile_expressions,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.validation.checker import Checked
from groundstate.services.dynamodb.validation.inputs import BATCH_GET_ITEM
from groundstate.services.dynamodb.values import ValueProblem

KEYS_MAX = 100
RESPONSE_BYTES_MAX = 16 * 1024 * 1024
DUPLICATES = "Provided list of item keys contains duplicates"


def batch_get_item(call: Call, request: Shape) -> Shape:
    """Answer items by table; keys beyond 16 MB of them come back unprocessed.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong.
    """
    checked = BATCH_GET_ITEM.check(request)
    request = checked.request
    parts = []
    room = KEYS_MAX
    # Not to be mixed even over different tables.
    check_mixture(
        {member: part for part in request["RequestItems"].values() for member in part},
        ("ProjectionExpression",),
        ("AttributesToGet",),
    )
    for name, part in request["RequestItems"].items():
        keys, expressions = _check_part(checked, part, room)
        room -= len(keys)
        parts.append((name, part, keys, expressions))
    tables = [get_table(call, name) for name, *_ in parts]
    found = [
        [check_key(table, key) for key in keys]
        for table, (_, _, keys, _) in zip(tables, parts, strict=True)
    ]
    response: Shape = {"Responses": {}, "UnprocessedKeys": {}}
    capacities = []
    bytes_left = RESPONSE_BYTES_MAX
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    for table, (name, part, keys, expressions), key_bytes in zip(tables, parts, found, strict=True):
        if len(set(key_bytes)) != len(key_bytes):
            raise ValidationException(DUPLICATES)
        if expressions.projection is not None:
            check_nested_heads(table, expressions.projection.nested_heads)
        items, units, done, bytes_left = _read(
            call, table, part, expressions, key_bytes, bytes_left
        )
        response["Responses"][name] = items
        if done < len(keys):
            response["UnprocessedKeys"][name] = {**part, "Keys": keys[done:]}
        if wanted != "NONE":
            capacities.append(Consumed(units).shape(table, wanted, name=name))
    if wanted != "NONE":
        response["ConsumedCapacity"] = capacities
    return response


def _check_part(
    checked: Checked, part: dict[str, Any], room: int
) -> tuple[list[Item], Expressions]:
    check_mixture(part, ("ProjectionExpression",), ("AttributesToGet",))
    keys = []
    for key in part["Keys"]:
        try:
            keys.append(checked.measured(key).item)
        except ValueProblem as error:
            raise ValidationException(str(error)) from None
    if len({orjson.dumps(key, option=orjson.OPT_SORT_KEYS) for key in keys}) < len(keys):
        raise ValidationException(DUPLICATES)
    if len(keys) > room:
        raise ValidationException("Too many items requested for the BatchGetItem call")
    if "AttributesToGet" in part:
        check_duplicates(part["AttributesToGet"])
    return (keys, compile_expressions(checked.part(part)))


def _read(
    call: Call,
    table: Table,
    part: dict[str, Any],
    expressions: Expressions,
    key_bytes: list[bytes],
    room: int,
) -> tuple[list[Item], float, int, int]:
    """Items, units, how many keys were looked at, and how many bytes are left."""
    consistent = part.get("ConsistentRead", False)
    wanted = part.get("AttributesToGet")
    is_whole = expressions.projection is None and wanted is None
    items: list[Item] = []
    units = 0.0
    for done, key in enumerate(key_bytes):
        found = read_item(call, table, key, whole=is_whole)
        size = 0 if found is None else found[1]
        if size > room:
            return (items, units, done, 0)
        room -= size
        units += read_units(size, consistent=consistent)
        if found is None:
            continue
        item = found[0]
        if expressions.projection is not None:
            item = project(expressions.projection.tree, item)
        elif wanted is not None:
            item = {name: item[name] for name in wanted if name in item}
        items.append(item)
    return (items, units, len(key_bytes), room)

"""GetItem: an item by its key.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.capacity import Consumed, read_units
from groundstate.services.dynamodb.errors import invalid
from groundstate.services.dynamodb.expressions.projection import project
from groundstate.services.dynamodb.items import check_key, read_item
from groundstate.services.dynamodb.parameters import (
    check_duplicates,
    check_mixture,
    check_nested_heads,
    check_values,
    compile_expressions,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.validation.inputs import GET_ITEM


def get_item(call: Call, request: Shape) -> Shape:
    """Answer an item, or the parts of it that are asked for; nothing if there is none.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong.
    """
    checked = GET_ITEM.check(request)
    request = checked.request
    check_mixture(request, ("ProjectionExpression",), ("AttributesToGet",))
    key_values = check_values(checked, "Key").item
    wanted = request.get("AttributesToGet")
    if wanted is not None:
        check_duplicates(wanted)
    projection = compile_expressions(checked).projection
    table = get_table(call, request["TableName"])
    # Its words for an empty key are its own (observed).
    key = check_key(table, key_values, empty=invalid)
    if projection is not None:
        check_nested_heads(table, projection.nested_heads)
    is_whole = projection is None and wanted is None
    found = read_item(call, table, key, whole=is_whole)
    response: Shape = {}
    if found is not None:
        item = found[0]
        if projection is not None:
            item = project(projection.tree, item)
        elif wanted is not None:
            item = {name: item[name] for name in wanted if name in item}
        response["Item"] = item
    consumed = request.get("ReturnConsumedCapacity", "NONE")
    if consumed != "NONE":
        size = 0 if found is None else found[1]
        units = read_units(size, consistent=request.get("ConsistentRead", False))
        response["ConsumedCapacity"] = Consumed(units).shape(
            table, consumed, name=request["TableName"]
        )
    return response

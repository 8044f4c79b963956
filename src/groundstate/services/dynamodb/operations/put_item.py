"""PutItem: create an item, or replace one whole.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import legacy
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.items import (
    ITEM_BYTES_MAX,
    check_item_keys,
    find_item,
    write_if_new,
    write_item,
)
from groundstate.services.dynamodb.parameters import (
    NONE,
    check_mixture,
    check_nested_heads,
    check_values,
    compile_expressions,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.validation.inputs import PUT_ITEM
from groundstate.services.dynamodb.writing import check_condition, write_response

# The members of a request that asks for nothing but the item to be there.
_PLAIN = ("TableName", "Item")
ITEM_TOO_LARGE = "Item size has exceeded the maximum allowed size"


def put_item(call: Call, request: Shape) -> Shape:
    """Put an item, if the condition holds.

    Raises:
        ConditionalCheckFailedException: it does not.
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong.
    """
    checked = PUT_ITEM.check(request)
    request = checked.request
    is_plain = len(request) == len(_PLAIN)
    if not is_plain:
        check_mixture(request, ("ConditionExpression",), ("Expected", "ConditionalOperator"))
    new = check_values(checked, "Item")
    return_values = request.get("ReturnValues", "NONE")
    if return_values not in ("ALL_OLD", "NONE"):
        raise ValidationException("ReturnValues can only be ALL_OLD or NONE")
    if new.size > ITEM_BYTES_MAX:
        raise ValidationException(ITEM_TOO_LARGE)
    expressions = NONE
    if not is_plain:
        request = legacy.check_expected(request)
        expressions = compile_expressions(checked)
        legacy.check_operator(request, "Expected")
    table = get_table(call, request["TableName"])
    key = check_item_keys(table, new.item)
    if expressions.condition is not None:
        check_nested_heads(table, expressions.condition.nested_heads)
    if is_plain and write_if_new(call, table, key, new):
        return {}
    old = find_item(call, table, key)
    check_condition(request, expressions, old)
    attributes = old.item if old is not None and return_values == "ALL_OLD" else None
    response = write_response(request, table, old, new, new.item, attributes)
    write_item(call, table, key, old, new)
    return response

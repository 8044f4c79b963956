"""DeleteItem: remove an item by its key.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import legacy
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.items import check_key, find_item, write_item
from groundstate.services.dynamodb.parameters import (
    check_mixture,
    check_nested_heads,
    check_values,
    compile_expressions,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.validation.inputs import DELETE_ITEM
from groundstate.services.dynamodb.writing import check_condition, write_response


def delete_item(call: Call, request: Shape) -> Shape:
    """Delete an item, if the condition holds; one that is not there is as good as deleted.

    Raises:
        ConditionalCheckFailedException: it does not.
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong.
    """
    checked = DELETE_ITEM.check(request)
    request = checked.request
    check_mixture(request, ("ConditionExpression",), ("Expected", "ConditionalOperator"))
    key_values = check_values(checked, "Key").item
    return_values = request.get("ReturnValues", "NONE")
    if return_values not in ("ALL_OLD", "NONE"):
        raise ValidationException("ReturnValues can only be ALL_OLD or NONE")
    if "Expected" in request:
        request = legacy.check_expected(request)
    expressions = compile_expressions(checked)
    if "ConditionalOperator" in request:
        legacy.check_operator(request, "Expected")
    table = get_table(call, request["TableName"])
    key = check_key(table, key_values)
    if expressions.condition is not None:
        check_nested_heads(table, expressions.condition.nested_heads)
    old = find_item(call, table, key)
    check_condition(request, expressions, old)
    attributes = old.item if old is not None and return_values == "ALL_OLD" else None
    response = write_response(request, table, old, None, key_values, attributes)
    write_item(call, table, key, old, None)
    return response

"""UpdateItem: change some attributes of an item, or create it.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import legacy
from groundstate.services.dynamodb.expressions.projection import project
from groundstate.services.dynamodb.items import Stored, check_key, find_item, write_item
from groundstate.services.dynamodb.model import Item
from groundstate.services.dynamodb.parameters import (
    Expressions,
    check_mixture,
    check_nested_heads,
    check_values,
    compile_expressions,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.updating import (
    check_attribute_updates,
    check_update,
    updated_item,
)
from groundstate.services.dynamodb.validation.inputs import UPDATE_ITEM
from groundstate.services.dynamodb.writing import check_condition, write_response


def update_item(call: Call, request: Shape) -> Shape:
    """Update an item, if the condition holds.

    Raises:
        ConditionalCheckFailedException: it does not.
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong, or does not fit the item.
    """
    checked = UPDATE_ITEM.check(request)
    request = checked.request
    check_mixture(
        request,
        ("UpdateExpression", "ConditionExpression"),
        ("AttributeUpdates", "Expected", "ConditionalOperator"),
    )
    key_values = check_values(checked, "Key").item
    updates: dict[str, dict[str, Any]] | None = None
    if "AttributeUpdates" in request:
        updates = legacy.check_updates(request["AttributeUpdates"])
    if "Expected" in request:
        request = legacy.check_expected(request)
    expressions = compile_expressions(checked)
    if "ConditionalOperator" in request:
        legacy.check_operator(request, "Expected")
    table = get_table(call, request["TableName"])
    key = check_key(table, key_values)
    if expressions.update is not None:
        check_update(table, expressions.update)
    elif updates:
        check_attribute_updates(table, updates)
    if expressions.condition is not None:
        check_nested_heads(table, expressions.condition.nested_heads)
    old = find_item(call, table, key)
    check_condition(request, expressions, old)
    if old is None and _only_deletes(expressions, updates):
        # The one update that creates nothing: deletions alone, of an item that is not there.
        return write_response(request, table, None, None, key_values, None)
    new = updated_item(table, key_values, old, expressions, updates)
    attributes = _attributes(request, expressions, updates, old, new.item)
    response = write_response(request, table, old, new, key_values, attributes)
    write_item(call, table, key, old, new)
    return response


def _only_deletes(expressions: Expressions, updates: dict[str, dict[str, Any]] | None) -> bool:
    if expressions.update is not None:
        return all(action.path[1:] == () for action in expressions.update.actions) and all(
            action.clause in ("REMOVE", "DELETE") for action in expressions.update.actions
        )
    return bool(updates) and all(
        update["Action"] == "DELETE" for update in (updates or {}).values()
    )


def _attributes(
    request: Shape,
    expressions: Expressions,
    updates: dict[str, dict[str, Any]] | None,
    old: Stored | None,
    new: Item,
) -> Item | None:
    wanted = request.get("ReturnValues", "NONE")
    if wanted == "NONE":
        return None
    item = new if wanted.endswith("NEW") else None if old is None else old.item
    if item is None or wanted.startswith("ALL"):
        return item
    if expressions.update is not None:
        return project(expressions.update.tree, item)
    return {name: item[name] for name in updates or () if name in item}

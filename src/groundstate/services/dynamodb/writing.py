"""What PutItem, UpdateItem, DeleteItem and transactions share: conditions, and what they answer."""

from __future__ import annotations

from typing import Any

from groundstate.operation import Shape
from groundstate.services.dynamodb import capacity, legacy
from groundstate.services.dynamodb.errors import condition_failed
from groundstate.services.dynamodb.items import Stored, item_collection_metrics
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.parameters import Expressions
from groundstate.services.dynamodb.values import Measured


def check_condition(request: Shape, expressions: Expressions, old: Stored | None) -> None:
    """Check the request's condition on the item that it is about to replace.

    Raises:
        ConditionalCheckFailedException: it does not hold.
    """
    if expressions.condition is None and "Expected" not in request:
        return
    item = None if old is None else old.item
    if expressions.condition is not None:
        holds = expressions.holds(expressions.condition, item)
    else:
        holds = legacy.matches(request["Expected"], request.get("ConditionalOperator"), item or {})
    if not holds:
        if item is not None and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
            raise condition_failed(Item=item)
        raise condition_failed()


def write_response(
    request: Shape,
    table: Table,
    old: Stored | None,
    new: Measured | None,
    key: Item,
    attributes: Item | None,
) -> Shape:
    """The response to a write.

    Args:
        key: the key attributes, or a whole item.
        attributes: what ReturnValues asks for; None for nothing.
    """
    response: dict[str, Any] = {}
    if attributes:
        response["Attributes"] = attributes
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        consumed = capacity.write_cost(
            table,
            None if old is None else old.item,
            0 if old is None else old.size,
            None if new is None else new.item,
            0 if new is None else new.size,
        )
        response["ConsumedCapacity"] = consumed.shape(table, wanted, name=request["TableName"])
    if request.get("ReturnItemCollectionMetrics") == "SIZE" and table.has_local_indexes:
        response["ItemCollectionMetrics"] = item_collection_metrics(table, key)
    return response

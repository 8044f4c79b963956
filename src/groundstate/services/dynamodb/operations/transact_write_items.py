"""TransactWriteItems: up to 100 writes and checks, all or none.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.items import ITEM_BYTES_MAX
from groundstate.services.dynamodb.parameters import check_values, compile_expressions
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.tokens import Done, find_done, remember
from groundstate.services.dynamodb.transactions import (
    Action,
    authorize,
    carry_out,
    check_size,
    collection_metrics,
    consumed_shapes,
    replay_units,
    replayed_shapes,
)
from groundstate.services.dynamodb.validation.checker import Checked
from groundstate.services.dynamodb.validation.transaction_inputs import TRANSACT_WRITE_ITEMS
from groundstate.services.dynamodb.values import Measured

_KINDS = ("Put", "Update", "Delete", "ConditionCheck")


def transact_write_items(call: Call, request: Shape) -> Shape:
    """Carry out all actions, or none. With a token that was used already: answer as then.

    Raises:
        IdempotentParameterMismatchException: the token was used for another transaction.
        ResourceNotFoundException: there is no such table.
        TransactionCanceledException: something stands against an action.
        ValidationException: the request is wrong.
    """
    checked = TRANSACT_WRITE_ITEMS.check(request)
    request = checked.request
    parts = [_check_action(checked, entry) for entry in request["TransactItems"]]
    check_size(sum(given.size for _, _, given, _ in parts))
    done = find_done(call, request, request["TransactItems"])
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    if done is not None and wanted == "NONE":
        return done.response
    actions = [
        Action(
            kind,
            get_table(call, entry["TableName"]),
            given,
            expressions,
            entry.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD",
        )
        for kind, entry, given, expressions in parts
    ]
    authorize(call, actions)
    if done is not None:
        consumed = replayed_shapes(actions, done.units, wanted)
        return {**done.response, "ConsumedCapacity": consumed}
    prepared = carry_out(call, actions)
    response: Shape = {}
    if request.get("ReturnItemCollectionMetrics") == "SIZE":
        metrics = collection_metrics(prepared)
        if metrics:
            response["ItemCollectionMetrics"] = metrics
    remember(call, request, request["TransactItems"], Done(response, replay_units(prepared)))
    if wanted != "NONE":
        response["ConsumedCapacity"] = consumed_shapes(prepared, wanted)
    return response


def _check_action(
    whole: Checked, entry: dict[str, Any]
) -> tuple[str, dict[str, Any], Measured, Any]:
    kinds = [kind for kind in _KINDS if kind in entry]
    if len(kinds) != 1:
        raise ValidationException(
            "TransactItems can only contain one of Check, Put, Update or Delete"
        )
    kind = kinds[0]
    action = entry[kind]
    checked = whole.part(action)
    given = check_values(checked, "Item" if kind == "Put" else "Key")
    if given.size > ITEM_BYTES_MAX:
        raise ValidationException("Item size has exceeded the maximum allowed size")
    return (kind, action, given, compile_expressions(checked))

"""TransactGetItems: up to 100 items of any tables, as they are at one moment.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.capacity import Consumed, read_units
from groundstate.services.dynamodb.errors import TransactionCanceledException, ValidationException
from groundstate.services.dynamodb.expressions.projection import project
from groundstate.services.dynamodb.items import check_key, read_item, refuse_empty_key
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.parameters import (
    check_nested_heads,
    check_values,
    compile_expressions,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.transactions import check_size
from groundstate.services.dynamodb.validation.transaction_inputs import TRANSACT_GET_ITEMS


def transact_get_items(call: Call, request: Shape) -> Shape:
    """Answer items in the order in which they were asked for; `{}` for one that is not there.

    Raises:
        ResourceNotFoundException: there is no such table.
        TransactionCanceledException: a key does not fit its table.
        ValidationException: the request is wrong.
    """
    whole = TRANSACT_GET_ITEMS.check(request)
    request = whole.request
    parts = []
    for entry in request["TransactItems"]:
        get = entry["Get"]
        checked = whole.part(get)
        key = check_values(checked, "Key").item
        parts.append((get, key, compile_expressions(checked).projection))
    tables = [get_table(call, get["TableName"]) for get, _, _ in parts]
    if not call.principal.administrator:
        for table, (_, key, _) in zip(tables, parts, strict=True):
            _authorize(call, table, key)
    keys = _find_keys(tables, [key for _, key, _ in parts])
    consumed: dict[str, tuple[Table, Consumed]] = {}
    responses: list[dict[str, Any]] = []
    total = 0
    for table, key_bytes, (_, _, projection) in zip(tables, keys, parts, strict=True):
        if projection is not None:
            check_nested_heads(table, projection.nested_heads)
        found = read_item(call, table, key_bytes)
        size = 0 if found is None else found[1]
        total += size
        units = consumed.setdefault(table.name, (table, Consumed()))[1]
        units.table += 2 * read_units(size, consistent=True)
        if found is None:
            responses.append({})
        elif projection is None:
            responses.append({"Item": found[0]})
        else:
            # Where nothing is left of an item, it is as good as absent (observed).
            chosen = project(projection.tree, found[0])
            responses.append({"Item": chosen} if chosen else {})
    check_size(total)
    response: Shape = {"Responses": responses}
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        response["ConsumedCapacity"] = [
            units.shape(table, wanted, split="Read") for table, units in consumed.values()
        ]
    return response


def _authorize(call: Call, table: Table, key: Item) -> None:
    leading = key.get(table.keys[0].name, {})
    context = {"dynamodb:LeadingKeys": [str(content) for content in leading.values()]}
    call.authorize("dynamodb:GetItem", table.arn, context)


def _find_keys(tables: list[Table], given: list[Any]) -> list[bytes]:
    keys: list[bytes] = []
    reasons: list[dict[str, str]] = []
    for table, key in zip(tables, given, strict=True):
        refuse_empty_key(table, key)
        try:
            keys.append(check_key(table, key))
            reasons.append({"Code": "None"})
        except ValidationException as error:
            reasons.append({"Code": "ValidationError", "Message": error.message})
    if len(keys) < len(given):
        codes = ", ".join(reason["Code"] for reason in reasons)
        raise TransactionCanceledException(
            "Transaction cancelled, please refer cancellation reasons for specific reasons"
            f" [{codes}]",
            CancellationReasons=reasons,
        )
    named = [(table.table_id, key) for table, key in zip(tables, keys, strict=True)]
    if len(set(named)) != len(named):
        raise ValidationException(
            "Transaction request cannot include multiple operations on one item"
        )
    return keys

"""ExecuteTransaction: up to 100 PartiQL statements, all or none.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.capacity import Consumed
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.operations.batch_execute_statement import read_one
from groundstate.services.dynamodb.partiql.statements import Select
from groundstate.services.dynamodb.statements import (
    find_table_of,
    is_read,
    make_action,
    read_statement,
)
from groundstate.services.dynamodb.tokens import find_done, remember
from groundstate.services.dynamodb.transactions import carry_out, consumed_shapes, replayed_shapes
from groundstate.services.dynamodb.validation.statement_inputs import EXECUTE_TRANSACTION


def execute_transaction(call: Call, request: Shape) -> Shape:
    """Carry out all statements, or none.

    Raises:
        IdempotentParameterMismatchException: the token was used for another transaction.
        TransactionCanceledException: something stands against a statement.
        ValidationException: a statement is wrong, or reads and writes are mixed.
    """
    request = EXECUTE_TRANSACTION.check(request).request
    entries = request["TransactStatements"]
    statements = [
        read_statement(entry["Statement"], entry.get("Parameters", ())) for entry in entries
    ]
    if len({is_read(statement) for statement in statements}) > 1:
        raise ValidationException(
            "Statements in a transaction must be either all reads or all writes"
        )
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    tables = [find_table_of(call, statement) for statement in statements]
    selects = [statement for statement in statements if isinstance(statement, Select)]
    if selects:
        return _read(call, tables, selects, wanted)
    done = find_done(call, request, entries)
    actions = [
        make_action(
            table,
            statement,
            returns_old=entry.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD",
        )
        for table, statement, entry in zip(tables, statements, entries, strict=True)
        if not isinstance(statement, Select)
    ]
    # Writes answer nothing in their places (observed).
    response: Shape = {"Responses": []}
    if done is None:
        prepared = carry_out(call, actions)
        remember(call, request, entries, response)
        consumed = consumed_shapes(prepared, wanted)
    else:
        consumed = replayed_shapes(call, actions, wanted)
    if wanted != "NONE":
        response["ConsumedCapacity"] = consumed
    return response


def _read(call: Call, tables: list[Table], selects: list[Select], wanted: str) -> Shape:
    responses: list[dict[str, Any]] = []
    costs: dict[str, tuple[Table, Consumed]] = {}
    for table, select in zip(tables, selects, strict=True):
        item, consumed = read_one(call, table, select, consistent=True)
        responses.append({} if item is None else {"Item": item})
        costs.setdefault(table.name, (table, Consumed()))[1].add(consumed.doubled())
    response: Shape = {"Responses": responses}
    if wanted != "NONE":
        response["ConsumedCapacity"] = [
            consumed.shape(table, wanted, split="Read") for table, consumed in costs.values()
        ]
    return response

"""ExecuteTransaction: up to 100 PartiQL statements, all or none.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.capacity import Consumed
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.model import Table, Value
from groundstate.services.dynamodb.operations.batch_execute_statement import read_one
from groundstate.services.dynamodb.partiql.parser import parse_statement
from groundstate.services.dynamodb.partiql.statements import (
    Delete,
    Exists,
    Insert,
    PartiqlError,
    Select,
    Statement,
    Update,
)
from groundstate.services.dynamodb.statements import (
    check_parameters,
    find_table_of,
    find_whole_key,
    is_read,
    make_action,
)
from groundstate.services.dynamodb.tokens import Done, find_done, remember
from groundstate.services.dynamodb.transactions import (
    Action,
    carry_out,
    consumed_shapes,
    replay_units,
    replayed_shapes,
)
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
        _read_statement(entry["Statement"], entry.get("Parameters", ()), at)
        for at, entry in enumerate(entries)
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
        _make_action(table, statement, entry, at)
        for at, (table, statement, entry) in enumerate(
            zip(tables, statements, entries, strict=True)
        )
        if not isinstance(statement, Select)
    ]
    # Writes answer nothing in their places (observed).
    response: Shape = {"Responses": []}
    if done is None:
        prepared = carry_out(call, actions, every_key=True)
        remember(call, request, entries, Done(response, replay_units(prepared)))
        consumed = consumed_shapes(prepared, wanted)
    else:
        consumed = replayed_shapes(actions, done.units, wanted)
    if wanted != "NONE":
        response["ConsumedCapacity"] = consumed
    return response


def _read_statement(text: str, parameters: Sequence[Value], position: int) -> Statement:
    checked = check_parameters(parameters)
    try:
        statement = parse_statement(text, checked)
    except PartiqlError as error:
        raise _failed(position, str(error)) from None
    if isinstance(statement, Update | Delete) and statement.returning:
        raise _failed(position, "RETURNING clause is not supported in ExecuteTransaction.")
    if isinstance(statement, Select) and statement.index is not None:
        raise _failed(position, "Reads on indices are not supported within transactions.")
    return statement


def _failed(position: int, message: str) -> ValidationException:
    return ValidationException(f"Validation failed in TransactStatements[{position}]: {message}")


def _make_action(
    table: Table,
    statement: Insert | Update | Delete | Exists,
    entry: dict[str, Any],
    position: int,
) -> Action:
    returns_old = entry.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    try:
        if isinstance(statement, Exists) and find_whole_key(table, statement.select) is not None:
            raise ValidationException(
                "EXISTS() must contain a single item read with additional condition"
            )
        return make_action(table, statement, returns_old=returns_old)
    except ValidationException as error:
        raise _failed(position, error.message) from None


def _read(call: Call, tables: list[Table], selects: list[Select], wanted: str) -> Shape:
    responses: list[dict[str, Any]] = []
    costs: dict[str, tuple[Table, Consumed]] = {}
    for at, (table, select) in enumerate(zip(tables, selects, strict=True)):
        try:
            item, consumed = read_one(
                call, table, select, consistent=True, within="ExecuteTransaction"
            )
        except ValidationException as error:
            raise _failed(at, error.message) from None
        responses.append({} if item is None else {"Item": item})
        costs.setdefault(table.name, (table, Consumed()))[1].add(consumed.doubled())
    response: Shape = {"Responses": responses}
    if wanted != "NONE":
        response["ConsumedCapacity"] = [
            consumed.shape(table, wanted, split="Read") for table, consumed in costs.values()
        ]
    return response

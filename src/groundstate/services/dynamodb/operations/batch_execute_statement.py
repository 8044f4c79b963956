"""BatchExecuteStatement: up to 25 PartiQL statements, each by itself.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.dynamodb.capacity import Consumed, read_units
from groundstate.services.dynamodb.errors import (
    ConditionalCheckFailedException,
    DuplicateItemException,
    ResourceNotFoundException,
    ValidationException,
)
from groundstate.services.dynamodb.expressions.projection import compile_projection_tree, project
from groundstate.services.dynamodb.items import check_key, read_item
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.operations.execute_statement import execute_write
from groundstate.services.dynamodb.partiql.statements import Exists, Select, Statement
from groundstate.services.dynamodb.statements import (
    find_key,
    find_table_of,
    is_read,
    read_statement,
)
from groundstate.services.dynamodb.validation.statement_inputs import BATCH_EXECUTE_STATEMENT

_CODES = {
    ConditionalCheckFailedException: "ConditionalCheckFailed",
    DuplicateItemException: "DuplicateItem",
    ResourceNotFoundException: "ResourceNotFound",
    ValidationException: "ValidationError",
}


def batch_execute_statement(call: Call, request: Shape) -> Shape:
    """Carry out statements; what is wrong with one is told in its place and stops no other.

    Raises:
        ValidationException: reads and writes are mixed.
    """
    request = BATCH_EXECUTE_STATEMENT.check(request).request
    parsed = [_parse(entry) for entry in request["Statements"]]
    reads = {is_read(statement) for statement in parsed if not isinstance(statement, ServiceError)}
    if len(reads) > 1:
        raise ValidationException("Statements in a batch must be either all reads or all writes")
    costs: dict[str, tuple[Table, Consumed]] = {}
    responses = [
        _answer(call, statement, entry, costs)
        for statement, entry in zip(parsed, request["Statements"], strict=True)
    ]
    response: Shape = {"Responses": responses}
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        response["ConsumedCapacity"] = [
            consumed.shape(table, wanted) for table, consumed in costs.values()
        ]
    return response


def _parse(entry: dict[str, Any]) -> Statement | ServiceError:
    try:
        return read_statement(entry["Statement"], entry.get("Parameters", ()))
    except ValidationException as error:
        return error


def _answer(
    call: Call,
    statement: Statement | ServiceError,
    entry: dict[str, Any],
    costs: dict[str, tuple[Table, Consumed]],
) -> dict[str, Any]:
    if isinstance(statement, ServiceError):
        return _error_shape(statement)
    name = statement.select.table if isinstance(statement, Exists) else statement.table
    try:
        table = find_table_of(call, statement)
        if isinstance(statement, Select):
            item, consumed = read_one(
                call, table, statement, consistent=entry.get("ConsistentRead", False)
            )
        else:
            items, consumed = execute_write(call, table, statement, entry)
            item = items[0] if items else None
    except tuple(_CODES) as error:
        return {**_error_shape(error), "TableName": name}
    costs.setdefault(table.name, (table, Consumed()))[1].add(consumed)
    answer: dict[str, Any] = {"TableName": table.name}
    if item is not None:
        answer["Item"] = item
    return answer


def _error_shape(error: ServiceError) -> dict[str, Any]:
    shape = {"Code": _CODES[type(error)], "Message": error.message, **error.members}
    return {"Error": shape}


def read_one(
    call: Call, table: Table, select: Select, *, consistent: bool
) -> tuple[Item | None, Consumed]:
    """The one item that a SELECT with a whole key is about. Raises ValidationException."""
    if select.index is not None:
        raise ValidationException("Select statements within a batch must not name an index")
    key = check_key(table, find_key(table, select.where, select.bindings))
    found = read_item(call, table, key)
    size = 0 if found is None else found[1]
    consumed = Consumed(read_units(size, consistent=consistent))
    if found is None:
        return (None, consumed)
    item = found[0]
    if select.paths:
        item = project(compile_projection_tree(select.paths, select.bindings.names).tree, item)
    return (item, consumed)

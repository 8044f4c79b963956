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
    EmptyIndexKeyException,
    ResourceNotFoundException,
    ValidationException,
)
from groundstate.services.dynamodb.items import check_key, read_item
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.operations.execute_statement import execute_write
from groundstate.services.dynamodb.partiql.statements import Exists, Select, Statement
from groundstate.services.dynamodb.statements import (
    check_index,
    find_table_of,
    find_whole_key,
    is_read,
    pick,
    read_statement,
)
from groundstate.services.dynamodb.validation.statement_inputs import BATCH_EXECUTE_STATEMENT

_CODES = {
    ConditionalCheckFailedException: "ConditionalCheckFailed",
    DuplicateItemException: "DuplicateItem",
    EmptyIndexKeyException: "ValidationError",
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
                call,
                table,
                statement,
                consistent=entry.get("ConsistentRead", False),
                within="BatchExecuteStatement",
            )
        else:
            items, consumed = execute_write(call, table, statement, entry)
            item = items[0] if items else None
    except tuple(_CODES) as error:
        # Only a statement that ran names its table (observed).
        ran = isinstance(error, ConditionalCheckFailedException | DuplicateItemException)
        return {**_error_shape(error), "TableName": name} if ran else _error_shape(error)
    costs.setdefault(table.name, (table, Consumed()))[1].add(consumed)
    answer: dict[str, Any] = {"TableName": table.name}
    if item is not None:
        answer["Item"] = item
    return answer


def _error_shape(error: ServiceError) -> dict[str, Any]:
    shape = {"Code": _CODES[type(error)], "Message": error.message, **error.members}
    return {"Error": shape}


def read_one(
    call: Call, table: Table, select: Select, *, consistent: bool, within: str
) -> tuple[Item | None, Consumed]:
    """The one item that a SELECT with a whole key is about.

    Args:
        within: the operation, for messages.

    Raises:
        ValidationException: it names no key, or more than that.
    """
    if select.index in table.indexes:
        check_index(table.indexes[select.index])
    named = find_whole_key(table, select)
    if named is None:
        raise ValidationException(
            f"Select statements within {within} must specify the primary key in the where clause."
        )
    found = read_item(call, table, check_key(table, named))
    size = 0 if found is None else found[1]
    consumed = Consumed(read_units(size, consistent=consistent))
    return (None if found is None else pick(select, found[0]), consumed)

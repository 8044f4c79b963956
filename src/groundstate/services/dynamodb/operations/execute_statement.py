"""ExecuteStatement: one PartiQL statement.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import keys
from groundstate.services.dynamodb.capacity import Consumed, write_cost
from groundstate.services.dynamodb.errors import DuplicateItemException, ValidationException
from groundstate.services.dynamodb.expressions.projection import project
from groundstate.services.dynamodb.items import write_item
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.partiql.statements import (
    Exists,
    Insert,
    Select,
    Statement,
    Update,
)
from groundstate.services.dynamodb.reading import Walk, read_page, start_position
from groundstate.services.dynamodb.statements import (
    find_table_of,
    make_action,
    make_walks,
    pick,
    read_statement,
)
from groundstate.services.dynamodb.transactions import prepare_action
from groundstate.services.dynamodb.validation.statement_inputs import EXECUTE_STATEMENT
from groundstate.services.dynamodb.values import ValueProblem, explain

_WRONG_PLACE = "Invalid NextToken"
# What a page of a SELECT reads that names partitions by IN (documented):
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
_IN_PAGE_ITEMS = 10


def execute_statement(call: Call, request: Shape) -> Shape:
    """Carry out a statement.

    Raises:
        ConditionalCheckFailedException: the item is not as the WHERE clause says.
        DuplicateItemException: the item of an INSERT is there already.
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong.
    """
    request = EXECUTE_STATEMENT.check(request).request
    statement = read_statement(request["Statement"], request.get("Parameters", ()))
    table = find_table_of(call, statement)
    if isinstance(statement, Select):
        return _select(call, table, statement, request)
    if isinstance(statement, Exists):
        raise ValidationException("EXISTS can only be used in transactions")
    items, consumed = execute_write(call, table, statement, request)
    response: Shape = {"Items": items}
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        response["ConsumedCapacity"] = consumed.shape(table, wanted)
    return response


def execute_write(
    call: Call, table: Table, statement: Statement, request: dict[str, Any]
) -> tuple[list[Item], Consumed]:
    """Carry out an INSERT, UPDATE or DELETE; what RETURNING asks for, and what it cost."""
    assert not isinstance(statement, Select), statement
    returns_old = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    action = make_action(table, statement, returns_old=returns_old)
    try:
        part = prepare_action(call, action)
    except DuplicateItemException:
        if isinstance(statement, Insert) and statement.quietly:
            return ([], Consumed())
        raise
    write_item(call, table, part.key, part.old, part.new)
    old = (None, 0) if part.old is None else (part.old.item, part.old.size)
    new = (None, 0) if part.new is None else (part.new.item, part.new.size)
    returning = "" if isinstance(statement, Insert | Exists) else statement.returning
    shown = new[0] if returning.endswith("NEW") else old[0]
    items = []
    if returning and shown is not None:
        if returning.startswith("MODIFIED") and isinstance(statement, Update):
            assert action.expressions.update is not None, statement
            shown = project(action.expressions.update.tree, shown)
        if shown:
            items.append(shown)
    return (items, write_cost(table, *old, *new))


def _select(call: Call, table: Table, select: Select, request: dict[str, Any]) -> Shape:
    walks = make_walks(table, select, consistent=request.get("ConsistentRead", False))
    first, start = _read_token(request.get("NextToken"), select)
    limit = request.get("Limit")
    if len(walks) > 1:
        limit = _IN_PAGE_ITEMS if limit is None else min(limit, _IN_PAGE_ITEMS)
    items: list[Item] = []
    consumed = Consumed()
    response: Shape = {"Items": items}
    for at, walk in enumerate(walks[first:], first):
        if start is not None:
            position = _position(table, walk, start)
            if walk.descending:
                walk.high = min(walk.high, position)
            else:
                walk.low = max(walk.low, keys.after(position))
            start = None
        walk.limit = limit
        page = read_page(call, walk)
        items += [pick(select, item) for item in page.items] if select.paths else page.items
        consumed.add(page.consumed)
        if limit is not None:
            limit -= page.scanned
        if page.last_key is not None:
            response["NextToken"] = _write_token(at, page.last_key, select)
            response["LastEvaluatedKey"] = page.last_key
            break
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        response["ConsumedCapacity"] = consumed.shape(table, wanted)
    return response


def _position(table: Table, walk: Walk, start: Item) -> bytes:
    """Where a page begins; the token that said so may not be one of ours."""
    attributes = (*table.keys, *(() if walk.index is None else walk.index.keys))
    for attribute in attributes:
        value = start.get(attribute.name)
        if not isinstance(value, dict) or not isinstance(value.get(attribute.kind), str):
            raise ValidationException(_WRONG_PLACE)
    try:
        return start_position(table, walk.index, explain(start).item)
    except (ValidationException, ValueProblem):
        raise ValidationException(_WRONG_PLACE) from None


def _write_token(walk: int, last_key: Item, select: Select) -> str:
    token = [walk, last_key, select.table, select.index]
    return urlsafe_b64encode(orjson.dumps(token)).decode()


def _read_token(token: str | None, select: Select) -> tuple[int, Item | None]:
    if token is None:
        return (0, None)
    try:
        walk, start, *where = orjson.loads(urlsafe_b64decode(token))
        if where != [select.table, select.index]:
            raise ValueError("of another table or index")
        return (int(walk), dict(start))
    except (ValueError, TypeError):
        raise ValidationException(_WRONG_PLACE) from None

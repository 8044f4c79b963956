"""Query: the items with one partition key value, in the order of their sort keys.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import key_ranges, keys, legacy
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.key_condition import (
    KeyCondition,
    find_key_conditions,
)
from groundstate.services.dynamodb.expressions.projection import make_tree
from groundstate.services.dynamodb.model import Index, Item, KeyAttribute, Table
from groundstate.services.dynamodb.parameters import (
    Expressions,
    check_duplicates,
    check_mixture,
    check_nested_heads,
    compile_expressions,
)
from groundstate.services.dynamodb.reading import (
    START_KEY_INVALID,
    Walk,
    check_all_attributes,
    check_filtered,
    check_select,
    check_start_attributes,
    find_index,
    read_page,
    response_of,
    start_position,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.validation.checker import Checked
from groundstate.services.dynamodb.validation.inputs import QUERY
from groundstate.services.dynamodb.values import ValueProblem


def query(call: Call, request: Shape) -> Shape:
    """Answer a page of items.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong.
    """
    checked = QUERY.check(request)
    request = checked.request
    query_filter, start, expressions, conditions = _check_request(checked)
    table = get_table(call, request["TableName"])
    index = find_index(table, request)
    hash_keys, range_keys = key_ranges.key_parts(table, index)
    if start is not None:
        _check_start_shape(table, index, start, (*hash_keys, *range_keys))
    key_ranges.check_key_conditions(conditions, hash_keys, range_keys)
    if start is not None:
        check_start_attributes(start, table.keys)
        key_ranges.check_start(conditions, start, hash_keys, range_keys)
    _check_paths(table, index, (*hash_keys, *range_keys), query_filter, expressions)
    low, high = key_ranges.find_range(conditions, hash_keys, range_keys)
    descending = request.get("ScanIndexForward") is False
    if start is not None:
        position = start_position(table, index, start)
        low, high = (
            (low, min(high, position))
            if descending
            else (
                max(low, keys.after(position)),
                high,
            )
        )
    walk = make_walk(table, index, (low, high), request, expressions, query_filter)
    walk.descending = descending
    return response_of(request, walk, read_page(call, walk))


def make_walk(
    table: Table,
    index: Index | None,
    bounds: tuple[bytes, bytes],
    request: Shape,
    expressions: Expressions,
    conditions: dict[str, Any] | None,
) -> Walk:
    """What a checked Query or Scan reads.

    Args:
        conditions: the checked QueryFilter or ScanFilter.
    """
    walk = Walk(table, index, *bounds, limit=request.get("Limit"))
    walk.consistent = request.get("ConsistentRead", False)
    wanted: list[str] = []
    if expressions.projection is not None:
        walk.chosen = expressions.projection.tree
        wanted = list(expressions.projection.tree)
    elif "AttributesToGet" in request:
        walk.chosen = make_tree([(name,) for name in request["AttributesToGet"]])
        wanted = list(request["AttributesToGet"])
    walk.fetches = check_all_attributes(request, index, wanted)
    compiled, values = expressions.filter, expressions.values or {}
    if compiled is not None:
        holds = compiled.holds
        walk.filter = lambda item: holds(item, values)
    elif conditions:
        operator = request.get("ConditionalOperator")
        walk.filter = lambda item: legacy.matches(conditions, operator, item)
    return walk


def take_start_key(checked: Checked) -> Item | None:
    """A request's ExclusiveStartKey, numbers in normal form. Raises ValidationException."""
    try:
        found = checked.attributes("ExclusiveStartKey")
    except ValueProblem as error:
        raise ValidationException(f"{START_KEY_INVALID}: {error}") from None
    return None if found is None else found.item


def _check_request(
    checked: Checked,
) -> tuple[dict[str, Any] | None, Item | None, Expressions, dict[str, KeyCondition]]:
    """The third round of checks, as far as it needs no table."""
    request = checked.request
    check_mixture(
        request,
        ("ProjectionExpression", "FilterExpression", "KeyConditionExpression"),
        ("AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"),
    )
    query_filter = None
    if "QueryFilter" in request:
        query_filter = legacy.check_conditions(request["QueryFilter"])
    if "AttributesToGet" in request:
        check_duplicates(request["AttributesToGet"])
    start = take_start_key(checked)
    if "KeyConditions" not in request and "KeyConditionExpression" not in request:
        raise ValidationException(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the"
            " request."
        )
    expressions = compile_expressions(checked)
    conditions = _take_conditions(request, expressions)
    if not 1 <= len(conditions) <= 2 and not _may_have_more(request, conditions):
        raise ValidationException("Conditions can be of length 1 or 2 only")
    check_select(request, "1 validation error detected: ")
    legacy.check_operator(request, "QueryFilter")
    return (query_filter, start, expressions, conditions)


def _take_conditions(request: Shape, expressions: Expressions) -> dict[str, KeyCondition]:
    if expressions.key_condition is not None:
        try:
            found = find_key_conditions(
                expressions.key_condition, expressions.names, expressions.values
            )
        except ExpressionError as error:
            raise ValidationException(str(error)) from None
        legacy.check_conditions(
            {
                name: {
                    "ComparisonOperator": condition.operator,
                    "AttributeValueList": list(condition.values),
                }
                for name, condition in found.items()
            }
        )
        return found
    return {
        name: KeyCondition(condition["ComparisonOperator"], tuple(condition["AttributeValueList"]))
        for name, condition in legacy.check_conditions(request["KeyConditions"]).items()
    }


def _may_have_more(request: Shape, conditions: dict[str, KeyCondition]) -> bool:
    """Indexes with keys of several attributes take up to eight conditions."""
    return "IndexName" in request and "KeyConditionExpression" in request and bool(conditions)


def _check_start_shape(
    table: Table, index: Index | None, start: Item, attributes: tuple[KeyAttribute, ...]
) -> None:
    names = {key.name for key in (*table.keys, *(() if index is None else index.keys))}
    if len(start) != len(names):
        raise ValidationException(START_KEY_INVALID)
    check_start_attributes(start, attributes)


def _check_paths(
    table: Table,
    index: Index | None,
    attributes: tuple[KeyAttribute, ...],
    query_filter: dict[str, Any] | None,
    expressions: Expressions,
) -> None:
    if expressions.projection is not None:
        check_nested_heads(table, expressions.projection.nested_heads)
    heads: Any = query_filter or ()
    what = "QueryFilter"
    if expressions.filter is not None:
        heads, what = expressions.filter.heads, "Filter Expression"
    for key in attributes:
        if key.name in heads:
            raise ValidationException(
                f"{what} can only contain non-primary key attributes:"
                f" Primary key attribute: {key.name}"
            )
    if expressions.filter is not None:
        check_nested_heads(table, expressions.filter.nested_heads)
    check_filtered(index, heads)

"""Scan: all items of a table or index, or of a segment of it.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import keys, legacy
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.items import KEY_MISMATCH
from groundstate.services.dynamodb.model import Index, Item, Table
from groundstate.services.dynamodb.operations.query import make_walk, take_start_key
from groundstate.services.dynamodb.parameters import (
    check_duplicates,
    check_mixture,
    check_nested_heads,
    compile_expressions,
)
from groundstate.services.dynamodb.reading import (
    START_KEY_INVALID,
    check_all_attributes,
    check_select,
    check_start_attributes,
    find_index,
    read_page,
    response_of,
    start_position,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.validation.inputs import SCAN

_EVERYTHING = (b"", b"\xff" * (keys.HASH_BYTES + 1))


def scan(call: Call, request: Shape) -> Shape:
    """Answer a page of items, in the order of the hashes of their partition keys.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: the request is wrong.
    """
    checked = SCAN.check(request)
    request = checked.request
    check_mixture(
        request,
        ("ProjectionExpression", "FilterExpression"),
        ("AttributesToGet", "ScanFilter", "ConditionalOperator"),
    )
    if "AttributesToGet" in request:
        check_duplicates(request["AttributesToGet"])
    conditions = None
    if "ScanFilter" in request:
        conditions = legacy.check_conditions(request["ScanFilter"])
    start = take_start_key(checked)
    _check_segments(request)
    expressions = compile_expressions(checked)
    check_select(request)
    legacy.check_operator(request, "ScanFilter")
    table = get_table(call, request["TableName"])
    if start is not None and request.get("IndexName") not in (None, *table.indexes):
        raise ValidationException(START_KEY_INVALID)
    index = find_index(table, request)
    if start is not None:
        _check_start_shape(table, index, start)
    check_all_attributes(request, index, ())
    bounds = _bounds(request, table, index, start)
    for compiled in (expressions.projection, expressions.filter):
        if compiled is not None:
            check_nested_heads(table, compiled.nested_heads)
    walk = make_walk(table, index, bounds, request, expressions, conditions)
    return response_of(request, walk, read_page(call, walk))


def _check_segments(request: dict[str, Any]) -> None:
    segment, total = request.get("Segment"), request.get("TotalSegments")
    if segment is not None and total is None:
        raise ValidationException(
            "The TotalSegments parameter is required but was not present in the request when"
            " Segment parameter is present"
        )
    if total is None:
        return
    if segment is None:
        raise ValidationException(
            "The Segment parameter is required but was not present in the request when parameter"
            " TotalSegments is present"
        )
    if segment >= total:
        raise ValidationException(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments:"
            f" Segment: {segment} is not less than TotalSegments: {total}"
        )


def _check_start_shape(table: Table, index: Index | None, start: Item) -> None:
    names = {key.name for key in (*table.keys, *(() if index is None else index.keys))}
    if len(start) != len(names):
        detail = f": {KEY_MISMATCH}" if index is None else ""
        raise ValidationException(START_KEY_INVALID + detail)
    if index is not None:
        check_start_attributes(start, index.keys)
    for key in table.keys:
        if key.kind not in start.get(key.name, ()):
            raise ValidationException(f"{START_KEY_INVALID}: {KEY_MISMATCH}")


def _bounds(
    request: dict[str, Any], table: Table, index: Index | None, start: Item | None
) -> tuple[bytes, bytes]:
    low, high = _EVERYTHING
    total = request.get("TotalSegments", 1)
    if total > 1:
        low, high = keys.segment_bounds(request["Segment"], total)
    if start is not None:
        try:
            position = start_position(table, index, start)
        except ValidationException as error:
            raise ValidationException(f"{START_KEY_INVALID}: {error.message}") from None
        if not low <= position < high:
            raise ValidationException(
                f"{START_KEY_INVALID}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with"
                f" correct Segment. TotalSegments: {total} Segment: {request['Segment']}"
            )
        low = keys.after(position)
    return (low, high)

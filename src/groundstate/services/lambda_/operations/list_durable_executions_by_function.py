"""ListDurableExecutionsByFunction: the executions of a durable function.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_function_row, get_version
from groundstate.services.lambda_.names import function_arn, parse_function_name
from groundstate.services.lambda_.paging import make_marker, parse_number
from groundstate.store.durable_executions import DurableExecutionRow

_PAGE = 100


def list_durable_executions_by_function(call: Call, request: Shape) -> Shape:
    """Executions of a function, newest first unless `ReverseOrder` is set, a page at a time.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidParameterValueException: the marker is none of this operation's.
    """
    named = parse_function_name(call, request)
    function = get_function_row(call, named.name, named.qualifier)
    if named.qualifier:
        get_version(call, function, named.qualifier)
    rows = [
        row
        for row in call.tx.durable.list_by_function(call.region, named.name)
        if _is_wanted(call, row, request, named.qualifier)
    ]
    if not request.get("ReverseOrder", False):
        rows.reverse()
    marker = parse_number(request.get("Marker", ""))
    if marker is not None:
        ids = [row.execution_id for row in rows]
        rows = rows[ids.index(marker) :] if marker in ids else []
    limit = request.get("MaxItems") or _PAGE
    answer: Shape = {"DurableExecutions": [_show(row) for row in rows[:limit]]}
    if len(rows) > limit:
        answer["NextMarker"] = make_marker(str(rows[limit].execution_id))
    return answer


def _is_wanted(call: Call, row: DurableExecutionRow, request: Shape, qualifier: str) -> bool:
    if row.expires_at is not None and row.expires_at <= call.now:
        return False
    if qualifier:
        # By a version all executions that run it are meant, by an alias those that it was named in.
        arn = function_arn(call, row.function_name, qualifier)
        if qualifier != row.version and row.document["function_arn"] != arn:
            return False
    return (
        request.get("DurableExecutionName", row.name) == row.name
        and row.status in request.get("Statuses", (row.status,))
        and request.get("StartedAfter", row.started_at - 1) < row.started_at
        and request.get("StartedBefore", row.started_at + 1) > row.started_at
    )


def _show(row: DurableExecutionRow) -> Shape:
    shown: Shape = {
        "DurableExecutionArn": row.arn,
        "DurableExecutionName": row.name,
        "FunctionArn": row.document["function_arn"],
        "Status": row.status,
        "StartTimestamp": row.started_at,
    }
    if row.document["ended_at"] is not None:
        shown["EndTimestamp"] = row.document["ended_at"]
    return shown

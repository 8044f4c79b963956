"""GetDurableExecutionHistory: what happened in an execution.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionHistory.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.events import without_data
from groundstate.services.lambda_.durable.executions import find_execution
from groundstate.services.lambda_.paging import make_marker, parse_number

_PAGE = 100


def get_durable_execution_history(call: Call, request: Shape) -> Shape:
    """Events of an execution, a page at a time, oldest or newest first.

    Raises:
        ResourceNotFoundException: there is no such execution.
        InvalidParameterValueException: the marker is none of this operation's.
    """
    execution = find_execution(call, request["DurableExecutionArn"])
    reverse = request.get("ReverseOrder", False)
    limit = request.get("MaxItems") or _PAGE
    marker = parse_number(request.get("Marker", ""))
    first = execution.events if reverse else 1
    found = call.tx.durable.list_events(
        execution.execution_id, first if marker is None else marker, limit + 1, reverse=reverse
    )
    events = found[:limit]
    if not request.get("IncludeExecutionData", True):
        events = [without_data(event) for event in events]
    answer: Shape = {"Events": events}
    if len(found) > limit:
        answer["NextMarker"] = make_marker(str(found[limit]["EventId"]))
    return answer

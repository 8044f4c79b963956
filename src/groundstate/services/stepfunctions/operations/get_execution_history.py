"""GetExecutionHistory: the events of an execution.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.executions import get_execution
from groundstate.services.stepfunctions.history import read_events
from groundstate.services.stepfunctions.paging import make_token, page_size, read_token

_DATA = frozenset(("assignedVariables", "input", "output", "parameters"))
_DATA_DETAILS = frozenset(("assignedVariablesDetails", "inputDetails", "outputDetails"))


def get_execution_history(call: Call, request: Shape) -> Shape:
    """List events, the oldest or (`reverseOrder`) the newest first, a page at a time.

    Raises:
        InvalidArn, ExecutionDoesNotExist, InvalidToken.
    """
    _, row = get_execution(call, request["executionArn"])
    size = page_size(request)
    reverse = bool(request.get("reverseOrder"))
    kind = "history-reversed" if reverse else "history"
    position = read_token(kind, request.get("nextToken"))
    first_id = int(position) if position is not None else (32767 if reverse else 1)
    events = read_events(call, row.execution_id, first_id=first_id, limit=size + 1, reverse=reverse)
    page = events[:size]
    if not request.get("includeExecutionData", True):
        page = [_without_data(event) for event in page]
    answer: Shape = {"events": page}
    if len(events) > size:
        answer["nextToken"] = make_token(kind, events[size]["id"])
    return answer


def _without_data(event: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_members(value) if name.endswith("EventDetails") else value
        for name, value in event.items()
    }


def _without_members(details: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"truncated": True} if name in _DATA_DETAILS else value
        for name, value in details.items()
        if name not in _DATA
    }

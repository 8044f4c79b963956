"""GetDurableExecutionState: the operations that a replay needs, for the function that replays.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionState.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.checkpoints import check_token
from groundstate.services.lambda_.durable.executions import find_execution
from groundstate.services.lambda_.durable.invoking import page_of_operations

_PAGE = 100


def get_durable_execution_state(call: Call, request: Shape) -> Shape:
    """Operations in the order in which they began, a page at a time.

    Raises:
        ResourceNotFoundException: there is no such execution.
        InvalidParameterValueException: the token is not the current one, or the marker none of
            this operation's.
    """
    execution = find_execution(call, request["DurableExecutionArn"])
    check_token(execution, request["CheckpointToken"])
    limit = request.get("MaxItems") or _PAGE
    operations, marker = page_of_operations(call, execution, request.get("Marker", ""), limit)
    answer: Shape = {"Operations": operations}
    if marker:
        answer["NextMarker"] = marker
    return answer

"""GetDurableExecution: what an execution was asked, and how it is.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.executions import find_execution, input_of
from groundstate.services.lambda_.durable.model import PAUSED, PAUSING


def get_durable_execution(call: Call, request: Shape) -> Shape:
    """Describe an execution, with what it was given and returned unless that is not wanted.

    Raises:
        ResourceNotFoundException: there is no such execution.
    """
    execution = find_execution(call, request["DurableExecutionArn"])
    includes_data = request.get("IncludeExecutionData", True)
    answer: Shape = {
        "DurableExecutionArn": execution.arn,
        "DurableExecutionName": execution.name,
        "FunctionArn": execution.function_arn,
        "StartTimestamp": execution.started_at,
        "Status": execution.status,
        "Version": execution.version,
        "ExecutionDataIncluded": includes_data,
        "DurableConfig": execution.config,
    }
    if includes_data:
        answer["InputPayload"] = input_of(call, execution)
        if execution.result is not None:
            answer["Result"] = execution.result
        if execution.error is not None:
            answer["Error"] = execution.error
    if execution.ended_at is not None:
        answer["EndTimestamp"] = execution.ended_at
    else:
        answer["ExpectedExecutionTimeoutTimestamp"] = execution.due_at
    if execution.status in (PAUSING, PAUSED) and execution.pause is not None:
        details = dict(execution.pause["details"])
        if not includes_data:
            details.pop("Reason", None)
        answer["PauseDetails"] = details
    return answer

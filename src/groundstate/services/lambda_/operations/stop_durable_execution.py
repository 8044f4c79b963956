"""StopDurableExecution: end an execution.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_StopDurableExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.executions import find_execution, stop


def stop_durable_execution(call: Call, request: Shape) -> Shape:
    """End an execution; of one that has ended the answer says when.

    Raises:
        ResourceNotFoundException: there is no such execution.
    """
    execution = find_execution(call, request["DurableExecutionArn"])
    stop(call, execution, request.get("Error"))
    return {"StopTimestamp": execution.ended_at}

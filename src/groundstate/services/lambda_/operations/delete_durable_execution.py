"""DeleteDurableExecution: forget an execution that has ended.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteDurableExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.executions import find_execution
from groundstate.services.lambda_.errors import ResourceConflictException


def delete_durable_execution(call: Call, request: Shape) -> Shape:
    """Remove an execution with its history; it is gone at once.

    Raises:
        ResourceNotFoundException: there is no such execution.
        ResourceConflictException: it has not ended.
    """
    execution = find_execution(call, request["DurableExecutionArn"])
    if execution.is_open:
        raise ResourceConflictException(
            f"The durable execution cannot be deleted: its status is {execution.status}."
        )
    call.tx.durable.remove(execution.execution_id)
    return {"DeletionRequestTimestamp": call.now}

"""CheckpointDurableExecution: take what a durable function tells of its progress.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.checkpoints import checkpoint
from groundstate.services.lambda_.durable.executions import find_execution


def checkpoint_durable_execution(call: Call, request: Shape) -> Shape:
    """Take updates, all of them or none; the answer has a new token, and what has changed.

    Raises:
        ResourceNotFoundException: there is no such execution.
        InvalidParameterValueException: the token is not the current one, or an update is not right.
    """
    execution = find_execution(call, request["DurableExecutionArn"])
    return checkpoint(call, execution, request)

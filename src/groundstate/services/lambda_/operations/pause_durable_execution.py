"""PauseDurableExecution and ResumeDurableExecution: let an execution stand still, and go on.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PauseDurableExecution.html
     https://docs.aws.amazon.com/lambda/latest/api/API_ResumeDurableExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.executions import find_execution
from groundstate.services.lambda_.durable.pausing import pause, resume


def pause_durable_execution(call: Call, request: Shape) -> Shape:
    """Invoke the function no more, until the execution is resumed.

    Raises:
        ResourceNotFoundException: there is no such execution.
        ResourceConflictException: it does not run.
    """
    pause(call, find_execution(call, request["DurableExecutionArn"]), request)
    return {}


def resume_durable_execution(call: Call, request: Shape) -> Shape:
    """Go on with a paused execution.

    Raises:
        ResourceNotFoundException: there is no such execution.
        ResourceConflictException: it is not paused.
    """
    resume(call, find_execution(call, request["DurableExecutionArn"]), request)
    return {}

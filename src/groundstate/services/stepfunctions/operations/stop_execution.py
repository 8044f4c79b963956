"""StopExecution: end an execution from outside.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.asl.interface import Stopped
from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.executions import get_execution
from groundstate.store.executions import RUNNING


def stop_execution(call: Call, request: Shape) -> Shape:
    """Abort an execution; one that has ended already stays as it is.

    Raises:
        InvalidArn, ExecutionDoesNotExist.
    """
    _, row = get_execution(call, request["executionArn"])
    if row.status != RUNNING:
        assert row.stopped_at is not None, row.execution_id
        return {"stopDate": row.stopped_at}
    event = Stopped(call.now, ids.make_entropy(), request.get("error"), request.get("cause"))
    executor.stop(call, row.execution_id, event)
    return {"stopDate": call.now}

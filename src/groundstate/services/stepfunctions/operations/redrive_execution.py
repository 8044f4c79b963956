"""RedriveExecution: let an execution that did not succeed go on from where it failed.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.asl.interface import Redriven
from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.errors import ExecutionNotRedrivable
from groundstate.services.stepfunctions.executions import get_execution, redrive_status
from groundstate.services.stepfunctions.history import read_ends
from groundstate.services.stepfunctions.run import read_extra

REDRIVES_MAX = 1000
EVENTS_MAX = 24_999


def redrive_execution(call: Call, request: Shape) -> Shape:
    """Redrive a Standard execution that failed, timed out or was aborted.

    With the client token of an earlier redrive it answers as it did then.

    Raises:
        InvalidArn, ExecutionDoesNotExist.
        ExecutionNotRedrivable: it runs, has succeeded, ended more than 14 days ago, has used up
            its events or redrives, or its state machine is being deleted.
    """
    _, row = get_execution(call, request["executionArn"])
    extra = read_extra(row)
    token = request.get("clientToken")
    if token is not None and extra.get("redrive_token") == token:
        return {"redriveDate": extra["redriven_at"]}
    status = redrive_status(call, row)
    if status["redriveStatus"] == "NOT_REDRIVABLE":
        raise ExecutionNotRedrivable(status["redriveStatusReason"])
    ends = read_ends(call, row)
    if ends is not None and ends[2] >= EVENTS_MAX:
        raise ExecutionNotRedrivable("Execution history event limit exceeded")
    if extra.get("redrives", 0) >= REDRIVES_MAX:
        raise ExecutionNotRedrivable("Execution has reached the maximum number of redrives")
    executor.redrive(call, row.execution_id, Redriven(call.now, ids.make_entropy()), token)
    return {"redriveDate": call.now}

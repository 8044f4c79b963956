"""SendTaskHeartbeat: the holder of a task token says that the task still makes progress.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskHeartbeat.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.run import load_run
from groundstate.services.stepfunctions.task_tokens import closed, get_task
from groundstate.services.stepfunctions.tasks import beat


def send_task_heartbeat(call: Call, request: Shape) -> Shape:
    """Start the task's heartbeat clock again.

    Writes no history event, and never moves the task's own timeout.

    Raises:
        InvalidToken: this is no token.
        TaskTimedOut: the task is closed.
    """
    execution_id, task_id = get_task(call, request["taskToken"])
    run = load_run(call, execution_id)
    if run is None or task_id not in run.tasks:
        raise closed()
    beat(call, run, task_id)
    return {}

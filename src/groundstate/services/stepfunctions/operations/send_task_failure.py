"""SendTaskFailure: the holder of a task token says that the task failed.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Shape
from groundstate.services.stepfunctions.integrations.result import Failed
from groundstate.services.stepfunctions.task_tokens import answer


def send_task_failure(call: Call, request: Shape) -> Answer:
    """End a task with an error, which the state's Retry and Catch work on.

    Raises:
        InvalidToken: this is no token.
        TaskTimedOut: the task is closed.
    """
    return answer(call, request["taskToken"], Failed(request.get("error"), request.get("cause")))

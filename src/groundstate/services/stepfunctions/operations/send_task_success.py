"""SendTaskSuccess: the holder of a task token says that the task is done.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
"""

from __future__ import annotations

import orjson

from groundstate.asl.json_errors import find_json_error
from groundstate.operation import Answer, Call, Shape
from groundstate.services.stepfunctions.errors import InvalidOutput
from groundstate.services.stepfunctions.integrations.result import Succeeded
from groundstate.services.stepfunctions.task_tokens import answer, get_task


def send_task_success(call: Call, request: Shape) -> Answer:
    """End a task with an output.

    Raises:
        InvalidOutput: the output is not JSON.
        InvalidToken: this is no token.
        TaskTimedOut: the task is closed.
    """
    get_task(call, request["taskToken"])
    text = request["output"]
    problem = "Invalid output." if not text.strip() else find_json_error(text)
    if problem is not None:
        raise InvalidOutput(f"Invalid Output: '{problem}'")
    return answer(call, request["taskToken"], Succeeded(orjson.loads(text), text))

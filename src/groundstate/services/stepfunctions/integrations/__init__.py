"""The services that a Task can call: which function performs which resource.

A function takes the call of the burst, the run and the command, and says how the request went. It
calls other services through `call.invoke`, as a client with the state machine's role would.
https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

from __future__ import annotations

from collections.abc import Callable

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call
from groundstate.services.stepfunctions.integrations import (
    activity,
    aws_sdk,
    dynamodb,
    http_invoke,
    lambda_,
    states,
)
from groundstate.services.stepfunctions.integrations.missing import missing_service
from groundstate.services.stepfunctions.integrations.result import Failed, Result
from groundstate.services.stepfunctions.integrations.role import RoleNotAssumableError
from groundstate.services.stepfunctions.mocks import answer_mocked
from groundstate.services.stepfunctions.run import Run

Integration = Callable[[Call, Run, ScheduleTask], Result]

OPTIMISED: dict[tuple[str, str], Integration] = {
    ("dynamodb", "getItem"): dynamodb.get_item,
    ("dynamodb", "putItem"): dynamodb.put_item,
    ("dynamodb", "updateItem"): dynamodb.update_item,
    ("dynamodb", "deleteItem"): dynamodb.delete_item,
    ("lambda", "invoke"): lambda_.invoke,
    ("states", "startExecution"): states.start_execution,
    ("http", "invoke"): http_invoke.invoke,
}


def perform(call: Call, run: Run, command: ScheduleTask) -> Result:
    """Make the request of a task."""
    resource = command.resource
    if "mocks" in run.extra:
        mocked = answer_mocked(call, run, command)
        if mocked is not None:
            return mocked
    if resource.kind == "integration":
        if not isinstance(command.parameters, dict):
            return Failed("States.Runtime", "The Parameters of the Task must be a JSON object.")
        integration = OPTIMISED.get((resource.service, resource.action), missing_service)
    elif resource.kind == "aws-sdk":
        integration = aws_sdk.perform
    elif resource.kind == "lambda":
        integration = lambda_.invoke_function
    else:
        integration = activity.schedule
    try:
        return integration(call, run, command)
    except RoleNotAssumableError as error:
        return Failed("States.TaskFailed", str(error))

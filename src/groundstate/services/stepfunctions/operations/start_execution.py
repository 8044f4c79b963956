"""StartExecution: run a state machine.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

from __future__ import annotations

from typing import Any

from groundstate import ids
from groundstate.asl.json_errors import find_json_error
from groundstate.asl.json_text import is_too_large
from groundstate.asl.limits import DATA_SIZE_BYTES_MAX
from groundstate.operation import Answer, Call, Shape
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.arns import execution_arn_of
from groundstate.services.stepfunctions.definitions import load_long
from groundstate.services.stepfunctions.errors import (
    ExecutionAlreadyExists,
    InvalidExecutionInput,
    ValidationException,
)
from groundstate.services.stepfunctions.machines import Target, get_target
from groundstate.services.stepfunctions.mocks import find_mocks, split_test_case
from groundstate.services.stepfunctions.names import check_name
from groundstate.services.stepfunctions.run import Run, make_run, read_extra, read_input
from groundstate.store.executions import RUNNING, ExecutionRow


def start_execution(call: Call, request: Shape) -> Answer:
    """Start an execution; what needs no waiting is done when this answers.

    Starting again by the same name is answered with the first execution while that one runs and if
    the input is the same (Standard machines only).

    Raises:
        InvalidArn, StateMachineDoesNotExist, StateMachineDeleting: nothing to run.
        InvalidName, InvalidExecutionInput: bad parts.
        ExecutionAlreadyExists: the name was used before.
    """
    arn, test_case = split_test_case(request["stateMachineArn"])
    target = get_target(call, arn)
    text = check_input(request)
    name = request.get("name")
    if name is not None:
        check_name(name)
        if target.machine.type == "STANDARD":
            found = call.tx.executions.find_by_name(target.machine.machine_id, name)
            if found is not None:
                return _start_again(call, target, found, text)
    later = load_long(call, request, target.revision, target.machine.type)
    if later is not None:
        return later
    run = prepare_run(call, target, name, text, request.get("traceHeader"))
    if test_case:
        run.extra["mocks"] = find_mocks(call, target.machine, test_case)
    executor.start(call, run)
    return {"executionArn": run.info.arn, "startDate": call.now}


def check_input(request: Shape) -> str:
    """The input of a request that starts an execution.

    Raises:
        InvalidExecutionInput: it is not JSON.
        ValidationException: it is too long as UTF-8 (documented; the model counts characters).
    """
    text: str = request.get("input", "{}")
    if text == "{}":
        return text
    if is_too_large(text):
        raise ValidationException(
            "1 validation error detected: Value '***' at 'input' failed to satisfy constraint:"
            f" Member must have length less than or equal to {DATA_SIZE_BYTES_MAX}"
        )
    problem = "Invalid execution input." if not text.strip() else find_json_error(text)
    if problem is not None:
        raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{problem}'")
    return text


def prepare_run(
    call: Call, target: Target, given_name: str | None, text: str, trace: str | None = None
) -> Run:
    """An execution that has not begun."""
    extra: dict[str, Any] = {}
    if target.version:
        extra["version"] = target.version
    if target.alias:
        extra["alias"] = target.alias
    if trace is not None:
        extra["trace"] = trace
    execution_id = call.tx.executions.make_id()
    name = given_name or call.tx.executions.make_name(execution_id)
    named = given_name is not None
    if target.machine.type == "EXPRESS":
        extra["run"] = ids.make_uuid()
        name, named = f"{name}:{extra['run']}", False
    row = ExecutionRow(
        execution_id=execution_id,
        machine_id=target.machine.machine_id,
        name=name,
        named=named,
        status=RUNNING,
        revision=target.revision.revision,
        started_at=call.now,
    )
    return make_run(call, row, target.machine, target.revision, extra, text)


def _start_again(call: Call, target: Target, found: ExecutionRow, text: str) -> Shape:
    arn = execution_arn_of(target.machine.arn, found.name)
    if found.status != RUNNING or read_input(call, found, read_extra(found)) != text:
        raise ExecutionAlreadyExists(f"Execution Already Exists: '{arn}'")
    return {"executionArn": arn, "startDate": found.started_at}

"""Executions as tasks: `states:startExecution`, alone, `.sync`, `.sync:2`, `.waitForTaskToken`.

A child that is waited for carries the number of its parent and of the parent's task in its row.
When it has ended, a job tells the parent; the next start does so if the process dies in between.
AWS: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""

from __future__ import annotations

from typing import Any

import orjson

from groundstate import ids
from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.stepfunctions.arns import parse_execution_arn
from groundstate.services.stepfunctions.integrations import sdk_v1
from groundstate.services.stepfunctions.integrations.parameters import without_nulls
from groundstate.services.stepfunctions.integrations.result import (
    Failed,
    Result,
    Submitted,
    Succeeded,
)
from groundstate.services.stepfunctions.integrations.role import principal_of
from groundstate.services.stepfunctions.run import Run

_MEMBERS = {
    "StateMachineArn": "stateMachineArn",
    "Input": "input",
    "Name": "name",
    "TraceHeader": "traceHeader",
}


def start_execution(call: Call, run: Run, command: ScheduleTask) -> Result:
    """states:startExecution."""
    principal = principal_of(call, run, command)
    request = _request(command.parameters)
    try:
        answer = call.invoke("stepfunctions", "StartExecution", request, principal=principal)
    except ServiceError as error:
        return sdk_v1.failed(sdk_v1.STATES, error)
    assert isinstance(answer, dict), "StartExecution answers at once"
    output = _started(call, answer)
    pattern = command.resource.pattern
    if pattern == "":
        return Succeeded(output)
    if pattern == "waitForTaskToken":
        return Submitted(output)
    child_id = _adopt(call, run, command, answer["executionArn"])
    return Submitted(output, child=child_id)


def describe_child(description: Shape, *, parsed: bool) -> dict[str, Any]:
    """A child's DescribeExecution as a `.sync` task shows it.

    Args:
        parsed: input and output as JSON values (`.sync:2`) instead of text.
    """
    shown: dict[str, Any] = {}
    for member in sorted(description):
        value = description[member]
        name = member[0].upper() + member[1:]
        if member in ("input", "output"):
            shown[name] = orjson.loads(value) if parsed else value
        elif member in ("inputDetails", "outputDetails"):
            shown[name] = {"Included": value["included"]}
        elif member in ("startDate", "stopDate"):
            shown[name] = int(value * 1000)
        else:
            shown[name] = value
    return shown


def _request(parameters: dict[str, Any]) -> Shape:
    request: Shape = {}
    for name, value in without_nulls(parameters).items():
        member = _MEMBERS.get(name, name)
        is_text = member != "input" or isinstance(value, str)
        request[member] = value if is_text else orjson.dumps(value).decode()
    return request


def _adopt(call: Call, run: Run, command: ScheduleTask, child_arn: str) -> int:
    parsed = parse_execution_arn(child_arn)
    machine = call.tx.state_machines.find(parsed.machine)
    assert machine is not None, child_arn
    child = call.tx.executions.find_by_name(machine.machine_id, parsed.name)
    assert child is not None, child_arn
    extra = orjson.loads(child.extra) if child.extra is not None else {}
    extra["parent"] = [run.row.execution_id, command.task_id, command.resource.pattern]
    child.extra = orjson.dumps(extra)
    call.tx.executions.update(child)
    return child.execution_id


def _started(call: Call, answer: Shape) -> dict[str, Any]:
    request_id, date = ids.make_uuid(), sdk_v1.http_date(int(call.now))
    start_date = answer["startDate"]
    body = orjson.dumps({"executionArn": answer["executionArn"], "startDate": start_date})
    headers = {
        "connection": "keep-alive",
        "Content-Length": str(len(body)),
        "Content-Type": "application/x-amz-json-1.0",
        "Date": date,
        "x-amzn-RequestId": request_id,
    }
    return {
        "ExecutionArn": answer["executionArn"],
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
        "StartDate": int(start_date * 1000),
    }


def read_ended(description: Shape, pattern: str) -> Result:
    """How a `.sync` task went whose child has ended with this description."""
    shown = describe_child(description, parsed=pattern == "sync:2")
    if description["status"] == "SUCCEEDED":
        return Succeeded(shown)
    shown = describe_child(description, parsed=False)
    return Failed("States.TaskFailed", orjson.dumps(shown).decode())

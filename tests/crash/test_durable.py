"""Durable functions at every commit point: each operation happens once, and the execution ends.

The function is a fake that runs here; tests/unit/lambda_/test_durable*.py run real ones.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from groundstate.operation import Call, ServiceError
from groundstate.services.lambda_.host import LambdaHost
from groundstate.services.lambda_.model import Invocation, Outcome
from tests.crash.loop import ADMINISTRATOR, Driver, crash_everywhere
from tests.crash.test_lambda import BASIC, ROLE, TRUST, _code

STEP = {"Id": "step", "Type": "STEP", "Name": "step"}
# What the function tells, in its order; the last operation of each group is waited for.
PROGRAM: tuple[tuple[dict[str, Any], ...], ...] = (
    ({**STEP, "Action": "START"}, {**STEP, "Action": "SUCCEED", "Payload": '"stepped"'}),
    ({"Id": "wait", "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": 60}},),
    (
        {
            "Id": "plain",
            "Type": "CHAINED_INVOKE",
            "Action": "START",
            "ChainedInvokeOptions": {"FunctionName": "plain"},
        },
    ),
    (
        {
            "Id": "inner",
            "Type": "CHAINED_INVOKE",
            "Action": "START",
            "ChainedInvokeOptions": {"FunctionName": "inner:$LATEST"},
            "Payload": "{}",
        },
    ),
    (
        {
            "Id": "callback",
            "Type": "CALLBACK",
            "Action": "START",
            "CallbackOptions": {"TimeoutSeconds": 3600},
        },
    ),
)
ENDS = (
    "StepSucceeded",
    "WaitSucceeded",
    "ChainedInvokeSucceeded",
    "CallbackSucceeded",
    "ExecutionSucceeded",
)


def _run_here(host: LambdaHost, invocation: Invocation) -> None:
    """Stands in for `LambdaHost.submit`: runs the program, a checkpoint in each job."""
    name, region = invocation.function.name, invocation.function.region
    if name == "plain":
        _finish_later(host, invocation, b'"plain"')
        return
    event = json.loads(invocation.payload)
    known = {o["Id"]: o["Status"] for o in event["InitialExecutionState"]["Operations"]}
    token = event["CheckpointToken"]
    program = PROGRAM if name == "outer" else PROGRAM[:2]

    def go_on(call: Call) -> None:
        nonlocal token
        for group in program:
            status = known.get(group[-1]["Id"])
            if status is None:
                answer = call.invoke(
                    "lambda",
                    "CheckpointDurableExecution",
                    {
                        "DurableExecutionArn": event["DurableExecutionArn"],
                        "CheckpointToken": token,
                        "Updates": [dict(update) for update in group],
                    },
                    principal=ADMINISTRATOR,
                )
                assert isinstance(answer, dict), answer
                token = answer["CheckpointToken"]
                for operation in answer["NewExecutionState"]["Operations"]:
                    known[operation["Id"]] = operation["Status"]
                host._runner.soon("lambda", go_on, region)
                return
            if status != "SUCCEEDED":
                assert status == "STARTED", (group, status)
                _finish_later(host, invocation, b'{"Status": "PENDING"}')
                return
        _finish_later(host, invocation, b'{"Status": "SUCCEEDED", "Result": "7"}')

    host._runner.soon("lambda", go_on, region)


def _finish_later(host: LambdaHost, invocation: Invocation, payload: bytes) -> None:
    def job(call: Call) -> None:
        host.dismiss(invocation.function.function_id)
        invocation.finish(call, Outcome(payload, "", b""))

    host._runner.soon("lambda", job, invocation.function.region)


async def workload(driver: Driver) -> None:
    await driver.call_anew("iam", "CreateRole", RoleName="Function", AssumeRolePolicyDocument=TRUST)
    await driver.call("iam", "AttachRolePolicy", RoleName="Function", PolicyArn=BASIC)
    for name in ("outer", "inner", "plain"):
        durable = {} if name == "plain" else {"DurableConfig": {"ExecutionTimeout": 86_400}}
        with contextlib.suppress(ServiceError):  # It is there already, in the second life.
            await driver.call(
                "lambda",
                "CreateFunction",
                FunctionName=name,
                Runtime="python3.14",
                Handler="app.handler",
                Role=ROLE,
                Code={"ZipFile": _code("the same")},
                **durable,
            )
    started = await driver.call(
        "lambda",
        "Invoke",
        FunctionName="outer:$LATEST",
        InvocationType="Event",
        DurableExecutionName="one",
        Payload=b"{}",
    )
    arn = started["DurableExecutionArn"]
    driver.note(arn)
    await driver.pass_time(200)
    if (await driver.call("lambda", "GetDurableExecution", DurableExecutionArn=arn))[
        "Status"
    ] == "RUNNING":
        history = await driver.call("lambda", "GetDurableExecutionHistory", DurableExecutionArn=arn)
        (begun,) = [e for e in history["Events"] if e["EventType"] == "CallbackStarted"]
        # In the second life it may have its answer already.
        with contextlib.suppress(ServiceError):
            await driver.call(
                "lambda",
                "SendDurableExecutionCallbackSuccess",
                CallbackId=begun["CallbackStartedDetails"]["CallbackId"],
                Result=b"1",
            )
    await driver.settle()


async def check(driver: Driver, notes: list[Any]) -> None:
    (arn,) = set(notes)
    found = await driver.call("lambda", "GetDurableExecution", DurableExecutionArn=arn)
    assert (found["Status"], found["Result"]) == ("SUCCEEDED", "7")
    history = await driver.call("lambda", "GetDurableExecutionHistory", DurableExecutionArn=arn)
    events = history["Events"]
    assert [event["EventId"] for event in events] == list(range(1, len(events) + 1))
    ended = [event["EventType"] for event in events if event["EventType"] in ENDS]
    assert ended == [*ENDS[:3], ENDS[2], *ENDS[3:]]
    inner = await driver.call(
        "lambda", "ListDurableExecutionsByFunction", FunctionName="inner", MaxItems=10
    )
    assert [execution["Status"] for execution in inner["DurableExecutions"]] == ["SUCCEEDED"]
    assert driver.runtime.store.tx.timers.find_earliest() is None


def test_durable_executions_survive_a_crash_at_any_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LambdaHost, "submit", _run_here)
    monkeypatch.setattr(LambdaHost, "prepare", lambda host, runtime: None)
    assert crash_everywhere(workload, check) >= 30

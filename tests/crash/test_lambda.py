"""Lambda at every commit point: functions are there whole, acknowledged events run, logs stay.

Events are run by a fake that answers at once, and nothing is started ahead; tests/unit/lambda_
kills a runtime with processes.
"""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from typing import Any

import pytest

from groundstate.operation import Call, ServiceError
from groundstate.services.lambda_.host import LambdaHost
from groundstate.services.lambda_.log_stream import LogStream
from groundstate.services.lambda_.model import Invocation, Outcome
from tests.crash.loop import Driver, crash_everywhere

ROLE = "arn:aws:iam::000000000000:role/Function"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
    }
)
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
GROUP = "/aws/lambda/events"
EVENTS = ("first", "second")
PROVISIONED = "provisioned"


def _code(text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py", (2026, 1, 1, 0, 0, 0)), f"# {text}\n")
    return content.getvalue()


async def workload(driver: Driver) -> None:
    await driver.call_anew("iam", "CreateRole", RoleName="Function", AssumeRolePolicyDocument=TRUST)
    await driver.call("iam", "AttachRolePolicy", RoleName="Function", PolicyArn=BASIC)
    with contextlib.suppress(ServiceError):  # It is there already, in the second life.
        await driver.call(
            "lambda",
            "CreateFunction",
            FunctionName="events",
            Runtime="python3.14",
            Handler="app.handler",
            Role=ROLE,
            Code={"ZipFile": _code("old")},
        )
    await driver.call("lambda", "UpdateFunctionCode", FunctionName="events", ZipFile=_code("new"))
    version = await driver.call("lambda", "PublishVersion", FunctionName="events")
    alias = {"FunctionName": "events", "Name": "live", "FunctionVersion": version["Version"]}
    try:
        await driver.call("lambda", "CreateAlias", **alias)
    except ServiceError:
        await driver.call("lambda", "UpdateAlias", **alias)
    await driver.call(
        "lambda",
        "PutProvisionedConcurrencyConfig",
        FunctionName="events",
        Qualifier="live",
        ProvisionedConcurrentExecutions=2,
    )
    driver.note(PROVISIONED)
    for event in EVENTS:
        if event not in driver.read_notes():
            await driver.call(
                "lambda",
                "Invoke",
                FunctionName="events",
                Qualifier="live",
                InvocationType="Event",
                Payload=json.dumps(event).encode(),
            )
            driver.note(event)
    await _finish(driver)


async def _finish(driver: Driver) -> None:
    host: Any = driver.runtime.dispatcher.hosts["lambda"]
    while host.busy or driver.runtime.dispatcher.barrier.is_busy:
        await driver.settle()


def _run_at_once(host: LambdaHost, invocation: Invocation) -> None:
    """Stands in for `LambdaHost.submit`: the function prints its event and returns."""

    def job(call: Call) -> None:
        host.dismiss(invocation.function.function_id)
        log = LogStream(invocation.function, call.now, pytest.fail)
        log.write(call.now, f"ran {json.loads(invocation.payload)}")
        log.flush(call)
        invocation.finish(call, Outcome(b"null", "", b""))

    host._runner.soon("lambda", job, invocation.function.region)


async def check(driver: Driver, notes: list[Any]) -> None:
    function = await driver.call("lambda", "GetFunction", FunctionName="events", Qualifier="live")
    configuration = function["Configuration"]
    assert configuration["State"] == "Active"
    # The old code is gone.
    used = driver.runtime.store.tx.function_code.list_keys()
    assert len(used) == 1
    found = await driver.call("logs", "FilterLogEvents", logGroupName=GROUP, filterPattern="ran")
    ran = [event["message"].split()[1] for event in found["events"]]
    assert set(ran) == set(EVENTS)
    assert set(notes) == {*EVENTS, PROVISIONED}
    config = await driver.call(
        "lambda", "GetProvisionedConcurrencyConfig", FunctionName="events", Qualifier="live"
    )
    assert config["RequestedProvisionedConcurrentExecutions"] == 2
    # At least once: only what was under way at the crash may have run twice.
    assert len(ran) <= len(EVENTS) * 2


def test_functions_and_acknowledged_events_survive_a_crash_at_any_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LambdaHost, "submit", _run_at_once)
    monkeypatch.setattr(LambdaHost, "prepare", lambda host, runtime: None)
    monkeypatch.setattr(LambdaHost, "reload_provisioned", lambda host: None)
    monkeypatch.setattr(LambdaHost, "provide_later", lambda host: None)
    assert crash_everywhere(workload, check) >= 15

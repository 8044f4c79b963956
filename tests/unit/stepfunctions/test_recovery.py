"""What a start finds after the process was lost: a copy of the data folder at some moment."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from groundstate.testing.harness import Groundstate
from tests.unit.stepfunctions.conftest import States

WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 30, "End": True}}}
LOOP = {
    "StartAt": "A",
    "States": {
        "A": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.never", "IsPresent": True, "Next": "C"}],
            "Default": "B",
        },
        "B": {"Type": "Pass", "Next": "A"},
        "C": {"Type": "Succeed"},
    },
}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[States]:
    """State machines in a runtime on disk."""
    with Groundstate(tmp_path / "first") as runtime:
        yield States(runtime)


@contextmanager
def lost(states: States, seconds_later: float = 0) -> Iterator[States]:
    """What starts from the data as it is on disk now, so many seconds later."""
    copy = Path(states.runtime.config.data_dir).parent / "second"
    folder = states.runtime.config.data_dir
    states.runtime.on_loop(lambda _: shutil.copytree(folder, copy, symlinks=True))
    assert states.runtime.clock is not None
    now = states.runtime.clock.now() + seconds_later
    with Groundstate(copy) as runtime:
        assert runtime.clock is not None
        runtime.on_loop(lambda runtime: runtime.clock.set(now))  # type: ignore[attr-defined]
        states = States(runtime)
        # The first call makes the service ready, which goes on with what was unfinished.
        states.client.list_state_machines()
        runtime.settle()
        yield states


def test_wait_ends_at_the_time_that_it_was_due_from_the_start(running: States) -> None:
    execution = running.run(WAIT)
    running.runtime.advance(seconds=10)
    with lost(running) as states:
        assert states.status(execution) == "RUNNING"
        states.runtime.advance(seconds=19)
        assert states.status(execution) == "RUNNING"
        states.runtime.advance(seconds=1)
        described = states.describe(execution)
        assert described["status"] == "SUCCEEDED"
        assert (described["stopDate"] - described["startDate"]).total_seconds() == 30
        assert [event["id"] for event in states.history(execution)] == [1, 2, 3, 4]


def test_wait_that_was_due_meanwhile_ends_at_the_start(running: States) -> None:
    execution = running.run(WAIT)
    with lost(running, seconds_later=100) as states:
        assert states.status(execution) == "SUCCEEDED"


def test_run_that_was_cut_goes_on(running: States) -> None:
    machine = running.create(LOOP)
    execution = running.client.start_execution(stateMachineArn=machine)["executionArn"]
    with lost(running) as states:
        described = states.describe(execution)
        assert (described["status"], described["error"]) == ("FAILED", "States.Runtime")
        newest = states.client.get_execution_history(
            executionArn=execution, reverseOrder=True, maxResults=1000
        )["events"]
        assert [event["id"] for event in newest] == list(range(25_000, 24_000, -1))


def test_token_is_good_after_a_start(running: States) -> None:
    activity = running.client.create_activity(name="work")["activityArn"]
    task = {"Type": "Task", "Resource": activity, "HeartbeatSeconds": 20, "End": True}
    execution = running.run({"StartAt": "T", "States": {"T": task}}, {"a": 1})
    token = running.client.get_activity_task(activityArn=activity)["taskToken"]
    running.runtime.advance(seconds=15)
    with lost(running) as states:
        states.client.send_task_heartbeat(taskToken=token)
        states.runtime.advance(seconds=15)
        states.client.send_task_success(taskToken=token, output="1")
        assert states.output(execution) == 1


def test_queued_task_of_an_activity_is_there_once(running: States) -> None:
    activity = running.client.create_activity(name="work")["activityArn"]
    task = {"Type": "Task", "Resource": activity, "End": True}
    execution = running.run({"StartAt": "T", "States": {"T": task}}, {"a": 1})
    with lost(running) as states:
        token = states.client.get_activity_task(activityArn=activity)["taskToken"]
        states.client.send_task_success(taskToken=token, output="1")
        assert states.types(execution).count("ActivityScheduled") == 1
        assert states.output(execution) == 1


def test_parent_is_told_of_a_child_that_ends_after_a_start(running: States) -> None:
    child = running.create(WAIT, "Child")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": child},
        "OutputPath": "$.Status",
        "End": True,
    }
    execution = running.run({"StartAt": "T", "States": {"T": task}})
    with lost(running) as states:
        states.runtime.advance(seconds=30)
        assert states.output(execution) == "SUCCEEDED"


def test_map_run_goes_on(running: States) -> None:
    state = {
        "Type": "Map",
        "MaxConcurrency": 2,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            **WAIT,
        },
        "End": True,
    }
    execution = running.run({"StartAt": "M", "States": {"M": state}}, [1, 2, 3])
    running.runtime.advance(seconds=10)
    with lost(running) as states:
        states.runtime.advance(seconds=20)
        assert states.status(execution) == "RUNNING"
        states.runtime.advance(seconds=30)
        assert states.output(execution) == [1, 2, 3]


def test_function_that_was_at_work_is_invoked_again(running: States) -> None:
    lambda_arn = make_function(running, "def handler(event, context):\n    return event\n")
    task = {"Type": "Task", "Resource": lambda_arn, "End": True}
    machine = running.create({"StartAt": "T", "States": {"T": task}})
    arn = running.client.start_execution(stateMachineArn=machine, input='{"a": 1}')
    with lost(running) as states:
        execution = arn["executionArn"]
        assert states.output(execution) == {"a": 1}
        assert states.types(execution).count("LambdaFunctionScheduled") == 1


def make_function(states: States, code: str) -> str:
    """A Python function; its ARN."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", code)
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = states.runtime.client("iam").create_role(
        RoleName="function", AssumeRolePolicyDocument=json.dumps(document)
    )["Role"]["Arn"]
    function: dict[str, Any] = states.runtime.client("lambda").create_function(
        FunctionName="f",
        Runtime="python3.11",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": packed.getvalue()},
    )
    return str(function["FunctionArn"])

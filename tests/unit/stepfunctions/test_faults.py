"""Faults of the runtime's own: an execution that one stops ends, and the others go on."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundstate.asl.states.pass_ import PassState
from groundstate.asl.states.wait import WaitState
from groundstate.services.stepfunctions import map_runs

WAITING = {
    "StartAt": "W",
    "States": {"W": {"Type": "Wait", "Seconds": 30, "Next": "P"}, "P": {"Type": "Succeed"}},
}


def fail(*_: object) -> None:
    raise RuntimeError("a bug")


def test_execution_fails_when_its_timer_cannot_be_served(
    states: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    machine = states.create(WAITING)
    execution = states.client.start_execution(stateMachineArn=machine)["executionArn"]
    monkeypatch.setattr(WaitState, "timer_fired", fail)
    states.runtime.advance(seconds=30)
    found = states.describe(execution)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert found["cause"] == "Internal error: RuntimeError"
    history = states.client.get_execution_history(executionArn=execution)["events"]
    assert [event["type"] for event in history] == [
        "ExecutionStarted",
        "WaitStateEntered",
        "ExecutionFailed",
    ]
    assert "a bug" in caplog.text
    monkeypatch.undo()
    other = states.client.start_execution(stateMachineArn=machine)["executionArn"]
    states.runtime.advance(seconds=30)
    assert states.status(other) == "SUCCEEDED"


def test_task_that_ends_in_a_fault_fails_its_execution(
    states: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = states.create(WAITING, "Child")
    parent = {
        "StartAt": "T",
        "States": {
            "T": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {"StateMachineArn": child},
                "Next": "P",
            },
            "P": {"Type": "Pass", "End": True},
        },
    }
    machine = states.create(parent, "Parent")
    execution = states.client.start_execution(stateMachineArn=machine)["executionArn"]
    monkeypatch.setattr(PassState, "begin", fail)
    states.runtime.advance(seconds=30)
    assert states.describe(execution)["cause"] == "Internal error: RuntimeError"


def test_map_run_that_cannot_go_on_fails_its_execution(
    states: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "End": True}},
    }
    state = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "End": True}
    machine = states.create({"StartAt": "M", "States": {"M": state}})
    monkeypatch.setattr(map_runs, "start_child", fail)
    execution = states.client.start_execution(stateMachineArn=machine, input='{"items": [1, 2]}')
    states.runtime.settle()
    found = states.describe(execution["executionArn"])
    assert found["cause"] == "Internal error: RuntimeError"
    (run,) = states.client.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    described = states.client.describe_map_run(mapRunArn=run["mapRunArn"])
    assert described["status"] == "ABORTED"


def test_execution_that_cannot_begin_is_not_there(
    states: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = states.create(WAITING)
    monkeypatch.setattr(WaitState, "begin", fail)
    with pytest.raises(ClientError, match="Internal failure"):
        states.client.start_execution(stateMachineArn=machine)
    states.runtime.settle()
    assert states.client.list_executions(stateMachineArn=machine)["executions"] == []

"""RedriveExecution."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

TASK = {
    "StartAt": "First",
    "States": {
        "First": {"Type": "Pass", "Result": {"id": {"S": "x"}}, "Next": "Put"},
        "Put": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {"TableName": "Tasks", "Item.$": "$"},
            "ResultPath": None,
            "End": True,
        },
    },
}


def test_goes_on_from_the_state_that_failed(states: Any) -> None:
    execution = states.run(TASK)
    assert states.status(execution) == "FAILED"
    assert states.describe(execution)["redriveStatus"] == "REDRIVABLE"
    states.make_table()
    states.client.redrive_execution(executionArn=execution, clientToken="once")
    states.runtime.settle()
    described = states.describe(execution)
    assert (described["status"], described["redriveCount"]) == ("SUCCEEDED", 1)
    types = states.types(execution)
    assert types.count("PassStateEntered") == 1
    assert "ExecutionRedriven" in types
    events = states.history(execution)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))


def test_same_client_token_redrives_once(states: Any) -> None:
    execution = states.run(TASK)
    redrive = states.client.redrive_execution
    first = redrive(executionArn=execution, clientToken="t")["redriveDate"]
    states.runtime.advance(seconds=5)
    assert redrive(executionArn=execution, clientToken="t")["redriveDate"] == first
    assert states.describe(execution)["redriveCount"] == 1


def test_success_cannot_be_redriven(states: Any) -> None:
    execution = states.run({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    with pytest.raises(ClientError, match="Execution is SUCCEEDED and cannot be redriven"):
        states.client.redrive_execution(executionArn=execution)


def test_execution_of_a_deleted_machine_cannot_be_redriven(states: Any) -> None:
    execution = states.run(TASK)
    machine = states.describe(execution)["stateMachineArn"]
    states.client.delete_state_machine(stateMachineArn=machine)
    with pytest.raises(ClientError) as refused:
        states.client.redrive_execution(executionArn=execution)
    assert refused.value.response["Error"] == {
        "Code": "ExecutionNotRedrivable",
        "Message": "State machine is in DELETING status",
    }
    assert states.describe(execution)["redriveStatus"] == "NOT_REDRIVABLE"


def test_execution_can_be_redriven_for_14_days(states: Any) -> None:
    execution = states.run(TASK)
    states.runtime.advance(days=14)
    assert states.describe(execution)["redriveStatus"] == "REDRIVABLE"
    states.runtime.advance(seconds=1)
    with pytest.raises(ClientError, match="Execution redrivable period exceeded"):
        states.client.redrive_execution(executionArn=execution)


def test_aborted_wait_goes_on(states: Any) -> None:
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 10, "End": True}}}
    execution = states.run(wait)
    states.client.stop_execution(executionArn=execution)
    states.client.redrive_execution(executionArn=execution)
    states.runtime.advance(seconds=10)
    assert states.status(execution) == "SUCCEEDED"

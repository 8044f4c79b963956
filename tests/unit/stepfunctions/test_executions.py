"""Starting, stopping, describing and listing executions, and reading their histories."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"x": 1}, "End": True}}}
WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}
LOOP = {
    "StartAt": "A",
    "States": {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Pass", "Next": "C"},
        "C": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.never", "IsPresent": True, "Next": "D"}],
            "Default": "A",
        },
        "D": {"Type": "Succeed"},
    },
}


def code_of(call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**members)
    return str(caught.value.response["Error"]["Code"])


def test_history_of_a_pass(states: Any) -> None:
    execution = states.run(PASS, {"i": 1})
    events = states.history(execution)
    assert [(event["id"], event["previousEventId"], event["type"]) for event in events] == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "PassStateEntered"),
        (3, 2, "PassStateExited"),
        (4, 3, "ExecutionSucceeded"),
    ]
    started = events[0]["executionStartedEventDetails"]
    assert started["input"] == '{"i": 1}'
    assert started["inputDetails"] == {"truncated": False}


def test_description_of_a_success(states: Any) -> None:
    described = states.describe(states.run(PASS, {"i": 1}))
    assert described["status"] == "SUCCEEDED"
    assert described["input"] == '{"i": 1}'
    assert described["output"] == '{"x":1}'
    assert described["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    assert "error" not in described


def test_same_name_and_input_is_the_same_execution_while_it_runs(states: Any) -> None:
    machine = states.create(WAIT)
    first = states.start(machine, {"a": 1}, name="once")
    assert states.start(machine, {"a": 1}, name="once") == first
    start = states.client.start_execution
    other = {"stateMachineArn": machine, "name": "once", "input": '{"a": 2}'}
    assert code_of(start, **other) == "ExecutionAlreadyExists"
    states.runtime.advance(seconds=60)
    again = {"stateMachineArn": machine, "name": "once", "input": '{"a": 1}'}
    assert code_of(start, **again) == "ExecutionAlreadyExists"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "Invalid execution input."),
        (
            "no",
            (
                "Unrecognized token 'no': was expecting (JSON String, Number, Array, Object or"
                " token 'null', 'true' or 'false')"
            ),
        ),
        (
            "{'a'",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
        ),
    ],
)
def test_input_that_is_no_json(states: Any, text: str, detail: str) -> None:
    machine = states.create(PASS)
    with pytest.raises(ClientError) as caught:
        states.client.start_execution(stateMachineArn=machine, input=text)
    assert caught.value.response["Error"] == {
        "Code": "InvalidExecutionInput",
        "Message": f"Invalid State Machine Execution Input: '{detail}'",
    }


def test_stop_aborts_with_error_and_cause(states: Any) -> None:
    execution = states.run(WAIT)
    states.client.stop_execution(executionArn=execution, error="E", cause="C")
    described = states.describe(execution)
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "E", "C")
    states.runtime.advance(seconds=120)
    assert states.types(execution)[-1] == "ExecutionAborted"


def test_stop_without_reason_has_no_error(states: Any) -> None:
    execution = states.run(WAIT)
    states.client.stop_execution(executionArn=execution)
    described = states.describe(execution)
    assert "error" not in described
    assert "cause" not in described
    last = states.history(execution)[-1]
    assert (last["previousEventId"], last["executionAbortedEventDetails"]) == (0, {})


def test_stopping_what_has_ended_changes_nothing(states: Any) -> None:
    execution = states.run(PASS)
    stopped = states.client.stop_execution(executionArn=execution)["stopDate"]
    described = states.describe(execution)
    assert (described["status"], described["stopDate"]) == ("SUCCEEDED", stopped)


def test_machine_timeout_cuts_a_wait(states: Any) -> None:
    execution = states.run({**WAIT, "TimeoutSeconds": 10})
    states.runtime.advance(seconds=11)
    described = states.describe(execution)
    assert described["status"] == "TIMED_OUT"
    assert "error" not in described
    assert (described["stopDate"] - described["startDate"]).total_seconds() == 10


def test_history_is_paged_in_both_directions(states: Any) -> None:
    execution = states.run(PASS)
    read = states.client.get_execution_history
    for reverse, ids in ((False, [1, 2, 3, 4]), (True, [4, 3, 2, 1])):
        first = read(executionArn=execution, maxResults=3, reverseOrder=reverse)
        rest = read(
            executionArn=execution,
            maxResults=3,
            reverseOrder=reverse,
            nextToken=first["nextToken"],
        )
        assert [event["id"] for event in first["events"] + rest["events"]] == ids
        assert "nextToken" not in rest


def test_history_without_data(states: Any) -> None:
    execution = states.run(PASS)
    answer = states.client.get_execution_history(executionArn=execution, includeExecutionData=False)
    started = answer["events"][0]["executionStartedEventDetails"]
    assert "input" not in started
    assert "roleArn" in started


def test_list_is_paged_newest_first_and_filtered(states: Any) -> None:
    passing, waiting = states.create(PASS), states.create(WAIT, "Waiting")
    done = [states.start(passing, name=f"e{number}") for number in range(5)]
    running = states.start(waiting)
    listed = states.client.list_executions
    first = listed(stateMachineArn=passing, maxResults=3)
    rest = listed(stateMachineArn=passing, nextToken=first["nextToken"])
    arns = [entry["executionArn"] for entry in first["executions"] + rest["executions"]]
    assert arns == done[::-1]
    assert listed(stateMachineArn=passing, statusFilter="RUNNING")["executions"] == []
    (entry,) = listed(stateMachineArn=waiting, statusFilter="RUNNING")["executions"]
    assert (entry["executionArn"], entry["status"]) == (running, "RUNNING")


def test_unknown_execution(states: Any) -> None:
    machine = states.create(PASS)
    missing = machine.replace("stateMachine", "execution") + ":none"
    assert code_of(states.client.describe_execution, executionArn=missing) == (
        "ExecutionDoesNotExist"
    )
    uuid = machine.replace("stateMachine", "execution") + ":11111111-1111-4111-8111-111111111111"
    assert code_of(states.client.describe_execution, executionArn=uuid) == "ExecutionDoesNotExist"


def test_execution_named_by_its_caller_like_one_of_ours(states: Any) -> None:
    machine = states.create(PASS)
    name = "0b8a17d6-4b1c-4b0e-9a51-7f4a7c15f4d1"
    execution = states.start(machine, name=name)
    assert states.describe(execution)["name"] == name


def test_endless_loop_ends_at_25000_events(states: Any) -> None:
    execution = states.run(LOOP)
    described = states.describe(execution)
    assert (described["status"], described["error"]) == ("FAILED", "States.Runtime")
    assert described["cause"] == (
        "The execution reached the maximum number of history events (25000)."
    )
    last = states.client.get_execution_history(
        executionArn=execution, reverseOrder=True, maxResults=1
    )["events"][0]
    assert last["id"] == 25_000


def test_long_run_lets_others_in_between(states: Any) -> None:
    machine = states.create(LOOP)
    execution = states.client.start_execution(stateMachineArn=machine)["executionArn"]
    # The loop has hundreds of milliseconds of work to do; this call does not wait for it.
    assert states.status(execution) == "RUNNING"
    states.runtime.settle()
    assert states.status(execution) == "FAILED"
    read = states.client.get_execution_history
    first = read(executionArn=execution, maxResults=1000)["events"]
    last = read(executionArn=execution, maxResults=1000, reverseOrder=True)["events"]
    assert [event["id"] for event in first] == list(range(1, 1001))
    assert [event["id"] for event in last] == list(range(25_000, 24_000, -1))


def test_loop_of_waits_of_no_time_ends_too(states: Any) -> None:
    definition = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Wait", "Seconds": 0, "Next": "B"},
            "B": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.never", "IsPresent": True, "Next": "C"}],
                "Default": "A",
            },
            "C": {"Type": "Succeed"},
        },
    }
    execution = states.client.start_execution(stateMachineArn=states.create(definition))[
        "executionArn"
    ]
    assert states.status(execution) == "RUNNING"
    states.runtime.settle()
    assert states.describe(execution)["error"] == "States.Runtime"


def test_output_passes_from_state_to_state(states: Any) -> None:
    definition = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "B"},
            "B": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "End": True},
        },
    }
    assert states.output(states.run(definition, {"n": 40})) == {"n": 42}


def test_execution_of_a_version_and_of_an_alias(states: Any) -> None:
    machine = states.create(PASS, publish=True)
    alias = states.client.create_state_machine_alias(
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": f"{machine}:1", "weight": 100}],
    )["stateMachineAliasArn"]
    states.client.update_state_machine(stateMachineArn=machine, definition=json.dumps(WAIT))
    execution = states.start(alias)
    described = states.describe(execution)
    assert described["status"] == "SUCCEEDED"
    assert described["stateMachineAliasArn"] == alias
    assert described["stateMachineVersionArn"] == f"{machine}:1"
    (listed,) = states.client.list_executions(stateMachineArn=alias)["executions"]
    assert listed["executionArn"] == execution


def test_execution_that_is_redriven_runs(states: Any) -> None:
    machine = states.create(
        {
            "StartAt": "Put",
            "States": {
                "Put": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::dynamodb:putItem",
                    "Parameters": {"TableName": "Later", "Item": {"id": {"S": "a"}}},
                    "Next": "Wait",
                },
                "Wait": {"Type": "Wait", "Seconds": 60, "End": True},
            },
        }
    )
    execution = states.start(machine, name="redriven")
    assert states.describe(execution)["status"] == "FAILED"
    states.runtime.client("dynamodb").create_table(
        TableName="Later",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    states.client.redrive_execution(executionArn=execution)
    states.runtime.settle()
    described = states.describe(execution)
    assert described["status"] == "RUNNING"
    assert "error" not in described
    states.runtime.advance(minutes=1)
    assert states.describe(execution)["status"] == "SUCCEEDED"

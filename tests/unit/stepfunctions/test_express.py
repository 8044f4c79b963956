"""Express executions: asynchronous, synchronous, and their logs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"x": 1}, "End": True}}}
WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 5, "End": True}}}
FAIL = {"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "E", "Cause": "C"}}}


def sync(states: Any, definition: dict[str, Any], **members: Any) -> dict[str, Any]:
    machine = states.create(definition, type="EXPRESS")
    answer: dict[str, Any] = states.client.start_sync_execution(stateMachineArn=machine, **members)
    return answer


def test_sync_answers_with_the_end(states: Any) -> None:
    answer = sync(states, PASS, input='{"a": 1}')
    assert (answer["status"], answer["output"], answer["input"]) == (
        "SUCCEEDED",
        '{"x":1}',
        '{"a": 1}',
    )
    assert answer["billingDetails"] == {
        "billedDurationInMilliseconds": 100,
        "billedMemoryUsedInMB": 64,
    }
    assert ":express:Machine:" in answer["executionArn"]


def test_sync_failure_is_an_answer(states: Any) -> None:
    answer = sync(states, FAIL)
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "E", "C")


def test_sync_is_for_express_alone(states: Any) -> None:
    machine = states.create(PASS)
    with pytest.raises(ClientError, match="StateMachineTypeNotSupported"):
        states.client.start_sync_execution(stateMachineArn=machine)


def test_express_has_no_history_to_read_and_its_name_may_come_again(states: Any) -> None:
    machine = states.create(PASS, type="EXPRESS")
    first = states.start(machine, name="same")
    assert states.start(machine, name="same") != first
    with pytest.raises(ClientError, match="Resource type not valid in this context: express"):
        states.client.describe_execution(executionArn=first)


def test_waiting_express_execution_leaves_nothing_behind(states: Any) -> None:
    machine = states.create(WAIT, type="EXPRESS")
    states.start(machine)

    def count(runtime: Any) -> int:
        return len(runtime.store.tx.executions.list_page(1, before=1 << 62, limit=9))

    assert states.runtime.on_loop(count) == 1
    states.runtime.advance(seconds=5)
    assert states.runtime.on_loop(count) == 0


def test_events_go_to_the_log_group(states: Any) -> None:
    logs = states.runtime.client("logs")
    logs.create_log_group(logGroupName="/sfn")
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:/sfn:*"
    states.start(
        states.create(
            WAIT,
            type="EXPRESS",
            loggingConfiguration={
                "level": "ALL",
                "includeExecutionData": True,
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
            },
        ),
        {"a": 1},
    )
    states.runtime.advance(seconds=5)
    events = logs.filter_log_events(logGroupName="/sfn")["events"]
    lines = [json.loads(event["message"]) for event in events]
    assert [line["type"] for line in lines] == [
        "ExecutionStarted",
        "WaitStateEntered",
        "WaitStateExited",
        "ExecutionSucceeded",
    ]
    assert lines[0]["details"]["input"] == '{"a": 1}'
    assert [line["id"] for line in lines] == ["1", "2", "3", "4"]


def test_express_execution_ends_after_five_minutes(states: Any) -> None:
    logs = states.runtime.client("logs")
    logs.create_log_group(logGroupName="/sfn")
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:/sfn:*"
    definition = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 400, "End": True}}}
    logging = {
        "level": "FATAL",
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
    }
    states.start(states.create(definition, type="EXPRESS", loggingConfiguration=logging))
    states.runtime.advance(seconds=299)
    assert logs.filter_log_events(logGroupName="/sfn")["events"] == []
    states.runtime.advance(seconds=1)
    (event,) = logs.filter_log_events(logGroupName="/sfn")["events"]
    assert json.loads(event["message"])["type"] == "ExecutionTimedOut"

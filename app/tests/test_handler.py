"""What the function does with an event."""

import importlib
import json
import logging
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:Tasks"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:Tasks:1"


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The handler's module, loaded as a new function environment would."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("StateMachineArn", MACHINE)
    return importlib.reload(importlib.import_module("lambdas.invoke.index"))


@pytest.fixture
def states(index: ModuleType) -> Iterator[Stubber]:
    """Step Functions, which refuses every call that the test did not announce."""
    with Stubber(index.states) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def expect_start(states: Stubber, execution_input: Any = ANY) -> None:
    states.add_response(
        "start_execution",
        {"executionArn": EXECUTION, "startDate": 1_700_000_000},
        {"stateMachineArn": MACHINE, "input": execution_input},
    )


def test_starts_an_execution_for_the_task(index: ModuleType, states: Stubber) -> None:
    expect_start(states)
    before = int(time.time())
    answer = index.handler({"taskId": "Breakfast"}, None)
    assert answer.pop("timestamp") in range(before, int(time.time()) + 1)
    assert answer == {"executionArn": EXECUTION, "taskId": "Breakfast"}


def test_execution_gets_the_task_and_the_time(
    index: ModuleType, states: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.75)
    expect_start(states, json.dumps({"taskId": "Breakfast", "timestamp": 1_700_000_000}))
    assert index.handler({"taskId": "Breakfast"}, None)["timestamp"] == 1_700_000_000


def test_logs_the_execution(
    index: ModuleType, states: Stubber, caplog: pytest.LogCaptureFixture
) -> None:
    expect_start(states)
    with caplog.at_level(logging.INFO):
        index.handler({"taskId": "Breakfast"}, None)
    assert EXECUTION in caplog.text


@pytest.mark.parametrize(
    "event",
    [{}, {"taskId": ""}, {"taskId": 7}, {"taskId": None}, {"TaskId": "Breakfast"}, [], "x", None],
)
def test_event_without_a_task_is_refused_and_starts_nothing(
    index: ModuleType, states: Stubber, event: Any
) -> None:
    with pytest.raises(index.InvalidEvent, match="taskId"):
        index.handler(event, None)


def test_refusal_of_step_functions_reaches_the_caller(index: ModuleType, states: Stubber) -> None:
    states.add_client_error("start_execution", "StateMachineDoesNotExist")
    with pytest.raises(index.states.exceptions.StateMachineDoesNotExist):
        index.handler({"taskId": "Breakfast"}, None)

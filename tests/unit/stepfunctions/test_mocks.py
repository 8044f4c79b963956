"""The mock configuration file of Step Functions Local: what it does, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundstate.testing.harness import Groundstate
from tests.unit.stepfunctions.conftest import States, machine

TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage",
    "Parameters": {"QueueUrl": "https://sqs/queue", "MessageBody": "m"},
    "Retry": [{"ErrorEquals": ["Sqs.Busy"], "IntervalSeconds": 1, "MaxAttempts": 3}],
}
RESPONSES = {
    "0": {"Throw": {"Error": "Sqs.Busy", "Cause": "not now"}},
    "1-2": {"Throw": {"Error": "Sqs.Busy", "Cause": "not yet"}},
    "3": {"Return": {"MessageId": "sent"}},
}


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    return tmp_path / "mocks.json"


@pytest.fixture
def mocked(configuration: Path) -> Iterator[States]:
    """State machines in a runtime with a mock configuration file."""
    with Groundstate(mock_config=str(configuration)) as runtime:
        yield States(runtime)


def configure(path: Path, responses: Any) -> None:
    cases = {"Busy": {"T": "Sent"}}
    document = {
        "StateMachines": {"Machine": {"TestCases": cases}},
        "MockedResponses": {"Sent": responses},
    }
    path.write_text(json.dumps(document), encoding="utf-8")


def test_each_invocation_has_its_response(mocked: States, configuration: Path) -> None:
    configure(configuration, RESPONSES)
    execution = mocked.start(mocked.create(machine(("T", TASK))) + "#Busy")
    mocked.runtime.advance(seconds=10)
    assert mocked.output(execution) == {"MessageId": "sent"}
    types = mocked.types(execution)
    assert (types.count("TaskFailed"), types.count("TaskSucceeded")) == (3, 1)


@pytest.mark.parametrize(
    ("responses", "text"),
    [
        ([], "must be an object"),
        ({"first": {"Return": {}}}, "has invocations 'first'"),
        ({"0": {}}, "must have either Return or Throw for 0"),
        ({"0": {"Return": {}, "Throw": {}}}, "must have either Return or Throw for 0"),
        ({"0": {"Throw": "Error"}}, "Throw of the mocked response Sent must be an object"),
    ],
)
def test_a_response_that_is_none(
    mocked: States, configuration: Path, responses: Any, text: str
) -> None:
    configure(configuration, responses)
    arn = mocked.create(machine(("T", TASK)))
    with pytest.raises(mocked.client.exceptions.ValidationException, match=text):
        mocked.client.start_execution(stateMachineArn=f"{arn}#Busy")


@pytest.mark.parametrize("text", ["[]", "{}", '{"StateMachines": []}', "no JSON"])
def test_a_file_without_the_test_case(mocked: States, configuration: Path, text: str) -> None:
    configuration.write_text(text, encoding="utf-8")
    arn = mocked.create(machine(("T", TASK)))
    with pytest.raises(mocked.client.exceptions.ValidationException, match="mock configuration"):
        mocked.client.start_execution(stateMachineArn=f"{arn}#Busy")

"""TestState: states that run for real, and mocks that are checked against the API's model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

GET = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:lambda:getFunction",
    "Parameters": {"FunctionName": "f"},
    "End": True,
}


def try_out(states: Any, state: dict[str, Any], **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = states.client.test_state(
        definition=json.dumps(state), roleArn=states.role, **members
    )
    return answer


def test_pass_state(states: Any) -> None:
    state = {"Type": "Pass", "Parameters": {"b.$": "$.a"}, "Next": "Other"}
    answer = try_out(states, state, input='{"a": 1}', inspectionLevel="DEBUG")
    assert (answer["status"], answer["nextState"]) == ("SUCCEEDED", "Other")
    assert json.loads(answer["output"]) == {"b": 1}
    assert json.loads(answer["inspectionData"]["afterParameters"]) == {"b": 1}


def test_task_is_performed_for_real(states: Any) -> None:
    dynamodb = states.make_table()
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "Parameters": {"TableName": "Tasks", "Item": {"id": {"S": "x"}}},
        "End": True,
    }
    assert try_out(states, state)["status"] == "SUCCEEDED"
    assert dynamodb.scan(TableName="Tasks")["Count"] == 1
    assert states.client.list_state_machines()["stateMachines"] == []


def test_failure_that_would_be_retried(states: Any) -> None:
    state = {**GET, "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3}]}
    mock = {"errorOutput": {"error": "E", "cause": "C"}}
    answer = try_out(states, state, mock=mock, inspectionLevel="DEBUG")
    assert answer["status"] == "RETRIABLE"
    assert answer["inspectionData"]["errorDetails"]["retryBackoffIntervalSeconds"] == 3


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"Configuration": {"MemorySize": "1"}}, "Field 'MemorySize' must be a number"),
        ({"Configuration": {"MemorySize": 1}}, "Field 'MemorySize' is less than the minimum value"),
        ({"Configuration": {"MemorySize": 10_241}}, "Field 'MemorySize' exceeds the maximum value"),
        ({"Configuration": {"State": "Gone"}}, "Field 'State' is not an expected value"),
        ({"Tags": []}, "Field 'Tags' must be an object"),
    ],
)
def test_mock_that_is_not_like_the_api(states: Any, result: Any, text: str) -> None:
    with pytest.raises(ClientError) as caught:
        try_out(states, GET, mock={"result": json.dumps(result)})
    message = caught.value.response["Error"]["Message"]
    assert message == f"Mock result schema validation error: {text}"


def test_mock_that_need_not_be_like_the_api(states: Any) -> None:
    mock = {"result": '{"Tags": []}', "fieldValidationMode": "NONE"}
    assert try_out(states, GET, mock=mock)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ({"Execution": {"Colour": 1}}, "Field 'Colour' is not allowed"),
        ({"Colour": {}}, "Field 'Colour' is not allowed"),
        ({"Execution": {"Id": 1}}, "Execution.Id must be a string"),
        ({"State": {"RetryCount": True}}, "State.RetryCount must be a integer"),
        ({"Task": 1}, "Task must be a object"),
        (
            {"Map": {"Item": {"Index": 0}}},
            "'Map' field is not supported when mocking a Context object",
        ),
    ],
)
def test_context_that_is_none(states: Any, context: Any, text: str) -> None:
    with pytest.raises(ClientError) as caught:
        try_out(states, GET, mock={"result": "{}"}, context=json.dumps(context))
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"] == f"Invalid Context object provided: {text}"


def test_state_that_is_not_in_the_definition(states: Any) -> None:
    machine = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    with pytest.raises(ClientError) as caught:
        try_out(states, machine, stateName="B")
    assert caught.value.response["Error"]["Message"] == "State not found in definition"


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [
        ("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": "m"}),
        ("arn:aws:states:::lambda:invoke.waitForTaskToken", {"FunctionName": "f"}),
        ("arn:aws:states:us-east-1:000000000000:activity:a", {}),
    ],
)
def test_task_that_waits_needs_a_mock(
    states: Any, resource: str, parameters: dict[str, str]
) -> None:
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    with pytest.raises(ClientError) as caught:
        try_out(states, state)
    assert caught.value.response["Error"]["Code"] == "InvalidDefinition"
    mocked = try_out(states, state, mock={"errorOutput": {"error": "E", "cause": "C"}})
    assert (mocked["status"], mocked["error"]) == ("FAILED", "E")


def test_state_of_a_long_definition(states: Any) -> None:
    padding = {f"S{number}": {"Type": "Succeed", "Comment": "c" * 100} for number in range(1000)}
    choices = [{"Variable": "$.x", "NumericEquals": 1, "Next": name} for name in padding]
    first = {"Type": "Choice", "Choices": choices, "Default": "S7"}
    definition = json.dumps({"StartAt": "First", "States": {"First": first, **padding}})
    answer = states.client.test_state(definition=definition, stateName="First", input='{"x":2}')
    assert (answer["status"], answer["nextState"]) == ("SUCCEEDED", "S7")
    with pytest.raises(states.client.exceptions.ClientError, match="State not found"):
        states.client.test_state(definition=definition, stateName="Nobody")

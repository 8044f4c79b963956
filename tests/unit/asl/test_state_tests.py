"""TestState's heart: stages of a state's work, mocks, retries and catchers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundstate import asl

TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "InputPath": "$.in",
    "Parameters": {"FunctionName": "f", "Payload": {"x.$": "$.x"}},
    "ResultSelector": {"y.$": "$.Payload"},
    "ResultPath": "$.out",
    "Retry": [{"ErrorEquals": ["Again"], "IntervalSeconds": 2, "MaxAttempts": 2}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
    "Next": "Then",
}


def result_of(
    definition: Any = TASK, value: Any = None, mock: asl.StateMock | None = None, **fields: Any
) -> dict[str, Any]:
    text = json.dumps({"in": {"x": 1}} if value is None else value)
    test = asl.StateTest(
        asl.StateTestInput(json.dumps(definition), text, mock=mock, inspects=True, **fields)
    )
    assert test.begin(1_700_000_000.0, 1) is None
    return test.result()


def test_a_mocked_result_goes_through_every_stage() -> None:
    result = result_of(mock=asl.StateMock(result='{"Payload": 5}'))
    assert result["status"] == "SUCCEEDED"
    assert result["nextState"] == "Then"
    assert json.loads(result["output"]) == {"in": {"x": 1}, "out": {"y": 5}}
    stages = {name: json.loads(text) for name, text in result["inspectionData"].items()}
    assert stages["afterInputPath"] == {"x": 1}
    assert stages["afterParameters"] == {"FunctionName": "f", "Payload": {"x": 1}}
    assert stages["result"] == {"Payload": 5}
    assert stages["afterResultSelector"] == {"y": 5}
    assert stages["afterResultPath"] == {"in": {"x": 1}, "out": {"y": 5}}


def test_a_mocked_error_is_retried_and_then_caught() -> None:
    error = asl.StateMock(error="Again", cause="c", is_error=True)
    retried = result_of(mock=error, retrier_retry_count=1)
    assert (retried["status"], retried["error"]) == ("RETRIABLE", "Again")
    details = retried["inspectionData"]["errorDetails"]
    assert (details["retryIndex"], details["retryBackoffIntervalSeconds"]) == (0, 4)
    caught = result_of(mock=error, retrier_retry_count=2)
    assert (caught["status"], caught["nextState"]) == ("CAUGHT_ERROR", "Caught")
    assert caught["inspectionData"]["errorDetails"]["catchIndex"] == 0


def test_without_a_mock_the_task_is_asked_for_and_answered() -> None:
    test = asl.StateTest(
        asl.StateTestInput(json.dumps(TASK), '{"in":{"x":1}}', role_arn="arn:aws:iam::1:role/r")
    )
    task = test.begin(1_700_000_000.0, 1)
    assert task is not None
    assert task.parameters == {"FunctionName": "f", "Payload": {"x": 1}}
    assert task.resource.service == "lambda"
    test.answer(asl.interface.TaskSucceeded(1_700_000_001.0, 2, task.task_id, {"Payload": 6}))
    assert json.loads(test.result()["output"])["out"] == {"y": 6}


def test_a_state_of_a_machine_with_variables() -> None:
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Next": "B"},
            "B": {"Type": "Pass", "Output": "{% $v + 1 %}", "Assign": {"w": 2}, "End": True},
        },
    }
    result = result_of(machine, {}, state_name="B", variables={"v": 1})
    assert (result["status"], result["output"]) == ("SUCCEEDED", "2")
    assert json.loads(result["inspectionData"]["variables"]) == {"v": 1, "w": 2}


def test_a_failing_state() -> None:
    result = result_of({"Type": "Fail", "Error": "E", "Cause": "c"})
    assert (result["status"], result["error"], result["cause"]) == ("FAILED", "E", "c")


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(asl.StateTestRefused):
        result_of({"Type": "Succeed"}, mock=asl.StateMock(result="{}"))


PROCESSOR = {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "P",
    "States": {"P": {"Type": "Pass", "End": True}},
}


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_batches_of_items_are_laid_open(language: str) -> None:
    state = {
        "Type": "Map",
        "QueryLanguage": language,
        "ItemSelector": {"v.$": "$$.Map.Item.Value"},
        "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"k": 1}},
        "ItemProcessor": PROCESSOR,
        "End": True,
    }
    if language == "JSONata":
        state["ItemSelector"] = {"v": "{% $states.context.Map.Item.Value %}"}
        state["Items"] = "{% $states.input %}"
    result = result_of(state, [1, 2, 3], mock=asl.StateMock(result="[]"))
    data = result["inspectionData"]
    assert json.loads(data["afterItemSelector"]) == [{"v": 1}, {"v": 2}, {"v": 3}]
    assert json.loads(data["afterItemBatcher"]) == [
        {"BatchInput": {"k": 1}, "Items": [{"v": 1}, {"v": 2}]},
        {"BatchInput": {"k": 1}, "Items": [{"v": 3}]},
    ]


@pytest.mark.parametrize(
    ("pointer", "items"),
    [("/a/0/b~1c", [1, 2]), ("/a/1", [{"Key": "x", "Value": 3}]), ("/a/2", None), ("/n", None)],
)
def test_items_of_a_reader_are_where_its_pointer_points(pointer: str, items: Any) -> None:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON", "ItemsPointer": pointer},
        "Parameters": {"Bucket": "b", "Key": "k"},
    }
    state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": PROCESSOR, "End": True}
    document = json.dumps({"a": [{"b/c": [1, 2]}, {"x": 3}, 4]})
    mock = asl.StateMock(result="[]")
    result = result_of(state, mock=mock, map_item_reader_data=document)
    if items is None:
        assert (result["status"], result["error"]) == ("FAILED", "States.ItemReaderFailed")
    else:
        assert json.loads(result["inspectionData"]["afterItemsPointer"]) == items


def test_data_of_a_reader_that_is_no_json_fails_the_state() -> None:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {"Bucket": "b", "Key": "k"},
    }
    state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": PROCESSOR, "End": True}
    mock = asl.StateMock(result="[1]")
    result = result_of(state, mock=mock, map_item_reader_data="{bad")
    assert (result["status"], result["error"]) == ("FAILED", "States.ItemReaderFailed")
    state["ItemReader"] = {
        **reader,
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
    }
    assert result_of(state, mock=mock, map_item_reader_data="a,b\n1,2")["status"] == "SUCCEEDED"

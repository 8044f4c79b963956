"""Distributed Map: children, tolerance, batches, S3, redrive."""

from __future__ import annotations

import json
from typing import Any

import pytest


def distributed(processor: dict[str, Any], **members: Any) -> dict[str, Any]:
    config = {"Mode": "DISTRIBUTED", "ExecutionType": members.pop("execution_type", "STANDARD")}
    state = {
        "Type": "Map",
        "ItemProcessor": {"ProcessorConfig": config, **processor},
        "End": True,
        **members,
    }
    return {"StartAt": "Each", "States": {"Each": state}}


PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 10, "End": True}}}
ODD_FAIL = {
    "StartAt": "C",
    "States": {
        "C": {
            "Type": "Choice",
            "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "F"}],
            "Default": "P",
        },
        "F": {"Type": "Fail", "Error": "Odd"},
        "P": {"Type": "Pass", "End": True},
    },
}


def map_run(states: Any, execution: str) -> dict[str, Any]:
    (run,) = states.client.list_map_runs(executionArn=execution)["mapRuns"]
    described: dict[str, Any] = states.client.describe_map_run(mapRunArn=run["mapRunArn"])
    return described


def test_outputs_come_in_the_items_order(states: Any) -> None:
    execution = states.run(distributed(PASS), [3, 1, 2])
    assert states.output(execution) == [3, 1, 2]
    assert states.types(execution) == [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    described = map_run(states, execution)
    assert (described["status"], described["itemCounts"]["succeeded"]) == ("SUCCEEDED", 3)


def test_children_are_executions_of_their_own(states: Any) -> None:
    execution = states.run(distributed(PASS, Label="Lot"), [1, 2])
    run = map_run(states, execution)
    children = states.client.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    assert len(children) == 2
    child = children[0]["executionArn"]
    assert ":execution:Machine/Lot:" in child
    described = states.describe(child)
    assert (described["status"], described["mapRunArn"]) == ("SUCCEEDED", run["mapRunArn"])
    assert states.types(child)[0] == "ExecutionStarted"
    machine = states.client.describe_state_machine_for_execution(executionArn=child)
    assert (machine["label"], machine["mapRunArn"]) == ("Lot", run["mapRunArn"])


def test_no_more_children_run_than_may(states: Any) -> None:
    execution = states.run(distributed(WAIT, MaxConcurrency=2), [1, 2, 3, 4, 5])
    counts = map_run(states, execution)["executionCounts"]
    assert (counts["running"], counts["pending"]) == (2, 3)
    states.runtime.advance(seconds=20)
    counts = map_run(states, execution)["executionCounts"]
    assert (counts["running"], counts["pending"], counts["succeeded"]) == (1, 0, 4)
    states.runtime.advance(seconds=10)
    assert states.output(execution) == [1, 2, 3, 4, 5]


def test_update_lets_more_children_run(states: Any) -> None:
    execution = states.run(distributed(WAIT, MaxConcurrency=1), [1, 2, 3])
    arn = map_run(states, execution)["mapRunArn"]
    states.client.update_map_run(mapRunArn=arn, maxConcurrency=3)
    states.runtime.settle()
    assert map_run(states, execution)["executionCounts"]["running"] == 3


def test_a_failed_child_fails_the_run(states: Any) -> None:
    execution = states.run(distributed(ODD_FAIL), [0, 1, 2])
    described = states.describe(execution)
    assert described["error"] == "States.ExceedToleratedFailureThreshold"
    assert described["cause"] == "The specified tolerated failure threshold was exceeded"
    assert map_run(states, execution)["status"] == "FAILED"


def test_tolerated_failures_leave_their_places_out(states: Any) -> None:
    execution = states.run(distributed(ODD_FAIL, ToleratedFailureCount=1), [0, 1, 2])
    assert states.output(execution) == [0, 2]
    counts = map_run(states, execution)["itemCounts"]
    assert (counts["succeeded"], counts["failed"], counts["total"]) == (2, 1, 3)


def test_items_in_batches(states: Any) -> None:
    batcher = {"MaxItemsPerBatch": 2, "BatchInput": {"k": "v"}}
    execution = states.run(distributed(PASS, ItemBatcher=batcher), [1, 2, 3])
    assert states.output(execution) == [
        {"BatchInput": {"k": "v"}, "Items": [1, 2]},
        {"BatchInput": {"k": "v"}, "Items": [3]},
    ]
    described = map_run(states, execution)
    assert (described["itemCounts"]["total"], described["executionCounts"]["total"]) == (3, 2)
    children = states.client.list_executions(mapRunArn=described["mapRunArn"])["executions"]
    assert [child["itemCount"] for child in children] == [1, 2]


def test_express_children(states: Any) -> None:
    execution = states.run(distributed(PASS, execution_type="EXPRESS"), [1, 2])
    assert states.output(execution) == [1, 2]


def test_stopping_the_parent_aborts_the_children(states: Any) -> None:
    execution = states.run(distributed(WAIT), [1, 2])
    states.client.stop_execution(executionArn=execution)
    states.runtime.settle()
    run = map_run(states, execution)
    assert (run["status"], run["executionCounts"]["aborted"]) == ("ABORTED", 2)


def test_items_from_and_results_to_s3(states: Any) -> None:
    s3 = states.runtime.client("s3")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="in.csv", Body=b"id,name\n1,a\n2,b\n")
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
        "Parameters": {"Bucket": "data", "Key": "in.csv"},
    }
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": "data", "Prefix": "out"},
    }
    execution = states.run(distributed(PASS, ItemReader=reader, ResultWriter=writer))
    details = states.output(execution)["ResultWriterDetails"]
    manifest = json.loads(s3.get_object(Bucket="data", Key=details["Key"])["Body"].read())
    (file,) = manifest["ResultFiles"]["SUCCEEDED"]
    results = json.loads(s3.get_object(Bucket="data", Key=file["Key"])["Body"].read())
    outputs = [json.loads(result["Output"]) for result in results]
    assert outputs == [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]
    # As AWS's page on ResultWriter shows them.
    assert results[0]["StartDate"] == "2023-11-14T22:13:20.000Z"
    assert results[0]["RedriveStatus"] == "NOT_REDRIVABLE"


def test_objects_under_a_prefix_are_read_one_after_the_other(states: Any) -> None:
    s3 = states.runtime.client("s3")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="in/1.json", Body=b"[1, 2]")
    s3.put_object(Bucket="data", Key="in/2.json", Body=b"[3]")
    reader = {
        "Resource": "arn:aws:states:::s3:listObjectsV2",
        "ReaderConfig": {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"},
        "Parameters": {"Bucket": "data", "Prefix": "in/"},
    }
    assert states.output(states.run(distributed(PASS, ItemReader=reader))) == [1, 2, 3]


def test_items_say_where_they_come_from(states: Any) -> None:
    s3 = states.runtime.client("s3")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="in.json", Body=b"[7]")
    selector = {"source.$": "$$.Map.Item.Source"}
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {"Bucket": "data", "Key": "in.json"},
    }
    read = states.run(distributed(PASS, ItemReader=reader, ItemSelector=selector))
    assert states.output(read) == [{"source": "s3://data/in.json"}]
    listed = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "data"}}
    flat = listed | {"ReaderConfig": {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}}
    for name, reader, source in (
        ("List", listed, "s3://data"),
        ("Flat", flat, "s3://data/in.json"),
    ):
        made = states.create(distributed(PASS, ItemReader=reader, ItemSelector=selector), name)
        assert states.output(states.start(made)) == [{"source": source}]


def test_a_version_of_a_parquet_file_is_refused(states: Any) -> None:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "PARQUET"},
        "Parameters": {"Bucket": "data", "Key": "in.parquet", "VersionId": "v"},
    }
    failed = states.describe(states.run(distributed(PASS, ItemReader=reader)))
    assert failed["error"] == "States.ItemReaderFailed"
    assert failed["cause"] == "S3 Version ID selection is not currently supported for PARQUET files"


@pytest.mark.parametrize(
    ("member", "resource", "error"),
    [
        ("ItemReader", "getObject", "States.ItemReaderFailed"),
        ("ResultWriter", "putObject", "States.ResultWriterFailed"),
    ],
)
def test_bucket_that_is_not_named(states: Any, member: str, resource: str, error: str) -> None:
    transfer = {"Resource": f"arn:aws:states:::s3:{resource}", "Parameters": {"Key": "k"}}
    execution = states.run(distributed(PASS, **{member: transfer}), [1])
    assert states.describe(execution)["error"] == error


def test_missing_object_fails_the_reader(states: Any) -> None:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {"Bucket": "none", "Key": "none"},
    }
    described = states.describe(states.run(distributed(PASS, ItemReader=reader)))
    assert described["error"] == "States.ItemReaderFailed"


def test_redrive_runs_the_failed_children_again(states: Any) -> None:
    dynamodb = states.make_table()
    processor = {
        "StartAt": "Get",
        "States": {
            "Get": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:updateItem",
                "Parameters": {
                    "TableName": "Tasks",
                    "Key": {"id": {"S.$": "$"}},
                    "ConditionExpression": "attribute_exists(id)",
                    "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                    "ReturnValues": "ALL_NEW",
                },
                "OutputPath": "$.Attributes",
                "End": True,
            }
        },
    }
    dynamodb.put_item(TableName="Tasks", Item={"id": {"S": "a"}})
    execution = states.run(distributed(processor, ToleratedFailurePercentage=0), ["a", "b"])
    assert states.status(execution) == "FAILED"
    dynamodb.put_item(TableName="Tasks", Item={"id": {"S": "b"}})
    states.client.redrive_execution(executionArn=execution)
    states.runtime.settle()
    assert [item["n"] for item in states.output(execution)] == [{"N": "1"}, {"N": "1"}]
    assert map_run(states, execution)["redriveCount"] == 1

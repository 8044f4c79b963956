"""Distributed Map: what the core asks for and what it makes of the answers."""

from __future__ import annotations

import json
from typing import Any

from groundstate import asl
from groundstate.asl import interface as i
from tests.unit.asl.driver import Driver, machine


def distributed(**fields: Any) -> dict[str, Any]:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "I",
        "States": {"I": {"Type": "Pass", "End": True}},
    }
    return {"Type": "Map", "ItemProcessor": processor, "Label": "Lab", "End": True, **fields}


def started(driver: Driver) -> i.StartMapRun:
    (command,) = (one for one in driver.commands if isinstance(one, i.StartMapRun))
    return command


def test_a_map_run_is_asked_for_with_everything_resolved() -> None:
    driver = Driver(
        machine(
            {
                "M": distributed(
                    ItemReader={
                        "Resource": "arn:aws:states:::s3:getObject",
                        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
                        "Parameters": {"Bucket.$": "$.bucket", "Key": "k"},
                    },
                    ItemBatcher={"MaxItemsPerBatch": 10, "BatchInput": {"b.$": "$.bucket"}},
                    ResultWriter={
                        "Resource": "arn:aws:states:::s3:putObject",
                        "Parameters": {"Bucket.$": "$.bucket", "Prefix": "p"},
                    },
                    MaxConcurrency=5,
                    ToleratedFailurePercentage=20,
                )
            }
        ),
        {"bucket": "bkt"},
    )
    command = started(driver)
    assert command.label == "Lab"
    assert command.map_run_arn.startswith("arn:aws:states:us-east-1:000000000000:mapRun:m/Lab:")
    assert command.execution_type == "EXPRESS"
    assert command.items is None
    reader, batcher, writer = command.item_reader, command.item_batcher, command.result_writer
    assert reader is not None
    assert (reader.parameters, reader.config["InputType"]) == ({"Bucket": "bkt", "Key": "k"}, "CSV")
    assert batcher is not None
    assert (batcher.max_items, batcher.batch_input) == (10, {"b": "bkt"})
    assert writer is not None
    assert writer.parameters == {"Bucket": "bkt", "Prefix": "p"}
    assert (command.max_concurrency, command.tolerated_failure_percentage) == (5, 20)


def test_items_are_selected_and_the_answer_is_the_result() -> None:
    selector = {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "all.$": "$"}
    driver = Driver(machine({"M": distributed(ItemSelector=selector)}), [7, 8])
    command = started(driver)
    assert command.items == [7, 8]
    text = asl.select_item(driver.machine, driver.execution, command.task_id, 1, 8, driver.now, 1)
    assert isinstance(text, str)
    assert json.loads(text) == {"i": 1, "v": 8, "all": [7, 8]}
    child = driver.machine.processor("M")
    assert Driver(child, text=text).output == {"i": 1, "v": 8, "all": [7, 8]}
    driver.feed(i.MapRunSucceeded(driver.now, 1, command.task_id, ["a", "b"]))
    assert driver.output == ["a", "b"]
    assert driver.types == [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]


def test_what_follows_a_map_run_follows_its_start_where_there_are_variables() -> None:
    # Recordings since variables came (November 2024) have it so; older ones name MapRunSucceeded.
    for fields, kind in (({}, "MapRunSucceeded"), ({"Assign": {"a": 1}}, "MapRunStarted")):
        driver = Driver(machine({"M": distributed(**fields)}), [7])
        driver.feed(i.MapRunSucceeded(driver.now, 1, started(driver).task_id, ["a"]))
        exited = driver.events[-2]
        assert exited["type"] == "MapStateExited"
        assert driver.types[exited["previousEventId"] - 1] == kind


def test_a_map_run_that_failed_can_be_caught() -> None:
    error = "States.ExceedToleratedFailureThreshold"
    catch = [{"ErrorEquals": [error], "Next": "C"}]
    state = distributed(Catch=catch, Next="C")
    del state["End"]
    driver = Driver(machine({"M": state, "C": {"Type": "Pass", "End": True}}), [1])
    driver.feed(i.MapRunFailed(driver.now, 1, started(driver).task_id, error, "too many"))
    assert driver.output == {"Error": error, "Cause": "too many"}
    assert "MapRunFailed" in driver.types


def test_stopping_cancels_the_map_run() -> None:
    driver = Driver(machine({"M": distributed()}), [1])
    driver.feed(i.Stopped(driver.now, 1))
    assert driver.status == "ABORTED"
    cancelled = [one.task_id for one in driver.commands if isinstance(one, i.CancelMapRun)]
    assert cancelled == [started(driver).task_id]


def test_redriving_redrives_the_map_run_under_its_arn() -> None:
    driver = Driver(machine({"M": distributed()}), [1])
    command = started(driver)
    driver.feed(i.MapRunFailed(driver.now, 1, command.task_id, "E", "c"))
    assert driver.status == "FAILED"
    driver.info.redrive_count = 1
    driver.info.redrive_time = driver.now
    driver.finish = None
    driver.feed(i.Redriven(driver.now, 1))
    (again,) = (one for one in driver.commands if isinstance(one, i.RedriveMapRun))
    assert again.map_run_arn == command.map_run_arn
    assert again.redrive_count == 1
    driver.feed(i.MapRunSucceeded(driver.now, 1, again.task_id, ["ok"]))
    assert driver.output == ["ok"]


def test_an_objects_members_are_items_in_jsonata() -> None:
    state = distributed(Items="{% $states.input %}")
    driver = Driver(machine({"M": state}, QueryLanguage="JSONata"), {"a": 1, "b": 2})
    command = started(driver)
    assert command.items == [{"Key": "a", "Value": 1}, {"Key": "b", "Value": 2}]


def test_items_that_are_no_array_fail_the_state() -> None:
    driver = Driver(machine({"M": distributed(ItemsPath="$.x")}), {"x": 1})
    assert driver.finish is not None
    assert driver.finish.error == "States.Runtime"

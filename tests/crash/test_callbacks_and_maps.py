"""Callbacks, Express executions and distributed maps die at every commit, and end as if not cut."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundstate.operation import ServiceError
from tests.crash.loop import Driver, crash_everywhere
from tests.crash.machines import COUNT, ROLE, make_counts, make_role

STATES = "arn:aws:states:us-east-1:000000000000"
ACTIVITY = f"{STATES}:activity:Work"
WORKFLOWS: dict[str, dict[str, Any]] = {
    "Distributed": {
        "StartAt": "Items",
        "States": {
            "Items": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "MaxConcurrency": 2,
                "Label": "Lot",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "Count",
                    "States": {
                        "Count": {**COUNT, "Next": "Rest"},
                        "Rest": {"Type": "Wait", "Seconds": 5, "End": True},
                    },
                },
                "End": True,
            }
        },
    },
    "DistributedExpress": {
        "StartAt": "Items",
        "States": {
            "Items": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "Label": "Quick",
                "ItemBatcher": {"MaxItemsPerBatch": 2},
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                    "StartAt": "First",
                    "States": {
                        "First": {
                            "Type": "Pass",
                            "Parameters": {"id.$": "States.Format('x{}', $.Items[0].id)"},
                            "Next": "Rest",
                        },
                        "Rest": {"Type": "Wait", "Seconds": 3, "Next": "Count"},
                        "Count": {**COUNT, "End": True},
                    },
                },
                "End": True,
            }
        },
    },
    "Callback": {
        "StartAt": "Work",
        "States": {
            # A worker that dies with its task leaves it to the next attempt.
            "Work": {
                "Type": "Task",
                "Resource": ACTIVITY,
                "TimeoutSeconds": 30,
                "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1}],
                "ResultPath": None,
                "Next": "Count",
            },
            "Count": {**COUNT, "End": True},
        },
    },
    "Express": {
        "StartAt": "Rest",
        "States": {
            "Rest": {"Type": "Wait", "Seconds": 5, "Next": "Count"},
            "Count": {**COUNT, "End": True},
        },
    },
}
EXPECTED = {
    **{f"item{number}": "1" for number in range(5)},
    **{f"xitem{number}": "1" for number in (0, 2, 4)},
    "Callback": "1",
}
STARTED = ("Distributed", "DistributedExpress", "Callback")


async def workload(driver: Driver) -> None:
    await make_role(driver, "dynamodb:*", "states:*")
    await make_counts(driver)
    await driver.call("stepfunctions", "CreateActivity", name="Work")
    for name, definition in WORKFLOWS.items():
        await driver.call(
            "stepfunctions",
            "CreateStateMachine",
            name=name,
            definition=json.dumps(definition),
            roleArn=ROLE,
            type="EXPRESS" if name == "Express" else "STANDARD",
        )
    if "Express" not in driver.read_notes():
        # Express is not idempotent: a client that got no answer may start it once more.
        await start(driver, "Express")
        driver.note("Express")
    for name in STARTED:
        await start(driver, name)
    await driver.pass_time(1)
    for _ in range(3):
        await work(driver)
        await driver.pass_time(40)


async def start(driver: Driver, name: str) -> None:
    items = [{"id": f"item{number}"} for number in range(5)]
    await driver.call_anew(
        "stepfunctions",
        "StartExecution",
        stateMachineArn=f"{STATES}:stateMachine:{name}",
        name=name,
        input=json.dumps({"id": name, "items": items}),
    )


async def work(driver: Driver) -> None:
    """Take the task if it waits for a worker, and answer it; noted tokens are answered again."""
    if await newest_event(driver) == "ActivityScheduled":
        task = await driver.call("stepfunctions", "GetActivityTask", activityArn=ACTIVITY)
        driver.note(["token", task["taskToken"]])
    for token in [note[1] for note in driver.read_notes() if isinstance(note, list)]:
        try:
            await driver.call("stepfunctions", "SendTaskSuccess", taskToken=token, output="{}")
        except ServiceError as error:
            if error.code != "TaskTimedOut":
                raise


async def newest_event(driver: Driver) -> str:
    history = await driver.call(
        "stepfunctions",
        "GetExecutionHistory",
        executionArn=f"{STATES}:execution:Callback:Callback",
        reverseOrder=True,
        maxResults=1,
    )
    return str(history["events"][0]["type"])


async def status(driver: Driver, name: str) -> str:
    described = await driver.call(
        "stepfunctions",
        "DescribeExecution",
        executionArn=f"{STATES}:execution:{name}:{name}",
    )
    return str(described["status"])


async def check(driver: Driver, notes: list[Any]) -> None:
    for name in STARTED:
        assert await status(driver, name) == "SUCCEEDED", name
        arn = f"{STATES}:execution:{name}:{name}"
        history = await driver.call("stepfunctions", "GetExecutionHistory", executionArn=arn)
        ids = [event["id"] for event in history["events"]]
        assert ids == list(range(1, len(ids) + 1)), name
    items = (await driver.call("dynamodb", "Scan", TableName="Counts"))["Items"]
    counts = {item["id"]["S"]: item["times"]["N"] for item in items}
    started_twice = int(counts.pop("Express"))
    assert started_twice in (1, 2)
    assert counts == EXPECTED


@pytest.mark.slow
@pytest.mark.process
def test_each_ends_once_whenever_the_process_dies() -> None:
    assert crash_everywhere(workload, check) > 20

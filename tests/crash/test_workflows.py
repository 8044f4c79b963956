"""Every kind of workflow dies at every commit, and ends as the run that was not cut ends."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from groundstate.clock import VirtualClock
from groundstate.config import Config
from groundstate.runtime import Runtime
from tests.crash.loop import Driver, crash_everywhere
from tests.crash.machines import COUNT, ROLE, make_counts, make_role

MACHINES = "arn:aws:states:us-east-1:000000000000:stateMachine"
WORKFLOWS: dict[str, dict[str, Any]] = {
    "Map": {
        "StartAt": "Items",
        "States": {
            "Items": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "MaxConcurrency": 2,
                "ItemProcessor": {
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
    "Parallel": {
        "StartAt": "Both",
        "States": {
            "Both": {
                "Type": "Parallel",
                "Branches": [
                    {
                        "StartAt": "Long",
                        "States": {"Long": {"Type": "Wait", "Seconds": 20, "End": True}},
                    },
                    {
                        "StartAt": "Short",
                        "States": {
                            "Short": {"Type": "Wait", "Seconds": 3, "Next": "Count"},
                            "Count": {**COUNT, "End": True},
                        },
                    },
                ],
                "End": True,
            }
        },
    },
    "Retry": {
        "StartAt": "Try",
        "States": {
            "Try": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:getItem",
                "Parameters": {"TableName": "Nothing", "Key": {"id": {"S": "a"}}},
                "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 2}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Count"}],
                "Next": "Count",
            },
            "Count": {**COUNT, "End": True},
        },
    },
    "Nested": {
        "StartAt": "Child",
        "States": {
            "Child": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {
                    "StateMachineArn": f"{MACHINES}:Parallel",
                    "Input": {"id": "Child"},
                    "Name.$": "$.id",
                },
                "ResultSelector": {"output.$": "$.Output"},
                "Next": "Count",
            },
            "Count": {
                **COUNT,
                "Parameters": {**COUNT["Parameters"], "Key": {"id": {"S": "Nested"}}},
                "End": True,
            },
        },
    },
    "Timeout": {
        "TimeoutSeconds": 12,
        "StartAt": "Count",
        "States": {
            "Count": {**COUNT, "Next": "Long"},
            "Long": {"Type": "Wait", "Seconds": 500, "End": True},
        },
    },
    "Heartbeat": {
        "StartAt": "Hear",
        "States": {
            "Hear": {
                "Type": "Task",
                "Resource": "arn:aws:states:us-east-1:000000000000:activity:Nobody",
                "HeartbeatSeconds": 4,
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Count"}],
                "Next": "Count",
            },
            "Count": {**COUNT, "End": True},
        },
    },
    # The child that answers the token may die before, between and after the two.
    "Token": {
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.waitForTaskToken",
                "Parameters": {
                    "StateMachineArn": f"{MACHINES}:Answer",
                    "Name": "Token",
                    "Input": {"token.$": "$$.Task.Token"},
                },
                "HeartbeatSeconds": 60,
                "ResultPath": None,
                "Next": "Count",
            },
            "Count": {**COUNT, "End": True},
        },
    },
    "Jsonata": {
        "QueryLanguage": "JSONata",
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "Items": "{% [1..3] %}",
                "MaxConcurrency": 2,
                "ItemSelector": {"id": "{% 'Jsonata' & $states.context.Map.Item.Value %}"},
                "ItemProcessor": {
                    "StartAt": "Put",
                    "States": {
                        "Put": {
                            "Type": "Task",
                            "Resource": COUNT["Resource"],
                            "Arguments": {
                                **COUNT["Parameters"],
                                "Key": {"id": {"S": "{% $states.input.id %}"}},
                            },
                            "Output": "{% $states.input.id %}",
                            "Assign": {"mine": "{% $uuid() %}"},
                            "Next": "Pause",
                        },
                        "Pause": {
                            "Type": "Wait",
                            "Seconds": 2,
                            "Output": "{% $mine %}",
                            "End": True,
                        },
                    },
                },
                "Assign": {"all": "{% $states.result %}"},
                "Next": "Fails",
            },
            "Fails": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:getItem",
                "Arguments": {"TableName": "Nothing", "Key": {"id": {"S": "a"}}},
                "Retry": [
                    {"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL", "MaxAttempts": 2}
                ],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}],
                "Next": "Tell",
            },
            "Tell": {"Type": "Pass", "Output": "{% $count($all) %}", "End": True},
        },
    },
}  # fmt: skip
ANSWER = {
    "StartAt": "Rest",
    "States": {
        "Rest": {"Type": "Wait", "Seconds": 2, "Next": "Send"},
        "Send": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
            "Parameters": {"TaskToken.$": "$.token", "Output": "{}"},
            "End": True,
        },
    },
}
INPUTS = {name: {"id": name, "items": [{"id": f"Map{n}"} for n in range(4)]} for name in WORKFLOWS}


async def workload(driver: Driver) -> None:
    await make_role(driver, "dynamodb:*", "states:*", "events:*")
    await make_counts(driver)
    await driver.call("stepfunctions", "CreateActivity", name="Nobody")
    for name, definition in [("Answer", ANSWER), *WORKFLOWS.items()]:
        await driver.call(
            "stepfunctions",
            "CreateStateMachine",
            name=name,
            definition=json.dumps(definition),
            roleArn=ROLE,
        )
    for name in WORKFLOWS:
        started = await driver.call_anew(
            "stepfunctions",
            "StartExecution",
            stateMachineArn=f"{MACHINES}:{name}",
            name=name,
            input=json.dumps(INPUTS[name]),
        )
        if started is not None:
            driver.note(started["executionArn"])
        await driver.pass_time(1)
    await driver.pass_time(100)


async def endings(driver: Driver) -> dict[str, Any]:
    """How each execution ended, its history's kinds of events, and what was counted."""
    found: dict[str, Any] = {}
    executions = [(name, name) for name in WORKFLOWS] + [
        ("Parallel", "Nested"),
        ("Answer", "Token"),
    ]
    for machine, name in executions:
        arn = f"arn:aws:states:us-east-1:000000000000:execution:{machine}:{name}"
        execution = await driver.call("stepfunctions", "DescribeExecution", executionArn=arn)
        history = await driver.call("stepfunctions", "GetExecutionHistory", executionArn=arn)
        ids = [event["id"] for event in history["events"]]
        assert ids == list(range(1, len(ids) + 1)), arn
        found[f"{machine}:{name}"] = (
            execution["status"],
            execution.get("error"),
            len(execution.get("output", "")),
            sorted(event["type"] for event in history["events"]),
        )
    items = (await driver.call("dynamodb", "Scan", TableName="Counts"))["Items"]
    found["counts"] = {item["id"]["S"]: item["times"]["N"] for item in items}
    return found


async def uncut() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        runtime = Runtime(Config(in_memory=True, port=0), VirtualClock(1_700_000_000.0))
        await runtime.start()
        driver = Driver(runtime, Path(folder) / "notes")
        await workload(driver)
        found = await endings(driver)
        driver.close()
        await runtime.stop()
    return found


@pytest.mark.slow
def test_cut_anywhere_each_workflow_ends_as_uncut() -> None:
    expected = asyncio.run(uncut())
    assert {ending[0] for name, ending in expected.items() if name != "counts"} == {
        "SUCCEEDED",
        "TIMED_OUT",
    }
    assert set(expected["counts"].values()) == {"1"}

    async def check(driver: Driver, notes: list[Any]) -> None:
        found = await endings(driver)
        for name, ending in expected.items():
            assert found[name] == ending, name

    assert crash_everywhere(workload, check) > 40

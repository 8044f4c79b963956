"""The Tasks application dies at every commit, and nothing that was acknowledged is lost."""

from __future__ import annotations

import json
from typing import Any

from groundstate.operation import ServiceError
from tests.crash.loop import Driver, crash_everywhere
from tests.crash.machines import ROLE, make_role

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:Tasks"
TASKS = ("Breakfast", "Lunch", "Dinner")
KEY = {
    "taskId": {"S.$": "$.taskId"},
    "timestamp": {"N.$": "States.Format('{}', $.timestamp)"},
}
DEFINITION = {
    "StartAt": "Create",
    "States": {
        "Create": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {"TableName": "Tasks", "Item": {**KEY, "Status": {"S": "STARTED"}}},
            "ResultPath": None,
            "Next": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Count"},
        "Count": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Parameters": {
                "TableName": "Tasks",
                "Key": KEY,
                "UpdateExpression": "SET #s = :done ADD times :one",
                "ExpressionAttributeNames": {"#s": "Status"},
                "ExpressionAttributeValues": {":done": {"S": "Done"}, ":one": {"N": "1"}},
            },
            "End": True,
        },
    },
}


async def workload(driver: Driver) -> None:
    await make_role(driver, "dynamodb:*")
    await driver.call_anew(
        "dynamodb",
        "CreateTable",
        TableName="Tasks",
        KeySchema=[
            {"AttributeName": "taskId", "KeyType": "HASH"},
            {"AttributeName": "timestamp", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "taskId", "AttributeType": "S"},
            {"AttributeName": "timestamp", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    await driver.call(
        "stepfunctions",
        "CreateStateMachine",
        name="Tasks",
        definition=json.dumps(DEFINITION),
        roleArn=ROLE,
    )
    for number, task in enumerate(TASKS):
        await driver.pass_time(5)
        started = await driver.call_anew(
            "stepfunctions",
            "StartExecution",
            stateMachineArn=MACHINE,
            name=task,
            input=json.dumps({"taskId": task, "timestamp": number}),
        )
        if started is not None:
            driver.note({"task": task, "startDate": started["startDate"]})
    await driver.pass_time(60)


async def check(driver: Driver, notes: list[Any]) -> None:
    starts = {note["task"]: note["startDate"] for note in notes}
    for number, task in enumerate(TASKS):
        arn = f"arn:aws:states:us-east-1:000000000000:execution:Tasks:{task}"
        found = await driver.call("stepfunctions", "DescribeExecution", executionArn=arn)
        assert found["status"] == "SUCCEEDED", found
        # An execution that was acknowledged is the very one that was started first.
        assert found["startDate"] == starts.get(task, found["startDate"])
        await check_history(driver, arn, found["startDate"])
        item = await driver.call(
            "dynamodb",
            "GetItem",
            TableName="Tasks",
            Key={"taskId": {"S": task}, "timestamp": {"N": str(number)}},
        )
        # The update took effect exactly once.
        assert item["Item"]["Status"] == {"S": "Done"}
        assert item["Item"]["times"] == {"N": "1"}


async def check_history(driver: Driver, arn: str, started_at: float) -> None:
    answer = await driver.call("stepfunctions", "GetExecutionHistory", executionArn=arn)
    events = answer["events"]
    assert [event["id"] for event in events] == list(range(1, 15))
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "WaitStateEntered",
        "WaitStateExited",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    # The Wait ends when it was due from the start, however often the process died meanwhile.
    assert 30 <= events[7]["timestamp"] - started_at < 30.001


def test_nothing_acknowledged_is_lost_at_any_commit() -> None:
    assert crash_everywhere(workload, check) >= 20


def test_the_loop_notices_what_is_lost() -> None:
    """The check itself can fail: a workload that notes what it never did is found out."""

    async def lying(driver: Driver) -> None:
        driver.note({"never": "done"})

    async def check_lie(driver: Driver, notes: list[Any]) -> None:
        try:
            await driver.call("dynamodb", "DescribeTable", TableName="never")
        except ServiceError as error:
            raise AssertionError("what was acknowledged is gone") from error

    try:
        crash_everywhere(lying, check_lie)
    except AssertionError:
        return
    raise AssertionError("the loop did not notice")

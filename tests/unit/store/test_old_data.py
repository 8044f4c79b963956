"""Data of earlier schemas are brought up to date, and what was under way in them goes on.

Each file in `tests/data` has the rows that `.dump` of SQLite's shell told of a database whose
runtime was killed: with an execution that ended, one that waits for a day, two items, an index and
a stream. The number in its name is that of the last migration which that runtime knew.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from groundstate import store
from groundstate.clock import VirtualClock
from groundstate.testing import Groundstate

DUMPS = sorted((Path(__file__).parents[2] / "data").glob("schema_*.sql"))
MIGRATIONS = Path(store.__file__).with_name("migrations")
# Some seconds after the data were written: nothing in them has expired, nothing is due.
WRITTEN_BEFORE = 1_795_802_700.0
EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:"
HISTORY = [
    "ExecutionStarted",
    *("TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"),
    *("WaitStateEntered", "WaitStateExited"),
    *("TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"),
    "ExecutionSucceeded",
]


@pytest.fixture(params=DUMPS, ids=lambda path: path.stem)
def old(request, tmp_path):
    number = int(request.param.stem.removeprefix("schema_"))
    with closing(sqlite3.connect(tmp_path / "groundstate.db")) as connection:
        for path in sorted(MIGRATIONS.glob("*.sql"))[:number]:
            connection.executescript(path.read_text())
        connection.executescript(request.param.read_text())
        connection.execute(f"PRAGMA user_version = {number}")
    groundstate = Groundstate(tmp_path)
    groundstate.clock = VirtualClock(WRITTEN_BEFORE)
    with groundstate:
        yield groundstate


def test_waiting_execution_goes_on_where_it_was(old):
    states, dynamodb = old.client("stepfunctions"), old.client("dynamodb")
    arn = f"{EXECUTION}Tasks:waits"
    assert states.describe_execution(executionArn=arn)["status"] == "RUNNING"
    old.advance(days=1)
    assert states.describe_execution(executionArn=arn)["status"] == "SUCCEEDED"
    history = states.get_execution_history(executionArn=arn)["events"]
    assert [event["type"] for event in history] == HISTORY
    query = dynamodb.query(
        TableName="Tasks",
        IndexName="by_status",
        KeyConditionExpression="#s = :done",
        ExpressionAttributeNames={"#s": "Status"},
        ExpressionAttributeValues={":done": {"S": "Done"}},
    )
    assert [item["taskId"]["S"] for item in query["Items"]] == ["Breakfast"]


def test_what_was_done_is_shown_as_ever(old):
    states, dynamodb = old.client("stepfunctions"), old.client("dynamodb")
    found = states.describe_execution(executionArn=f"{EXECUTION}Quick:ended")
    assert found["status"] == "SUCCEEDED"
    assert json.loads(found["output"]) == {"a": [1, 2]}
    history = states.get_execution_history(executionArn=found["executionArn"])["events"]
    assert [event["type"] for event in history] == [
        "ExecutionStarted",
        *("PassStateEntered", "PassStateExited"),
        *("SucceedStateEntered", "SucceedStateExited"),
        "ExecutionSucceeded",
    ]
    item = dynamodb.get_item(TableName="Tasks", Key={"taskId": {"S": "Other"}})["Item"]
    assert item == {"taskId": {"S": "Other"}, "Status": {"S": "STARTED"}, "n": {"N": "1.5"}}


def test_new_things_are_written_into_it(old):
    states, dynamodb = old.client("stepfunctions"), old.client("dynamodb")
    (machine,) = (
        found["stateMachineArn"]
        for found in states.list_state_machines()["stateMachines"]
        if found["name"] == "Tasks"
    )
    states.start_execution(stateMachineArn=machine, name="new", input='{"taskId": "Lunch"}')
    item = dynamodb.get_item(TableName="Tasks", Key={"taskId": {"S": "Lunch"}})["Item"]
    assert item["Status"] == {"S": "STARTED"}
    streams = old.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName="Tasks")["Streams"]
    described = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    iterator = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"],
        ShardId=described["Shards"][0]["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    names = [record["dynamodb"]["Keys"]["taskId"]["S"] for record in records]
    assert names == ["Breakfast", "Other", "Lunch"]

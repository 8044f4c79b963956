"""Event source mappings at every commit point, with batches of one shard under way at once.

The function is a fake that answers its batches in another order than it gets them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from functools import partial
from typing import Any

import pytest

from groundstate.operation import Call, ServiceError
from groundstate.services.lambda_ import stream_poller
from groundstate.services.lambda_.host import LambdaHost
from groundstate.services.lambda_.log_stream import LogStream
from groundstate.services.lambda_.model import Invocation, Outcome
from tests.crash.loop import Driver, crash_everywhere
from tests.crash.test_lambda import BASIC, ROLE, TRUST, _code

GROUP = "/aws/lambda/reader"
STREAMS = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
ITEMS = "abc"
CHANGES = 2


async def workload(driver: Driver) -> None:
    await driver.call_anew("iam", "CreateRole", RoleName="Function", AssumeRolePolicyDocument=TRUST)
    for policy in (BASIC, STREAMS):
        await driver.call("iam", "AttachRolePolicy", RoleName="Function", PolicyArn=policy)
    await driver.call_anew(
        "dynamodb",
        "CreateTable",
        TableName="items",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    table = await driver.call("dynamodb", "DescribeTable", TableName="items")
    with contextlib.suppress(ServiceError):  # They are there already, in the second life.
        await driver.call(
            "lambda",
            "CreateFunction",
            FunctionName="reader",
            Runtime="python3.14",
            Handler="app.handler",
            Role=ROLE,
            Code={"ZipFile": _code("reader")},
        )
    with contextlib.suppress(ServiceError):
        await driver.call(
            "lambda",
            "CreateEventSourceMapping",
            EventSourceArn=table["Table"]["LatestStreamArn"],
            FunctionName="reader",
            StartingPosition="TRIM_HORIZON",
            BatchSize=1,
            ParallelizationFactor=len(ITEMS),
        )
    for change in range(CHANGES):
        for item in ITEMS:
            if [item, change] not in driver.read_notes():
                key = {"id": {"S": item}, "n": {"N": str(change)}}
                await driver.call("dynamodb", "PutItem", TableName="items", Item=key)
                driver.note([item, change])
    await _wait_for_the_last_record(driver)


async def _wait_for_the_last_record(driver: Driver) -> None:
    """Until the place that is written down is the stream's last one."""
    tables = await driver.call("dynamodbstreams", "ListStreams")
    arn = tables["Streams"][0]["StreamArn"]
    described = await driver.call("dynamodbstreams", "DescribeStream", StreamArn=arn)
    shard = described["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = await driver.call(
        "dynamodbstreams",
        "GetShardIterator",
        StreamArn=arn,
        ShardId=shard,
        ShardIteratorType="TRIM_HORIZON",
    )
    read = await driver.call(
        "dynamodbstreams", "GetRecords", ShardIterator=iterator["ShardIterator"]
    )
    last = {"shard": shard, "sequence": read["Records"][-1]["dynamodb"]["SequenceNumber"]}
    while True:
        (mapping,) = driver.runtime.store.tx.event_sources.list_all()
        if mapping.progress == last:
            return
        await asyncio.sleep(0.001)


async def check(driver: Driver, notes: list[Any]) -> None:
    found = await driver.call("logs", "FilterLogEvents", logGroupName=GROUP, filterPattern="ran")
    ran = [json.loads(event["message"].partition(" ")[2]) for event in found["events"]]
    for item in ITEMS:
        changes = [int(change) for name, change in ran if name == item]
        # At least once, and whatever comes again comes after it has come in its order.
        assert list(dict.fromkeys(changes)) == list(range(CHANGES)), ran
    assert {(name, int(change)) for name, change in ran} == {tuple(note) for note in notes}
    # What comes again is what was done with or under way ahead of the oldest record.
    assert len(ran) <= CHANGES * len(ITEMS) * 2


_given: list[tuple[LambdaHost, Invocation]] = []


def _run_in_another_order(host: LambdaHost, invocation: Invocation) -> None:
    """Stands in for `LambdaHost.submit`: who came last is answered first."""
    if not _given:
        asyncio.get_running_loop().call_later(0.003, _answer)
    _given.append((host, invocation))


def _answer() -> None:
    host, invocation = _given.pop()
    host._runner.soon("lambda", partial(_finish, host, invocation), invocation.function.region)
    if _given:  # A commit of its own for each of them.
        asyncio.get_running_loop().call_later(0.003, _answer)


def _finish(host: LambdaHost, invocation: Invocation, call: Call) -> None:
    host.dismiss(invocation.function.function_id)
    (record,) = json.loads(invocation.payload)["Records"]
    image = record["dynamodb"]["NewImage"]
    log = LogStream(invocation.function, call.now, pytest.fail)
    log.write(call.now, f"ran {json.dumps([image['id']['S'], image['n']['N']])}")
    log.flush(call)
    invocation.finish(call, Outcome(b"null", "", b""))


def test_every_record_is_handed_over_after_a_crash_at_any_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LambdaHost, "submit", _run_in_another_order)
    monkeypatch.setattr(LambdaHost, "prepare", lambda host, runtime: None)
    monkeypatch.setattr(stream_poller, "POLL_S", 0.001)
    assert crash_everywhere(workload, check) >= 20

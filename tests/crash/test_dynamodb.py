"""DynamoDB at every commit point: indexes equal their table, streams have each change once.

The workload writes through transactions, makes an index of what is there, lets items expire and
changes others, and bears to be run again.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from groundstate.operation import ServiceError
from groundstate.services.dynamodb import backfill, expiry
from groundstate.store import barrier
from tests.crash.loop import Driver, crash_everywhere

TABLE = "Crashed"
EXPIRES_AT = 1_700_000_030


def _schema(name: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": "HASH"}]


async def workload(driver: Driver) -> None:
    await driver.call_anew(
        "dynamodb",
        "CreateTable",
        TableName=TABLE,
        AttributeDefinitions=[
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "color", "AttributeType": "S"},
        ],
        KeySchema=_schema("p"),
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_color",
                "KeySchema": _schema("color"),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    with contextlib.suppress(ServiceError):  # It is enabled already, in the second life.
        await driver.call(
            "dynamodb",
            "UpdateTimeToLive",
            TableName=TABLE,
            TimeToLiveSpecification={"AttributeName": "until", "Enabled": True},
        )
    for number in range(3):
        await driver.call(
            "dynamodb",
            "TransactWriteItems",
            TransactItems=[
                _put(f"{side}{number}", color=side, until=EXPIRES_AT if number == 1 else None)
                for side in ("left", "right")
            ],
            ClientRequestToken=f"pair-{number}",
        )
        driver.note({"pair": number})
        # A counter that a token keeps from counting twice.
        await driver.call(
            "dynamodb",
            "TransactWriteItems",
            TransactItems=[
                {
                    "Update": {
                        "TableName": TABLE,
                        "Key": {"p": {"S": "counter"}},
                        "UpdateExpression": "ADD n :one SET color = :color",
                        "ExpressionAttributeValues": {
                            ":one": {"N": "1"},
                            ":color": {"S": f"c{number}"},
                        },
                    }
                }
            ],
            ClientRequestToken=f"count-{number}",
        )
    # In the second life it may be noting the times of what the first one wrote.
    await driver.settle()
    with contextlib.suppress(ServiceError):  # The index is there already, in the second life.
        await driver.call(
            "dynamodb",
            "UpdateTable",
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "shape", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[
                {
                    "Create": {
                        "IndexName": "by_shape",
                        "KeySchema": _schema("shape"),
                        "Projection": {"ProjectionType": "KEYS_ONLY"},
                    }
                }
            ],
        )
    await driver.call("dynamodb", "DeleteItem", TableName=TABLE, Key={"p": {"S": "left0"}})
    await driver.pass_time(60)
    await _move(driver)


async def _move(driver: Driver) -> None:
    """Export the table, and import it under another name."""
    with contextlib.suppress(ServiceError):  # The bucket is there already, in the second life.
        await driver.call("s3", "CreateBucket", Bucket="moved")
    recovery = {"PointInTimeRecoveryEnabled": True}
    await driver.call(
        "dynamodb",
        "UpdateContinuousBackups",
        TableName=TABLE,
        PointInTimeRecoverySpecification=recovery,
    )
    exported = await driver.call(
        "dynamodb",
        "ExportTableToPointInTime",
        TableArn=f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}",
        S3Bucket="moved",
        ClientToken="out",
    )
    await driver.settle()
    export_id = exported["ExportDescription"]["ExportArn"].rpartition("/")[2]
    with contextlib.suppress(ServiceError):  # The table is there already, in the second life.
        await driver.call(
            "dynamodb",
            "ImportTable",
            S3BucketSource={
                "S3Bucket": "moved",
                "S3KeyPrefix": f"AWSDynamoDB/{export_id}/data/",
            },
            InputFormat="DYNAMODB_JSON",
            InputCompressionType="GZIP",
            ClientToken="in",
            TableCreationParameters={
                "TableName": "Moved",
                "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
                "KeySchema": _schema("p"),
                "BillingMode": "PAY_PER_REQUEST",
            },
        )
    await driver.settle()


def _put(name: str, color: str, until: int | None) -> dict[str, Any]:
    item: dict[str, Any] = {"p": {"S": name}, "color": {"S": color}, "shape": {"S": "round"}}
    if until is not None:
        item["until"] = {"N": str(until)}
    return {"Put": {"TableName": TABLE, "Item": item}}


async def check(driver: Driver, notes: list[Any]) -> None:
    found = await driver.call("dynamodb", "Scan", TableName=TABLE)
    items = {item["p"]["S"]: item for item in found["Items"]}
    # Pair 1 has expired and left0 was deleted; a pair was never written by half.
    assert set(items) == {"right0", "left2", "right2", "counter"}, items
    assert items["counter"]["n"] == {"N": "3"}
    moved = await driver.call("dynamodb", "Scan", TableName="Moved")
    assert {item["p"]["S"]: item for item in moved["Items"]} == items
    transfers = await driver.call("dynamodb", "ListImports")
    assert [one["ImportStatus"] for one in transfers["ImportSummaryList"]] == ["COMPLETED"]
    for index, attribute in (("by_color", "color"), ("by_shape", "shape")):
        indexed = await driver.call("dynamodb", "Scan", TableName=TABLE, IndexName=index)
        assert {item["p"]["S"] for item in indexed["Items"]} == {
            name for name, item in items.items() if attribute in item
        }
    described = await driver.call("dynamodb", "DescribeTable", TableName=TABLE)
    assert described["Table"]["ItemCount"] == len(items)
    await _check_stream(driver, described["Table"]["LatestStreamArn"], items)


async def _check_stream(driver: Driver, arn: str, items: dict[str, Any]) -> None:
    """Replaying the stream gives the table: no change is missing, none is there twice."""
    stream = await driver.call("dynamodbstreams", "DescribeStream", StreamArn=arn)
    place = await driver.call(
        "dynamodbstreams",
        "GetShardIterator",
        StreamArn=arn,
        ShardId=stream["StreamDescription"]["Shards"][0]["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )
    page = await driver.call("dynamodbstreams", "GetRecords", ShardIterator=place["ShardIterator"])
    replayed: dict[str, Any] = {}
    for record in page["Records"]:
        change = record["dynamodb"]
        name = change["Keys"]["p"]["S"]
        assert replayed.get(name) == change.get("OldImage"), record
        if "NewImage" in change:
            replayed[name] = change["NewImage"]
        else:
            del replayed[name]
    assert replayed == items


def test_items_indexes_and_streams_agree_after_a_crash_at_any_commit() -> None:
    assert crash_everywhere(workload, check) >= 15


def test_a_large_table_agrees_after_a_crash_at_any_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As before, with the new index filled and the times noted row by row."""
    for module in (backfill, expiry):
        monkeypatch.setattr(module, "ITEMS_AT_ONCE", 0)
        monkeypatch.setattr(module, "ROWS_A_TURN", 1)
    monkeypatch.setattr(backfill, "_PAGE", 1)
    # Rows that follow each other are not to share a commit.
    monkeypatch.setattr(barrier, "TICK_MAX_S", 0.0)
    assert crash_everywhere(workload, check) >= 30

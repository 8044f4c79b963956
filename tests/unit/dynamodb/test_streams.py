"""Streams and time to live, through clients, in virtual time."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import definitions, key_schema

Refused = Callable[..., tuple[str, str]]


@pytest.fixture
def streams(runtime: Groundstate) -> Any:
    return runtime.client("dynamodbstreams")


@pytest.fixture
def make(client: Any) -> Iterator[Callable[[str], str]]:
    """Makes a table with a stream of a view type; answers the stream's ARN."""
    made = []

    def create(view: str) -> str:
        name = f"Streamed-{view}"
        made.append(name)
        answer = client.create_table(
            TableName=name,
            AttributeDefinitions=definitions(p="S"),
            KeySchema=key_schema("p"),
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        )
        arn: str = answer["TableDescription"]["LatestStreamArn"]
        return arn

    yield create
    present = client.list_tables()["TableNames"]
    for name in made:
        if name in present:
            client.delete_table(TableName=name)


def shard_of(streams: Any, arn: str) -> str:
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    found: str = shards[0]["ShardId"]
    return found


def iterator(streams: Any, arn: str, kind: str = "TRIM_HORIZON", **more: Any) -> str:
    answer = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard_of(streams, arn), ShardIteratorType=kind, **more
    )
    found: str = answer["ShardIterator"]
    return found


def records(streams: Any, arn: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = streams.get_records(ShardIterator=iterator(streams, arn))[
        "Records"
    ]
    return found


@pytest.mark.parametrize(
    ("view", "images"),
    [
        ("KEYS_ONLY", []),
        ("NEW_IMAGE", ["NewImage"]),
        ("OLD_IMAGE", ["OldImage"]),
        ("NEW_AND_OLD_IMAGES", ["NewImage", "OldImage"]),
    ],
)
def test_view_types(
    client: Any, streams: Any, make: Callable[[str], str], view: str, images: list[str]
) -> None:
    arn = make(view)
    table = f"Streamed-{view}"
    client.put_item(TableName=table, Item={"p": {"S": "k"}, "v": {"N": "1"}})
    client.put_item(TableName=table, Item={"p": {"S": "k"}, "v": {"N": "1"}})
    client.update_item(
        TableName=table,
        Key={"p": {"S": "k"}},
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": {"N": "2"}},
    )
    client.delete_item(TableName=table, Key={"p": {"S": "k"}})
    client.delete_item(TableName=table, Key={"p": {"S": "k"}})
    found = records(streams, arn)
    assert [record["eventName"] for record in found] == ["INSERT", "MODIFY", "REMOVE"]
    change = found[1]["dynamodb"]
    assert change["Keys"] == {"p": {"S": "k"}}
    assert [name for name in ("NewImage", "OldImage") if name in change] == images
    if "NewImage" in images:
        assert change["NewImage"]["v"] == {"N": "2"}
    if "OldImage" in images:
        assert change["OldImage"]["v"] == {"N": "1"}


def test_iterators_of_each_type(
    client: Any, streams: Any, make: Callable[[str], str], refused: Refused
) -> None:
    arn = make("KEYS_ONLY")
    latest_before = iterator(streams, arn, "LATEST")
    for name in ("a", "b", "c"):
        client.put_item(TableName="Streamed-KEYS_ONLY", Item={"p": {"S": name}})

    def names(at: str) -> list[str]:
        found = streams.get_records(ShardIterator=at)["Records"]
        return [record["dynamodb"]["Keys"]["p"]["S"] for record in found]

    second = records(streams, arn)[1]["dynamodb"]["SequenceNumber"]
    assert names(latest_before) == ["a", "b", "c"]
    assert names(iterator(streams, arn, "LATEST")) == []
    assert names(iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=second)) == ["b", "c"]
    assert names(iterator(streams, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=second)) == ["c"]
    page = streams.get_records(ShardIterator=iterator(streams, arn), Limit=2)
    assert names(page["NextShardIterator"]) == ["c"]
    code, _ = refused(
        streams.get_shard_iterator,
        StreamArn=arn,
        ShardId=shard_of(streams, arn),
        ShardIteratorType="AT_SEQUENCE_NUMBER",
    )
    assert code == "ValidationException"


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_a_shard_is_read_whole_from_its_starting_sequence_number(
    client: Any, streams: Any, make: Callable[[str], str], kind: str
) -> None:
    arn = make("KEYS_ONLY")
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = shard["SequenceNumberRange"]["StartingSequenceNumber"]
    place = iterator(streams, arn, kind, SequenceNumber=start)
    client.put_item(TableName="Streamed-KEYS_ONLY", Item={"p": {"S": "a"}})
    assert len(streams.get_records(ShardIterator=place)["Records"]) == 1
    place = iterator(streams, arn, kind, SequenceNumber=start)
    assert len(streams.get_records(ShardIterator=place)["Records"]) == 1


def test_an_iterator_at_a_time(
    client: Any, streams: Any, runtime: Groundstate, make: Callable[[str], str], refused: Refused
) -> None:
    arn = make("KEYS_ONLY")
    for name in ("a", "b"):
        client.put_item(TableName="Streamed-KEYS_ONLY", Item={"p": {"S": name}})
        runtime.advance(minutes=1)
    first, second = (record["dynamodb"] for record in records(streams, arn))
    at = {
        "before": first["ApproximateCreationDateTime"] - timedelta(days=2),
        "first": first["ApproximateCreationDateTime"],
        "between": first["ApproximateCreationDateTime"] + timedelta(milliseconds=1),
        "after": second["ApproximateCreationDateTime"] + timedelta(seconds=1),
    }
    found = {}
    for when, timestamp in at.items():
        place = iterator(streams, arn, "AT_TIMESTAMP", Timestamp=timestamp)
        found[when] = len(streams.get_records(ShardIterator=place)["Records"])
    assert found == {"before": 2, "first": 2, "between": 1, "after": 0}
    for wrong in ({}, {"Timestamp": at["after"] + timedelta(days=1)}):
        request = {"StreamArn": arn, "ShardId": shard_of(streams, arn), **wrong}
        code, _ = refused(streams.get_shard_iterator, ShardIteratorType="AT_TIMESTAMP", **request)
        assert code == "ValidationException"


def test_what_is_no_streams_arn_is_refused(streams: Any, refused: Refused) -> None:
    table = "arn:aws:dynamodb:us-east-1:000000000000:table/None"
    for arn, expected in (
        ("x" * 40, "ValidationException"),
        (table, "ValidationException"),
        (f"{table}/stream/2026-01-01T00:00:00.000", "ResourceNotFoundException"),
    ):
        assert refused(streams.describe_stream, StreamArn=arn)[0] == expected
        assert refused(streams.list_streams, ExclusiveStartStreamArn=arn)[0] == expected


def test_iterators_and_records_age(
    client: Any, streams: Any, runtime: Groundstate, make: Callable[[str], str], refused: Refused
) -> None:
    arn = make("KEYS_ONLY")
    client.put_item(TableName="Streamed-KEYS_ONLY", Item={"p": {"S": "a"}})
    old = iterator(streams, arn)
    runtime.advance(minutes=16)
    assert refused(streams.get_records, ShardIterator=old)[0] == "ExpiredIteratorException"
    assert len(records(streams, arn)) == 1
    runtime.advance(hours=24)
    assert records(streams, arn) == []


def test_a_place_of_more_than_a_day_ago_is_refused(
    client: Any, streams: Any, runtime: Groundstate, make: Callable[[str], str], refused: Refused
) -> None:
    arn = make("KEYS_ONLY")
    client.put_item(TableName="Streamed-KEYS_ONLY", Item={"p": {"S": "a"}})
    sequence = records(streams, arn)[0]["dynamodb"]["SequenceNumber"]
    runtime.advance(hours=23)
    client.put_item(TableName="Streamed-KEYS_ONLY", Item={"p": {"S": "b"}})
    assert len(records(streams, arn)) == 2
    runtime.advance(hours=2)
    (young,) = records(streams, arn)
    place = {"StreamArn": arn, "ShardId": shard_of(streams, arn)}
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        request = {**place, "ShardIteratorType": kind, "SequenceNumber": sequence}
        assert refused(streams.get_shard_iterator, **request)[0] == "TrimmedDataAccessException"
    at = iterator(
        streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=young["dynamodb"]["SequenceNumber"]
    )
    assert streams.get_records(ShardIterator=at)["Records"] == [young]


def test_limits_of_pages(
    client: Any, streams: Any, make: Callable[[str], str], refused: Refused
) -> None:
    arn = make("KEYS_ONLY")
    for operation, most, request in (
        (streams.list_streams, 100, {}),
        (streams.describe_stream, 100, {"StreamArn": arn}),
        (streams.get_records, 1000, {"ShardIterator": iterator(streams, arn)}),
    ):
        operation(**request, Limit=most)
        code, message = refused(operation, **request, Limit=most + 1)
        assert (code, f"less than or equal to {most}" in message) == ("ValidationException", True)


def test_records_tell_their_size(client: Any, streams: Any, make: Callable[[str], str]) -> None:
    # Each name and value once for the keys, and once for each image.
    arn = make("NEW_AND_OLD_IMAGES")
    item = {"p": {"S": "101"}, "Message": {"S": "New item!"}}
    client.put_item(TableName="Streamed-NEW_AND_OLD_IMAGES", Item=item)
    changed = {**item, "Message": {"S": "This item has changed"}}
    client.put_item(TableName="Streamed-NEW_AND_OLD_IMAGES", Item=changed)
    client.delete_item(TableName="Streamed-NEW_AND_OLD_IMAGES", Key={"p": {"S": "101"}})
    sizes = [record["dynamodb"]["SizeBytes"] for record in records(streams, arn)]
    assert sizes == [4 + 20, 4 + 20 + 32, 4 + 32]


def test_a_write_that_changes_nothing_has_no_record(
    client: Any, streams: Any, make: Callable[[str], str]
) -> None:
    arn = make("NEW_AND_OLD_IMAGES")
    table = "Streamed-NEW_AND_OLD_IMAGES"
    key = {"p": {"S": "a"}}
    item: dict[str, Any] = {**key, "n": {"N": "1"}, "s": {"SS": ["x", "y"]}}
    item["m"] = {"M": {"s": {"NS": ["1", "2"]}}}
    client.put_item(TableName=table, Item=item)
    same = {
        **item,
        "n": {"N": "1.0"},
        "s": {"SS": ["y", "x"]},
        "m": {"M": {"s": {"NS": ["2", "1"]}}},
    }
    client.put_item(TableName=table, Item=same)
    client.update_item(TableName=table, Key=key, UpdateExpression="REMOVE z")
    client.update_item(TableName=table, Key=key)
    client.delete_item(TableName=table, Key={"p": {"S": "b"}})
    client.batch_write_item(
        RequestItems={
            table: [{"PutRequest": {"Item": same}}, {"DeleteRequest": {"Key": {"p": {"S": "c"}}}}]
        }
    )
    client.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": item}}])
    assert [record["eventName"] for record in records(streams, arn)] == ["INSERT"]


def test_a_closed_stream_is_read_to_its_end(
    client: Any, streams: Any, make: Callable[[str], str]
) -> None:
    arn = make("KEYS_ONLY")
    client.put_item(TableName="Streamed-KEYS_ONLY", Item={"p": {"S": "a"}})
    client.delete_table(TableName="Streamed-KEYS_ONLY")
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert described["StreamStatus"] == "DISABLED"
    assert "EndingSequenceNumber" in described["Shards"][0]["SequenceNumberRange"]
    page = streams.get_records(ShardIterator=iterator(streams, arn))
    assert len(page["Records"]) == 1
    assert "NextShardIterator" not in page


def test_a_stream_is_enabled_and_disabled(
    client: Any, streams: Any, hash_table: str, refused: Refused
) -> None:
    on = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    client.update_table(TableName=hash_table, StreamSpecification=on)
    code, message = refused(client.update_table, TableName=hash_table, StreamSpecification=on)
    assert (code, "already" in message) == ("ValidationException", True)
    listed = streams.list_streams(TableName=hash_table)["Streams"]
    assert len(listed) == 1
    client.update_table(TableName=hash_table, StreamSpecification={"StreamEnabled": False})
    assert "StreamSpecification" not in client.describe_table(TableName=hash_table)["Table"]


def test_a_failed_write_has_no_record(
    client: Any, streams: Any, make: Callable[[str], str], refused: Refused
) -> None:
    arn = make("KEYS_ONLY")
    write = {"TableName": "Streamed-KEYS_ONLY", "Item": {"p": {"S": "a"}}}
    refused(
        client.transact_write_items,
        TransactItems=[
            {"Put": write},
            {
                "ConditionCheck": {
                    "TableName": "Streamed-KEYS_ONLY",
                    "Key": {"p": {"S": "none"}},
                    "ConditionExpression": "attribute_exists(p)",
                }
            },
        ],
    )
    assert records(streams, arn) == []


def test_items_expire_and_the_stream_tells_who_did_it(
    client: Any, streams: Any, runtime: Groundstate, make: Callable[[str], str]
) -> None:
    arn = make("OLD_IMAGE")
    table = "Streamed-OLD_IMAGE"
    assert runtime.clock is not None
    now = int(runtime.clock.now())

    def put(name: str, after: int) -> None:
        item = {"p": {"S": name}, "until": {"N": str(now + after)}}
        client.put_item(TableName=table, Item=item)

    put("before", 50)
    client.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"AttributeName": "until", "Enabled": True}
    )
    put("later", 200)
    put("sooner", 100)
    put("ages-ago", -6 * 365 * 24 * 3600)
    client.put_item(TableName=table, Item={"p": {"S": "text"}, "until": {"S": str(now)}})

    def there() -> set[str]:
        return {item["p"]["S"] for item in client.scan(TableName=table)["Items"]}

    assert there() == {"before", "later", "sooner", "ages-ago", "text"}
    runtime.advance(seconds=60)
    assert there() == {"later", "sooner", "ages-ago", "text"}
    runtime.advance(seconds=60)
    assert there() == {"later", "ages-ago", "text"}
    put("later", 500)
    runtime.advance(seconds=120)
    assert there() == {"later", "ages-ago", "text"}
    removed = [record for record in records(streams, arn) if record["eventName"] == "REMOVE"]
    assert [record["userIdentity"] for record in removed] == [
        {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    ] * 2


def test_time_to_live_is_enabled_once(client: Any, hash_table: str, refused: Refused) -> None:
    on = {"AttributeName": "until", "Enabled": True}
    off = {"AttributeName": "until", "Enabled": False}
    request = {"TableName": hash_table}
    assert refused(client.update_time_to_live, **request, TimeToLiveSpecification=off) == (
        "ValidationException",
        "TimeToLive is already disabled",
    )
    client.update_time_to_live(**request, TimeToLiveSpecification=on)
    assert refused(client.update_time_to_live, **request, TimeToLiveSpecification=on) == (
        "ValidationException",
        "TimeToLive is already enabled",
    )
    described = client.describe_time_to_live(**request)["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}
    client.update_time_to_live(**request, TimeToLiveSpecification=off)


@pytest.mark.parametrize(
    "place", ["[99999999999999999999999, 1]", "[-5, 1]", '["x", 1]', "[]", "{}"]
)
def test_an_iterator_that_is_not_ours_is_refused(
    streams: Any, make: Callable[[str], str], refused: Refused, place: str
) -> None:
    arn = make("KEYS_ONLY")
    forged = f"{arn}|1|{base64.b64encode(place.encode()).decode()}"
    assert refused(streams.get_records, ShardIterator=forged)[0] == "ValidationException"


def test_old_records_are_removed_in_passing(
    client: Any, streams: Any, runtime: Groundstate, make: Callable[[str], str]
) -> None:
    arn = make("KEYS_ONLY")
    table = "Streamed-KEYS_ONLY"
    client.put_item(TableName=table, Item={"p": {"S": "old"}})
    runtime.advance(hours=25)

    def write(first: int) -> None:
        for start in range(first, first + 1000, 25):
            names = [f"k{start + at}" for at in range(25)]
            client.batch_write_item(
                RequestItems={
                    table: [{"PutRequest": {"Item": {"p": {"S": name}}}} for name in names]
                }
            )

    def rows(found: Any) -> int:
        row = found.store.connection.execute(
            "SELECT count(*) FROM dynamodb_stream_records WHERE created_at < ?",
            (found.clock.now() - 24 * 3600,),
        ).fetchone()
        count: int = row[0]
        return count

    assert runtime.on_loop(rows) >= 1
    write(0)
    assert runtime.on_loop(rows) == 0
    assert len(records(streams, arn)) == 1000

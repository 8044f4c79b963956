"""Reading a DynamoDB stream as a function's role: places, iterators, records, the event.

A place is where a mapping has read to: `{"shard": id, "sequence": number}` of the last record that
is done with, or empty for the beginning of what the stream still has.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from groundstate.operation import Call, Principal, ServiceError, Shape

_SERVICE = "dynamodbstreams"
# A batch is cut where the event would be too big for an invocation.
_EVENT_BYTES_MAX = 6 * 1024 * 1024
# What GetRecords gives at most.
RECORDS_MAX = 1000


class Read(NamedTuple):
    """What GetRecords gave.

    Attributes:
        iterator: where to read on; empty at the end of a closed shard.
    """

    records: list[Shape]
    iterator: str


class Opened(NamedTuple):
    """A shard, and an iterator over it."""

    shard: str
    iterator: str


def newest_place(call: Call, stream_arn: str, role: Principal) -> Shape:
    """The place behind the newest record, which LATEST begins with."""
    place: Shape = {}
    shard, iterator = open_shard(call, stream_arn, place, role)
    while iterator:
        read = read_records(call, iterator, RECORDS_MAX, role)
        if not read.records:
            break
        place = {"shard": shard, "sequence": sequence_of(read.records[-1])}
        iterator = read.iterator
    return place


def open_shard(call: Call, stream_arn: str, place: Shape, role: Principal) -> Opened:
    """An iterator from behind a place on; empty if the stream has no more shards.

    Raises:
        ServiceError: the stream is gone, or the role may not read it.
    """
    ids = [shard["ShardId"] for shard in _shards(call, stream_arn, role)]
    if not ids:
        return Opened("", "")
    shard = str(place.get("shard", ""))
    oldest = {"ShardIteratorType": "TRIM_HORIZON"}
    if shard not in ids:
        return Opened(ids[0], _iterator(call, stream_arn, ids[0], oldest, role))
    request = {
        "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
        "SequenceNumber": place["sequence"],
    }
    try:
        return Opened(shard, _iterator(call, stream_arn, shard, request, role))
    except ServiceError as error:
        if error.code not in ("TrimmedDataAccessException", "ValidationException"):
            raise
        # What follows that record is older than a day and gone: go on with what there is.
        return Opened(shard, _iterator(call, stream_arn, shard, oldest, role))


def read_records(call: Call, iterator: str, limit: int, role: Principal) -> Read:
    """Read on.

    Raises:
        ServiceError: the iterator is too old, the stream is gone, or the role may not read it.
    """
    request = {"ShardIterator": iterator, "Limit": limit}
    answer = call.invoke(_SERVICE, "GetRecords", request, principal=role)
    assert isinstance(answer, dict), answer
    records = [_as_event(record) for record in answer["Records"]]
    return Read(records, answer.get("NextShardIterator", ""))


def _as_event(record: Shape) -> Shape:
    """A record as functions and filters see it: who deleted an expired item is told otherwise.

    AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
    """
    identity = record.get("userIdentity")
    if identity is None:
        return record
    told = {"type": identity["Type"], "principalId": identity["PrincipalId"]}
    return {**record, "userIdentity": told}


def sequence_of(record: Shape) -> str:
    """A record's sequence number."""
    return str(record["dynamodb"]["SequenceNumber"])


def item_of(record: Shape) -> bytes:
    """What tells the record's item from others: its partition and sort key."""
    return orjson.dumps(record["dynamodb"]["Keys"], option=orjson.OPT_SORT_KEYS)


def make_event(records: list[Shape], stream_arn: str, window: Shape) -> bytes:
    """The event that the function gets; `window` is what it says of its window, if it has one."""
    told = [{**record, "eventSourceARN": stream_arn} for record in records]
    return orjson.dumps({"Records": told, **window})


def cut_batch(records: list[Shape]) -> int:
    """How many of these records fit into one event; at least one."""
    size = 0
    for index, record in enumerate(records):
        size += len(orjson.dumps(record)) + 200
        if index and size > _EVENT_BYTES_MAX:
            return index
    return len(records)


def first_failure(payload: bytes, records: list[Shape]) -> int | None:
    """Where a function that reports its failures wants to go on: an index, or None for all done.

    AWS: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    answer: Any = orjson.loads(payload)
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failures:
        return None
    places = {sequence_of(record): index for index, record in enumerate(records)}
    named = [
        places.get(str(failure.get("itemIdentifier"))) if isinstance(failure, dict) else None
        for failure in failures
    ]
    # A failure that names no record of the batch makes the whole batch a failure.
    return min((index if index is not None else 0 for index in named), default=0)


def _shards(call: Call, stream_arn: str, role: Principal) -> list[Shape]:
    request = {"StreamArn": stream_arn}
    answer = call.invoke(_SERVICE, "DescribeStream", request, principal=role)
    assert isinstance(answer, dict), answer
    shards: list[Shape] = answer["StreamDescription"]["Shards"]
    return shards


def _iterator(call: Call, stream_arn: str, shard: str, request: Shape, role: Principal) -> str:
    whole = {"StreamArn": stream_arn, "ShardId": shard, **request}
    answer = call.invoke(_SERVICE, "GetShardIterator", whole, principal=role)
    assert isinstance(answer, dict), answer
    return str(answer["ShardIterator"])

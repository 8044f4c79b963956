"""GetShardIterator: a place in a shard to read on from.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
"""

from __future__ import annotations

from math import ceil

from groundstate.operation import Call, Shape
from groundstate.services.dynamodbstreams.errors import (
    ResourceNotFoundException,
    TrimmedDataAccessException,
    ValidationException,
)
from groundstate.services.dynamodbstreams.shards import (
    RETENTION_S,
    Iterator,
    get_stream,
    read_sequence,
    shard_id,
    start_of,
    write_iterator,
)
from groundstate.store.dynamodb_streams import StreamRow

_NEED_SEQUENCE = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")


def get_shard_iterator(call: Call, request: Shape) -> Shape:
    """An iterator; it can be used for 15 minutes.

    Raises:
        ResourceNotFoundException: there is no such stream or shard.
        TrimmedDataAccessException: the record is older than 24 hours.
        ValidationException: a sequence number or a time is missing, or lies outside of the shard.
    """
    row = get_stream(call, request["StreamArn"])
    if request["ShardId"] != shard_id(row):
        raise ResourceNotFoundException(
            f"Requested resource not found: Shard: {request['ShardId']} in Stream: {row.arn}"
            " not found"
        )
    kind = request["ShardIteratorType"]
    given = request.get("SequenceNumber")
    if kind in _NEED_SEQUENCE:
        if given is None:
            raise ValidationException(
                "1 validation error detected: Value null at 'sequenceNumber' failed to satisfy"
                " constraint: Member must not be null"
            )
        sequence = read_sequence(given)
        if not start_of(row) <= sequence < call.tx.dynamodb.streams.next_sequence():
            raise ValidationException(
                f"Invalid SequenceNumber: {given} is not within the range of shard"
                f" {request['ShardId']}"
            )
        _check_age(call, row, sequence)
        if kind == "AFTER_SEQUENCE_NUMBER":
            sequence += 1
    elif given is not None:
        raise ValidationException(
            "1 validation error detected: SequenceNumber must not be specified for"
            f" ShardIteratorType {kind}"
        )
    elif kind == "TRIM_HORIZON":
        sequence = row.first_sequence
    elif kind == "AT_TIMESTAMP":
        sequence = _sequence_at(call, row, request.get("Timestamp"))
    else:
        sequence = call.tx.dynamodb.streams.next_sequence()
    return {"ShardIterator": write_iterator(Iterator(row.arn, sequence, call.now))}


def _sequence_at(call: Call, row: StreamRow, at: float | None) -> int:
    """The first record whose ApproximateCreationDateTime, a whole second, is not before a time."""
    if at is None:
        raise ValidationException(
            "1 validation error detected: Value null at 'timestamp' failed to satisfy constraint:"
            " Member must not be null"
        )
    if at > call.now:
        raise ValidationException(f"Invalid Timestamp: {at} lies in the future")
    streams = call.tx.dynamodb.streams
    found = streams.first_sequence_since(row.stream_id, max(ceil(at), call.now - RETENTION_S))
    return streams.next_sequence() if found is None else found


def _check_age(call: Call, row: StreamRow, sequence: int) -> None:
    horizon = call.now - RETENTION_S
    if row.created_at >= horizon:
        return
    streams = call.tx.dynamodb.streams
    oldest = streams.first_sequence_since(row.stream_id, horizon) or streams.next_sequence()
    if sequence < oldest:
        raise TrimmedDataAccessException(
            "The operation attempted to read past the oldest stream record in a shard."
        )

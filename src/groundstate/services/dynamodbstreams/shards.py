"""Shards of a stream, the sequence numbers in them, and iterators over them.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html

A stream here has one shard, which stays open until the stream is disabled.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any, NamedTuple

import orjson

from groundstate.operation import Call
from groundstate.services.dynamodbstreams.errors import (
    ExpiredIteratorException,
    ValidationException,
    stream_not_found,
)
from groundstate.store.dynamodb_streams import StreamRow

RETENTION_S = 24 * 3600
ITERATOR_LIFETIME_S = 15 * 60
# AWS's sequence numbers have at least 21 digits.
_FIRST_SEQUENCE = 10**20
_STREAM_ARN = re.compile(r"arn:[^:]+:dynamodb:[^:]+:\d*:table/[a-zA-Z0-9_.-]+/stream/.+")


class Iterator(NamedTuple):
    """A place in a shard. Attributes: sequence: the first record to answer."""

    stream_arn: str
    sequence: int
    made_at: float


def check_stream_arn(arn: str) -> None:
    """Check that an ARN is one of a stream. Raises ValidationException."""
    if _STREAM_ARN.fullmatch(arn) is None:
        raise ValidationException("Invalid StreamArn")


def get_stream(call: Call, arn: str) -> StreamRow:
    """A stream by its ARN.

    Raises:
        ResourceNotFoundException: there is none, or it was closed more than a day ago.
        ValidationException: it is no stream's ARN.
    """
    check_stream_arn(arn)
    row = call.tx.dynamodb.streams.find(arn)
    if row is None or (row.closed_at is not None and row.closed_at < call.now - RETENTION_S):
        raise stream_not_found(arn)
    return row


def shard_id(stream: StreamRow) -> str:
    """The name of a stream's shard."""
    return f"shardId-{int(stream.created_at * 1000):020d}-{stream.stream_id:08x}"


def show_sequence(sequence: int) -> str:
    """A sequence number as AWS writes them."""
    return str(_FIRST_SEQUENCE + sequence)


def read_sequence(text: str) -> int:
    """A sequence from its number; one that is none gives a sequence before all others."""
    return int(text) - _FIRST_SEQUENCE if text.isdecimal() else -1


def start_of(stream: StreamRow) -> int:
    """The sequence that a shard starts with; a client may read at it, or after it."""
    return stream.first_sequence - 1


def shard_shape(call: Call, stream: StreamRow) -> dict[str, Any]:
    """The shard as DescribeStream answers it."""
    bounds = {"StartingSequenceNumber": show_sequence(start_of(stream))}
    if stream.closed_at is not None:
        last = call.tx.dynamodb.streams.last_sequence(stream.stream_id)
        bounds["EndingSequenceNumber"] = show_sequence(last or stream.first_sequence)
    return {"ShardId": shard_id(stream), "SequenceNumberRange": bounds}


def write_iterator(iterator: Iterator) -> str:
    """An iterator as clients get it."""
    data = b64encode(orjson.dumps([iterator.sequence, iterator.made_at])).decode()
    return f"{iterator.stream_arn}|1|{data}"


def read_iterator(call: Call, text: str) -> Iterator:
    """An iterator that a client gave back.

    Raises:
        ExpiredIteratorException: it is older than 15 minutes.
        ValidationException: it is none of ours.
    """
    arn = find_stream_arn(text)
    try:
        sequence, made_at = orjson.loads(b64decode(text.rsplit("|", 1)[-1], validate=True))
        iterator = Iterator(arn or "", int(sequence), float(made_at))
    except (ValueError, TypeError):
        raise ValidationException("Invalid ShardIterator") from None
    if arn is None or not 0 <= iterator.sequence < _FIRST_SEQUENCE >> 4:
        raise ValidationException("Invalid ShardIterator")
    if iterator.made_at < call.now - ITERATOR_LIFETIME_S:
        raise ExpiredIteratorException(
            "Iterator expired. The iterator was created at time"
            f" {iterator.made_at:.0f} while right now it is {call.now:.0f}"
        )
    return iterator


def find_stream_arn(iterator: str) -> str | None:
    """The stream that an iterator goes over."""
    parts = iterator.split("|")
    return parts[0] if len(parts) == 3 and "/stream/" in parts[0] else None

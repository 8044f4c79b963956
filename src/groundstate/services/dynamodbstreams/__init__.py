"""Amazon DynamoDB Streams.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
"""

from __future__ import annotations

from groundstate.operation import Call, Operation, Resources, Service, Shape
from groundstate.services.dynamodbstreams.operations.describe_stream import describe_stream
from groundstate.services.dynamodbstreams.operations.get_records import get_records
from groundstate.services.dynamodbstreams.operations.get_shard_iterator import get_shard_iterator
from groundstate.services.dynamodbstreams.operations.list_streams import list_streams
from groundstate.services.dynamodbstreams.shards import find_stream_arn


def _stream(call: Call, request: Shape) -> Resources:
    arn = request.get("StreamArn")
    return arn if isinstance(arn, str) and arn else "*"


def _iterated_stream(call: Call, request: Shape) -> Resources:
    iterator = request.get("ShardIterator")
    return find_stream_arn(iterator) or "*" if isinstance(iterator, str) else "*"


OPERATIONS = {
    "DescribeStream": Operation(describe_stream, resource=_stream, reads=True),
    "GetRecords": Operation(get_records, resource=_iterated_stream, reads=True),
    "GetShardIterator": Operation(get_shard_iterator, resource=_stream, reads=True),
    "ListStreams": Operation(list_streams, reads=True),
}

SERVICE = Service(
    name="dynamodbstreams",
    operations=OPERATIONS,
    iam_prefix="dynamodb",
    blobs_as_text=True,
    error_prefix="com.amazonaws.dynamodb.v20120810#",
    own_front=True,
)

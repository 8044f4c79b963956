"""DescribeStream: what a stream tells, and its shards.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodbstreams.errors import check_limit
from groundstate.services.dynamodbstreams.shards import get_stream, shard_id, shard_shape

SHARDS_MAX = 100


def describe_stream(call: Call, request: Shape) -> Shape:
    """Describe a stream.

    Raises:
        ResourceNotFoundException: there is none.
        ValidationException: the limit is too high, or it is no stream's ARN.
    """
    check_limit(request.get("Limit"), SHARDS_MAX)
    row = get_stream(call, request["StreamArn"])
    shards = [shard_shape(call, row)]
    child_of = (request.get("ShardFilter") or {}).get("ShardId")
    if "ExclusiveStartShardId" in request or child_of == shard_id(row):
        # There is one shard, and nothing after it.
        shards = []
    return {
        "StreamDescription": {
            "StreamArn": row.arn,
            "StreamLabel": row.description["StreamLabel"],
            "StreamStatus": "ENABLED" if row.closed_at is None else "DISABLED",
            "StreamViewType": row.description["StreamViewType"],
            "CreationRequestDateTime": round(row.created_at, 3),
            "TableName": row.table_name,
            "KeySchema": row.description["KeySchema"],
            "Shards": shards,
        }
    }

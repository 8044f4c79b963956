"""ListStreams: the streams of all tables, or of one.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodbstreams.errors import check_limit, stream_not_found
from groundstate.services.dynamodbstreams.shards import RETENTION_S, check_stream_arn

PAGE_MAX = 100


def list_streams(call: Call, request: Shape) -> Shape:
    """Streams in the order in which they were enabled.

    Raises:
        ResourceNotFoundException: there is no stream to start after.
        ValidationException: the limit is too high, or it is no stream to start after.
    """
    limit = check_limit(request.get("Limit"), PAGE_MAX)
    after = 0
    start = request.get("ExclusiveStartStreamArn")
    streams = call.tx.dynamodb.streams
    if start is not None:
        check_stream_arn(start)
        row = streams.find(start)
        if row is None:
            raise stream_not_found(start)
        after = row.stream_id
    name = request.get("TableName")
    if name is not None and name.startswith("arn:"):
        name = name.rsplit("/", 1)[-1]
    rows = streams.list_streams(call.account, call.region, name, after, limit + 1)
    shown = [
        row
        for row in rows[:limit]
        if row.closed_at is None or row.closed_at >= call.now - RETENTION_S
    ]
    response: Shape = {
        "Streams": [
            {
                "StreamArn": row.arn,
                "TableName": row.table_name,
                "StreamLabel": row.description["StreamLabel"],
            }
            for row in shown
        ]
    }
    if len(rows) > limit:
        response["LastEvaluatedStreamArn"] = rows[limit - 1].arn
    return response

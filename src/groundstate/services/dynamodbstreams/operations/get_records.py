"""GetRecords: the records from an iterator on.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
"""

from __future__ import annotations

from typing import Any

import orjson

from groundstate.operation import Call, Shape
from groundstate.services.dynamodbstreams.errors import check_limit
from groundstate.services.dynamodbstreams.shards import (
    RETENTION_S,
    Iterator,
    get_stream,
    read_iterator,
    show_sequence,
    write_iterator,
)

RECORDS_MAX = 1000
RESPONSE_BYTES_MAX = 1024 * 1024


def get_records(call: Call, request: Shape) -> Shape:
    """Up to 1,000 records or 1 MB, and the iterator for what follows; none at a closed shard's end.

    Raises:
        ExpiredIteratorException: the iterator is older than 15 minutes.
        ResourceNotFoundException: the stream is gone.
        ValidationException: it is no iterator, or the limit is too high.
    """
    limit = check_limit(request.get("Limit"), RECORDS_MAX)
    iterator = read_iterator(call, request["ShardIterator"])
    row = get_stream(call, iterator.stream_arn)
    found = call.tx.dynamodb.streams.records(
        row.stream_id, iterator.sequence, call.now - RETENTION_S, limit
    )
    records: list[dict[str, Any]] = []
    following, size, is_cut = iterator.sequence, 0, False
    for sequence, created_at, data in found:
        if records and size + len(data) > RESPONSE_BYTES_MAX:
            is_cut = True
            break
        records.append(_record(sequence, created_at, data))
        size += len(data)
        following = sequence + 1
    response: Shape = {"Records": records}
    if row.closed_at is None or is_cut or len(found) == limit:
        response["NextShardIterator"] = write_iterator(Iterator(row.arn, following, call.now))
    return response


def _record(sequence: int, created_at: float, data: bytes) -> dict[str, Any]:
    record: dict[str, Any] = orjson.loads(data)
    record["dynamodb"]["SequenceNumber"] = show_sequence(sequence)
    record["dynamodb"]["ApproximateCreationDateTime"] = float(int(created_at))
    return record

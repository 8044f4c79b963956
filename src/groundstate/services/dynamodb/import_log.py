"""The log of what an import could not read, in CloudWatch Logs.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Validation.html
"""

from __future__ import annotations

from groundstate.arn import partition_of
from groundstate.operation import Call, ServiceError
from groundstate.store.dynamodb_transfers import TransferRow

GROUP = "/aws-dynamodb/imports"
# An import of the wrong file has as many errors as lines.
EVENTS_MAX = 10_000
# What CloudWatch Logs counts for an event beside its text.
_EVENT_OVERHEAD_BYTES = 26


def group_arn(call: Call) -> str:
    """The ARN that DescribeImport tells."""
    partition = partition_of(call.region)
    return f"arn:{partition}:logs:{call.region}:{call.account}:log-group:{GROUP}:*"


def write(call: Call, row: TransferRow, messages: list[str]) -> None:
    """Write errors to the import's stream, which is made with the first one."""
    logged = row.progress.get("logged", 0)
    messages = messages[: EVENTS_MAX - logged]
    if not messages:
        return
    stream = {
        "logGroupName": GROUP,
        "logStreamName": f"{row.arn.rpartition('/')[2]}/error",
    }
    if not logged:
        _create(call, {"logGroupName": GROUP}, "CreateLogGroup")
        _create(call, stream, "CreateLogStream")
    row.progress["logged"] = logged + len(messages)
    now_ms = int(call.now * 1000)
    size = sum(len(message.encode()) + _EVENT_OVERHEAD_BYTES for message in messages)
    events = [(now_ms, message) for message in messages]
    call.invoke("logs", "AppendLogLines", {**stream, "events": events, "sizeBytes": size})


def _create(call: Call, request: dict[str, str], operation: str) -> None:
    try:
        call.invoke("logs", operation, request)
    except ServiceError as error:
        if error.code != "ResourceAlreadyExistsException":
            raise

"""Enabling and disabling the stream of a table.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundstate.operation import Call
from groundstate.services.dynamodb.changes import stream_arn
from groundstate.services.dynamodb.errors import ValidationException, invalid
from groundstate.services.dynamodb.model import Table


def check_specification(specification: dict[str, Any] | None, *, creates: bool) -> None:
    """Check a StreamSpecification.

    Args:
        creates: CreateTable's, which has words of its own for a disabled stream (observed).

    Raises:
        ValidationException: a view type is missing, or has no stream.
    """
    if specification is None:
        return
    has_view = "StreamViewType" in specification
    if specification["StreamEnabled"] and not has_view:
        raise invalid("StreamViewType is required when StreamEnabled is true")
    if not specification["StreamEnabled"] and has_view:
        if creates:
            raise invalid(
                "Table is being created with a stream disabled, UpdateViewType should not be"
                " specified"
            )
        raise invalid("StreamViewType cannot be specified when StreamEnabled is false")


def enable(call: Call, definition: dict[str, Any], specification: dict[str, Any] | None) -> None:
    """Give a table's definition a new stream, if the specification asks for one."""
    if specification is None or not specification["StreamEnabled"]:
        return
    at = datetime.fromtimestamp(call.now, UTC)
    label = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}"
    streams = call.tx.dynamodb.streams
    arn = f"{definition['TableArn']}/stream/{label}"
    millisecond = at.microsecond // 1000
    while streams.find(arn) is not None:
        # Enabled twice within a millisecond: labels must differ.
        millisecond += 1
        label = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{millisecond:03d}"
        arn = f"{definition['TableArn']}/stream/{label}"
    definition["StreamSpecification"] = {
        "StreamEnabled": True,
        "StreamViewType": specification["StreamViewType"],
    }
    definition["LatestStreamLabel"] = label
    definition["LatestStreamArn"] = arn
    description = {
        "StreamLabel": label,
        "StreamViewType": specification["StreamViewType"],
        "KeySchema": definition["KeySchema"],
    }
    streams.add(arn, call.account, call.region, definition["TableName"], description, call.now)


def disable(call: Call, table: Table) -> None:
    """Close a table's stream, if it has one; its records can be read for a day."""
    if table.stream_label:
        call.tx.dynamodb.streams.close(stream_arn(table), call.now)


def change(call: Call, table: Table, definition: dict[str, Any], given: dict[str, Any]) -> None:
    """Enable or disable a table's stream as UpdateTable asks.

    Raises:
        ValidationException: it is so already.
    """
    if given["StreamEnabled"] == bool(table.stream_label):
        state = "an enabled" if table.stream_label else "a disabled"
        raise ValidationException(f"Table already has {state} stream: TableName: {table.name}")
    if given["StreamEnabled"]:
        enable(call, definition, given)
    else:
        disable(call, table)
        definition.pop("StreamSpecification", None)

"""Finding log groups and streams, with the errors of those that are not there."""

from __future__ import annotations

from groundstate.arn import parse_arn, partition_of
from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import (
    InvalidParameterException,
    ResourceNotFoundException,
)
from groundstate.store.logs import LogGroupRow, LogStreamRow


def get_group(call: Call, name: str) -> LogGroupRow:
    """The log group of this name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    found = call.tx.logs.find_group(call.region, name)
    if found is None:
        raise ResourceNotFoundException("The specified log group does not exist.")
    return found


def get_stream(call: Call, group: LogGroupRow, name: str) -> LogStreamRow:
    """The log stream of this name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    found = call.tx.logs.find_stream(group.group_id, name)
    if found is None:
        raise ResourceNotFoundException("The specified log stream does not exist.")
    return found


def requested_group(request: Shape) -> str:
    """The name of the group that a request is about, by logGroupName or logGroupIdentifier.

    Raises:
        InvalidParameterException: it has neither, or both.
    """
    name, identifier = request.get("logGroupName"), request.get("logGroupIdentifier")
    if (name is None) == (identifier is None):
        raise InvalidParameterException(
            "Exactly one of logGroupName and logGroupIdentifier must be specified."
            if name is not None
            else "Either logGroupName or logGroupIdentifier must be specified."
        )
    return str(name) if name is not None else name_of(str(identifier))


def name_of(identifier: str) -> str:
    """The name of a group from its name or ARN."""
    arn = parse_arn(identifier)
    if arn is None or not arn.resource.startswith("log-group:"):
        return identifier
    return arn.resource.removeprefix("log-group:").removesuffix(":*")


def group_arn(call: Call, name: str) -> str:
    """The ARN of a log group."""
    partition = partition_of(call.region)
    return f"arn:{partition}:logs:{call.region}:{call.account}:log-group:{name}"


def group_resource(call: Call, request: Shape) -> str:
    """What permissions on a log group are about."""
    name = request.get("logGroupName") or request.get("logGroupIdentifier") or ""
    return f"{group_arn(call, name_of(str(name)))}:*"


def all_groups_resource(call: Call, request: Shape) -> str:
    """What the permission to list log groups is about, as AWS's messages name it."""
    return f"{group_arn(call, '')}:log-stream:*"


def stream_resource(call: Call, request: Shape) -> str:
    """What permissions on a log stream are about."""
    name = request.get("logGroupName") or request.get("logGroupIdentifier") or ""
    stream = request.get("logStreamName", "")
    return f"{group_arn(call, name_of(str(name)))}:log-stream:{stream}"


def tagged_resource(call: Call, request: Shape) -> str:
    """What permissions on the tags of a resource are about."""
    return str(request.get("resourceArn", "*"))


def describe_group(call: Call, group: LogGroupRow) -> Shape:
    """A log group as DescribeLogGroups shows it."""
    arn = group_arn(call, group.name)
    shown: Shape = {
        "logGroupName": group.name,
        "creationTime": int(group.created_at * 1000),
        "metricFilterCount": len(call.tx.logs.list_filters(group.group_id, "metric")),
        "arn": f"{arn}:*",
        "logGroupArn": arn,
        "storedBytes": call.tx.logs.sum_sizes(group.group_id),
        "logGroupClass": group.settings.get("class", "STANDARD"),
        "deletionProtectionEnabled": group.settings.get("protected", False),
    }
    if group.retention_days is not None:
        shown["retentionInDays"] = group.retention_days
    if "key" in group.settings:
        shown["kmsKeyId"] = group.settings["key"]
    return shown


def describe_stream(call: Call, group: LogGroupRow, stream: LogStreamRow) -> Shape:
    """A log stream as DescribeLogStreams shows it."""
    shown: Shape = {
        "logStreamName": stream.name,
        "creationTime": int(stream.created_at * 1000),
        "arn": f"{group_arn(call, group.name)}:log-stream:{stream.name}",
        "storedBytes": 0,
    }
    if stream.last_event_ms is not None:
        shown["firstEventTimestamp"] = stream.first_event_ms
        shown["lastEventTimestamp"] = stream.last_event_ms
        shown["lastIngestionTime"] = stream.last_ingestion_ms
        # AWS has done without sequence tokens since 2023 and still gives them.
        shown["uploadSequenceToken"] = f"{stream.stream_id:056d}"
    return shown

"""Event source mappings: functions that read a stream.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
     https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

from typing import Any

import orjson

from groundstate.arn import parse_arn, partition_of
from groundstate.operation import Call, Principal, ServiceError, Shape
from groundstate.principals import has_rights, role_principal
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceNotFoundException,
    ValidationException,
)
from groundstate.services.lambda_.event_patterns import (
    Matches,
    PatternError,
    compile_event_pattern,
)
from groundstate.services.lambda_.functions import get_function_row, get_version
from groundstate.services.lambda_.names import FunctionName, function_arn
from groundstate.store.event_sources import EventSourceRow

FILTERS_MAX = 5
RECORD_AGE_S_MIN = 60
# Set at creation, as AWS answers them (observed).
_DEFAULTS = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "DestinationConfig": {"OnFailure": {}},
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "MaximumRetryAttempts": -1,
    "TumblingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
}
# Kept and shown; they have no effect here.
_KEPT = ("KMSKeyArn", "MetricsConfig", "LoggingConfig")
# What a function's role needs for a destination, and on what below it. Of a bucket that is every
# object: a right to the prefix of the records alone is refused (observed).
_DESTINATION_RIGHTS = {
    "s3": (("PutObject", "/*"), ("ListBucket", "")),
    "sns": (("Publish", ""),),
    "sqs": (("SendMessage", ""),),
}
# Of other event sources, or without effect here: refused, so that nobody counts on them.
_UNSUPPORTED = (
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "SelfManagedEventSource",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "ScalingConfig",
    "DocumentDBEventSourceConfig",
    "ProvisionedPollerConfig",
    "StartingPositionTimestamp",
)


def new_document(call: Call, uuid: str, named: FunctionName, request: Shape) -> Shape:
    """The configuration of a new mapping."""
    partition = partition_of(call.region)
    owner = f"arn:{partition}:lambda:{call.region}:{call.account}"
    document: Shape = {
        "UUID": uuid,
        "StartingPosition": request.get("StartingPosition", ""),
        **_DEFAULTS,
        "EventSourceArn": request["EventSourceArn"],
        "FunctionArn": function_arn(call, named.name, named.qualifier),
        "EventSourceMappingArn": f"{owner}:event-source-mapping:{uuid}",
        "LastProcessingResult": "No records processed",
        "StateTransitionReason": "User action",
    }
    change_document(call, document, request)
    return document


def change_document(call: Call, document: Shape, request: Shape) -> None:
    """Write a request's settings into a mapping's configuration.

    Raises:
        ValidationException: records would be dropped too early.
        InvalidParameterValueException: a setting cannot be, or is not supported.
    """
    for member in _UNSUPPORTED:
        if request.get(member):
            raise InvalidParameterValueException(
                f"{member} is not supported by Groundstate; see the README of its Lambda service."
            )
    if request.get("DestinationConfig", {}).get("OnSuccess"):
        raise InvalidParameterValueException(
            "Unsupported DestinationConfig parameter for given event source mapping type."
        )
    if 0 <= request.get("MaximumRecordAgeInSeconds", -1) < RECORD_AGE_S_MIN:
        raise ValidationException(
            f"1 validation error detected: Value '{request['MaximumRecordAgeInSeconds']}' at"
            " 'maximumRecordAgeInSeconds' failed to satisfy constraint: Member must have value"
            f" greater than or equal to {RECORD_AGE_S_MIN}"
        )
    for member in (*_DEFAULTS, *_KEPT):
        if member in request:
            document[member] = request[member]
    if "DestinationConfig" in request:
        document["DestinationConfig"] = _read_destination(request["DestinationConfig"])
    if document["ParallelizationFactor"] > 1 and document["TumblingWindowInSeconds"]:
        # Observed: a window's state goes from batch to batch.
        raise InvalidParameterValueException(
            "Parallelization factor must be equal to 1 when tumbling window period is configured"
        )
    if "FilterCriteria" in request:
        compile_filters(request["FilterCriteria"])
        if request["FilterCriteria"].get("Filters"):
            document["FilterCriteria"] = request["FilterCriteria"]
        else:
            document.pop("FilterCriteria", None)
    document["State"] = "Enabled" if request.get("Enabled", _is_enabled(document)) else "Disabled"
    document["LastModified"] = call.now


def _read_destination(config: Shape) -> Shape:
    """Where records that are given up go; an empty ARN takes a destination away (documented)."""
    failure = config.get("OnFailure")
    if failure is not None and "Destination" not in failure:
        # Observed.
        raise InvalidParameterValueException(
            "The Destination field is required for an OnFailure configuration."
        )
    return {"OnFailure": failure if failure and failure["Destination"] else {}}


def check_destination(call: Call, document: Shape, role: Principal) -> None:
    """The function's role may write to the mapping's destination: AWS asks beforehand.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html

    Raises:
        InvalidParameterValueException: it may not (the text was observed for queues and buckets).
    """
    destination = document["DestinationConfig"]["OnFailure"].get("Destination", "")
    parsed = parse_arn(destination)
    if parsed is None:
        return
    for action, whole in _DESTINATION_RIGHTS.get(parsed.service, ()):
        if not has_rights(call, role, destination + whole, f"{parsed.service}:{action}"):
            raise InvalidParameterValueException(
                f"The function execution role does not have permissions to call {action} on"
                f" {parsed.service.upper()}"
            ).for_want_of_right()


def compile_filters(criteria: Shape) -> Matches:
    """The function that says whether a record passes: without filters all do.

    Raises:
        InvalidParameterValueException: a filter is no event pattern.
    """
    filters = criteria.get("Filters", [])
    try:
        compiled = [
            compile_event_pattern(orjson.loads(entry.get("Pattern") or "{}")) for entry in filters
        ]
    except (PatternError, orjson.JSONDecodeError) as error:
        raise InvalidParameterValueException("Invalid filter pattern definition.") from error
    if len(filters) > FILTERS_MAX:
        raise InvalidParameterValueException(
            f"A maximum of {FILTERS_MAX} filters is allowed per event source mapping."
        )
    return lambda record: not compiled or any(matches(record) for matches in compiled)


def check_source(call: Call, arn: str, role: Principal) -> None:
    """The event source is a DynamoDB stream that the function's role may read.

    Raises:
        InvalidParameterValueException: it is something else, is not there, or may not be read.
    """
    parsed = parse_arn(arn)
    if parsed is None or parsed.service != "dynamodb" or "/stream/" not in parsed.resource:
        raise InvalidParameterValueException(
            f"Groundstate reads DynamoDB streams; it has no event source {arn}."
        )
    try:
        call.invoke("dynamodbstreams", "DescribeStream", {"StreamArn": arn}, principal=role)
    except ServiceError as error:
        if error.code == "ResourceNotFoundException":
            raise InvalidParameterValueException(f"Stream not found: {arn}") from error
        raise _no_access(arn) from error
    for action in ("GetRecords", "GetShardIterator"):
        if not has_rights(call, role, arn, f"dynamodb:{action}", "dynamodb:ListStreams"):
            raise _no_access(arn)


def _no_access(arn: str) -> ServiceError:
    return InvalidParameterValueException(
        f"Cannot access stream {arn}. Please ensure the role can perform the GetRecords,"
        " GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM."
    ).for_want_of_right()


def function_role(call: Call, named: FunctionName) -> Principal:
    """The role with which a mapping reads its source: the function's.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    function = get_function_row(call, named.name, named.qualifier)
    version = get_version(call, function, named.qualifier)
    return role_principal(version.document["Role"], named.name, "lambda.amazonaws.com")


def get_mapping(call: Call, uuid: str) -> EventSourceRow:
    """The mapping of this UUID.

    Raises:
        ResourceNotFoundException: there is none in this region.
    """
    found = call.tx.event_sources.find(uuid)
    if found is None or found.region != call.region:
        raise ResourceNotFoundException("The resource you requested does not exist.")
    return found


def shown(document: Shape, state: str = "") -> Shape:
    """A mapping as clients see it: without its tags, and in the state that it goes through."""
    visible = {member: value for member, value in document.items() if member != "Tags"}
    return {**visible, "State": state} if state else visible


def mapping_resource(call: Call, request: Shape) -> str:
    """What permissions on a mapping are about."""
    partition = partition_of(call.region)
    owner = f"arn:{partition}:lambda:{call.region}:{call.account}"
    return f"{owner}:event-source-mapping:{request.get('UUID', '')}"


def _is_enabled(document: Shape) -> Any:
    return document.get("State", "Enabled") == "Enabled"

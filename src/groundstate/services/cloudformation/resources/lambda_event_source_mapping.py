"""AWS::Lambda::EventSourceMapping.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import (
    pick,
    tag_changes,
    tags_as_map,
)
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import (
    ANY,
    BOOLEAN,
    INTEGER,
    LAMBDA_TAGS,
    NUMBER,
    TEXT,
)

_ON_FAILURE = {"OnFailure": {"Destination": TEXT}}
_CREATE_ONLY = (
    "AmazonManagedKafkaEventSourceConfig",
    "EventSourceArn",
    "Queues",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Topics",
)

# The types of what Lambda reads and this runtime does not run, by the service in their ARNs.
_OTHER_SOURCES = {
    "kafka": "AWS::MSK::Cluster",
    "kinesis": "AWS::Kinesis::Stream",
    "mq": "AWS::AmazonMQ::Broker",
    "rds": "AWS::DocDB::DBCluster",
    "sqs": "AWS::SQS::Queue",
}

SHAPE = {
    "AmazonManagedKafkaEventSourceConfig": ANY,
    "BatchSize": INTEGER,
    "BisectBatchOnFunctionError": BOOLEAN,
    "DestinationConfig": _ON_FAILURE,
    "DocumentDBEventSourceConfig": ANY,
    "Enabled": BOOLEAN,
    "EventSourceArn": TEXT,
    "FilterCriteria": {"Filters": [{"Pattern": TEXT}]},
    "FunctionName": TEXT,
    "FunctionResponseTypes": [TEXT],
    "KmsKeyArn": TEXT,
    "LoggingConfig": ANY,
    "MaximumBatchingWindowInSeconds": INTEGER,
    "MaximumRecordAgeInSeconds": INTEGER,
    "MaximumRetryAttempts": INTEGER,
    "MetricsConfig": {"Metrics": [TEXT]},
    "ParallelizationFactor": INTEGER,
    "ProvisionedPollerConfig": ANY,
    "Queues": [TEXT],
    "ScalingConfig": {"MaximumConcurrency": INTEGER},
    "SelfManagedEventSource": ANY,
    "SelfManagedKafkaEventSourceConfig": ANY,
    "SourceAccessConfigurations": [ANY],
    "StartingPosition": TEXT,
    "StartingPositionTimestamp": NUMBER,
    "Tags": LAMBDA_TAGS,
    "Topics": [TEXT],
    "TumblingWindowInSeconds": INTEGER,
}


def create_mapping(provision: Provision, properties: Properties) -> Made:
    """Create the mapping; one of a source that is a record here is a record as well."""
    if _is_record(provision, properties):
        return _describe(provision, ids.make_uuid())
    request = _as_api(pick(properties, [name for name in SHAPE if name != "Tags"]))
    tags = tags_as_map(properties.get("Tags"))
    if tags:
        request["Tags"] = tags
    answer = provision.invoke("lambda", "CreateEventSourceMapping", request)
    return _describe(provision, answer["UUID"])


def update_mapping(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the mapping; where it reads from stays."""
    was_record = _is_record(provision, current.properties)
    if _is_record(provision, properties) != was_record:
        # The one that was is deleted afterwards, as its id differs.
        return create_mapping(provision, properties)
    if was_record:
        return _describe(provision, current.physical_id)
    names = [name for name in SHAPE if name not in (*_CREATE_ONLY, "Tags")]
    request = _as_api(pick(properties, names))
    request["UUID"] = current.physical_id
    if "FilterCriteria" in current.properties and "FilterCriteria" not in request:
        request["FilterCriteria"] = {}
    provision.invoke("lambda", "UpdateEventSourceMapping", request)
    _set_tags(provision, current, properties)
    return _describe(provision, current.physical_id)


def delete_mapping(provision: Provision, current: Current) -> None:
    """Delete the mapping."""
    with gone_is_fine():
        provision.invoke("lambda", "DeleteEventSourceMapping", {"UUID": current.physical_id})


def _is_record(provision: Provision, properties: Properties) -> bool:
    """Whether it reads what is not here, and the user accepts that."""
    parts = properties.get("EventSourceArn", "").split(":")
    kind = _OTHER_SOURCES.get(parts[2]) if len(parts) > 2 else None
    if "SelfManagedEventSource" in properties:
        kind = "AWS::Lambda::EventSourceMapping"
    names = (kind, "AWS::Lambda::EventSourceMapping")
    return kind is not None and any(provision.accepts_inert(name) for name in names if name)


def _as_api(properties: Properties) -> Properties:
    """The properties under the names of the API, which writes one of them differently."""
    return {("KMSKeyArn" if name == "KmsKeyArn" else name): properties[name] for name in properties}


def _set_tags(provision: Provision, current: Current, properties: Properties) -> None:
    arn = provision.arn("lambda", f"event-source-mapping:{current.physical_id}")
    before, after = current.properties.get("Tags"), properties.get("Tags")
    to_set, to_remove = tag_changes(tags_as_map(before), tags_as_map(after))
    if to_set:
        provision.invoke("lambda", "TagResource", {"Resource": arn, "Tags": to_set})
    if to_remove:
        provision.invoke("lambda", "UntagResource", {"Resource": arn, "TagKeys": to_remove})


def _describe(provision: Provision, uuid: str) -> Made:
    arn = provision.arn("lambda", f"event-source-mapping:{uuid}")
    return Made(uuid, {"Id": uuid, "EventSourceMappingArn": arn})


EVENT_SOURCE_MAPPING = ResourceType(
    name="AWS::Lambda::EventSourceMapping",
    shape=SHAPE,
    required=("FunctionName",),
    replaces=frozenset(_CREATE_ONLY),
    attributes=("Id", "EventSourceMappingArn"),
    create=create_mapping,
    update=update_mapping,
    delete=delete_mapping,
)

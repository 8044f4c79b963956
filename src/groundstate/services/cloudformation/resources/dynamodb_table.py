"""AWS::DynamoDB::Table.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundstate.services.cloudformation.resources import dynamodb_import
from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import (
    as_text,
    pick,
    tag_changes,
    tags_as_map,
)
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Outcome,
    Pending,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType, changed_names
from groundstate.services.cloudformation.resources.shape import (
    ANY,
    BOOLEAN,
    INTEGER,
    JSON,
    TAGS,
    TEXT,
    Needed,
)

_NAME_LENGTH_MAX = 255
_THROUGHPUT = {"ReadCapacityUnits": Needed(INTEGER), "WriteCapacityUnits": Needed(INTEGER)}
_ON_DEMAND = {"MaxReadRequestUnits": INTEGER, "MaxWriteRequestUnits": INTEGER}
_WARM = {"ReadUnitsPerSecond": INTEGER, "WriteUnitsPerSecond": INTEGER}
_KEY_SCHEMA = [{"AttributeName": Needed(TEXT), "KeyType": Needed(TEXT)}]
PROJECTION = {"ProjectionType": TEXT, "NonKeyAttributes": [TEXT]}
_POLICY = {"PolicyDocument": Needed(JSON)}
_INSIGHTS = {"Enabled": Needed(BOOLEAN), "Mode": TEXT}
_RECOVERY = {"PointInTimeRecoveryEnabled": BOOLEAN, "RecoveryPeriodInDays": INTEGER}
# What UpdateTable takes alone, with what it is where a template says nothing.
_ALONE: dict[str, Any] = {
    "TableClass": "STANDARD",
    "DeletionProtectionEnabled": False,
    "WarmThroughput": {},
}
# What takes limits away.
_NO_LIMITS = {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}

SHAPE = {
    "AttributeDefinitions": [{"AttributeName": Needed(TEXT), "AttributeType": Needed(TEXT)}],
    "BillingMode": TEXT,
    "ContributorInsightsSpecification": _INSIGHTS,
    "DeletionProtectionEnabled": BOOLEAN,
    "GlobalSecondaryIndexes": [
        {
            "ContributorInsightsSpecification": _INSIGHTS,
            "IndexName": Needed(TEXT),
            "KeySchema": Needed(_KEY_SCHEMA),
            "OnDemandThroughput": _ON_DEMAND,
            "Projection": Needed(PROJECTION),
            "ProvisionedThroughput": _THROUGHPUT,
            "WarmThroughput": _WARM,
        }
    ],
    "ImportSourceSpecification": dynamodb_import.SHAPE,
    "KeySchema": _KEY_SCHEMA,
    "KinesisStreamSpecification": {
        "ApproximateCreationDateTimePrecision": TEXT,
        "StreamArn": Needed(TEXT),
    },
    "LocalSecondaryIndexes": [
        {
            "IndexName": Needed(TEXT),
            "KeySchema": Needed(_KEY_SCHEMA),
            "Projection": Needed(PROJECTION),
        }
    ],
    "OnDemandThroughput": _ON_DEMAND,
    "PointInTimeRecoverySpecification": _RECOVERY,
    "ProvisionedThroughput": _THROUGHPUT,
    "ResourcePolicy": _POLICY,
    "SSESpecification": {"SSEEnabled": Needed(BOOLEAN), "SSEType": TEXT, "KMSMasterKeyId": TEXT},
    "StreamSpecification": {
        "ResourcePolicy": _POLICY,
        "StreamViewType": Needed(TEXT),
        "Tags": TAGS,
    },
    "TableClass": TEXT,
    "TableName": TEXT,
    "Tags": TAGS,
    "TimeToLiveSpecification": {"AttributeName": TEXT, "Enabled": Needed(BOOLEAN)},
    "VectorIndexes": ANY,
    "WarmThroughput": _WARM,
}


def create_table(provision: Provision, properties: Properties) -> Outcome:
    """Create the table and what CreateTable does not take, or begin to import it."""
    if "VectorIndexes" in properties:
        raise ProvisionFailed("VectorIndexes of AWS::DynamoDB::Table is not supported.")
    if "KinesisStreamSpecification" in properties:
        if not provision.accepts_inert("AWS::Kinesis::Stream"):
            raise ProvisionFailed(
                "KinesisStreamSpecification of AWS::DynamoDB::Table is not supported."
            )
        provision.note("The table writes to no Kinesis stream: the stream is a record.")
    table = properties.get("TableName") or provision.make_name(_NAME_LENGTH_MAX)
    request = pick(
        properties,
        (
            "AttributeDefinitions",
            "BillingMode",
            "DeletionProtectionEnabled",
            "KeySchema",
            "LocalSecondaryIndexes",
            "OnDemandThroughput",
            "ProvisionedThroughput",
            "TableClass",
            "Tags",
            "WarmThroughput",
        ),
    )
    request["TableName"] = table
    if "GlobalSecondaryIndexes" in properties:
        request["GlobalSecondaryIndexes"] = [
            _index(index) for index in properties["GlobalSecondaryIndexes"]
        ]
    if "StreamSpecification" in properties:
        request["StreamSpecification"] = _stream(properties)
    if "SSESpecification" in properties:
        request["SSESpecification"] = _encryption(properties)
    if "ResourcePolicy" in properties:
        request["ResourcePolicy"] = as_text(properties["ResourcePolicy"]["PolicyDocument"])
    if "ImportSourceSpecification" in properties:
        return dynamodb_import.begin(provision, table, request, properties)
    provision.invoke("dynamodb", "CreateTable", request)
    _set_aside(provision, table, {}, properties)
    return describe_table(provision, table)


def check_table(provision: Provision, pending: Pending) -> Outcome:
    """Whether a table is imported; if so, bring the rest of the properties to it."""
    waits = dynamodb_import.check(provision, pending)
    if waits is not None:
        return waits
    properties = pending.state["properties"]
    before = dynamodb_import.imported(properties)
    return _bring_to(provision, pending.physical_id, before, properties)


def update_table(provision: Provision, current: Current, properties: Properties) -> Made:
    """Bring the table to the properties, if they change no more of its indexes than AWS can."""
    _check_index_changes(_indexes(current.properties), _indexes(properties))
    return _bring_to(provision, current.physical_id, current.properties, properties)


def _bring_to(provision: Provision, table: str, before: Properties, properties: Properties) -> Made:
    """Change the table by one UpdateTable for each thing that changes."""
    for request in _updates(before, properties):
        provision.invoke("dynamodb", "UpdateTable", {"TableName": table, **request})
    if _view(before) != _view(properties):
        _update_stream(provision, table, before, properties)
    _set_aside(provision, table, before, properties)
    return describe_table(provision, table)


def delete_table(provision: Provision, current: Current) -> None:
    """Delete the table; one that is gone already is as good."""
    with gone_is_fine():
        provision.invoke("dynamodb", "DeleteTable", {"TableName": current.physical_id})


def read_table(provision: Provision, current: Current) -> Properties:
    """The table as it is."""
    request = {"TableName": current.physical_id}
    answer = provision.invoke("dynamodb", "DescribeTable", request)["Table"]
    actual: Properties = {
        "AttributeDefinitions": answer["AttributeDefinitions"],
        "BillingMode": answer.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "DeletionProtectionEnabled": answer.get("DeletionProtectionEnabled", False),
        "KeySchema": answer["KeySchema"],
        "TableName": answer["TableName"],
    }
    units = answer.get("ProvisionedThroughput", {})
    actual["ProvisionedThroughput"] = pick(units, ("ReadCapacityUnits", "WriteCapacityUnits"))
    return actual


def adopt_table(provision: Provision, identifier: str, properties: Properties) -> Made:
    """Take over a table that is there."""
    return describe_table(provision, identifier)


def describe_table(provision: Provision, table: str) -> Made:
    """The table's attributes."""
    answer = provision.invoke("dynamodb", "DescribeTable", {"TableName": table})["Table"]
    attributes = {"Arn": answer["TableArn"], "TableId": answer.get("TableId", "")}
    if "LatestStreamArn" in answer:
        attributes["StreamArn"] = answer["LatestStreamArn"]
    return Made(answer["TableName"], attributes)


def _indexes(properties: Properties) -> dict[str, dict[str, Any]]:
    """The global indexes by their names."""
    return {index["IndexName"]: index for index in properties.get("GlobalSecondaryIndexes", [])}


def _check_index_changes(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Refuse what AWS refuses, so that an update that works here works there.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/229
    """
    if any(_keys_of(old[name]) != _keys_of(new[name]) for name in old.keys() & new.keys()):
        raise ProvisionFailed(
            "Cannot update GSI's properties other than Provisioned Throughput and Contributor"
            " Insights Specification. You can create a new GSI with a different name."
        )
    if len(old.keys() ^ new.keys()) > 1:
        raise ProvisionFailed(
            "Cannot perform more than one GSI creation or deletion in a single update"
        )


def _index(index: dict[str, Any]) -> dict[str, Any]:
    """An index as CreateTable takes it."""
    return pick(
        index,
        (
            "IndexName",
            "KeySchema",
            "Projection",
            "ProvisionedThroughput",
            "OnDemandThroughput",
            "WarmThroughput",
        ),
    )


def _view(properties: Properties) -> Any:
    return properties.get("StreamSpecification", {}).get("StreamViewType")


def _stream(properties: Properties) -> dict[str, Any]:
    return {"StreamEnabled": True, "StreamViewType": _view(properties)}


def _encryption(properties: Properties) -> dict[str, Any]:
    specification = dict(properties.get("SSESpecification", {"SSEEnabled": False}))
    return {
        "Enabled" if key == "SSEEnabled" else key: value for key, value in specification.items()
    }


def _updates(before: Properties, after: Properties) -> Iterator[dict[str, Any]]:
    """The requests that change a table: UpdateTable takes hardly two things at once."""
    old, new = _indexes(before), _indexes(after)
    kept = [name for name in new if name in old]
    for name in old:
        if name not in kept:
            yield {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}
    billing = _billing_update(before, after, [new[name] for name in kept])
    if billing:
        yield billing
    if "GlobalSecondaryIndexUpdates" not in billing:
        updates = [_index_update(old[name], new[name]) for name in kept]
        changing = [{"Update": update} for update in updates if len(update) > 1]
        if changing:
            yield {"GlobalSecondaryIndexUpdates": changing}
    for name, index in new.items():
        if name not in kept:
            yield {
                "AttributeDefinitions": after["AttributeDefinitions"],
                "GlobalSecondaryIndexUpdates": [{"Create": _index(index)}],
            }
    changed = changed_names(before, after)
    for member, default in _ALONE.items():
        value = after.get(member, default)
        # What a table is ready for cannot be lowered.
        if member in changed and value != {}:
            yield {member: value}
    if "SSESpecification" in changed:
        yield {"SSESpecification": _encryption(after)}


def _keys_of(index: dict[str, Any]) -> tuple[Any, ...]:
    """What an index cannot change."""
    projection = index["Projection"]
    others = sorted(projection.get("NonKeyAttributes", ()))
    return index["KeySchema"], projection.get("ProjectionType"), others


def _billing_update(
    before: Properties, after: Properties, indexes: list[dict[str, Any]]
) -> dict[str, Any]:
    """How a table is billed, and what it may use: with the units of indexes where those begin."""
    modes = [of.get("BillingMode", "PROVISIONED") for of in (before, after)]
    limits = after.get("OnDemandThroughput")
    if modes == ["PROVISIONED", "PAY_PER_REQUEST"]:
        request = {"BillingMode": modes[1]}
        return {**request, "OnDemandThroughput": limits} if limits else request
    if modes == ["PAY_PER_REQUEST", "PROVISIONED"]:
        units = [pick(index, ("IndexName", "ProvisionedThroughput")) for index in indexes]
        request = {
            "BillingMode": modes[1],
            **pick(after, ("ProvisionedThroughput",)),
            "GlobalSecondaryIndexUpdates": [{"Update": update} for update in units],
        }
        if not units:
            del request["GlobalSecondaryIndexUpdates"]
        return request
    if modes[1] == "PROVISIONED":
        member, value = "ProvisionedThroughput", after.get("ProvisionedThroughput")
    else:
        member, value = "OnDemandThroughput", limits or _NO_LIMITS
    return {member: value} if value != before.get(member, _default(member)) else {}


def _default(member: str) -> dict[str, int] | None:
    return _NO_LIMITS if member == "OnDemandThroughput" else None


def _index_update(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What changes of an index that stays."""
    members = ("ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput")
    changes = {name: after[name] for name in members if name in after}
    changed = {name: value for name, value in changes.items() if value != before.get(name)}
    return {"IndexName": after["IndexName"], **changed}


def _update_stream(provision: Provision, table: str, before: Properties, after: Properties) -> None:
    if "StreamSpecification" in before:
        off = {"TableName": table, "StreamSpecification": {"StreamEnabled": False}}
        provision.invoke("dynamodb", "UpdateTable", off)
    if "StreamSpecification" in after:
        on = {"TableName": table, "StreamSpecification": _stream(after)}
        provision.invoke("dynamodb", "UpdateTable", on)


def _set_aside(provision: Provision, table: str, before: Properties, after: Properties) -> None:
    """What has operations of its own: time to live, backups, tags, the resource policy."""
    arn = provision.arn("dynamodb", f"table/{table}")
    lifetime = after.get("TimeToLiveSpecification")
    if lifetime != before.get("TimeToLiveSpecification"):
        _set_time_to_live(provision, table, lifetime)
    recovery = after.get("PointInTimeRecoverySpecification")
    if recovery != before.get("PointInTimeRecoverySpecification"):
        provision.invoke(
            "dynamodb",
            "UpdateContinuousBackups",
            {
                "TableName": table,
                "PointInTimeRecoverySpecification": recovery
                or {"PointInTimeRecoveryEnabled": False},
            },
        )
    _set_stream_policy(provision, table, before, after)
    if not before:
        return
    to_set, to_remove = tag_changes(tags_as_map(before.get("Tags")), tags_as_map(after.get("Tags")))
    if to_set:
        tags = [{"Key": key, "Value": value} for key, value in to_set.items()]
        provision.invoke("dynamodb", "TagResource", {"ResourceArn": arn, "Tags": tags})
    if to_remove:
        provision.invoke("dynamodb", "UntagResource", {"ResourceArn": arn, "TagKeys": to_remove})
    if after.get("ResourcePolicy") != before.get("ResourcePolicy"):
        if "ResourcePolicy" in after:
            policy = as_text(after["ResourcePolicy"]["PolicyDocument"])
            request = {"ResourceArn": arn, "Policy": policy}
            provision.invoke("dynamodb", "PutResourcePolicy", request)
        else:
            provision.invoke("dynamodb", "DeleteResourcePolicy", {"ResourceArn": arn})


def _set_stream_policy(
    provision: Provision, table: str, before: Properties, after: Properties
) -> None:
    """The policy of the stream itself. One that was turned on anew has none yet."""
    old, new = (of.get("StreamSpecification", {}).get("ResourcePolicy") for of in (before, after))
    if _view(before) != _view(after):
        old = None
    if old == new:
        return
    stream = {"ResourceArn": describe_table(provision, table).attributes["StreamArn"]}
    if new is None:
        provision.invoke("dynamodb", "DeleteResourcePolicy", stream)
    else:
        policy = as_text(new["PolicyDocument"])
        provision.invoke("dynamodb", "PutResourcePolicy", {**stream, "Policy": policy})


def _set_time_to_live(provision: Provision, table: str, after: dict[str, Any] | None) -> None:
    """Turn it on or off.

    Another attribute takes two updates, as on AWS: the first turns it off. What the table has is
    asked, since somebody may have turned it on or off by hand.
    """
    described = provision.invoke("dynamodb", "DescribeTimeToLive", {"TableName": table})
    now = described["TimeToLiveDescription"]
    is_on = now["TimeToLiveStatus"] in ("ENABLING", "ENABLED")
    if after is not None and after.get("Enabled"):
        if is_on and now["AttributeName"] == after["AttributeName"]:
            return
        specification = after
    elif is_on:
        specification = {"AttributeName": now["AttributeName"], "Enabled": False}
    else:
        return
    request = {"TableName": table, "TimeToLiveSpecification": specification}
    provision.invoke("dynamodb", "UpdateTimeToLive", request)


TABLE = ResourceType(
    name="AWS::DynamoDB::Table",
    shape=SHAPE,
    required=("KeySchema",),
    replaces=frozenset(
        {"ImportSourceSpecification", "KeySchema", "LocalSecondaryIndexes", "TableName"}
    ),
    name_property="TableName",
    attributes=("Arn", "StreamArn", "TableId"),
    tags="list",
    create=create_table,
    update=update_table,
    delete=delete_table,
    check=check_table,
    adopt=adopt_table,
    read_actual=read_table,
    compared=frozenset({"BillingMode", "DeletionProtectionEnabled", "ProvisionedThroughput"}),
    identifier="TableName",
)

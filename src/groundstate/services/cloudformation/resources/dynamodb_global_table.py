"""AWS::DynamoDB::GlobalTable, which the CDK's TableV2 makes: a table in the stack's own region.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html

Replicas in other regions are left out, which an event says: there is one place here.
"""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.resources import dynamodb_table
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Outcome,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    TAGS,
    TEXT,
    Needed,
)

_SHARED = (
    "AttributeDefinitions",
    "BillingMode",
    "KeySchema",
    "LocalSecondaryIndexes",
    "SSESpecification",
    "StreamSpecification",
    "TableName",
    "TimeToLiveSpecification",
    "VectorIndexes",
)
_OF_REPLICA = (
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "KinesisStreamSpecification",
    "PointInTimeRecoverySpecification",
    "ResourcePolicy",
    "TableClass",
    "Tags",
)
# Units of a table whose write capacity scales by itself: there is nothing to scale here.
_UNITS_DEFAULT = 5

_SCALING = {
    "MaxCapacity": Needed(INTEGER),
    "MinCapacity": Needed(INTEGER),
    "SeedCapacity": INTEGER,
    "TargetTrackingScalingPolicyConfiguration": Needed(
        {
            "DisableScaleIn": BOOLEAN,
            "ScaleInCooldown": INTEGER,
            "ScaleOutCooldown": INTEGER,
            "TargetValue": Needed(NUMBER),
        }
    ),
}
_READS = {"ReadCapacityAutoScalingSettings": _SCALING, "ReadCapacityUnits": INTEGER}
_WRITES = {"WriteCapacityAutoScalingSettings": _SCALING}
_READS_ON_DEMAND = {"MaxReadRequestUnits": INTEGER}
_WRITES_ON_DEMAND = {"MaxWriteRequestUnits": INTEGER}
_KINESIS = {"ApproximateCreationDateTimePrecision": TEXT, "StreamArn": Needed(TEXT)}
_TABLE = dynamodb_table.SHAPE
_REPLICA = {
    "ContributorInsightsSpecification": _TABLE["ContributorInsightsSpecification"],
    "DeletionProtectionEnabled": BOOLEAN,
    "DisassociationProtectionEnabled": BOOLEAN,
    "GlobalSecondaryIndexes": [
        {
            "ContributorInsightsSpecification": _TABLE["ContributorInsightsSpecification"],
            "IndexName": Needed(TEXT),
            "ReadOnDemandThroughputSettings": _READS_ON_DEMAND,
            "ReadProvisionedThroughputSettings": _READS,
        }
    ],
    "GlobalTableSettingsReplicationMode": TEXT,
    "KinesisStreamSpecification": _KINESIS,
    "PointInTimeRecoverySpecification": _TABLE["PointInTimeRecoverySpecification"],
    "ReadOnDemandThroughputSettings": _READS_ON_DEMAND,
    "ReadProvisionedThroughputSettings": _READS,
    "Region": Needed(TEXT),
    "ReplicaStreamSpecification": {"ResourcePolicy": _TABLE["ResourcePolicy"], "Tags": TAGS},
    "ResourcePolicy": _TABLE["ResourcePolicy"],
    "SSESpecification": {"KMSMasterKeyId": Needed(TEXT)},
    "TableClass": TEXT,
    "Tags": TAGS,
}


def create_global_table(provision: Provision, properties: Properties) -> Outcome:
    """Create the table of the stack's region."""
    _note_others(provision, properties)
    return dynamodb_table.create_table(provision, _as_table(provision, properties))


def update_global_table(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the table of the stack's region."""
    if properties["Replicas"] != current.properties["Replicas"]:
        _note_others(provision, properties)
    before = _as_table(provision, current.properties)
    after = _as_table(provision, properties)
    table = Current(current.physical_id, before, current.attributes)
    return dynamodb_table.update_table(provision, table, after)


def _note_others(provision: Provision, properties: Properties) -> None:
    regions = [replica["Region"] for replica in properties["Replicas"]]
    others = [region for region in regions if region != provision.region]
    if others:
        provision.note(
            f"The replicas in {', '.join(others)} are left out: the table is in {provision.region}"
            " alone."
        )


def _as_table(provision: Provision, properties: Properties) -> Properties:
    """The properties as those of a plain table."""
    replicas = properties["Replicas"]
    if not replicas:
        raise ProvisionFailed("Property Replicas cannot be empty.")
    here = [replica for replica in replicas if replica["Region"] == provision.region]
    if not here:
        raise ProvisionFailed(
            f"Property Replicas must have one in the region of the stack, {provision.region}."
        )
    replica = here[0]
    table = {name: properties[name] for name in _SHARED if name in properties}
    table.update({name: replica[name] for name in _OF_REPLICA if name in replica})
    stream_policy = replica.get("ReplicaStreamSpecification", {}).get("ResourcePolicy")
    if stream_policy and "StreamSpecification" in table:
        stream = table["StreamSpecification"]
        table["StreamSpecification"] = {**stream, "ResourcePolicy": stream_policy}
    if table.get("BillingMode") == "PROVISIONED":
        table["ProvisionedThroughput"] = _throughput(properties, replica)
    on_demand = {
        **properties.get("WriteOnDemandThroughputSettings", {}),
        **replica.get("ReadOnDemandThroughputSettings", {}),
    }
    if on_demand:
        table["OnDemandThroughput"] = {name: int(units) for name, units in on_demand.items()}
    indexes = [
        _index(index, replica, table) for index in properties.get("GlobalSecondaryIndexes", [])
    ]
    if indexes:
        table["GlobalSecondaryIndexes"] = indexes
    shape = {name: dynamodb_table.SHAPE[name] for name in table}
    read = ResourceType(
        name="AWS::DynamoDB::Table",
        shape=shape,
        create=dynamodb_table.create_table,
        delete=dynamodb_table.delete_table,
    )
    return read.read(table, {})


def _index(index: dict[str, Any], replica: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    made = {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
    if table.get("BillingMode") == "PROVISIONED":
        own: dict[str, Any] = next(
            (
                entry
                for entry in replica.get("GlobalSecondaryIndexes", [])
                if entry["IndexName"] == index["IndexName"]
            ),
            {},
        )
        made["ProvisionedThroughput"] = _throughput(index, own)
    return made


def _throughput(writes: dict[str, Any], reads: dict[str, Any]) -> dict[str, int]:
    write = writes.get("WriteProvisionedThroughputSettings", {})
    read = reads.get("ReadProvisionedThroughputSettings", {})
    return {
        "ReadCapacityUnits": int(
            read.get("ReadCapacityUnits")
            or read.get("ReadCapacityAutoScalingSettings", {}).get("MinCapacity", _UNITS_DEFAULT)
        ),
        "WriteCapacityUnits": int(
            write.get("WriteCapacityAutoScalingSettings", {}).get("MinCapacity", _UNITS_DEFAULT)
        ),
    }


GLOBAL_TABLE = ResourceType(
    name="AWS::DynamoDB::GlobalTable",
    shape={
        "AttributeDefinitions": _TABLE["AttributeDefinitions"],
        "BillingMode": TEXT,
        "GlobalSecondaryIndexes": [
            {
                "IndexName": Needed(TEXT),
                "KeySchema": Needed(_TABLE["KeySchema"]),
                "Projection": Needed(dynamodb_table.PROJECTION),
                "ReadOnDemandThroughputSettings": _READS_ON_DEMAND,
                "ReadProvisionedThroughputSettings": {"ReadCapacityUnits": INTEGER},
                "WarmThroughput": _TABLE["WarmThroughput"],
                "WriteOnDemandThroughputSettings": _WRITES_ON_DEMAND,
                "WriteProvisionedThroughputSettings": _WRITES,
            }
        ],
        "GlobalTableSettingsReplicationMode": TEXT,
        "GlobalTableSourceArn": TEXT,
        "GlobalTableWitnesses": [{"Region": TEXT}],
        "KeySchema": _TABLE["KeySchema"],
        "LocalSecondaryIndexes": _TABLE["LocalSecondaryIndexes"],
        "MultiRegionConsistency": TEXT,
        "ReadOnDemandThroughputSettings": _READS_ON_DEMAND,
        "ReadProvisionedThroughputSettings": {"ReadCapacityUnits": INTEGER},
        "Replicas": [_REPLICA],
        "SSESpecification": {"SSEEnabled": Needed(BOOLEAN), "SSEType": TEXT},
        "StreamSpecification": {"StreamViewType": Needed(TEXT)},
        "TableName": TEXT,
        "TableType": TEXT,
        "TimeToLiveSpecification": _TABLE["TimeToLiveSpecification"],
        "VectorIndexes": [ANY],
        "WarmThroughput": _TABLE["WarmThroughput"],
        "WriteOnDemandThroughputSettings": _WRITES_ON_DEMAND,
        "WriteProvisionedThroughputSettings": _WRITES,
    },
    required=("AttributeDefinitions", "KeySchema", "Replicas"),
    replaces=frozenset({"KeySchema", "LocalSecondaryIndexes", "TableName"}),
    name_property="TableName",
    attributes=("Arn", "StreamArn", "TableId"),
    create=create_global_table,
    update=update_global_table,
    delete=dynamodb_table.delete_table,
    adopt=dynamodb_table.adopt_table,
    identifier="TableName",
)

"""CreateBackup, DescribeBackup, ListBackups, DeleteBackup: whole copies of a table's items.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
"""

from __future__ import annotations

from typing import Any

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.description import describe
from groundstate.services.dynamodb.errors import (
    BackupNotFoundException,
    TableNotFoundException,
    ValidationException,
)
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.tables import find_table
from groundstate.services.dynamodb.throughput import is_on_demand
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.inputs import NAME_PATTERN
from groundstate.services.dynamodb.validation.shapes import DOUBLE, INTEGER, STRING, Member
from groundstate.services.dynamodb.validation.table_inputs import MANAGED_NAME
from groundstate.store.dynamodb_backups import BackupRow

PAGE_MAX = 100
_ARN = Member(STRING, required=True, shortest=37, longest=1024)
_CREATE = Checker(
    TableName=MANAGED_NAME,
    BackupName=Member(STRING, required=True, pattern=NAME_PATTERN, shortest=3, longest=255),
)
_NAMED = Checker(BackupArn=_ARN)
_LIST = Checker(
    TableName=Member(STRING, shortest=1, longest=1024),
    Limit=Member(INTEGER, minimum=1, maximum=PAGE_MAX),
    TimeRangeLowerBound=DOUBLE,
    TimeRangeUpperBound=DOUBLE,
    ExclusiveStartBackupArn=Member(STRING, shortest=37, longest=1024),
    BackupType=Member(STRING, choices=("USER", "SYSTEM", "AWS_BACKUP", "ALL")),
)
_SUMMARY = (
    "BackupArn",
    "BackupName",
    "BackupCreationDateTime",
    "BackupStatus",
    "BackupType",
    "BackupSizeBytes",
)
_INDEX_MEMBERS = ("IndexName", "KeySchema", "Projection", "ProvisionedThroughput")
_UNITS = ("ReadCapacityUnits", "WriteCapacityUnits")


def create_backup(call: Call, request: Shape) -> Shape:
    """Keep a copy of a table as it is now; it is available at once.

    Raises:
        TableNotFoundException: there is no such table.
    """
    request = _CREATE.check(request).request
    table = find_table(call, request["TableName"])
    if table is None:
        raise TableNotFoundException(f"Table not found: {request['TableName']}")
    backups = call.tx.dynamodb.backups
    backup_id = call.tx.dynamodb.make_number()
    mark = f"{ids.make_entropy():032x}"[:8]
    arn = f"{table.arn}/backup/{int(call.now * 1000):014d}-{mark}"
    shape = describe(call, table)
    description = _description(table, shape, arn, request["BackupName"], call.now)
    backups.add(
        backup_id,
        arn,
        call.account,
        call.region,
        table.name,
        call.now,
        {**description, "Definition": table.definition},
    )
    backups.copy_items(backup_id, table.table_id)
    return {"BackupDetails": {**description["BackupDetails"], "BackupStatus": "CREATING"}}


def _description(
    table: Table, shape: dict[str, Any], arn: str, name: str, now: float
) -> dict[str, Any]:
    details = {
        "BackupArn": arn,
        "BackupName": name,
        "BackupSizeBytes": shape["TableSizeBytes"],
        "BackupStatus": "AVAILABLE",
        "BackupType": "USER",
        "BackupCreationDateTime": now,
    }
    source = {
        "TableName": table.name,
        "TableId": shape["TableId"],
        "TableArn": table.arn,
        "TableSizeBytes": shape["TableSizeBytes"],
        "KeySchema": shape["KeySchema"],
        "TableCreationDateTime": shape["CreationDateTime"],
        "ProvisionedThroughput": {unit: shape["ProvisionedThroughput"][unit] for unit in _UNITS},
        "ItemCount": shape["ItemCount"],
        "BillingMode": "PAY_PER_REQUEST" if is_on_demand(shape) else "PROVISIONED",
    }
    features: dict[str, Any] = {}
    for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        if member in shape:
            features[member] = [_index_info(index) for index in shape[member]]
    if "StreamSpecification" in shape:
        features["StreamDescription"] = shape["StreamSpecification"]
    if table.time_to_live is not None:
        features["TimeToLiveDescription"] = {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": table.time_to_live,
        }
    if "SSEDescription" in shape:
        features["SSEDescription"] = shape["SSEDescription"]
    return {
        "BackupDetails": details,
        "SourceTableDetails": source,
        "SourceTableFeatureDetails": features,
    }


def _index_info(index: dict[str, Any]) -> dict[str, Any]:
    info = {member: index[member] for member in _INDEX_MEMBERS if member in index}
    if "ProvisionedThroughput" in info:
        info["ProvisionedThroughput"] = {
            unit: info["ProvisionedThroughput"][unit] for unit in _UNITS
        }
    return info


def get_backup(call: Call, arn: str) -> BackupRow:
    """A backup by its ARN.

    Raises:
        BackupNotFoundException: there is none.
    """
    found = call.tx.dynamodb.backups.find(arn)
    if found is None:
        raise BackupNotFoundException(f"Backup not found: {arn}")
    return found


def backup_shape(row: BackupRow) -> dict[str, Any]:
    """A backup as DescribeBackup answers it."""
    return {member: value for member, value in row.description.items() if member != "Definition"}


def describe_backup(call: Call, request: Shape) -> Shape:
    """Describe a backup.

    Raises:
        BackupNotFoundException: there is none.
    """
    request = _NAMED.check(request).request
    return {"BackupDescription": backup_shape(get_backup(call, request["BackupArn"]))}


def delete_backup(call: Call, request: Shape) -> Shape:
    """Remove a backup.

    Raises:
        BackupNotFoundException: there is none.
    """
    request = _NAMED.check(request).request
    row = get_backup(call, request["BackupArn"])
    call.tx.dynamodb.backups.remove(row.backup_id)
    shape = backup_shape(row)
    shape["BackupDetails"] = {**shape["BackupDetails"], "BackupStatus": "DELETED"}
    return {"BackupDescription": shape}


def list_backups(call: Call, request: Shape) -> Shape:
    """Backups of one table or of all, oldest first.

    Raises:
        BackupNotFoundException: there is no backup to start after.
    """
    request = _LIST.check(request).request
    after = 0
    if "ExclusiveStartBackupArn" in request:
        after = get_backup(call, request["ExclusiveStartBackupArn"]).backup_id
    name = request.get("TableName")
    if request.get("BackupType") in ("SYSTEM", "AWS_BACKUP"):
        return {"BackupSummaries": []}
    if name is not None and name.startswith("arn:"):
        table = find_table(call, name)
        if table is None:
            raise ValidationException(f"Table not found: {name}")
        name = table.name
    limit = request.get("Limit", PAGE_MAX)
    rows = call.tx.dynamodb.backups.list_backups(call.account, call.region, name, after, limit + 1)
    low = request.get("TimeRangeLowerBound", float("-inf"))
    high = request.get("TimeRangeUpperBound", float("inf"))
    summaries = [
        _summary(row)
        for row in rows[:limit]
        if low <= row.description["BackupDetails"]["BackupCreationDateTime"] < high
    ]
    response: Shape = {"BackupSummaries": summaries}
    if len(rows) > limit:
        response["LastEvaluatedBackupArn"] = rows[limit - 1].arn
    return response


def _summary(row: BackupRow) -> dict[str, Any]:
    details, source = row.description["BackupDetails"], row.description["SourceTableDetails"]
    return {
        **{member: details[member] for member in _SUMMARY},
        "TableName": source["TableName"],
        "TableId": source["TableId"],
        "TableArn": source["TableArn"],
    }

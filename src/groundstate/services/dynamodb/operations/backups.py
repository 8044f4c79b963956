"""CreateBackup, DescribeBackup, ListBackups, DeleteBackup: whole copies of a table's items.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.description import describe
from groundstate.services.dynamodb.errors import (
    AccessDeniedException,
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
# How long the backup of a deleted table that could go back in time is kept.
SYSTEM_BACKUP_S = 35 * 24 * 3600
SYSTEM_BACKUP_TIMER = "system_backup"
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
_OPTIONAL = ("BackupExpiryDateTime",)
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
    mark = f"{ids.make_entropy():032x}"[:8]
    description = _description(call, table, mark, request["BackupName"])
    call.tx.dynamodb.backups.copy_items(_add(call, table, description), table.table_id)
    return {"BackupDetails": {**description["BackupDetails"], "BackupStatus": "CREATING"}}


def keep_deleted(call: Call, table: Table) -> None:
    """Make a table that is being deleted, and that could go back in time, a backup of the system.

    AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.Tutorial.html
    """
    description = _description(call, table, "00000000", f"{table.name}$DeletedTableBackup")
    description["BackupDetails"] |= {
        "BackupType": "SYSTEM",
        "BackupExpiryDateTime": call.now + SYSTEM_BACKUP_S,
    }
    description["SourceTableFeatureDetails"] = {}
    backup_id = _add(call, table, description)
    call.tx.dynamodb.backups.take_items(backup_id, table.table_id)
    arn = description["BackupDetails"]["BackupArn"]
    call.tx.timers.set(
        call.now + SYSTEM_BACKUP_S, "dynamodb", SYSTEM_BACKUP_TIMER, arn, region=table.region
    )


def on_system_backup_timer(call: Call, subject: str, data: bytes) -> None:
    """Remove the backup of the system with the ARN `subject`: its time is over."""
    found = call.tx.dynamodb.backups.find(subject)
    if found is not None:
        call.tx.dynamodb.backups.remove(found.backup_id)


def _add(call: Call, table: Table, description: dict[str, Any]) -> int:
    """Add a backup without items; its number."""
    backup_id = call.tx.dynamodb.make_number()
    arn = description["BackupDetails"]["BackupArn"]
    kept = {**description, "Definition": table.definition}
    call.tx.dynamodb.backups.add(
        backup_id, arn, table.account, table.region, table.name, call.now, kept
    )
    return backup_id


def _description(call: Call, table: Table, mark: str, name: str) -> dict[str, Any]:
    shape = describe(call, table)
    at = int(call.now * 1000)
    # The backups of the system all have the same mark.
    while call.tx.dynamodb.backups.find(f"{table.arn}/backup/{at:014d}-{mark}") is not None:
        at += 1
    arn = f"{table.arn}/backup/{at:014d}-{mark}"
    details = {
        "BackupArn": arn,
        "BackupName": name,
        "BackupSizeBytes": shape["TableSizeBytes"],
        "BackupStatus": "AVAILABLE",
        "BackupType": "USER",
        "BackupCreationDateTime": at / 1000,
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
    if "OnDemandThroughput" in shape:
        source["OnDemandThroughput"] = shape["OnDemandThroughput"]
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
        AccessDeniedException: it is another account's.
        BackupNotFoundException: there is none.
        ValidationException: it is no ARN of a backup.
    """
    _check_arn(call, arn)
    found = call.tx.dynamodb.backups.find(arn)
    if found is None:
        raise BackupNotFoundException(f"Backup not found: {arn}")
    return found


def _check_arn(call: Call, arn: str) -> None:
    parts = arns.find_backup_parts(arn)
    if parts is None:
        raise ValidationException("Invalid Backup ARN")
    partition, service, _, account = parts
    if not partition.startswith("aws") or service != "dynamodb":
        raise ValidationException("BackupArn is not valid")
    if account != call.account:
        raise AccessDeniedException("Access is denied")


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
        ValidationException: it is the system's, which goes by itself.
    """
    request = _NAMED.check(request).request
    row = get_backup(call, request["BackupArn"])
    details = row.description["BackupDetails"]
    if details["BackupType"] == "SYSTEM":
        expires = datetime.fromtimestamp(details["BackupExpiryDateTime"], UTC)
        raise ValidationException(
            f"User is not allowed to delete the system backup with arn {row.arn}. It will"
            f" automatically expire on {expires:%Y-%m-%dT%H:%M:%SZ}"
        )
    call.tx.dynamodb.backups.remove(row.backup_id)
    shape = backup_shape(row)
    shape["BackupDetails"] = {**shape["BackupDetails"], "BackupStatus": "DELETED"}
    return {"BackupDescription": shape}


def list_backups(call: Call, request: Shape) -> Shape:
    """Backups of one table or of all, oldest first; the user's, unless others are asked for.

    Raises:
        ValidationException: the times are in the wrong order, or the start is no backup's ARN.
    """
    request = _LIST.check(request).request
    low = request.get("TimeRangeLowerBound", float("-inf"))
    high = request.get("TimeRangeUpperBound", float("inf"))
    if low > high:
        raise ValidationException(
            "Time range lower bound must be less than or equal to upper bound"
        )
    after = 0
    if "ExclusiveStartBackupArn" in request:
        after = _find_start(call, request["ExclusiveStartBackupArn"])
    name = request.get("TableName")
    if name is not None and name.startswith("arn:"):
        table = find_table(call, name)
        if table is None:
            raise ValidationException(f"Table not found: {name}")
        name = table.name
    kind = request.get("BackupType", "USER")
    limit = request.get("Limit", PAGE_MAX)
    found: list[BackupRow] = []
    # More than are told are read, to know whether there are more.
    while len(found) <= limit:
        rows = call.tx.dynamodb.backups.list_backups(
            call.account, call.region, name, after, limit + 1
        )
        for row in rows:
            details = row.description["BackupDetails"]
            if kind in ("ALL", details["BackupType"]) and (
                low <= details["BackupCreationDateTime"] < high
            ):
                found.append(row)
        if len(rows) <= limit:
            break
        after = rows[-1].backup_id
    response: Shape = {"BackupSummaries": [_summary(row) for row in found[:limit]]}
    if len(found) > limit:
        response["LastEvaluatedBackupArn"] = found[limit - 1].arn
    return response


def _find_start(call: Call, arn: str) -> int:
    """The number of the backup to go on behind; of one that is gone, the last one of its time."""
    _check_arn(call, arn)
    backups = call.tx.dynamodb.backups
    found = backups.find(arn)
    if found is not None:
        return found.backup_id
    moment = arn.rpartition("/")[2].partition("-")[0]
    return backups.find_last_until(int(moment) / 1000 if moment.isdigit() else 0.0)


def _summary(row: BackupRow) -> dict[str, Any]:
    details, source = row.description["BackupDetails"], row.description["SourceTableDetails"]
    return {
        **{member: details[member] for member in (*_SUMMARY, *_OPTIONAL) if member in details},
        "TableName": source["TableName"],
        "TableId": source["TableId"],
        "TableArn": source["TableArn"],
    }

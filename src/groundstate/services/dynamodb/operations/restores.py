"""RestoreTableFromBackup, RestoreTableToPointInTime: a new table with old items.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
"""

from __future__ import annotations

import copy
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.backfill import fill_index
from groundstate.services.dynamodb.description import (
    as_new,
    describe,
    encryption_description,
    new_definition,
)
from groundstate.services.dynamodb.errors import (
    InvalidRestoreTimeException,
    PointInTimeRecoveryUnavailableException,
    TableAlreadyExistsException,
    TableNotFoundException,
    ValidationException,
)
from groundstate.services.dynamodb.items import find_item, load, write_item
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.operations.backups import get_backup
from groundstate.services.dynamodb.schema import refuse_unsupported
from groundstate.services.dynamodb.tables import find_table, forget, read_table
from groundstate.services.dynamodb.throughput import is_on_demand
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.inputs import NAME_PATTERN
from groundstate.services.dynamodb.validation.shapes import (
    BOOLEAN,
    DOUBLE,
    STRING,
    Member,
    list_of,
)
from groundstate.services.dynamodb.validation.table_inputs import (
    BILLING_MODE,
    ENCRYPTION,
    GLOBAL_INDEX,
    LOCAL_INDEX,
    ON_DEMAND,
    THROUGHPUT,
)
from groundstate.services.dynamodb.values import explain

_OVERRIDES: dict[str, Any] = {
    "BillingModeOverride": BILLING_MODE,
    "GlobalSecondaryIndexOverride": list_of(GLOBAL_INDEX),
    "LocalSecondaryIndexOverride": list_of(LOCAL_INDEX),
    "ProvisionedThroughputOverride": THROUGHPUT,
    "OnDemandThroughputOverride": ON_DEMAND,
    "SSESpecificationOverride": ENCRYPTION,
}
_TARGET = Member(STRING, required=True, pattern=NAME_PATTERN, shortest=3, longest=255)
_FROM_BACKUP = Checker(
    TargetTableName=_TARGET,
    BackupArn=Member(STRING, required=True, shortest=37, longest=1024),
    **_OVERRIDES,
)
_TO_TIME = Checker(
    SourceTableArn=Member(STRING, shortest=1, longest=1024),
    SourceTableName=Member(STRING, pattern=NAME_PATTERN, shortest=3, longest=255),
    TargetTableName=_TARGET,
    UseLatestRestorableTime=BOOLEAN,
    RestoreDateTime=DOUBLE,
    **_OVERRIDES,
)


def restore_table_from_backup(call: Call, request: Shape) -> Shape:
    """Make a table with a backup's items.

    Raises:
        BackupNotFoundException: there is no such backup.
        TableAlreadyExistsException: the target is there already.
    """
    refuse_unsupported(request, "VectorIndexOverride")
    request = _FROM_BACKUP.check(request).request
    row = get_backup(call, request["BackupArn"])
    created_at = row.description["BackupDetails"]["BackupCreationDateTime"]
    summary = {
        "SourceBackupArn": row.arn,
        "SourceTableArn": row.description["SourceTableDetails"]["TableArn"],
        "RestoreDateTime": created_at,
    }
    table = _make_target(call, request, row.description["Definition"], summary)
    call.tx.dynamodb.backups.restore_items(row.backup_id, table.table_id)
    return _finish(call, table)


def restore_table_to_point_in_time(call: Call, request: Shape) -> Shape:
    """Make a table with another one's items as they were at a time.

    Raises:
        InvalidRestoreTimeException: the time was before recovery was enabled, or is to come.
        PointInTimeRecoveryUnavailableException: recovery is not enabled.
        TableAlreadyExistsException: the target is there already.
        TableNotFoundException: there is no such table.
    """
    refuse_unsupported(request, "VectorIndexOverride")
    request = _TO_TIME.check(request).request
    given = request.get("SourceTableArn") or request.get("SourceTableName")
    if given is None:
        raise ValidationException("Either SourceTableArn or SourceTableName must be specified")
    source = find_table(call, given)
    if source is None:
        raise TableNotFoundException(f"Table not found: {arns.table_name(given)}")
    recovery = source.settings.get("PointInTimeRecovery")
    if recovery is None:
        raise PointInTimeRecoveryUnavailableException(
            f"Point in time recovery is not enabled for table '{source.name}'"
        )
    time = call.now if request.get("UseLatestRestorableTime") else request.get("RestoreDateTime")
    if time is None:
        raise ValidationException(
            "Either UseLatestRestorableTime or RestoreDateTime must be specified"
        )
    if not recovery["EnabledAt"] <= time <= call.now:
        raise InvalidRestoreTimeException(
            "The restore time is outside of the time that can be restored"
        )
    summary = {"SourceTableArn": source.arn, "RestoreDateTime": time}
    table = _make_target(call, request, source.definition, summary)
    call.tx.dynamodb.backups.copy_table(source.table_id, table.table_id)
    _go_back(call, source, table, time)
    return _finish(call, table)


def _make_target(
    call: Call, request: dict[str, Any], source: dict[str, Any], summary: dict[str, Any]
) -> Table:
    name = request["TargetTableName"]
    if find_table(call, name) is not None:
        raise TableAlreadyExistsException(f"Table already exists: {name}")
    wanted: dict[str, Any] = {
        "AttributeDefinitions": source["AttributeDefinitions"],
        "KeySchema": source["KeySchema"],
        "TableName": name,
    }
    throughput = {
        unit: source["ProvisionedThroughput"][unit]
        for unit in ("ReadCapacityUnits", "WriteCapacityUnits")
    }
    mode = "PAY_PER_REQUEST" if is_on_demand(source) else "PROVISIONED"
    wanted["BillingMode"] = request.get("BillingModeOverride", mode)
    if wanted["BillingMode"] == "PROVISIONED":
        wanted["ProvisionedThroughput"] = request.get("ProvisionedThroughputOverride", throughput)
    for member, override in (
        ("GlobalSecondaryIndexes", "GlobalSecondaryIndexOverride"),
        ("LocalSecondaryIndexes", "LocalSecondaryIndexOverride"),
    ):
        indexes = request.get(override, source.get(member))
        if indexes:
            wanted[member] = [
                _as_request(index, wanted["BillingMode"]) for index in copy.deepcopy(indexes)
            ]
    definition = new_definition(call, wanted, name)
    definition["RestoreSummary"] = {**summary, "RestoreInProgress": False}
    encryption = encryption_description(call, request.get("SSESpecificationOverride"))
    if encryption is not None:
        definition["SSEDescription"] = encryption
    table_id = call.tx.dynamodb.tables.add(call.account, call.region, name, definition, {})
    call.tx.dynamodb.create_items(table_id)
    forget(call, name)
    return read_table(call, name)


def _as_request(index: dict[str, Any], mode: str) -> dict[str, Any]:
    shape = {member: index[member] for member in ("IndexName", "KeySchema", "Projection")}
    units = index.get("ProvisionedThroughput")
    if mode == "PROVISIONED" and units is not None:
        shape["ProvisionedThroughput"] = {
            unit: max(1, units[unit]) for unit in ("ReadCapacityUnits", "WriteCapacityUnits")
        }
    return shape


def _go_back(call: Call, source: Table, table: Table, time: float) -> None:
    """Undo the changes that the source had after a time, in the copy of its items."""
    # The newest change comes first: the oldest one's item is the one that held at the time.
    before = dict(call.tx.dynamodb.backups.changes_since(source.table_id, time))
    bare = Table(
        **{
            **{name: getattr(table, name) for name in table.__slots__},
            "indexes": {},
            "index_list": (),
            "index_keys": (),
        }
    )
    for key, item in before.items():
        old = find_item(call, bare, key)
        write_item(call, bare, key, old, None if item is None else explain(load(item)))


def _finish(call: Call, table: Table) -> Shape:
    """Count the copied items and fill the indexes."""
    items, size = call.tx.dynamodb.items(table.table_id).measure()
    counted = call.tx.dynamodb.tables.get_counts(table.table_id)
    call.tx.dynamodb.tables.count(
        table.table_id, items=items - counted[0], size_bytes=size - counted[1]
    )
    for index in table.index_list:
        fill_index(call, table, index)
    shape = as_new(describe(call, table))
    shape["RestoreSummary"] = {**shape["RestoreSummary"], "RestoreInProgress": True}
    return {"TableDescription": shape}

"""RestoreTableFromBackup, RestoreTableToPointInTime: a new table with old items.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
"""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from datetime import UTC, datetime
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
    invalid,
)
from groundstate.services.dynamodb.items import find_item, load, write_item
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.operations.backups import get_backup
from groundstate.services.dynamodb.schema import keep_used_definitions, refuse_unsupported
from groundstate.services.dynamodb.tables import find_table, forget, read_table
from groundstate.services.dynamodb.throughput import UNITS, is_on_demand
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
_NAME_SHORTEST, _NAME_LONGEST = 3, 255
_FROM_BACKUP = Checker(
    TargetTableName=Member(STRING, required=True),
    BackupArn=Member(STRING, required=True, shortest=37, longest=1024),
    **_OVERRIDES,
)
_TO_TIME = Checker(
    SourceTableArn=Member(STRING, shortest=1, longest=1024),
    SourceTableName=Member(STRING, pattern=NAME_PATTERN, shortest=3, longest=255),
    TargetTableName=Member(
        STRING,
        required=True,
        pattern=NAME_PATTERN,
        shortest=_NAME_SHORTEST,
        longest=_NAME_LONGEST,
    ),
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
    _check_name(request["TargetTableName"])
    row = get_backup(call, request["BackupArn"])
    created_at = row.description["BackupDetails"]["BackupCreationDateTime"]
    summary = {
        "SourceBackupArn": row.arn,
        "SourceTableArn": row.description["SourceTableDetails"]["TableArn"],
        "RestoreDateTime": created_at,
    }
    table = _make_target(call, request, row.description["Definition"])
    call.tx.dynamodb.backups.restore_items(row.backup_id, table.table_id)
    return _finish(call, table, summary)


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
    _check_times(request)
    source = _find_source(call, request)
    recovery = source.settings.get("PointInTimeRecovery")
    if recovery is None:
        raise PointInTimeRecoveryUnavailableException(
            f"Point in time recovery is not enabled for table '{source.name}'"
        )
    time = request.get("RestoreDateTime", call.now)
    if not recovery["EnabledAt"] <= time <= call.now:
        earliest, latest = _show_time(recovery["EnabledAt"]), _show_time(call.now)
        raise InvalidRestoreTimeException(
            f"RestoreDateTime '{_show_time(time)}' must be within EarliestRestorableDateTime"
            f" '{earliest}' and LatestRestorableDateTime '{latest}'"
        )
    summary = {"SourceTableArn": source.arn, "RestoreDateTime": time}
    table = _make_target(call, request, source.definition)
    call.tx.dynamodb.backups.copy_table(source.table_id, table.table_id)
    _go_back(call, source, table, time)
    return _finish(call, table, summary)


def _check_name(name: str) -> None:
    """Check a new table's name, in the words of the older operations."""
    if not _NAME_SHORTEST <= len(name) <= _NAME_LONGEST:
        raise ValidationException(
            f"TableName must be at least {_NAME_SHORTEST} characters long and at most"
            f" {_NAME_LONGEST} characters long"
        )
    if re.fullmatch(NAME_PATTERN, name) is None:
        raise ValidationException(
            f"1 validation error detected: Value '{name}' at 'targetTableName' failed to satisfy"
            f" constraint: Member must satisfy regular expression pattern: {NAME_PATTERN}"
        )


def _check_times(request: dict[str, Any]) -> None:
    latest = bool(request.get("UseLatestRestorableTime"))
    if latest and "RestoreDateTime" in request:
        raise ValidationException(
            "Invalid Request: Both RestoreDateTime and UseLatestRestorableTime cannot be set for"
            " point-in-time restore request. Please specify only one of them."
        )
    if not latest and "RestoreDateTime" not in request:
        raise ValidationException(
            "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be"
            " specified, but not both"
        )


def _find_source(call: Call, request: dict[str, Any]) -> Table:
    arn, name = request.get("SourceTableArn"), request.get("SourceTableName")
    if arn is not None and name is not None:
        raise ValidationException("Must provide exactly one of: sourceTableArn, sourceTableName")
    if arn is not None:
        parts = arns.find_table_parts(arn)
        if parts is None:
            raise invalid("sourceTableArn is not a valid ARN")
        region, account, name = parts
        if account != call.account:
            raise ValidationException(
                "This action is only supported by accounts that match the resource owner's account"
            )
        if region != call.region:
            raise ValidationException(
                "Restores from another region are not supported by Groundstate's DynamoDB; see its"
                " README."
            )
    if name is None:
        raise ValidationException("The parameter 'TableName' is required")
    source = find_table(call, name)
    if source is None:
        raise TableNotFoundException(f"Table not found: {name}")
    return source


def _show_time(epoch_s: float) -> str:
    return f"{datetime.fromtimestamp(epoch_s, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _make_target(call: Call, request: dict[str, Any], source: dict[str, Any]) -> Table:
    name = request["TargetTableName"]
    if find_table(call, name) is not None:
        raise TableAlreadyExistsException(f"Table already exists: {name}")
    wanted: dict[str, Any] = {"KeySchema": source["KeySchema"], "TableName": name}
    _set_throughput(wanted, request, source)
    for member, override in (
        ("GlobalSecondaryIndexes", "GlobalSecondaryIndexOverride"),
        ("LocalSecondaryIndexes", "LocalSecondaryIndexOverride"),
    ):
        indexes = _indexes(request.get(override), source.get(member, []), wanted["BillingMode"])
        if indexes:
            wanted[member] = indexes
    wanted["AttributeDefinitions"] = source["AttributeDefinitions"]
    keep_used_definitions(wanted)
    definition = new_definition(call, wanted, name)
    if "SSESpecificationOverride" in request:
        encryption = encryption_description(call, request["SSESpecificationOverride"])
    else:
        encryption = source.get("SSEDescription")
    if encryption is not None:
        definition["SSEDescription"] = encryption
    table_id = call.tx.dynamodb.tables.add(call.account, call.region, name, definition, {})
    call.tx.dynamodb.create_items(table_id)
    forget(call, name)
    return read_table(call, name)


def _set_throughput(
    wanted: dict[str, Any], request: dict[str, Any], source: dict[str, Any]
) -> None:
    """The billing mode of the new table, and its units or limits."""
    mode = "PAY_PER_REQUEST" if is_on_demand(source) else "PROVISIONED"
    override = request.get("BillingModeOverride")
    wanted["BillingMode"] = override or mode
    units = request.get("ProvisionedThroughputOverride")
    limits = request.get("OnDemandThroughputOverride")
    fault = ""
    if wanted["BillingMode"] == "PROVISIONED":
        if mode != "PROVISIONED" and units is None:
            fault = (
                "Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED"
            )
        elif limits:
            member = min(limits)
            fault = (
                f"Cannot override {member} for OnDemandThroughput unless BillingModeOverride is"
                " PAY_PER_REQUEST"
            )
        wanted["ProvisionedThroughput"] = units or pick_units(source["ProvisionedThroughput"])
    elif units is not None:
        fault = "Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED"
    elif limits:
        wrong = [member for member in sorted(limits) if limits[member] < 1]
        if wrong:
            fault = f"Requested {wrong[0]} for OnDemandThroughput is outside of valid range"
        wanted["OnDemandThroughput"] = limits
    elif "OnDemandThroughput" in source:
        wanted["OnDemandThroughput"] = source["OnDemandThroughput"]
    if fault:
        raise ValidationException(f"Invalid Request: {fault}")


def _indexes(
    override: list[dict[str, Any]] | None, source: list[dict[str, Any]], mode: str
) -> list[dict[str, Any]]:
    """The indexes of the new table: the source's, or some of these, perhaps under other names."""
    if override is None:
        return [_as_request(index, mode) for index in source]
    chosen = []
    for index in override:
        name = index["IndexName"]
        fault = ""
        twin = _find_twin(index, source)
        if twin is None:
            fault = (
                f"Index {name} does not match a secondary index that existed in the source table"
                " and cannot be created during the restore operation"
            )
        elif "ProvisionedThroughput" in twin:
            units = index.get("ProvisionedThroughput")
            if mode == "PROVISIONED" and units is None:
                fault = f"Must specify provisioned throughput for index {name}"
            elif mode != "PROVISIONED" and units is not None:
                fault = (
                    "Cannot override ProvisionedThroughput if BillingMode is overridden to"
                    f" PAY_PER_REQUEST for index {name}"
                )
        if fault:
            raise ValidationException(f"Invalid Request: {fault}")
        chosen.append(copy.deepcopy(index))
    return chosen


def _find_twin(index: dict[str, Any], source: list[dict[str, Any]]) -> dict[str, Any] | None:
    def shape(of: dict[str, Any]) -> tuple[Any, str | None, list[str]]:
        projection = of["Projection"]
        included = sorted(projection.get("NonKeyAttributes", ()))
        return (of["KeySchema"], projection.get("ProjectionType"), included)

    return next((one for one in source if shape(one) == shape(index)), None)


def _as_request(index: dict[str, Any], mode: str) -> dict[str, Any]:
    shape = {member: index[member] for member in ("IndexName", "KeySchema", "Projection")}
    if "ProvisionedThroughput" in index and mode == "PROVISIONED":
        units = pick_units(index["ProvisionedThroughput"])
        # One that was billed by the request has none.
        shape["ProvisionedThroughput"] = {unit: max(1, units[unit]) for unit in units}
    elif mode != "PROVISIONED" and "OnDemandThroughput" in index:
        shape["OnDemandThroughput"] = index["OnDemandThroughput"]
    return copy.deepcopy(shape)


def pick_units(throughput: dict[str, Any]) -> dict[str, Any]:
    """The units alone, of what is told of a table's throughput."""
    return {unit: throughput[unit] for unit in UNITS}


def _go_back(call: Call, source: Table, table: Table, time: float) -> None:
    """Undo the changes that the source had after a time, in the copy of its items."""
    # The newest change comes first: the oldest one's item is the one that held at the time.
    before = dict(call.tx.dynamodb.backups.changes_since(source.table_id, time))
    bare = replace(table, indexes={}, index_list=(), index_keys=())
    for key, item in before.items():
        old = find_item(call, bare, key)
        write_item(call, bare, key, old, None if item is None else explain(load(item)))


def _finish(call: Call, table: Table, summary: dict[str, Any]) -> Shape:
    """Count the copied items and fill the indexes."""
    items, size = call.tx.dynamodb.items(table.table_id).measure()
    counted = call.tx.dynamodb.tables.get_counts(table.table_id)
    call.tx.dynamodb.tables.count(
        table.table_id, items=items - counted[0], size_bytes=size - counted[1]
    )
    for index in table.index_list:
        fill_index(call, table, index)
    shape = as_new(describe(call, table))
    # AWS tells it as long as the table is being created, which is over here.
    shape["RestoreSummary"] = {**summary, "RestoreInProgress": True}
    return {"TableDescription": shape}

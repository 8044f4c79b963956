"""TableDescription: how a table's definition begins, and what DescribeTable tells of it.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html

A definition is stored as DescribeTable answers it, with each index's `IndexId` beside, and without
counts. Nothing here takes time: a new table or index works at once, so what the answer to a change
calls `CREATING` or `UPDATING` is `ACTIVE` when it is next described.
"""

from __future__ import annotations

from typing import Any

from groundstate import ids
from groundstate.operation import Call
from groundstate.services.dynamodb import arns, capacity, statuses
from groundstate.services.dynamodb.items import load
from groundstate.services.dynamodb.model import Index, Table
from groundstate.services.dynamodb.schema import ON_DEMAND
from groundstate.services.dynamodb.throughput import (
    decreases_today,
    is_on_demand,
    limits_set,
    new_throughput,
    set_on_demand,
    warm,
    without_times,
)

_COPIED = ("AttributeDefinitions", "TableName", "KeySchema")
_SCAN_PAGE = 1000
# To count an index takes a tenth of a second for a million entries: those of larger tables are
# counted anew only so often (AWS: some six hours).
COUNTED_ALWAYS_MAX = 20_000
COUNT_AGE_S_MAX = 3600
# What an index's stored definition has beside what AWS tells.
OWN_MEMBERS = frozenset({"IndexId", "BackfilledTo"})


def new_definition(call: Call, request: dict[str, Any], name: str) -> dict[str, Any]:
    """The stored definition of a table that CreateTable makes."""
    arn = arns.table_arn(call.region, call.account, name)
    definition: dict[str, Any] = {member: request[member] for member in _COPIED}
    definition.update(
        TableName=name,
        TableStatus="ACTIVE",
        # AWS tells milliseconds.
        CreationDateTime=round(call.now, 3),
        TableArn=arn,
        TableId=ids.make_uuid(),
    )
    billing_mode = request.get("BillingMode", "PROVISIONED")
    definition["ProvisionedThroughput"] = new_throughput(request.get("ProvisionedThroughput"))
    for member, is_global in (("LocalSecondaryIndexes", False), ("GlobalSecondaryIndexes", True)):
        if member in request:
            definition[member] = [
                new_index(call, arn, index, is_global=is_global) for index in request[member]
            ]
    if billing_mode == ON_DEMAND:
        set_on_demand(definition, definition["CreationDateTime"])
    for member in ("OnDemandThroughput", "WarmThroughput"):
        if member in request:
            definition[member] = request[member]
    if request.get("DeletionProtectionEnabled"):
        definition["DeletionProtectionEnabled"] = True
    if "TableClass" in request:
        definition["TableClassSummary"] = {"TableClass": request["TableClass"]}
    encryption = encryption_description(call, request.get("SSESpecification"))
    if encryption is not None:
        definition["SSEDescription"] = encryption
    return definition


def new_index(call: Call, arn: str, index: dict[str, Any], *, is_global: bool) -> dict[str, Any]:
    """The stored definition of a new index, with room for its entries."""
    index_id = call.tx.dynamodb.make_number()
    call.tx.dynamodb.create_index(index_id)
    definition: dict[str, Any] = {
        "IndexName": index["IndexName"],
        "KeySchema": index["KeySchema"],
        "Projection": index["Projection"],
        "IndexArn": arns.index_arn(arn, index["IndexName"]),
        "IndexId": index_id,
    }
    if is_global:
        definition["IndexStatus"] = "ACTIVE"
        definition["ProvisionedThroughput"] = new_throughput(index.get("ProvisionedThroughput"))
        for member in ("OnDemandThroughput", "WarmThroughput"):
            if member in index:
                definition[member] = index[member]
    return definition


def encryption_description(call: Call, given: dict[str, Any] | None) -> dict[str, Any] | None:
    """SSEDescription for a SSESpecification; None for the key that DynamoDB owns."""
    if given is None or not given.get("Enabled"):
        return None
    key = given.get("KMSMasterKeyId", "alias/aws/dynamodb")
    if not key.startswith("arn:"):
        name = key if key.startswith("alias/") else f"key/{key}"
        key = f"arn:aws:kms:{call.region}:{call.account}:{name}"
    return {"Status": "ENABLED", "SSEType": given.get("SSEType", "KMS"), "KMSMasterKeyArn": key}


def describe(call: Call, table: Table) -> dict[str, Any]:
    """A table as DescribeTable answers it."""
    shape = dict(table.definition)
    shape["TableStatus"] = status = statuses.current(call, shape)
    shape.pop("Changing", None)
    shape["ItemCount"], shape["TableSizeBytes"] = call.tx.dynamodb.tables.get_counts(table.table_id)
    shape["ProvisionedThroughput"] = _describe_throughput(call, shape)
    for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        if member in shape:
            shape[member] = [_describe_index(call, table, dict(entry)) for entry in shape[member]]
    _leave_out_unlimited(shape)
    shape["WarmThroughput"] = _describe_warm(table, table.definition)
    shape.setdefault("DeletionProtectionEnabled", False)
    if status == "CREATING":
        for entry in shape.get("GlobalSecondaryIndexes", ()):
            entry["IndexStatus"] = status
    return shape


def _leave_out_unlimited(shape: dict[str, Any]) -> None:
    limits = limits_set(shape.pop("OnDemandThroughput", {}))
    if limits:
        shape["OnDemandThroughput"] = limits


def _describe_throughput(call: Call, shape: dict[str, Any]) -> dict[str, Any]:
    throughput = shape["ProvisionedThroughput"]
    return {**throughput, "NumberOfDecreasesToday": decreases_today(throughput, call.now)}


def _describe_warm(table: Table, part: dict[str, Any]) -> dict[str, Any]:
    ready = warm(part, on_demand=is_on_demand(table.definition))
    return {**ready, "Status": "ACTIVE"}


def _describe_index(call: Call, table: Table, entry: dict[str, Any]) -> dict[str, Any]:
    index = table.indexes[entry["IndexName"]]
    del entry["IndexId"]
    if index.is_global:
        if entry.pop("BackfilledTo", None) is not None:
            entry["Backfilling"] = True
        entry["ProvisionedThroughput"] = _describe_throughput(call, entry)
    _leave_out_unlimited(entry)
    entry["ItemCount"], entry["IndexSizeBytes"] = _count_index(call, table, index)
    if index.is_global:
        entry["WarmThroughput"] = _describe_warm(table, entry)
    return entry


def _count_index(call: Call, table: Table, index: Index) -> tuple[int, int]:
    """How many items an index has, and their bytes."""
    if index.backfilled_to is not None:
        return (0, 0)
    items, _ = call.tx.dynamodb.tables.get_counts(table.table_id)
    counts = call.tx.dynamodb.index_counts
    known = counts.get(index.index_id)
    if known is not None and items > COUNTED_ALWAYS_MAX and call.now < known[0] + COUNT_AGE_S_MAX:
        return known[1:]
    count = call.tx.dynamodb.index(index.index_id, table.table_id).count()
    size_bytes = _index_size(call, table, index, count)
    counts[index.index_id] = (call.now, count, size_bytes)
    return (count, size_bytes)


def _index_size(call: Call, table: Table, index: Index, count: int) -> int:
    """The bytes of an index's entries; for large ones an estimate from its first page."""
    if count == 0:
        return 0
    rows = call.tx.dynamodb.index(index.index_id, table.table_id)
    page = rows.page(b"", b"\xff" * 8, _SCAN_PAGE, descending=False)
    if index.projected is None:
        size = sum(row[2] for row in page)
    else:
        size = sum(
            capacity.measured_size(capacity.project_entry(index, load(row[1]))) for row in page
        )
    return size * count // len(page)


def as_new(shape: dict[str, Any]) -> dict[str, Any]:
    """A description as the answer to CreateTable tells it: still under way."""
    shape = {**shape, "TableStatus": "CREATING"}
    shape.pop("WarmThroughput", None)
    without_times(shape)
    if "GlobalSecondaryIndexes" in shape:
        shape["GlobalSecondaryIndexes"] = [
            {
                member: value
                for member, value in {**entry, "IndexStatus": "CREATING"}.items()
                if member != "WarmThroughput"
            }
            for entry in shape["GlobalSecondaryIndexes"]
        ]
    return shape

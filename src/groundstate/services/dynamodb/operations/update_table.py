"""UpdateTable: change a table's throughput, indexes, stream and other settings.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
"""

from __future__ import annotations

import copy
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import (
    backfill,
    removal,
    schema,
    statuses,
    streaming,
    throughput,
)
from groundstate.services.dynamodb.description import (
    OWN_MEMBERS,
    describe,
    encryption_description,
    new_index,
)
from groundstate.services.dynamodb.errors import (
    LimitExceededException,
    ResourceNotFoundException,
    ValidationException,
    invalid,
)
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.tables import get_table_to_manage, save_table
from groundstate.services.dynamodb.validation.table_inputs import UPDATE_TABLE

_CHANGES = (
    "ProvisionedThroughput",
    "BillingMode",
    "SSESpecification",
    "StreamSpecification",
    "TableClass",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "WarmThroughput",
)
# What goes with nothing else, in the order in which one of several is named.
_ALONE = {
    "SSESpecification": "Server-Side Encryption modification",
    "TableClass": "TableClass modification",
    "DeletionProtectionEnabled": "DeletionProtection modification",
    "WarmThroughput": "WarmThroughput",
}
_INDEX_LIMITS = ("OnDemandThroughput", "WarmThroughput")
_UNSUPPORTED = (
    "ReplicaUpdates",
    "MultiRegionConsistency",
    "GlobalTableWitnessUpdates",
    "GlobalTableSettingsReplicationMode",
    "DisassociationProtectionEnabled",
    "VectorIndexUpdates",
)


def update_table(call: Call, request: Shape) -> Shape:
    """Change a table. All is done at once; the answer calls it `UPDATING` where AWS's does.

    Raises:
        LimitExceededException: more than one index is to be made or deleted.
        ResourceInUseException: the table is being changed.
        ResourceNotFoundException: there is no such table or index.
        ValidationException: the request is wrong, or changes nothing.
    """
    for member in _UNSUPPORTED:
        schema.refuse_unsupported(request, member)
    request = UPDATE_TABLE.check(request).request
    request = _without_empty(request)
    _check_request(request)
    table = get_table_to_manage(call, request["TableName"])
    statuses.check_settled(call, table)
    definition = copy.deepcopy(table.definition)
    is_updating = not _is_done_at_once(request)
    if is_updating:
        statuses.begin(call, definition, "UPDATING")
    throughput.change_billing(call, definition, request)
    _change_settings(call, definition, request)
    created, deleted = _change_indexes(call, table, definition, request)
    if "StreamSpecification" in request:
        streaming.change(call, table, definition, request["StreamSpecification"])
    changed = save_table(call, table, definition)
    for name in created:
        backfill.start(call, changed, changed.indexes[name])
    shape = describe(call, changed)
    if is_updating:
        shape["TableStatus"] = "UPDATING"
    if "BillingMode" in request:
        throughput.without_times(shape)
    if "OnDemandThroughput" in request:
        # Here a limit that is taken away is told as it was asked for (observed).
        shape["OnDemandThroughput"] = definition["OnDemandThroughput"]
    if "WarmThroughput" in request:
        _show_old_warmth(shape, describe(call, table)["WarmThroughput"])
    _show_old_throughput(shape, table.definition)
    _show_index_changes(shape, request, created, deleted, table)
    return {"TableDescription": shape}


def _without_empty(request: dict[str, Any]) -> dict[str, Any]:
    """A limit that says nothing counts as absent."""
    empty = [name for name in ("OnDemandThroughput", "WarmThroughput") if request.get(name) == {}]
    return {name: value for name, value in request.items() if name not in empty}


def _check_request(request: dict[str, Any]) -> None:
    updates = request.get("GlobalSecondaryIndexUpdates")
    if not updates and not any(member in request for member in _CHANGES):
        raise ValidationException(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled,"
            " GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"
        )
    if updates is not None and not updates:
        raise invalid("List of GlobalSecondaryIndexUpdates is empty")
    streaming.check_specification(request.get("StreamSpecification"), creates=False)
    schema.check_encryption(request.get("SSESpecification", {}))
    _check_together(request)
    if request.get("BillingMode") == schema.ON_DEMAND and "ProvisionedThroughput" in request:
        raise invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is"
            " PAY_PER_REQUEST"
        )
    if "ProvisionedThroughput" in request:
        schema.check_bounds(request["ProvisionedThroughput"])
    elif request.get("BillingMode") == "PROVISIONED":
        raise invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
    names: set[str] = set()
    for update in updates or ():
        actions = [update[kind] for kind in ("Update", "Create", "Delete") if kind in update]
        if not actions:
            raise invalid(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create,"
                " GlobalSecondaryIndexUpdate.Delete must not be null"
            )
        if len(actions) > 1:
            raise invalid(
                "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate"
                " object"
            )
        name = actions[0]["IndexName"]
        if name in names:
            raise invalid(
                "Only one global secondary index update per index is allowed simultaneously."
                f" Index: {name}"
            )
        names.add(name)
        if "ProvisionedThroughput" in actions[0]:
            schema.check_bounds(actions[0]["ProvisionedThroughput"], name)
        if update.get("Update", {}).get("WarmThroughput") == {}:
            raise invalid(
                "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond"
                f" specified for index: {name}"
            )


def _check_together(request: dict[str, Any]) -> None:
    """Check that a request changes one thing, or what goes together.

    AWS says so of a table that is at rest as well, whatever the words sound like.
    """
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    makes = any("Create" in update or "Delete" in update for update in updates)
    given = [member for member in (*_CHANGES, "GlobalSecondaryIndexUpdates") if member in request]
    if len(given) < 2:
        return
    for member, what in _ALONE.items():
        if member not in given:
            continue
        if makes and member == "WarmThroughput":
            raise invalid(
                "Create global secondary index cannot be specified when updating WarmThroughput"
            )
        raise invalid(f"{what} must be the only operation in the request")
    has_units = "ProvisionedThroughput" in given or request.get("BillingMode") == "PROVISIONED"
    if "StreamSpecification" in given and has_units:
        raise invalid("You cannot modify stream status while updating table IOPS")
    if makes and "ProvisionedThroughput" in given:
        raise invalid("You cannot create or delete index while updating table IOPS")
    if makes and "StreamSpecification" in given:
        raise invalid("You cannot create or delete index while changing stream status")
    if "OnDemandThroughput" in given and set(given) - {"OnDemandThroughput", "BillingMode"}:
        raise invalid(
            "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"
        )


def _change_settings(call: Call, definition: dict[str, Any], request: dict[str, Any]) -> None:
    if "DeletionProtectionEnabled" in request:
        definition["DeletionProtectionEnabled"] = request["DeletionProtectionEnabled"]
    if "TableClass" in request:
        definition["TableClassSummary"] = {
            "TableClass": request["TableClass"],
            "LastUpdateDateTime": call.now,
        }
    _change_limits(definition, definition, request, "")
    if "SSESpecification" in request:
        encryption = encryption_description(call, request["SSESpecification"])
        if encryption is None:
            definition.pop("SSEDescription", None)
        else:
            definition["SSEDescription"] = encryption


def _change_limits(
    definition: dict[str, Any], changed: dict[str, Any], request: dict[str, Any], index: str
) -> None:
    """Change what a table or one of its indexes serves at most, and is ready for."""
    on_demand = throughput.is_on_demand(definition)
    if "OnDemandThroughput" in request:
        throughput.check_on_demand(request["OnDemandThroughput"], index, on_demand=on_demand)
        current = changed.get("OnDemandThroughput", {})
        changed["OnDemandThroughput"] = {**current, **request["OnDemandThroughput"]}
    if "WarmThroughput" in request:
        throughput.change_warm(changed, request["WarmThroughput"], index, on_demand=on_demand)


def _change_indexes(
    call: Call, table: Table, definition: dict[str, Any], request: dict[str, Any]
) -> tuple[list[str], list[str]]:
    """Change the definition's global indexes; the names of those made and deleted."""
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    changing = [update for update in updates if "Create" in update or "Delete" in update]
    filling = {index.name for index in table.index_list if index.backfilled_to is not None}
    if len(changing) > 1 or any(_name_of(update) not in filling for update in changing if filling):
        raise LimitExceededException(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted"
            " simultaneously per table"
        )
    created, deleted = [], []
    for update in updates:
        if "Update" in update:
            _update_index(call, table, definition, update["Update"])
        elif "Create" in update:
            created.append(_create_index(call, table, definition, request, update["Create"]))
        else:
            deleted.append(_delete_index(call, table, definition, update["Delete"]["IndexName"]))
    return (created, deleted)


def _name_of(update: dict[str, Any]) -> str | None:
    """The index that is to be deleted: one that is being filled can be given up."""
    name: str | None = update.get("Delete", {}).get("IndexName")
    return name


def _find_index(table: Table, definition: dict[str, Any], name: str) -> dict[str, Any]:
    for index in definition.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] == name:
            found: dict[str, Any] = index
            return found
    raise ResourceNotFoundException(
        f"Requested resource not found: Index {name} for table {table.name}"
    )


def _refuse_local(table: Table, name: str, action: str) -> None:
    index = table.indexes.get(name)
    if index is not None and not index.is_global:
        raise invalid(f"Cannot {action} an index that is not a GlobalSecondaryIndex: {name}")


def _update_index(
    call: Call, table: Table, definition: dict[str, Any], update: dict[str, Any]
) -> None:
    name = update["IndexName"]
    _refuse_local(table, name, "update")
    index = _find_index(table, definition, name)
    limits = {member: update[member] for member in _INDEX_LIMITS if update.get(member)}
    if throughput.is_on_demand(definition) and ("ProvisionedThroughput" in update or not limits):
        raise invalid(
            f"The only Updates for index: {name} when TableThroughputMode is PAY_PER_REQUEST can be"
            " to OnDemandThroughput, WarmThroughput"
        )
    if "ProvisionedThroughput" in update:
        throughput.change_units(call, index, update["ProvisionedThroughput"], name)
    _change_limits(definition, index, limits, name)


def _create_index(
    call: Call,
    table: Table,
    definition: dict[str, Any],
    request: dict[str, Any],
    create: dict[str, Any],
) -> str:
    name: str = create["IndexName"]
    if name in table.indexes:
        raise ValidationException(
            "The operation conflicts with an existing index: Attempting to create an index which"
            f" already exists: {name}"
        )
    definitions = _merge_definitions(definition, request, create["KeySchema"])
    mode = schema.ON_DEMAND if throughput.is_on_demand(definition) else "PROVISIONED"
    # The request itself must define the index's keys, also those that the table knows (observed).
    schema.check_global_index(create, request.get("AttributeDefinitions", ()), mode)
    throughput.check_limits(create, mode, name)
    indexes = definition.setdefault("GlobalSecondaryIndexes", [])
    if len(indexes) >= schema.GLOBAL_INDEXES_MAX:
        raise LimitExceededException(
            "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table"
            f" limit of {schema.GLOBAL_INDEXES_MAX}"
        )
    made = new_index(call, table.arn, create, is_global=True)
    backfill.begin(made, call.tx.dynamodb.tables.get_counts(table.table_id)[0])
    indexes.append(made)
    definition["AttributeDefinitions"] = definitions
    schema.check_projected_count(definition)
    schema.keep_used_definitions(definition)
    return name


def _merge_definitions(
    definition: dict[str, Any], request: dict[str, Any], key_schema: list[dict[str, str]]
) -> list[dict[str, str]]:
    """The table's AttributeDefinitions and the request's. One that the table knows keeps its type.

    Raises:
        ValidationException: the new index has a key attribute that is known by another type. Of
            other attributes AWS was observed to overlook it.
    """
    names = {element["AttributeName"] for element in key_schema}
    kinds = {entry["AttributeName"]: entry for entry in definition["AttributeDefinitions"]}
    for entry in request.get("AttributeDefinitions", ()):
        name = entry["AttributeName"]
        known = kinds.setdefault(name, entry)
        if name in names and known["AttributeType"] != entry["AttributeType"]:
            raise invalid(
                "Attribute type cannot be changed: AttributeDefinitions already has"
                f" {name} of type {known['AttributeType']}"
            )
    return list(kinds.values())


def _delete_index(call: Call, table: Table, definition: dict[str, Any], name: str) -> str:
    _refuse_local(table, name, "delete")
    index = _find_index(table, definition, name)
    definition["GlobalSecondaryIndexes"].remove(index)
    if not definition["GlobalSecondaryIndexes"]:
        del definition["GlobalSecondaryIndexes"]
    schema.keep_used_definitions(definition)
    removal.remove_index(call, table, table.indexes[name])
    return name


def _is_done_at_once(request: dict[str, Any]) -> bool:
    """Whether a table stays ACTIVE: limits hold at once, and what it is warmed for comes by the by.

    Observed in October 2026.
    """
    changes = {member for member in _CHANGES if member in request}
    return (
        changes in ({"OnDemandThroughput"}, {"WarmThroughput"})
        and "GlobalSecondaryIndexUpdates" not in request
    )


def _show_old_warmth(shape: dict[str, Any], before: dict[str, Any]) -> None:
    """The answer tells what the table was ready for, and that it is getting ready for more."""
    if shape["WarmThroughput"] != before:
        shape["WarmThroughput"] = {**before, "Status": "UPDATING"}


def _show_old_throughput(shape: dict[str, Any], before: dict[str, Any]) -> None:
    """While a table is updating, AWS tells the units that it still has."""
    shape["ProvisionedThroughput"] = _with_old_units(shape, before)
    old = {index["IndexName"]: index for index in before.get("GlobalSecondaryIndexes", ())}
    for index in shape.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] in old:
            index["ProvisionedThroughput"] = _with_old_units(index, old[index["IndexName"]])


def _with_old_units(shape: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    units = ("ReadCapacityUnits", "WriteCapacityUnits", "NumberOfDecreasesToday")
    old = before["ProvisionedThroughput"]
    return {**shape["ProvisionedThroughput"], **{unit: old[unit] for unit in units}}


def _show_index_changes(
    shape: dict[str, Any],
    request: dict[str, Any],
    created: list[str],
    deleted: list[str],
    before: Table,
) -> None:
    updated = {
        update["Update"]["IndexName"]
        for update in request.get("GlobalSecondaryIndexUpdates", ())
        if "Update" in update
    }
    shown = [dict(index) for index in shape.get("GlobalSecondaryIndexes", ())]
    for index in shown:
        if index["IndexName"] in created:
            index.update(IndexStatus="CREATING", Backfilling=False, ItemCount=0, IndexSizeBytes=0)
        elif index["IndexName"] in updated:
            index["IndexStatus"] = "UPDATING"
    for index in before.definition.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] in deleted:
            gone = {**index, "IndexStatus": "DELETING", "ItemCount": 0, "IndexSizeBytes": 0}
            gone = {key: value for key, value in gone.items() if key not in OWN_MEMBERS}
            shown.append(gone)
    if shown:
        shape["GlobalSecondaryIndexes"] = shown

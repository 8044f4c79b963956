"""DeleteTable: remove a table with all its items.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import removal, statuses, streaming
from groundstate.services.dynamodb.description import describe
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.tables import (
    forget,
    get_table_to_manage,
    read_table,
    save_table,
)
from groundstate.services.dynamodb.validation.table_inputs import DELETE_TABLE

_LEFT_OUT = (
    "AttributeDefinitions",
    "KeySchema",
    "CreationDateTime",
    "LocalSecondaryIndexes",
    "WarmThroughput",
)


def delete_table(call: Call, request: Shape) -> Shape:
    """Remove a table. Its stream can be read for a day.

    Raises:
        ResourceInUseException: it is being created or updated.
        ResourceNotFoundException: there is no such table.
        ValidationException: it is protected.
    """
    request = DELETE_TABLE.check(request).request
    table = get_table_to_manage(call, request["TableName"])
    is_going = statuses.current(call, table.definition) == statuses.DELETING
    if not is_going:
        statuses.check_settled(call, table)
    if table.definition.get("DeletionProtectionEnabled"):
        raise ValidationException(
            "Resource cannot be deleted as it is currently protected against deletion."
            " Disable deletion protection first."
        )
    shape = {
        member: value for member, value in describe(call, table).items() if member not in _LEFT_OUT
    }
    shape["TableStatus"] = statuses.DELETING
    shape.pop("GlobalSecondaryIndexes", None)
    if is_going:
        return {"TableDescription": shape}
    definition = dict(table.definition)
    if statuses.begin(call, definition, statuses.DELETING):
        statuses.set_deletion_timer(call, save_table(call, table, definition))
    else:
        _remove(call, table)
    return {"TableDescription": shape}


def on_timer(call: Call, subject: str, data: bytes) -> None:
    """Remove the table with the number `subject`, whose deletion has taken its time."""
    row = call.tx.dynamodb.tables.find_by_id(int(subject))
    if row is not None and statuses.current(call, row.definition) == statuses.DELETING:
        _remove(call, read_table(call, row.name))


def _remove(call: Call, table: Table) -> None:
    streaming.disable(call, table)
    removal.remove_table(call, table)
    call.tx.dynamodb.tables.remove(table.table_id)
    forget(call, table.name)

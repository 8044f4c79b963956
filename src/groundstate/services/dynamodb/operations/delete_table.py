"""DeleteTable: remove a table with all its items.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import removal, streaming
from groundstate.services.dynamodb.description import describe
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.tables import forget, get_table_to_manage
from groundstate.services.dynamodb.validation.table_inputs import DELETE_TABLE

_LEFT_OUT = (
    "AttributeDefinitions",
    "KeySchema",
    "CreationDateTime",
    "LocalSecondaryIndexes",
    "WarmThroughput",
)


def delete_table(call: Call, request: Shape) -> Shape:
    """Remove a table. It is gone at once; its stream can be read for a day.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: it is protected.
    """
    request = DELETE_TABLE.check(request).request
    table = get_table_to_manage(call, request["TableName"])
    if table.definition.get("DeletionProtectionEnabled"):
        raise ValidationException(
            f"Resource cannot be deleted as it is currently protected against deletion."
            f" Disable deletion protection first. Resource: {table.arn}"
        )
    shape = {
        member: value for member, value in describe(call, table).items() if member not in _LEFT_OUT
    }
    shape["TableStatus"] = "DELETING"
    shape.pop("GlobalSecondaryIndexes", None)
    streaming.disable(call, table)
    removal.remove_table(call, table)
    call.tx.dynamodb.tables.remove(table.table_id)
    forget(call, table.name)
    return {"TableDescription": shape}

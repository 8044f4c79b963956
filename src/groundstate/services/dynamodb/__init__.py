"""Amazon DynamoDB.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.dynamodb import access
from groundstate.services.dynamodb.operations.create_table import create_table
from groundstate.services.dynamodb.operations.delete_item import delete_item
from groundstate.services.dynamodb.operations.delete_table import delete_table
from groundstate.services.dynamodb.operations.describe_table import describe_table
from groundstate.services.dynamodb.operations.get_item import get_item
from groundstate.services.dynamodb.operations.list_tables import list_tables
from groundstate.services.dynamodb.operations.put_item import put_item
from groundstate.services.dynamodb.operations.update_item import update_item

OPERATIONS = {
    "CreateTable": Operation(create_table, resource=access.table),
    "DeleteItem": Operation(
        delete_item,
        resource=access.table,
        context=access.key_context,
        resource_policy=access.table_policy,
    ),
    "DeleteTable": Operation(delete_table, resource=access.table),
    "DescribeTable": Operation(describe_table, resource=access.table, reads=True),
    "GetItem": Operation(
        get_item,
        resource=access.table,
        context=access.key_context,
        resource_policy=access.table_policy,
        reads=True,
    ),
    "ListTables": Operation(list_tables, reads=True),
    "PutItem": Operation(
        put_item,
        resource=access.table,
        context=access.key_context,
        resource_policy=access.table_policy,
    ),
    "UpdateItem": Operation(
        update_item,
        resource=access.table,
        context=access.key_context,
        resource_policy=access.table_policy,
    ),
}

SERVICE = Service(
    name="dynamodb",
    operations=OPERATIONS,
    iam_prefix="dynamodb",
    blobs_as_text=True,
    validates_itself=True,
)

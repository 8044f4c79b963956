"""Amazon DynamoDB.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.dynamodb import (
    access,
    backfill,
    expiry,
    removal,
    statuses,
    transfers,
)
from groundstate.services.dynamodb.changes import EXPIRY_TIMER
from groundstate.services.dynamodb.exporting import export_some
from groundstate.services.dynamodb.host import DynamoDBHost
from groundstate.services.dynamodb.importing import import_some
from groundstate.services.dynamodb.operations.backups import (
    SYSTEM_BACKUP_TIMER,
    create_backup,
    delete_backup,
    describe_backup,
    list_backups,
    on_system_backup_timer,
)
from groundstate.services.dynamodb.operations.batch_execute_statement import (
    batch_execute_statement,
)
from groundstate.services.dynamodb.operations.batch_get_item import batch_get_item
from groundstate.services.dynamodb.operations.batch_write_item import batch_write_item
from groundstate.services.dynamodb.operations.continuous_backups import (
    describe_continuous_backups,
    update_continuous_backups,
)
from groundstate.services.dynamodb.operations.create_table import create_table
from groundstate.services.dynamodb.operations.delete_item import delete_item
from groundstate.services.dynamodb.operations.delete_table import delete_table
from groundstate.services.dynamodb.operations.delete_table import on_timer as on_deletion_timer
from groundstate.services.dynamodb.operations.describe_table import describe_table
from groundstate.services.dynamodb.operations.execute_statement import execute_statement
from groundstate.services.dynamodb.operations.execute_transaction import execute_transaction
from groundstate.services.dynamodb.operations.exports import (
    describe_export,
    export_table_to_point_in_time,
    list_exports,
)
from groundstate.services.dynamodb.operations.get_item import get_item
from groundstate.services.dynamodb.operations.imports import (
    describe_import,
    import_table,
    list_imports,
)
from groundstate.services.dynamodb.operations.limits import describe_endpoints, describe_limits
from groundstate.services.dynamodb.operations.list_tables import list_tables
from groundstate.services.dynamodb.operations.put_item import put_item
from groundstate.services.dynamodb.operations.query import query
from groundstate.services.dynamodb.operations.resource_policies import (
    delete_resource_policy,
    get_resource_policy,
    put_resource_policy,
)
from groundstate.services.dynamodb.operations.restores import (
    restore_table_from_backup,
    restore_table_to_point_in_time,
)
from groundstate.services.dynamodb.operations.scan import scan
from groundstate.services.dynamodb.operations.tags import (
    list_tags_of_resource,
    tag_resource,
    untag_resource,
)
from groundstate.services.dynamodb.operations.time_to_live import (
    describe_time_to_live,
    update_time_to_live,
)
from groundstate.services.dynamodb.operations.transact_get_items import transact_get_items
from groundstate.services.dynamodb.operations.transact_write_items import transact_write_items
from groundstate.services.dynamodb.operations.unused_features import UNUSED
from groundstate.services.dynamodb.operations.update_item import update_item
from groundstate.services.dynamodb.operations.update_table import update_table


def _item(run: access.Run, *, reads: bool = False) -> Operation:
    """An operation on one item."""
    return Operation(
        run,
        resource=access.table,
        context=access.key_context,
        resource_policy=access.table_policy,
        reads=reads,
        refuses_first=True,
    )


def _walk(run: access.Run) -> Operation:
    """An operation that walks a table or index."""
    return Operation(
        run,
        resource=access.table_or_index,
        context=access.query_context,
        resource_policy=access.table_policy,
        reads=True,
    )


def _table(run: access.Run, *, reads: bool = False) -> Operation:
    """An operation on a table."""
    return Operation(run, resource=access.table, resource_policy=access.table_policy, reads=reads)


def _arn(run: access.Run, member: str, *, reads: bool = False) -> Operation:
    """An operation on what a member names by its ARN."""
    return Operation(run, resource=access.member_arn(member), reads=reads)


OPERATIONS = {
    # Each PartiQL statement needs the permission of its own kind (`dynamodb:PartiQLSelect`, ...).
    "BatchExecuteStatement": Operation(batch_execute_statement, action=""),
    "BatchGetItem": Operation(
        batch_get_item, resource=access.batch_tables, context=access.batch_context, reads=True
    ),
    "BatchWriteItem": Operation(
        batch_write_item, resource=access.batch_tables, context=access.batch_context
    ),
    "CreateBackup": _table(create_backup),
    "CreateTable": _table(create_table),
    "DeleteBackup": _arn(delete_backup, "BackupArn"),
    "DeleteItem": _item(delete_item),
    "DeleteResourcePolicy": _arn(delete_resource_policy, "ResourceArn"),
    "DeleteTable": _table(delete_table),
    "DescribeBackup": _arn(describe_backup, "BackupArn", reads=True),
    "DescribeContinuousBackups": _table(describe_continuous_backups, reads=True),
    "DescribeEndpoints": Operation(describe_endpoints, reads=True),
    "DescribeExport": _arn(describe_export, "ExportArn", reads=True),
    "DescribeImport": _arn(describe_import, "ImportArn", reads=True),
    "DescribeLimits": Operation(describe_limits, reads=True),
    "DescribeTable": _table(describe_table, reads=True),
    "DescribeTimeToLive": _table(describe_time_to_live, reads=True),
    "ExecuteStatement": Operation(execute_statement, action=""),
    "ExecuteTransaction": Operation(execute_transaction, action=""),
    "ExportTableToPointInTime": _arn(export_table_to_point_in_time, "TableArn"),
    "GetItem": _item(get_item, reads=True),
    "GetResourcePolicy": _arn(get_resource_policy, "ResourceArn", reads=True),
    "ImportTable": Operation(import_table, resource=access.table_to_import),
    "ListBackups": Operation(list_backups, reads=True),
    "ListExports": Operation(list_exports, reads=True),
    "ListImports": Operation(list_imports, reads=True),
    "ListTables": Operation(list_tables, resource=access.all_tables, reads=True),
    "ListTagsOfResource": _arn(list_tags_of_resource, "ResourceArn", reads=True),
    "PutItem": _item(put_item),
    "PutResourcePolicy": _arn(put_resource_policy, "ResourceArn"),
    "Query": _walk(query),
    "RestoreTableFromBackup": Operation(
        restore_table_from_backup, resource=access.member_table("TargetTableName")
    ),
    "RestoreTableToPointInTime": Operation(
        restore_table_to_point_in_time, resource=access.member_table("TargetTableName")
    ),
    "Scan": _walk(scan),
    "TagResource": _arn(tag_resource, "ResourceArn"),
    # Each part of a transaction needs the permission of the operation that it stands for.
    "TransactGetItems": Operation(transact_get_items, action="", reads=True),
    "TransactWriteItems": Operation(transact_write_items, action=""),
    "UntagResource": _arn(untag_resource, "ResourceArn"),
    "UpdateContinuousBackups": _table(update_continuous_backups),
    "UpdateItem": _item(update_item),
    "UpdateTable": _table(update_table),
    "UpdateTimeToLive": _table(update_time_to_live),
    **UNUSED,
}

SERVICE = Service(
    name="dynamodb",
    operations=OPERATIONS,
    iam_prefix="dynamodb",
    make_host=DynamoDBHost,
    recover=removal.go_on,
    timers={
        EXPIRY_TIMER: expiry.on_timer,
        expiry.NOTING_TIMER: expiry.on_noting_timer,
        backfill.BACKFILL_TIMER: backfill.on_timer,
        statuses.DELETION_TIMER: on_deletion_timer,
        SYSTEM_BACKUP_TIMER: on_system_backup_timer,
        transfers.TRANSFER_TIMER: transfers.make_handler(
            {transfers.EXPORT: export_some, transfers.IMPORT: import_some}
        ),
    },
    blobs_as_text=True,
    validates_itself=True,
    error_prefix="com.amazonaws.dynamodb.v20120810#",
    own_front=True,
)

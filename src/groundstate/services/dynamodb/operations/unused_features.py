"""Features that a table here does not use: each answers as for a table that does not use it on AWS.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContributorInsights.html

What would enable one of them is refused, so that nobody believes that it works.
"""

from __future__ import annotations

from dataclasses import replace

from groundstate.operation import Call, Operation, Shape
from groundstate.services.dynamodb import access, arns
from groundstate.services.dynamodb.errors import (
    GlobalTableNotFoundException,
    ResourceNotFoundException,
    ValidationException,
)
from groundstate.services.dynamodb.tables import get_table_to_manage
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.inputs import TABLE_NAME
from groundstate.services.dynamodb.validation.shapes import INTEGER, STRING, Member
from groundstate.services.dynamodb.validation.table_inputs import MANAGED_NAME

_TABLE = Checker(TableName=MANAGED_NAME)
_INSIGHTS = Checker(TableName=MANAGED_NAME, IndexName=STRING)
_UPDATE_INSIGHTS = Checker(
    TableName=MANAGED_NAME,
    IndexName=STRING,
    ContributorInsightsAction=Member(STRING, required=True, choices=("ENABLE", "DISABLE")),
    ContributorInsightsMode=Member(
        STRING, choices=("THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS")
    ),
)
_LIST_INSIGHTS = Checker(
    TableName=Member(STRING, shortest=1, longest=1024),
    MaxResults=Member(INTEGER, maximum=100),
    NextToken=STRING,
)
INDEX_NAME_SHORTEST, INDEX_NAME_LONGEST = 3, 255
_GLOBAL_TABLE = Checker(GlobalTableName=TABLE_NAME)
_LIST_GLOBAL_TABLES = Checker(
    ExclusiveStartGlobalTableName=replace(TABLE_NAME, required=False),
    Limit=Member(INTEGER, minimum=1),
    RegionName=STRING,
)


def describe_contributor_insights(call: Call, request: Shape) -> Shape:
    """Disabled, for every table and global index."""
    return _tell_disabled(call, _INSIGHTS.check(request).request)


def update_contributor_insights(call: Call, request: Shape) -> Shape:
    """Disable what is disabled. Raises ValidationException for anything else."""
    request = _UPDATE_INSIGHTS.check(request).request
    answer = _tell_disabled(call, request)
    if request["ContributorInsightsAction"] == "ENABLE":
        refuse(call, request)
    return answer


def _tell_disabled(call: Call, request: Shape) -> Shape:
    name = request.get("IndexName")
    if name is not None and not INDEX_NAME_SHORTEST <= len(name) <= INDEX_NAME_LONGEST:
        raise ValidationException(
            f"IndexName must be at least {INDEX_NAME_SHORTEST} characters long and at most"
            f" {INDEX_NAME_LONGEST} characters long"
        )
    table = get_table_to_manage(call, request["TableName"])
    response: Shape = {"TableName": table.name, "ContributorInsightsStatus": "DISABLED"}
    if name is not None:
        if name not in table.indexes or not table.indexes[name].is_global:
            raise ResourceNotFoundException(
                f"Requested resource not found: Index: {name} not found for table: {table.name}"
            )
        response["IndexName"] = name
    return response


def list_contributor_insights(call: Call, request: Shape) -> Shape:
    """None, of any table."""
    request = _LIST_INSIGHTS.check(request).request
    if "TableName" in request:
        get_table_to_manage(call, request["TableName"])
    return {"ContributorInsightsSummaries": []}


def describe_kinesis_streaming_destination(call: Call, request: Shape) -> Shape:
    """No destination, for every table."""
    request = _TABLE.check(request).request
    table = get_table_to_manage(call, request["TableName"])
    return {"TableName": table.name, "KinesisDataStreamDestinations": []}


def describe_table_replica_auto_scaling(call: Call, request: Shape) -> Shape:
    """There is none: no table has replicas. Raises ResourceNotFoundException."""
    request = _TABLE.check(request).request
    name = arns.table_name(request["TableName"])
    raise ResourceNotFoundException(f"Global table with name: '{name}' does not exist.")


def list_global_tables(call: Call, request: Shape) -> Shape:
    """None."""
    _LIST_GLOBAL_TABLES.check(request)
    return {"GlobalTables": []}


def list_bulk_operations(call: Call, request: Shape) -> Shape:
    """None."""
    return {"BulkOperations": []}


def describe_global_table(call: Call, request: Shape) -> Shape:
    """There is none. Raises GlobalTableNotFoundException."""
    request = _GLOBAL_TABLE.check(request).request
    name = request["GlobalTableName"]
    raise GlobalTableNotFoundException(
        f"Requested resource not found: Global table with name: '{name}' not found"
    )


def refuse(call: Call, request: Shape) -> Shape:
    """Refuse what this DynamoDB does not have. Raises ValidationException naming it."""
    raise ValidationException(
        f"{call.operation} is not supported by Groundstate's DynamoDB; see its README."
    )


REFUSED = (
    "CancelBulkOperation",
    "CreateGlobalTable",
    "DescribeBulkOperation",
    "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination",
    "SearchVectors",
    "StartBulkPutItems",
    "UpdateGlobalTable",
    "UpdateKinesisStreamingDestination",
    "UpdateTableReplicaAutoScaling",
)
UNUSED = {
    "DescribeContributorInsights": Operation(
        describe_contributor_insights, resource=access.table, reads=True
    ),
    "DescribeGlobalTable": Operation(describe_global_table, reads=True),
    "DescribeGlobalTableSettings": Operation(describe_global_table, reads=True),
    "DescribeKinesisStreamingDestination": Operation(
        describe_kinesis_streaming_destination, resource=access.table, reads=True
    ),
    "DescribeTableReplicaAutoScaling": Operation(
        describe_table_replica_auto_scaling, resource=access.table, reads=True
    ),
    "ListBulkOperations": Operation(list_bulk_operations, reads=True),
    "UpdateContributorInsights": Operation(update_contributor_insights, resource=access.table),
    "ListContributorInsights": Operation(list_contributor_insights, reads=True),
    "ListGlobalTables": Operation(list_global_tables, reads=True),
    "UpdateGlobalTableSettings": Operation(describe_global_table),
    **{name: Operation(refuse) for name in REFUSED},
}

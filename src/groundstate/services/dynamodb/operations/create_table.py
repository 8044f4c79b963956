"""CreateTable: add a table, with its indexes, stream and tags.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import arns, schema, statuses, streaming, throughput
from groundstate.services.dynamodb.description import as_new, describe, new_definition
from groundstate.services.dynamodb.errors import ResourceInUseException
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.operations.resource_policies import canonical, check_policy
from groundstate.services.dynamodb.tables import find_table, forget, read_table
from groundstate.services.dynamodb.tagging import check_tags
from groundstate.services.dynamodb.validation.table_inputs import CREATE_TABLE


def create_table(call: Call, request: Shape) -> Shape:
    """Add a table. The answer calls it `CREATING` as AWS's does.

    Raises:
        ResourceInUseException: there is a table with this name.
        ValidationException: the request is wrong.
    """
    table = add_table(call, check_new_table(call, request))
    return {"TableDescription": as_new(describe(call, table))}


def check_new_table(call: Call, request: Shape) -> Shape:
    """The request for a table that can be made.

    Raises:
        ResourceInUseException: there is a table with this name.
        ValidationException: the request is wrong.
    """
    _refuse_unsupported(request)
    request = CREATE_TABLE.check(request).request
    schema.check_throughput(request)
    for part in (request, *request.get("GlobalSecondaryIndexes", ())):
        throughput.check_limits(part, request.get("BillingMode"), part.get("IndexName", ""))
    schema.check_table_keys(request)
    index_names: set[str] = set()
    schema.check_local_indexes(request, index_names)
    schema.check_global_indexes(request, index_names)
    schema.check_projected_count(request)
    schema.check_unused_definitions(request)
    streaming.check_specification(request.get("StreamSpecification"), creates=True)
    schema.check_encryption(request.get("SSESpecification", {}))
    check_tags(request.get("Tags", ()))
    name = arns.table_name(request["TableName"])
    if find_table(call, name) is not None:
        raise ResourceInUseException(f"Table already exists: {name}")
    return request


def add_table(call: Call, request: Shape) -> Table:
    """Add a table as `check_new_table` let it through."""
    name = arns.table_name(request["TableName"])
    definition = new_definition(call, request, name)
    streaming.enable(call, definition, request.get("StreamSpecification"))
    statuses.begin(call, definition, "CREATING")
    settings: dict[str, Any] = {}
    tags = check_tags(request.get("Tags", ()))
    if tags:
        settings["Tags"] = tags
    if "ResourcePolicy" in request:
        check_policy(call, request["ResourcePolicy"])
        settings["ResourcePolicy"] = {
            "Policy": canonical(request["ResourcePolicy"]),
            "RevisionId": str(int(call.now * 1000)),
        }
    rows = call.tx.dynamodb
    table_id = rows.tables.add(call.account, call.region, name, definition, settings)
    rows.create_items(table_id)
    forget(call, name)
    return read_table(call, name)


def _refuse_unsupported(request: Shape) -> None:
    for member in ("GlobalTableSourceArn", "GlobalTableSettingsReplicationMode", "VectorIndexes"):
        schema.refuse_unsupported(request, member)

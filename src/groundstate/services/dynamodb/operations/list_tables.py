"""ListTables: the names of all tables.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.validation.table_inputs import LIST_TABLES

PAGE_MAX = 100


def list_tables(call: Call, request: Shape) -> Shape:
    """Table names in their order, a page at a time."""
    request = LIST_TABLES.check(request).request
    limit = request.get("Limit", PAGE_MAX)
    names = call.tx.dynamodb.tables.list_names(
        call.account, call.region, request.get("ExclusiveStartTableName", ""), limit + 1
    )
    response: Shape = {"TableNames": names[:limit]}
    if len(names) > limit:
        response["LastEvaluatedTableName"] = names[limit - 1]
    return response

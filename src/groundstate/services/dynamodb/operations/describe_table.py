"""DescribeTable: what a table is, and how much it holds.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.description import describe
from groundstate.services.dynamodb.tables import get_table_to_manage
from groundstate.services.dynamodb.validation.table_inputs import DESCRIBE_TABLE


def describe_table(call: Call, request: Shape) -> Shape:
    """Describe a table. Its counts are exact, where AWS's are some hours old.

    Raises:
        ResourceNotFoundException: there is no such table.
    """
    request = DESCRIBE_TABLE.check(request).request
    return {"Table": describe(call, get_table_to_manage(call, request["TableName"]))}

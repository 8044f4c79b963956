"""The inputs of transactions: their members, in the order in which AWS reports faults."""

from __future__ import annotations

from typing import Any

from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.inputs import (
    CONSUMED,
    METRICS,
    NAMES,
    ON_FAILURE,
    REQUIRED_ATTRIBUTES,
)
from groundstate.services.dynamodb.validation.shapes import (
    ATTRIBUTES,
    STRING,
    Member,
    list_of,
    structure,
)

ACTIONS_MAX = 100
TABLE_NAME_MEMBER = Member(
    STRING, required=True, pattern="[a-zA-Z0-9_.:/-]+", shortest=1, longest=1024
)
_ACTION: dict[str, Any] = {
    "TableName": TABLE_NAME_MEMBER,
    "ExpressionAttributeValues": ATTRIBUTES,
    "ExpressionAttributeNames": NAMES,
    "ReturnValuesOnConditionCheckFailure": ON_FAILURE,
}
_REQUIRED_TEXT = Member(STRING, required=True)

TRANSACT_WRITE_ITEMS = Checker(
    ClientRequestToken=Member(STRING, shortest=1, longest=36),
    ReturnConsumedCapacity=CONSUMED,
    ReturnItemCollectionMetrics=METRICS,
    TransactItems=Member(
        list_of(
            structure(
                "TransactWriteItem",
                Put=structure(
                    "Put", Item=REQUIRED_ATTRIBUTES, ConditionExpression=STRING, **_ACTION
                ),
                Update=structure(
                    "Update",
                    Key=REQUIRED_ATTRIBUTES,
                    UpdateExpression=_REQUIRED_TEXT,
                    ConditionExpression=STRING,
                    **_ACTION,
                ),
                Delete=structure(
                    "Delete", Key=REQUIRED_ATTRIBUTES, ConditionExpression=STRING, **_ACTION
                ),
                ConditionCheck=structure(
                    "ConditionCheck",
                    Key=REQUIRED_ATTRIBUTES,
                    ConditionExpression=_REQUIRED_TEXT,
                    **_ACTION,
                ),
            )
        ),
        required=True,
        shortest=1,
        longest=ACTIONS_MAX,
    ),
)
TRANSACT_GET_ITEMS = Checker(
    ReturnConsumedCapacity=CONSUMED,
    TransactItems=Member(
        list_of(
            structure(
                "TransactGetItem",
                Get=Member(
                    structure(
                        "Get",
                        Key=REQUIRED_ATTRIBUTES,
                        TableName=TABLE_NAME_MEMBER,
                        ProjectionExpression=STRING,
                        ExpressionAttributeNames=NAMES,
                    ),
                    required=True,
                ),
            )
        ),
        required=True,
        shortest=1,
        longest=ACTIONS_MAX,
    ),
)

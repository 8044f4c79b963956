"""The inputs of operations on items: their members, in the order in which AWS reports faults."""

from __future__ import annotations

from typing import Any

from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.shapes import (
    ATTRIBUTE,
    ATTRIBUTES,
    BOOLEAN,
    INTEGER,
    STRING,
    STRINGS,
    Member,
    Shape,
    list_of,
    map_of,
    structure,
)

NAME_PATTERN = "[a-zA-Z0-9_.-]+"
TABLE_NAME = Member(STRING, required=True, pattern=NAME_PATTERN, shortest=3, longest=255)
INDEX_NAME = Member(STRING, pattern=NAME_PATTERN, shortest=3, longest=255)
REQUIRED_ATTRIBUTES = Member(ATTRIBUTES, required=True)
NAMES = Shape("Map", element=STRING)
CONSUMED = Member(STRING, choices=("INDEXES", "TOTAL", "NONE"))
METRICS = Member(STRING, choices=("SIZE", "NONE"))
RETURN_VALUES = Member(STRING, choices=("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"))
ON_FAILURE = Member(STRING, choices=("ALL_OLD", "NONE"))
LOGIC = Member(STRING, choices=("OR", "AND"))
COMPARATORS = (
    "IN",
    "NULL",
    "BETWEEN",
    "LT",
    "NOT_CONTAINS",
    "EQ",
    "GT",
    "NOT_NULL",
    "NE",
    "LE",
    "BEGINS_WITH",
    "GE",
    "CONTAINS",
)
TO_GET = Member(STRINGS, shortest=1, longest=255)
SELECT = Member(
    STRING,
    choices=("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
)
EXPECTED = map_of(
    structure(
        "ExpectedAttributeValue",
        AttributeValueList=list_of(ATTRIBUTE),
        ComparisonOperator=Member(STRING, choices=COMPARATORS),
        Exists=BOOLEAN,
        Value=ATTRIBUTE,
    )
)
CONDITIONS = map_of(
    structure(
        "Condition",
        AttributeValueList=list_of(ATTRIBUTE),
        ComparisonOperator=Member(STRING, required=True, choices=COMPARATORS),
    )
)
_WRITE: dict[str, Any] = {
    "ReturnConsumedCapacity": CONSUMED,
    "TableName": TABLE_NAME,
    "ReturnItemCollectionMetrics": METRICS,
    "ReturnValues": RETURN_VALUES,
    "ConditionalOperator": LOGIC,
    "Expected": EXPECTED,
    "ConditionExpression": STRING,
    "ExpressionAttributeValues": ATTRIBUTES,
    "ExpressionAttributeNames": NAMES,
    "ReturnValuesOnConditionCheckFailure": ON_FAILURE,
}

PUT_ITEM = Checker(Item=REQUIRED_ATTRIBUTES, **_WRITE)
DELETE_ITEM = Checker(Key=REQUIRED_ATTRIBUTES, **_WRITE)
UPDATE_ITEM = Checker(
    Key=REQUIRED_ATTRIBUTES,
    AttributeUpdates=map_of(
        structure(
            "AttributeValueUpdate",
            Action=Member(STRING, choices=("ADD", "PUT", "DELETE")),
            Value=ATTRIBUTE,
        )
    ),
    UpdateExpression=STRING,
    **_WRITE,
)
GET_ITEM = Checker(
    ReturnConsumedCapacity=CONSUMED,
    AttributesToGet=TO_GET,
    TableName=TABLE_NAME,
    Key=REQUIRED_ATTRIBUTES,
    ConsistentRead=BOOLEAN,
    ProjectionExpression=STRING,
    ExpressionAttributeNames=NAMES,
)
QUERY = Checker(
    Limit=Member(INTEGER, minimum=1),
    ExclusiveStartKey=ATTRIBUTES,
    ReturnConsumedCapacity=CONSUMED,
    AttributesToGet=TO_GET,
    QueryFilter=CONDITIONS,
    Select=SELECT,
    ConditionalOperator=LOGIC,
    KeyConditions=CONDITIONS,
    TableName=TABLE_NAME,
    ConsistentRead=BOOLEAN,
    IndexName=INDEX_NAME,
    ScanIndexForward=BOOLEAN,
    KeyConditionExpression=STRING,
    FilterExpression=STRING,
    ProjectionExpression=STRING,
    ExpressionAttributeValues=ATTRIBUTES,
    ExpressionAttributeNames=NAMES,
)
SCAN = Checker(
    Limit=Member(INTEGER, minimum=1),
    ReturnConsumedCapacity=CONSUMED,
    AttributesToGet=TO_GET,
    Segment=Member(INTEGER, minimum=0, maximum=999999),
    Select=SELECT,
    ScanFilter=CONDITIONS,
    ConditionalOperator=LOGIC,
    TotalSegments=Member(INTEGER, minimum=1, maximum=1000000),
    TableName=TABLE_NAME,
    ExclusiveStartKey=ATTRIBUTES,
    IndexName=INDEX_NAME,
    ConsistentRead=BOOLEAN,
    FilterExpression=STRING,
    ProjectionExpression=STRING,
    ExpressionAttributeValues=ATTRIBUTES,
    ExpressionAttributeNames=NAMES,
)
_TABLE_KEYS = (255, 3, NAME_PATTERN)
BATCH_GET_ITEM = Checker(
    ReturnConsumedCapacity=CONSUMED,
    RequestItems=Member(
        map_of(
            structure(
                "KeysAndAttributes",
                Keys=Member(list_of(ATTRIBUTES), required=True, shortest=1, longest=100),
                AttributesToGet=TO_GET,
                ConsistentRead=BOOLEAN,
                ProjectionExpression=STRING,
                ExpressionAttributeNames=NAMES,
            ),
            key_rules=_TABLE_KEYS,
        ),
        required=True,
        shortest=1,
    ),
)
BATCH_WRITE_ITEM = Checker(
    ReturnConsumedCapacity=CONSUMED,
    ReturnItemCollectionMetrics=METRICS,
    RequestItems=Member(
        map_of(
            list_of(
                structure(
                    "WriteRequest",
                    DeleteRequest=structure("DeleteRequest", Key=REQUIRED_ATTRIBUTES),
                    PutRequest=structure("PutRequest", Item=REQUIRED_ATTRIBUTES),
                )
            ),
            key_rules=_TABLE_KEYS,
            value_rules=(25, 1),
        ),
        required=True,
        shortest=1,
    ),
)

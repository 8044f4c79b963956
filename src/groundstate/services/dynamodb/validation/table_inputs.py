"""The inputs of operations on tables: their members, in the order in which AWS reports faults."""

from __future__ import annotations

from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.inputs import NAME_PATTERN
from groundstate.services.dynamodb.validation.shapes import (
    BOOLEAN,
    INTEGER,
    LONG,
    STRING,
    Member,
    Shape,
    list_of,
    structure,
)

MANAGED_NAME = Member(STRING, missing=True, early_length=True, pattern=NAME_PATTERN)
_REQUIRED_UNITS = Member(LONG, required=True, minimum=1)
THROUGHPUT = structure(
    "ProvisionedThroughput",
    WriteCapacityUnits=_REQUIRED_UNITS,
    ReadCapacityUnits=_REQUIRED_UNITS,
)
ON_DEMAND = structure("OnDemandThroughput", MaxReadRequestUnits=LONG, MaxWriteRequestUnits=LONG)
WARM = structure("WarmThroughput", ReadUnitsPerSecond=LONG, WriteUnitsPerSecond=LONG)
KEY_SCHEMA = list_of(
    structure(
        "KeySchemaElement",
        AttributeName=Member(STRING, required=True, shortest=1, longest=255),
        KeyType=Member(STRING, required=True, choices=("HASH", "RANGE")),
    )
)
TABLE_KEY_SCHEMA = Member(KEY_SCHEMA, required=True, shortest=1, longest=2)
# A global index may have up to four attributes in each part of its key.
INDEX_KEY_SCHEMA = Member(KEY_SCHEMA, required=True, shortest=1, longest=8)
DEFINITIONS = list_of(
    structure(
        "AttributeDefinition",
        AttributeName=Member(STRING, required=True, shortest=1, longest=255),
        AttributeType=Member(STRING, required=True, choices=("B", "N", "S")),
    )
)
PROJECTION = Member(
    structure(
        "Projection",
        ProjectionType=Member(STRING, choices=("ALL", "INCLUDE", "KEYS_ONLY")),
        NonKeyAttributes=Member(
            Shape("List", element=STRING, element_rules=(255, 1)), shortest=1, longest=20
        ),
    ),
    required=True,
)
REQUIRED_INDEX_NAME = Member(STRING, required=True, pattern=NAME_PATTERN, shortest=3, longest=255)
STREAM = structure(
    "StreamSpecification",
    StreamEnabled=Member(BOOLEAN, required=True),
    StreamViewType=Member(
        STRING, choices=("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")
    ),
)
ENCRYPTION = structure(
    "SSESpecification",
    Enabled=BOOLEAN,
    SSEType=Member(STRING, choices=("AES256", "KMS")),
    KMSMasterKeyId=Member(STRING, shortest=1, longest=2048),
)
# What a key and a value may be is checked by `tagging`, in words of its own.
TAGS = list_of(structure("Tag", Key=STRING, Value=STRING))
TABLE_CLASS = Member(STRING, choices=("STANDARD", "STANDARD_INFREQUENT_ACCESS"))
BILLING_MODE = Member(STRING, choices=("PROVISIONED", "PAY_PER_REQUEST"))
LOCAL_INDEX = structure(
    "LocalSecondaryIndex",
    Projection=PROJECTION,
    IndexName=REQUIRED_INDEX_NAME,
    KeySchema=TABLE_KEY_SCHEMA,
)
GLOBAL_INDEX = structure(
    "GlobalSecondaryIndex",
    Projection=PROJECTION,
    IndexName=REQUIRED_INDEX_NAME,
    ProvisionedThroughput=THROUGHPUT,
    OnDemandThroughput=ON_DEMAND,
    WarmThroughput=WARM,
    KeySchema=INDEX_KEY_SCHEMA,
)

CREATE_TABLE = Checker(
    AttributeDefinitions=Member(DEFINITIONS, required=True),
    TableName=MANAGED_NAME,
    BillingMode=BILLING_MODE,
    ProvisionedThroughput=THROUGHPUT,
    KeySchema=TABLE_KEY_SCHEMA,
    LocalSecondaryIndexes=list_of(LOCAL_INDEX),
    GlobalSecondaryIndexes=list_of(GLOBAL_INDEX),
    StreamSpecification=STREAM,
    SSESpecification=ENCRYPTION,
    Tags=TAGS,
    TableClass=TABLE_CLASS,
    DeletionProtectionEnabled=BOOLEAN,
    WarmThroughput=WARM,
    OnDemandThroughput=ON_DEMAND,
    ResourcePolicy=Member(STRING, longest=20480),
)
TABLE_TO_IMPORT = structure(
    "TableCreationParameters",
    AttributeDefinitions=Member(DEFINITIONS, required=True),
    TableName=Member(STRING, required=True, shortest=1, longest=1024),
    BillingMode=BILLING_MODE,
    ProvisionedThroughput=THROUGHPUT,
    KeySchema=TABLE_KEY_SCHEMA,
    GlobalSecondaryIndexes=list_of(GLOBAL_INDEX),
    SSESpecification=ENCRYPTION,
    OnDemandThroughput=ON_DEMAND,
)
# Of exports and imports.
TOKEN = Member(STRING, pattern=r"[^\$]+")
BUCKET = Member(STRING, required=True, pattern=r"[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+", longest=255)
PREFIX = Member(STRING, longest=1024)
OWNER = Member(STRING, pattern="[0-9]{12}")
DESCRIBE_TABLE = Checker(TableName=MANAGED_NAME)
DELETE_TABLE = Checker(TableName=MANAGED_NAME)
LIST_TABLES = Checker(
    ExclusiveStartTableName=Member(STRING, pattern=NAME_PATTERN, shortest=3, longest=255),
    Limit=Member(INTEGER, minimum=1, maximum=100),
)
UPDATE_TABLE = Checker(
    TableName=MANAGED_NAME,
    AttributeDefinitions=DEFINITIONS,
    BillingMode=BILLING_MODE,
    ProvisionedThroughput=THROUGHPUT,
    GlobalSecondaryIndexUpdates=list_of(
        structure(
            "GlobalSecondaryIndexUpdate",
            Update=structure(
                "UpdateGlobalSecondaryIndexAction",
                IndexName=REQUIRED_INDEX_NAME,
                ProvisionedThroughput=THROUGHPUT,
                OnDemandThroughput=ON_DEMAND,
                WarmThroughput=WARM,
            ),
            Create=structure(
                "CreateGlobalSecondaryIndexAction",
                Projection=PROJECTION,
                IndexName=REQUIRED_INDEX_NAME,
                ProvisionedThroughput=THROUGHPUT,
                OnDemandThroughput=ON_DEMAND,
                WarmThroughput=WARM,
                KeySchema=INDEX_KEY_SCHEMA,
            ),
            Delete=structure("DeleteGlobalSecondaryIndexAction", IndexName=REQUIRED_INDEX_NAME),
        )
    ),
    StreamSpecification=STREAM,
    SSESpecification=ENCRYPTION,
    TableClass=TABLE_CLASS,
    DeletionProtectionEnabled=BOOLEAN,
    OnDemandThroughput=ON_DEMAND,
    WarmThroughput=WARM,
)

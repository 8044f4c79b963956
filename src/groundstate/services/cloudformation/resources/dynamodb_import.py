"""The import of objects in S3 into a new table: `ImportSourceSpecification`.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-importsourcespecification.html

The table is made by ImportTable with what that takes; the type brings the rest of the properties
to it when all items are in.
"""

from __future__ import annotations

from typing import Any, Final

from groundstate.operation import Shape
from groundstate.services.cloudformation.resources.provision import (
    TIMER,
    Pending,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.shape import TEXT, Needed

LOOK = "table_import"
SHAPE: Final = {
    "InputCompressionType": TEXT,
    "InputFormat": Needed(TEXT),
    "InputFormatOptions": {"Csv": {"Delimiter": TEXT, "HeaderList": [TEXT]}},
    "S3BucketSource": Needed(
        {"S3Bucket": Needed(TEXT), "S3BucketOwner": TEXT, "S3KeyPrefix": TEXT}
    ),
}
# Of CreateTable's members, those that ImportTable takes.
TAKEN: Final = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "OnDemandThroughput",
    "ProvisionedThroughput",
    "SSESpecification",
)


def begin(provision: Provision, table: str, request: Shape, properties: Properties) -> Pending:
    """Begin to make a table with items.

    Args:
        request: CreateTable's.

    Raises:
        ProvisionFailed: a table that is imported cannot have this.
        ServiceError: the request is wrong.
    """
    if "LocalSecondaryIndexes" in properties:
        raise ProvisionFailed("A table that is imported cannot have LocalSecondaryIndexes.")
    source = dict(properties["ImportSourceSpecification"])
    if not source.get("InputFormatOptions"):
        source.pop("InputFormatOptions", None)
    wanted = {name: request[name] for name in ("TableName", *TAKEN) if name in request}
    answer = provision.invoke(
        "dynamodb", "ImportTable", {**source, "TableCreationParameters": wanted}
    )
    arn = answer["ImportTableDescription"]["ImportArn"]
    return _look_again(provision, Pending(table, {"import": arn, "properties": properties}))


def check(provision: Provision, pending: Pending) -> Pending | None:
    """What to wait for; None when all items are in.

    Raises:
        ProvisionFailed: the import has failed.
    """
    request = {"ImportArn": pending.state["import"]}
    answer = provision.invoke("dynamodb", "DescribeImport", request)["ImportTableDescription"]
    if answer["ImportStatus"] == "IN_PROGRESS":
        return _look_again(provision, pending)
    if answer["ImportStatus"] == "FAILED":
        raise ProvisionFailed(
            f"The import {answer['ImportArn']} failed with {answer['FailureCode']}:"
            f" {answer['FailureMessage']}"
        )
    return None


def imported(properties: Properties) -> dict[str, Any]:
    """Of a table's properties, those that it has when it was imported."""
    return {name: properties[name] for name in TAKEN if name in properties}


def _look_again(provision: Provision, pending: Pending) -> Pending:
    call = provision.call
    # An import works without a pause, turn by turn; between two of its turns one looks.
    timer_id = call.tx.timers.set(
        call.now, call.service, LOOK, provision.stack_id, region=provision.region
    )
    return Pending(pending.physical_id, {**pending.state, TIMER: timer_id})

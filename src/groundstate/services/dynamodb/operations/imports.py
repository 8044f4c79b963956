"""ImportTable, DescribeImport, ListImports: a new table with items that are in S3.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ImportTable.html
"""

from __future__ import annotations

from typing import Any

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.principals import dump_principal
from groundstate.services.dynamodb import arns, import_log, importing, transfers
from groundstate.services.dynamodb.errors import (
    ImportConflictException,
    ValidationException,
)
from groundstate.services.dynamodb.operations.create_table import check_new_table
from groundstate.services.dynamodb.tables import find_table
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.shapes import (
    INTEGER,
    STRING,
    Member,
    structure,
)
from groundstate.services.dynamodb.validation.shapes import (
    Shape as InputShape,
)
from groundstate.services.dynamodb.validation.table_inputs import (
    BUCKET,
    OWNER,
    PREFIX,
    TABLE_TO_IMPORT,
    TOKEN,
)
from groundstate.store.dynamodb_transfers import TransferRow

_IMPORT = Checker(
    ClientToken=TOKEN,
    S3BucketSource=Member(
        structure(
            "S3BucketSource",
            S3BucketOwner=OWNER,
            S3Bucket=BUCKET,
            S3KeyPrefix=PREFIX,
        ),
        required=True,
    ),
    InputFormat=Member(STRING, required=True, choices=("DYNAMODB_JSON", "ION", "CSV")),
    InputFormatOptions=structure(
        "InputFormatOptions",
        Csv=structure(
            "CsvOptions",
            Delimiter=Member(STRING, pattern=r"[,;:|\t ]", shortest=1, longest=1),
            HeaderList=Member(
                InputShape("List", element=STRING, element_rules=(65536, 1)),
                shortest=1,
                longest=255,
            ),
        ),
    ),
    InputCompressionType=Member(STRING, choices=("GZIP", "ZSTD", "NONE")),
    TableCreationParameters=Member(TABLE_TO_IMPORT, required=True),
)
_DESCRIBE = Checker(ImportArn=Member(STRING, required=True, shortest=37, longest=1024))
_LIST = Checker(
    TableArn=Member(STRING, shortest=1, longest=1024),
    PageSize=Member(INTEGER, minimum=1, maximum=transfers.PAGE_MAX),
    NextToken=Member(STRING, shortest=112, longest=1024),
)
_SUMMARY = (
    "ImportArn",
    "ImportStatus",
    "TableArn",
    "S3BucketSource",
    "InputFormat",
    "StartTime",
    "EndTime",
)


def import_table(call: Call, request: Shape) -> Shape:
    """Make a table, and put what objects in S3 hold into it, in later turns.

    Whether the bucket is there and can be read shows then. The table is `CREATING` until all is in.

    Raises:
        ImportConflictException: the token stands for an import into another table.
        ResourceInUseException: there is a table with this name.
        ValidationException: the request is wrong, or asks for what is not supported.
    """
    request = _IMPORT.check(request).request
    _check_members(request)
    parameters = request["TableCreationParameters"]
    name = arns.table_name(parameters["TableName"])
    token = request.get("ClientToken") or ids.make_uuid()
    earlier = transfers.find_by_token(call, transfers.IMPORT, token)
    if earlier is not None:
        if earlier.description["TableCreationParameters"]["TableName"] != parameters["TableName"]:
            raise ImportConflictException(
                "Import conflict: Duplicate request detected with conflicting parameters"
            )
        if earlier.progress or find_table(call, name) is None:
            return {"ImportTableDescription": earlier.description}
    check_new_table(call, parameters)
    table_arn = arns.table_arn(call.region, call.account, name)
    arn = transfers.make_transfer_arn(call, table_arn, transfers.IMPORT)
    source = {"S3BucketOwner": call.account, **request["S3BucketSource"]}
    description: dict[str, Any] = {
        "ImportArn": arn,
        "ImportStatus": "IN_PROGRESS",
        "TableArn": table_arn,
        "TableId": ids.make_uuid(),
        "ClientToken": token,
        "S3BucketSource": source,
        "ErrorCount": 0,
        "CloudWatchLogGroupArn": import_log.group_arn(call),
        **transfers.pick(request, ("InputFormat", "InputFormatOptions")),
        "InputCompressionType": request.get("InputCompressionType", "NONE"),
        "TableCreationParameters": parameters,
        "StartTime": int(call.now * 1000) / 1000,
        "ProcessedSizeBytes": 0,
        "ProcessedItemCount": 0,
        "ImportedItemCount": 0,
    }
    number = call.tx.dynamodb.make_number()
    progress = {"principal": dump_principal(call.principal)}
    row = TransferRow(
        number, transfers.IMPORT, arn, table_arn, token, call.now, description, progress
    )
    transfers.start(call, row)
    return {"ImportTableDescription": description}


def describe_import(call: Call, request: Shape) -> Shape:
    """Tell how an import is going.

    Raises:
        AccessDeniedException: it is another account's.
        ImportNotFoundException: there is none with this ARN.
        ValidationException: it is no ARN of an import.
    """
    request = _DESCRIBE.check(request).request
    row = transfers.get_transfer(call, transfers.IMPORT, request["ImportArn"])
    return {"ImportTableDescription": row.description}


def list_imports(call: Call, request: Shape) -> Shape:
    """Imports of one table or of all, the newest first.

    Raises:
        ValidationException: the token is none of ours.
    """
    request = _LIST.check(request).request
    rows, token = transfers.list_transfers(
        call,
        transfers.IMPORT,
        request.get("TableArn"),
        request.get("PageSize", transfers.PAGE_DEFAULT),
        request.get("NextToken"),
    )
    answer: Shape = {
        "ImportSummaryList": [transfers.pick(row.description, _SUMMARY) for row in rows]
    }
    return answer if token is None else {**answer, "NextToken": token}


def _check_members(request: Shape) -> None:
    """Check what the format and the compression allow. Raises ValidationException."""
    form = request["InputFormat"]
    compression = request.get("InputCompressionType", "NONE")
    if form not in importing.FORMATS or compression not in importing.COMPRESSIONS:
        raise ValidationException(
            f"An import of the format {form} with the compression {compression} is not supported by"
            " Groundstate's DynamoDB: it reads CSV and DYNAMODB_JSON, plain or with GZIP; see its"
            " README."
        )
    if "InputFormatOptions" in request and form != "CSV":
        raise ValidationException(
            f"Invalid Request: Unsupported InputFormatOptions for the given input format: {form}."
        )

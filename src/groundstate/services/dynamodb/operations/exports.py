"""ExportTableToPointInTime, DescribeExport, ListExports: a table's items as files in S3.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.principals import dump_principal
from groundstate.services.dynamodb import arns, exporting, transfers
from groundstate.services.dynamodb.errors import (
    AccessDeniedException,
    ExportConflictException,
    InvalidExportTimeException,
    PointInTimeRecoveryUnavailableException,
    TableNotFoundException,
    ValidationException,
    invalid,
)
from groundstate.services.dynamodb.exporting import INCREMENTAL
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.schema import refuse_unsupported
from groundstate.services.dynamodb.tables import find_table
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.shapes import (
    DOUBLE,
    INTEGER,
    STRING,
    Member,
    structure,
)
from groundstate.services.dynamodb.validation.table_inputs import BUCKET, OWNER, PREFIX, TOKEN
from groundstate.store.dynamodb_transfers import TransferRow

WINDOW_S_MIN, WINDOW_S_MAX = 15 * 60, 24 * 3600

_EXPORT = Checker(
    TableArn=Member(STRING, required=True, shortest=1, longest=1024),
    ExportTime=DOUBLE,
    ClientToken=TOKEN,
    S3Bucket=BUCKET,
    S3BucketOwner=OWNER,
    S3Prefix=PREFIX,
    S3SseAlgorithm=Member(STRING, choices=("AES256", "KMS")),
    S3SseKmsKeyId=Member(STRING, shortest=1, longest=2048),
    ExportFormat=Member(STRING, choices=("DYNAMODB_JSON", "ION")),
    ExportType=Member(STRING, choices=("FULL_EXPORT", INCREMENTAL)),
    IncrementalExportSpecification=structure(
        "IncrementalExportSpecification",
        ExportFromTime=DOUBLE,
        ExportToTime=DOUBLE,
        ExportViewType=Member(STRING, choices=("NEW_IMAGE", "NEW_AND_OLD_IMAGES")),
    ),
)
_DESCRIBE = Checker(ExportArn=Member(STRING, required=True, shortest=37, longest=1024))
_LIST = Checker(
    TableArn=Member(STRING, shortest=1, longest=1024),
    MaxResults=Member(INTEGER, minimum=1, maximum=transfers.PAGE_MAX),
    NextToken=STRING,
)
_KEPT = ("S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseKmsKeyId")


def export_table_to_point_in_time(call: Call, request: Shape) -> Shape:
    """Write a table's items at a time, or their changes in one, to a bucket, in later turns.

    Whether the bucket is there and can be written to shows then.

    Raises:
        AccessDeniedException: it is another account's table.
        ExportConflictException: the token stands for another export.
        InvalidExportTimeException: that time was not recorded, or it is too short or too long.
        PointInTimeRecoveryUnavailableException: recovery is not enabled.
        TableNotFoundException: there is no such table.
        ValidationException: the request is wrong, or asks for what is not supported.
    """
    refuse_unsupported(request, "FilterSpecification")
    request = _EXPORT.check(request).request
    _check_members(request)
    table = _find(call, request["TableArn"])
    token = request.get("ClientToken") or ids.make_uuid()
    earlier = transfers.find_by_token(call, transfers.EXPORT, token)
    if earlier is not None:
        if earlier.description["Request"] != request:
            raise ExportConflictException(
                "Export conflict: Duplicate request detected with conflicting parameters"
            )
        return {"ExportDescription": _tell(earlier)}
    window = _window(call, table, request)
    time = _time(call, table, request)
    description: dict[str, Any] = {
        "ExportArn": transfers.make_transfer_arn(call, table.arn, transfers.EXPORT),
        "ExportStatus": "IN_PROGRESS",
        "StartTime": int(call.now * 1000) / 1000,
        "TableArn": table.arn,
        "TableId": table.definition["TableId"],
        "ClientToken": token,
        **transfers.pick(request, _KEPT),
        "S3SseAlgorithm": request.get("S3SseAlgorithm", "AES256"),
        "ExportFormat": "DYNAMODB_JSON",
        "Request": request,
    }
    number = call.tx.dynamodb.make_number()
    if window is None:
        description["ExportTime"] = int(time * 1000) / 1000
        exporting.copy_items(call, number, table, time)
    else:
        description["IncrementalExportSpecification"] = window
        exporting.copy_changes(
            call,
            number,
            table,
            window["ExportFromTime"],
            window["ExportToTime"],
            with_old=window["ExportViewType"] != "NEW_IMAGE",
        )
    progress = {"last": 0, "files": [], "size": 0, "principal": dump_principal(call.principal)}
    row = TransferRow(
        number,
        transfers.EXPORT,
        description["ExportArn"],
        description["TableId"],
        token,
        call.now,
        description,
        progress,
    )
    transfers.start(call, row)
    return {"ExportDescription": _tell(row)}


def describe_export(call: Call, request: Shape) -> Shape:
    """Tell how an export is going.

    Raises:
        AccessDeniedException: it is another account's.
        ExportNotFoundException: there is none with this ARN.
        ValidationException: it is no ARN of an export.
    """
    request = _DESCRIBE.check(request).request
    row = transfers.get_transfer(call, transfers.EXPORT, request["ExportArn"])
    return {"ExportDescription": _tell(row)}


def list_exports(call: Call, request: Shape) -> Shape:
    """Exports of one table that is there, or of all, the newest first.

    Raises:
        ValidationException: the token is none of ours.
    """
    request = _LIST.check(request).request
    subject = None
    if "TableArn" in request:
        table = find_table(call, request["TableArn"])
        # The exports of a table that is gone are not found by its name.
        subject = "" if table is None else table.definition["TableId"]
    rows, token = transfers.list_transfers(
        call,
        transfers.EXPORT,
        subject,
        request.get("MaxResults", transfers.PAGE_DEFAULT),
        request.get("NextToken"),
    )
    answer: Shape = {"ExportSummaries": [_summarize(row) for row in rows]}
    return answer if token is None else {**answer, "NextToken": token}


def _tell(row: TransferRow) -> Shape:
    return {name: value for name, value in row.description.items() if name != "Request"}


def _summarize(row: TransferRow) -> Shape:
    is_full = "IncrementalExportSpecification" not in row.description
    return {
        **transfers.pick(row.description, ("ExportArn", "ExportStatus")),
        "ExportType": "FULL_EXPORT" if is_full else INCREMENTAL,
    }


def _check_members(request: Shape) -> None:
    """Check what members say of each other. Raises ValidationException."""
    if request.get("ExportFormat") == "ION":
        raise ValidationException(
            "The export format ION is not supported by Groundstate's DynamoDB; see its README."
        )
    if "S3SseKmsKeyId" in request and request.get("S3SseAlgorithm") != "KMS":
        raise ValidationException(
            "Invalid Request: KMS Key Id is not supported for this encryption type"
        )
    kind = request.get("ExportType")
    window = request.get("IncrementalExportSpecification")
    fault = ""
    if kind is None and window is not None:
        fault = (
            "Export Type expected to be Incremental Export when incremental export specification"
            " is provided"
        )
    elif kind == "FULL_EXPORT" and window is not None:
        fault = (
            "When Export Type is Full Export , Incremental Export Specification should not be"
            " provided"
        )
    elif kind == INCREMENTAL and window is None:
        fault = (
            "Incremental Export Specification expected when export type is set as Incremental"
            " Export"
        )
    elif window is not None and "ExportFromTime" not in window:
        fault = "ExportFromTime must be provided in IncrementalExportSpecification"
    elif window is not None and "ExportTime" in request:
        fault = "Export Time should not be provided when Export Type is Incremental Export"
    if fault:
        raise ValidationException(f"Invalid Request: {fault}")


def _find(call: Call, arn: str) -> Table:
    if not arn.startswith("arn:") or arn.count(":") < 5:
        raise invalid("tableArn is not a valid ARN")
    parts = arns.find_table_parts(arn)
    if parts is None:
        raise ValidationException("Invalid Request: Table ARN is invalid.")
    region, account, name = parts
    if account != call.account:
        raise AccessDeniedException("Access is denied")
    table = find_table(call, name) if region == call.region else None
    if table is None:
        raise TableNotFoundException(f"Table not found: {arn}")
    return table


def _window(call: Call, table: Table, request: Shape) -> Shape | None:
    """The time that an incremental export is of; None for a full one."""
    given = request.get("IncrementalExportSpecification")
    if given is None:
        return None
    began, ended = given["ExportFromTime"], given.get("ExportToTime", call.now)
    fault = ""
    if began < table.definition["CreationDateTime"]:
        fault = (
            "Incremental export period from time cannot be less than the table creation time"
            f" : {_text(began)}"
        )
    elif ended > call.now:
        fault = (
            "Incremental export period to time cannot be greater than the current time"
            f" : {_text(ended)}"
        )
    elif ended - began < WINDOW_S_MIN:
        fault = (
            "Difference between export period from time and export period to time is less than"
            " 15 minutes"
        )
    elif ended - began > WINDOW_S_MAX:
        fault = (
            "Difference between export period from time and export period to time is greater than"
            " 24 hours"
        )
    if fault:
        raise InvalidExportTimeException(fault)
    return {
        "ExportFromTime": began,
        "ExportToTime": ended,
        "ExportViewType": given.get("ExportViewType", "NEW_AND_OLD_IMAGES"),
    }


def _time(call: Call, table: Table, request: Shape) -> float:
    """When the items, or the first changes, are of."""
    recovery = table.settings.get("PointInTimeRecovery")
    if recovery is None:
        raise PointInTimeRecoveryUnavailableException(
            f"Point in time recovery is not enabled for table '{table.name}'"
        )
    window = request.get("IncrementalExportSpecification", {})
    time: float = window.get("ExportFromTime", request.get("ExportTime", call.now))
    if not recovery["EnabledAt"] <= time <= call.now:
        raise InvalidExportTimeException("Export Time is invalid")
    return time


def _text(epoch_s: float) -> str:
    return f"{datetime.fromtimestamp(epoch_s, UTC):%Y-%m-%dT%H:%M:%SZ}"

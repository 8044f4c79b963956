"""The work of an import: lines of objects in S3 become items of a new table.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Validation.html

An item that the table does not take is counted and passed over. Where an object cannot be read on,
that is one error, and the rest of it is passed over. With any error, the import has failed, and the
table is there with what was imported.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import time
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from groundstate.operation import Call, ServiceError
from groundstate.services.dynamodb import arns, import_log, statuses, transfers
from groundstate.services.dynamodb.errors import ResourceInUseException
from groundstate.services.dynamodb.operations.create_table import add_table, check_new_table
from groundstate.services.dynamodb.tables import find_table, read_table, save_table
from groundstate.services.dynamodb.transfers import TransferFailedError
from groundstate.store.dynamodb_transfers import TransferRow

FORMATS = ("CSV", "DYNAMODB_JSON")
COMPRESSIONS = ("GZIP", "NONE")
# What an object may hold: it is in memory while its lines are read.
OBJECT_BYTES_MAX = 256 * 1024 * 1024
# How long one turn may keep the loop from others.
_SLICE_S = 0.02
_LINES_AT_ONCE = 20
_GONE = "The table was deleted while it was imported."

Item = dict[str, Any]


class Unreadable(Exception):
    """An object cannot be read on. Args: why."""


def import_some(call: Call, row: TransferRow) -> bool:
    """Make the table, or put the items of some lines into it."""
    progress, readings = row.progress, call.host.readings
    call.tx.on_undo(lambda: readings.pop(row.transfer_id, None))
    if "objects" not in progress:
        progress["objects"] = _list_objects(call, row)
        progress["line"] = 0
        _make_table(call, row)
        return False
    began_at = time.perf_counter()
    errors: list[str] = []
    while progress["objects"] and time.perf_counter() - began_at < _SLICE_S:
        if _import_lines(call, row, errors):
            readings.pop(row.transfer_id, None)
            progress["objects"].pop(0)
            progress["line"] = 0
    import_log.write(call, row, errors)
    if progress["objects"]:
        return False
    readings.pop(row.transfer_id, None)
    _finish(call, row)
    return True


def _list_objects(call: Call, row: TransferRow) -> list[str]:
    source = row.description["S3BucketSource"]
    request = {
        "Bucket": source["S3Bucket"],
        "Prefix": source.get("S3KeyPrefix", ""),
        "ExpectedBucketOwner": source["S3BucketOwner"],
    }
    keys: list[str] = []
    while True:
        page = transfers.ask_s3(call, row, "ListObjectsV2", request)
        keys += [entry["Key"] for entry in page.get("Contents", ()) if entry["Size"]]
        if "NextContinuationToken" not in page:
            return keys
        request["ContinuationToken"] = page["NextContinuationToken"]


def _make_table(call: Call, row: TransferRow) -> None:
    try:
        request = check_new_table(call, row.description["TableCreationParameters"])
    except ResourceInUseException as error:
        raise TransferFailedError("TableAlreadyExists", error.message) from None
    table = add_table(call, request)
    definition = {**table.definition, "TableId": row.description["TableId"]}
    save_table(call, table, statuses.hold(definition))


def _finish(call: Call, row: TransferRow) -> None:
    table = read_table(call, _table_name(row))
    save_table(call, table, statuses.release(table.definition))
    if row.description["ErrorCount"]:
        raise TransferFailedError(
            "ItemValidationError",
            "Some of the items failed validation checks and were not imported. Please check"
            " CloudWatch error logs for more details.",
        )
    transfers.end(call, row, "COMPLETED")


def _table_name(row: TransferRow) -> str:
    return arns.table_name(row.description["TableCreationParameters"]["TableName"])


def _import_lines(call: Call, row: TransferRow, errors: list[str]) -> bool:
    """Import some lines of the object that an import is at; whether the object is done."""
    progress, readings = row.progress, call.host.readings
    key = progress["objects"][0]
    chunk: list[Item] = []
    fault = ""
    try:
        lines = readings.get(row.transfer_id)
        if lines is None:
            lines = islice(_open(call, row, key), progress["line"], None)
            readings[row.transfer_id] = lines
        # What was read before a line that cannot be read stays in it.
        chunk.extend(islice(lines, _LINES_AT_ONCE))
    except Unreadable as error:
        fault = str(error)
    _put(call, row, chunk, errors)
    if fault:
        row.description["ProcessedItemCount"] += 1
        _note_error(row, errors, fault)
    return bool(fault) or len(chunk) < _LINES_AT_ONCE


def _put(call: Call, row: TransferRow, items: list[Item], errors: list[str]) -> None:
    description, name = row.description, _table_name(row)
    table = find_table(call, name)
    if table is None or table.definition["TableId"] != description["TableId"]:
        raise TransferFailedError("TableNotFound", _GONE)
    for item in items:
        description["ProcessedItemCount"] += 1
        try:
            call.invoke("dynamodb", "PutItem", {"TableName": name, "Item": item})
        except ServiceError as error:
            _note_error(row, errors, error.message)
        else:
            description["ImportedItemCount"] += 1
        row.progress["line"] += 1


def _note_error(row: TransferRow, errors: list[str], text: str) -> None:
    row.description["ErrorCount"] += 1
    pointer = {
        "bucket": row.description["S3BucketSource"]["S3Bucket"],
        "key": row.progress["objects"][0],
        "itemIndex": row.progress["line"],
    }
    errors.append(
        json.dumps(
            {"itemS3Pointer": pointer, "importArn": row.arn, "errorMessages": [text]},
            separators=(",", ":"),
        )
    )


def _open(call: Call, row: TransferRow, key: str) -> Iterator[Item]:
    description = row.description
    place = {"Bucket": description["S3BucketSource"]["S3Bucket"], "Key": key}
    try:
        content: bytes = transfers.ask_s3(call, row, "GetObject", place)["Body"]
    except TransferFailedError as failed:
        # It was deleted meanwhile.
        if failed.code == "S3NoSuchKey":
            raise Unreadable(failed.message) from None
        raise
    if row.progress["line"] == 0:
        description["ProcessedSizeBytes"] += len(content)
    if description["InputCompressionType"] == "GZIP":
        content = _unpack(content)
    if len(content) > OBJECT_BYTES_MAX:
        raise Unreadable(f"The object has more than {OBJECT_BYTES_MAX} bytes.")
    if description["InputFormat"] == "DYNAMODB_JSON":
        return _read_json(content)
    return _read_csv(content, description)


def _unpack(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            return packed.read(OBJECT_BYTES_MAX + 1)
    except (OSError, EOFError, zlib.error):
        raise Unreadable("The object is not compressed with GZIP.") from None


def _read_json(content: bytes) -> Iterator[Item]:
    """Items of lines that are `{"Item": ...}`."""
    for line in io.BytesIO(content):
        if not line.strip():
            continue
        try:
            document = orjson.loads(line)
        except ValueError:
            document = None
        item = document.get("Item") if isinstance(document, dict) else None
        if not isinstance(item, dict):
            raise Unreadable('The line is not of the form {"Item": {...}}.')
        yield item


def _read_csv(content: bytes, description: dict[str, Any]) -> Iterator[Item]:
    """Items of texts; keys of the table and its indexes have the types that the table says."""
    types = {
        entry["AttributeName"]: entry["AttributeType"]
        for entry in description["TableCreationParameters"]["AttributeDefinitions"]
    }
    options = description.get("InputFormatOptions", {}).get("Csv", {})
    text = io.StringIO(content.decode("utf-8", "replace"), newline="")
    rows = csv.reader(text, delimiter=options.get("Delimiter", ","))
    names: list[str] = options.get("HeaderList") or next(rows, [])
    for row in rows:
        if row:
            pairs = zip(names, row, strict=False)
            yield {name: {types.get(name, "S"): value} for name, value in pairs if value}

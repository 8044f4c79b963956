"""The work of an export: a table's items, or their changes, as files in S3 that manifests list.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html

What is to be written is copied when the export is asked for; the copy shrinks as it is written.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

import orjson

from groundstate import ids
from groundstate.operation import Call
from groundstate.services.dynamodb import transfers
from groundstate.services.dynamodb.items import find_item, load
from groundstate.services.dynamodb.model import Table
from groundstate.store.dynamodb_transfers import TransferRow

INCREMENTAL = "INCREMENTAL_EXPORT"
# A file's share of the items; others wait while it is compressed.
_BYTES_A_FILE = 1024 * 1024


def copy_items(call: Call, number: int, table: Table, time: float) -> None:
    """Keep the items as they were at a time, until they are written."""
    backups = call.tx.dynamodb.backups
    backups.copy_items(number, table.table_id)
    # The newest change comes first: the oldest one's item is the one that held at the time.
    before = dict(backups.changes_since(table.table_id, time))
    if before:
        backups.index_copy(number)
        for key, item in before.items():
            backups.go_back(number, key, item)


def copy_changes(
    call: Call, number: int, table: Table, began: float, ended: float, *, with_old: bool
) -> None:
    """Keep what became of each item that changed in a time, until it is written.

    Args:
        began, ended: the time, without its end.
        with_old: tell what an item was before as well.
    """
    backups = call.tx.dynamodb.backups
    backups.start_copy(number)
    # By key, each with what the item was before its first change in the time, what it was after
    # the last one (its state before the first change behind the time), and when that was.
    old: dict[bytes, bytes | None] = {}
    new: dict[bytes, bytes | None] = {}
    written_at: dict[bytes, float] = {}
    for key, item, changed_at in backups.timed_changes_since(table.table_id, began):
        if changed_at >= ended:
            new[key] = item
        else:
            old[key] = item
            written_at.setdefault(key, changed_at)
    for key, before in old.items():
        if key in new:
            after = new[key]
        else:
            stored = find_item(call, table, key)
            after = None if stored is None else orjson.dumps(stored.item)
        line = _change_line(table, before, after, written_at[key], with_old=with_old)
        if line is not None:
            backups.add_to_copy(number, key, line)


def _change_line(
    table: Table, before: bytes | None, after: bytes | None, written_at: float, *, with_old: bool
) -> bytes | None:
    image = after or before
    if image is None:
        return None
    item = load(image)
    line: dict[str, Any] = {
        "Metadata": {"WriteTimestampMicros": {"N": str(int(written_at * 1_000_000))}},
        "Keys": {attribute.name: item[attribute.name] for attribute in table.keys},
    }
    if before is not None and with_old:
        line["OldImage"] = orjson.Fragment(before)
    if after is not None:
        line["NewImage"] = orjson.Fragment(after)
    return orjson.dumps(line)


def export_some(call: Call, row: TransferRow) -> bool:
    """Write the next file of items, or the manifests behind the last one."""
    progress, backups = row.progress, call.tx.dynamodb.backups
    if progress["last"] == 0:
        # It shows that the bucket can be written to.
        _put(call, row, f"{_folder(row)}/_started", b"")
    is_full = "IncrementalExportSpecification" not in row.description
    lines: list[bytes] = []
    size = 0
    for row_id, item in backups.items_behind(row.transfer_id, progress["last"]):
        lines.append(b'{"Item":' + item + b"}\n" if is_full else item + b"\n")
        size += len(item)
        progress["last"] = row_id
        if size >= _BYTES_A_FILE:
            break
    if lines:
        backups.forget_items(row.transfer_id, progress["last"])
        _write_items(call, row, lines)
        progress["size"] += size
    if size >= _BYTES_A_FILE:
        return False
    _write_manifests(call, row)
    return True


def _under_prefix(row: TransferRow, path: str) -> str:
    prefix = str(row.description.get("S3Prefix", "")).removesuffix("/")
    return f"{prefix}/AWSDynamoDB/{path}" if prefix else f"AWSDynamoDB/{path}"


def _folder(row: TransferRow) -> str:
    return _under_prefix(row, row.arn.rpartition("/")[2])


def _put(call: Call, row: TransferRow, key: str, content: bytes) -> tuple[str, str]:
    """Write a file of an export; its checksum in base64, and its ETag."""
    description = row.description
    request: dict[str, Any] = {"Bucket": description["S3Bucket"], "Key": key, "Body": content}
    if "S3BucketOwner" in description:
        request["ExpectedBucketOwner"] = description["S3BucketOwner"]
    if description["S3SseAlgorithm"] == "KMS":
        request["ServerSideEncryption"] = "aws:kms"
        if "S3SseKmsKeyId" in description:
            request["SSEKMSKeyId"] = description["S3SseKmsKeyId"]
    answer = transfers.ask_s3(call, row, "PutObject", request)
    checksum = b64encode(md5(content, usedforsecurity=False).digest()).decode()
    return checksum, answer["ETag"].strip('"')


def _write_items(call: Call, row: TransferRow, lines: list[bytes]) -> None:
    name = f"data/{f'{ids.make_entropy():032x}'[:26]}.json.gz"
    # The files of all incremental exports are in one folder.
    is_full = "IncrementalExportSpecification" not in row.description
    key = f"{_folder(row)}/{name}" if is_full else _under_prefix(row, name)
    checksum, etag = _put(call, row, key, gzip.compress(b"".join(lines), 3, mtime=0))
    row.progress["files"].append(
        {
            "itemCount": len(lines),
            "md5Checksum": checksum,
            "etag": etag,
            "dataFileS3Key": key,
        }
    )


def _iso_time(epoch_s: float) -> str:
    moment = datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")


def _write_manifests(call: Call, row: TransferRow) -> None:
    files = row.progress["files"]
    summary = _summary(call, row, sum(file["itemCount"] for file in files), row.progress["size"])
    list_of_files = "".join(json.dumps(file, separators=(",", ":")) + "\n" for file in files)
    for name, text in (("files", list_of_files), ("summary", json.dumps(summary))):
        path = f"{_folder(row)}/manifest-{name}"
        checksum, _ = _put(call, row, f"{path}.json", text.encode())
        _put(call, row, f"{path}.md5", checksum.encode())
    transfers.end(call, row, "COMPLETED")
    row.description.update(
        ItemCount=summary["itemCount"],
        BilledSizeBytes=summary["billedSizeBytes"],
        ExportManifest=f"{_folder(row)}/manifest-summary.json",
    )


def _summary(call: Call, row: TransferRow, item_count: int, size: int) -> dict[str, Any]:
    description = row.description
    window = description.get("IncrementalExportSpecification")
    times = (
        {"exportTime": _iso_time(description["ExportTime"])}
        if window is None
        else {
            "exportFromTime": _iso_time(window["ExportFromTime"]),
            "exportToTime": _iso_time(window["ExportToTime"]),
        }
    )
    summary = {
        "version": "2020-06-30" if window is None else "2023-08-01",
        "exportArn": row.arn,
        "startTime": _iso_time(description["StartTime"]),
        "endTime": _iso_time(call.now),
        "tableArn": description["TableArn"],
        "tableId": description["TableId"],
        **times,
        "s3Bucket": description["S3Bucket"],
        "s3Prefix": description.get("S3Prefix"),
        "s3SseAlgorithm": description["S3SseAlgorithm"],
        "s3SseKmsKeyId": description.get("S3SseKmsKeyId"),
        "manifestFilesS3Key": f"{_folder(row)}/manifest-files.json",
        "billedSizeBytes": size,
        "itemCount": item_count,
        "outputFormat": "DYNAMODB_JSON",
    }
    if window is not None:
        summary["outputView"] = window["ExportViewType"]
    summary["exportType"] = "FULL_EXPORT" if window is None else INCREMENTAL
    return summary

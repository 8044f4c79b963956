"""The import of objects in S3 into a new table: `ImportSourceSpecification`.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Format.html

A line that is no item is passed over, as AWS counts and passes over it. All is written in the
transaction that makes the table, so a table is there with its items or not at all.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any, Final

from groundstate.operation import ServiceError
from groundstate.services.cloudformation.resources.provision import (
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.shape import TEXT, Needed

SHAPE: Final = {
    "InputCompressionType": TEXT,
    "InputFormat": Needed(TEXT),
    "InputFormatOptions": {"Csv": {"Delimiter": TEXT, "HeaderList": [TEXT]}},
    "S3BucketSource": Needed(
        {"S3Bucket": Needed(TEXT), "S3BucketOwner": TEXT, "S3KeyPrefix": TEXT}
    ),
}
# What is imported within one step; other clients wait for it.
BYTES_MAX = 32 * 1024 * 1024


def import_items(provision: Provision, table: str, properties: Properties) -> None:
    """Put what the objects hold into a table.

    Raises:
        ProvisionFailed: the format is not supported, or it is too much.
        ServiceError: the objects may not be read.
    """
    source = properties["ImportSourceSpecification"]
    form, compression = source.get("InputFormat"), source.get("InputCompressionType", "NONE")
    if form not in ("CSV", "DYNAMODB_JSON") or compression not in ("GZIP", "NONE"):
        raise ProvisionFailed(
            f"An import of the format {form} with the compression {compression} is not supported by"
            " this runtime; it reads CSV and DYNAMODB_JSON, plain or with GZIP."
        )
    types = {
        entry["AttributeName"]: entry["AttributeType"]
        for entry in properties["AttributeDefinitions"]
    }
    passed_over = 0
    for text in _read_objects(provision, source["S3BucketSource"], compression):
        items = _read_json(text) if form == "DYNAMODB_JSON" else _read_csv(text, source, types)
        for item in items:
            try:
                provision.invoke("dynamodb", "PutItem", {"TableName": table, "Item": item or {}})
            except ServiceError as error:
                if error.code != "ValidationException":
                    raise
                passed_over += 1
    if passed_over:
        provision.note(f"{passed_over} of the lines to import were no items of this table.")


def _read_objects(provision: Provision, source: dict[str, str], compression: str) -> Iterator[str]:
    bucket = source["S3Bucket"]
    request = {"Bucket": bucket, "Prefix": source.get("S3KeyPrefix", "")}
    size_bytes = 0
    while True:
        page = provision.invoke("s3", "ListObjectsV2", request)
        for entry in page.get("Contents", ()):
            place = {"Bucket": bucket, "Key": entry["Key"]}
            content: bytes = provision.invoke("s3", "GetObject", place)["Body"]
            if compression == "GZIP":
                content = _unpack(content, entry["Key"])
            size_bytes += len(content)
            if size_bytes > BYTES_MAX:
                raise ProvisionFailed(f"More than {BYTES_MAX} bytes cannot be imported here.")
            yield content.decode("utf-8", "replace")
        if "NextContinuationToken" not in page:
            return
        request["ContinuationToken"] = page["NextContinuationToken"]


def _unpack(content: bytes, key: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            return packed.read(BYTES_MAX + 1)
    except (OSError, EOFError, zlib.error):
        raise ProvisionFailed(f"The object {key} is not compressed with GZIP.") from None


def _read_json(text: str) -> Iterator[Any]:
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            document = json.loads(line)
        except ValueError:
            document = {}
        item = document.get("Item") if isinstance(document, dict) else None
        yield item if isinstance(item, dict) else {}


def _read_csv(text: str, source: dict[str, Any], types: dict[str, str]) -> Iterator[Any]:
    """Items of texts; keys have the types that the table says."""
    options = source.get("InputFormatOptions", {}).get("Csv", {})
    rows = csv.reader(io.StringIO(text), delimiter=options.get("Delimiter", ","))
    names = options.get("HeaderList") or next(rows, [])
    for row in rows:
        pairs = zip(names, row, strict=False)
        yield {name: {types.get(name, "S"): value} for name, value in pairs if value}

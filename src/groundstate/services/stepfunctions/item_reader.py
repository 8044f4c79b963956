"""ItemReader: the items of a map run from Amazon S3.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson

from groundstate.asl import NotIterable, find_items
from groundstate.asl.hash_java import hash_set
from groundstate.operation import Call, Principal, ServiceError, Shape
from groundstate.principals import role_principal
from groundstate.services.stepfunctions.integrations.role import SOURCE, session_of
from groundstate.services.stepfunctions.run import Run

ITEMS_MAX = 100_000_000
_LISTED = ("Bucket", "Prefix")
_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


class ItemReaderError(Exception):
    """The items cannot be read; the text is AWS's cause of States.ItemReaderFailed."""


def read_source(call: Call, parent: Run, reader: list[Any]) -> list[tuple[str, list[Any]]]:
    """The items that a reader (action, parameters, configuration) names.

    Returns:
        Pairs of where items come from, as the context object's `Map.Item.Source` tells it, and
        these items.

    Raises:
        ItemReaderError.
    """
    action, parameters, config = reader
    needed = ("Bucket",) if action == "listObjectsV2" else ("Bucket", "Key")
    for name in needed:
        if not isinstance(parameters, dict) or not isinstance(parameters.get(name), str):
            raise ItemReaderError(f"The field '{name}' is required but was missing")
    source = _Source(call, role_of(parent))
    most = _read_limit(config)
    # Observed: the bucket for objects that are listed, else the object itself.
    bucket = f"s3://{parameters['Bucket']}"
    if action != "listObjectsV2":
        items = _read_object(source, parameters, config)[:most]
        return [(f"{bucket}/{parameters['Key']}", items)]
    if config.get("Transformation", "NONE") == "NONE":
        return [(bucket, source.list_objects(parameters, most))]
    found: list[tuple[str, list[Any]]] = []
    for listed in source.list_objects(parameters, ITEMS_MAX):
        if most <= 0:
            break
        named = {"Bucket": parameters["Bucket"], "Key": listed["Key"]}
        items = _read_object(source, named, config)[:most]
        most -= len(items)
        found.append((f"{bucket}/{listed['Key']}", items))
    return found


def _read_object(source: _Source, parameters: Shape, config: dict[str, Any]) -> list[Any]:
    """The items in one object."""
    input_type = config.get("InputType", "JSON")
    if input_type == "PARQUET" and "VersionId" in parameters:
        raise ItemReaderError(
            "S3 Version ID selection is not currently supported for PARQUET files"
        )
    read = _READERS.get(input_type)
    if read is None:
        raise ItemReaderError(f"The InputType {input_type} is not supported by Groundstate.")
    if config.get("ManifestType", "S3_INVENTORY") != "S3_INVENTORY":
        raise ItemReaderError(
            f"The ManifestType {config['ManifestType']} is not supported by Groundstate."
        )
    return read(source, parameters, config)


def role_of(run: Run) -> Principal:
    """The principal of an execution's role."""
    role_arn = run.revision.role_arn
    return role_principal(role_arn, session_of(role_arn), SOURCE)


class _Source:
    """Reads objects of S3 with the rights of the machine's role."""

    def __init__(self, call: Call, principal: Principal) -> None:
        self._call = call
        self._principal = principal

    def read(self, bucket: str, key: str) -> bytes:
        """An object's content, unpacked if its name says that it is packed."""
        body = self._invoke("GetObject", {"Bucket": bucket, "Key": key})["Body"]
        content = bytes(body) if isinstance(body, bytes | bytearray) else body.read()
        return gzip.decompress(content) if key.endswith(".gz") else bytes(content)

    def list_objects(self, parameters: Shape, most: int) -> list[Any]:
        """Objects as the S3 list reader gives them."""
        request: Shape = {name: parameters[name] for name in _LISTED if name in parameters}
        found: list[Any] = []
        while len(found) < most:
            answer = self._invoke("ListObjectsV2", request)
            found.extend(_list_item(each) for each in answer.get("Contents", ()))
            if not answer.get("IsTruncated"):
                break
            request["ContinuationToken"] = answer["NextContinuationToken"]
        return found

    def _invoke(self, operation: str, request: Shape) -> Shape:
        try:
            answer = self._call.invoke("s3", operation, request, principal=self._principal)
        except ServiceError as error:
            raise ItemReaderError(error.message) from None
        assert isinstance(answer, dict), f"{operation} of s3 answers at once"
        return answer


def _read_limit(config: dict[str, Any]) -> int:
    most = config.get("MaxItems")
    if most is None or most == 0:
        return ITEMS_MAX
    if most < 0:
        raise ItemReaderError("field MaxItems must be positive")
    return min(int(most), ITEMS_MAX)


def _read_json(source: _Source, parameters: Shape, config: dict[str, Any]) -> list[Any]:
    document = _parse(source.read(parameters["Bucket"], parameters["Key"]))
    try:
        return find_items(document, config.get("ItemsPointer") or "")
    except NotIterable as error:
        raise ItemReaderError(str(error)) from None


def _read_json_lines(source: _Source, parameters: Shape, config: dict[str, Any]) -> list[Any]:
    content = source.read(parameters["Bucket"], parameters["Key"])
    return [_parse(line) for line in content.splitlines() if line.strip()]


def _read_csv(source: _Source, parameters: Shape, config: dict[str, Any]) -> list[Any]:
    text = source.read(parameters["Bucket"], parameters["Key"]).decode("utf-8-sig")
    delimiter = _DELIMITERS.get(config.get("CSVDelimiter", "COMMA"), ",")
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    if config.get("CSVHeaderLocation") == "GIVEN":
        headers = config.get("CSVHeaders")
        if not isinstance(headers, list) or not all(isinstance(each, str) for each in headers):
            raise ItemReaderError("CSV headers must be an array of strings.")
    else:
        headers = rows.pop(0) if rows else []
    if len(set(headers)) != len(headers):
        raise ItemReaderError("CSV headers cannot contain duplicates.")
    return [_record(headers, row) for row in rows]


def _read_manifest(source: _Source, parameters: Shape, config: dict[str, Any]) -> list[Any]:
    # An S3 inventory's manifest.json names CSV files, packed, whose columns are in fileSchema.
    manifest = _parse(source.read(parameters["Bucket"], parameters["Key"]))
    try:
        headers = [name.strip() for name in manifest["fileSchema"].split(",")]
        bucket = str(manifest.get("destinationBucket", ""))
        files = [entry["key"] for entry in manifest["files"]]
    except (KeyError, TypeError):
        raise ItemReaderError("The manifest file is not an S3 inventory manifest.") from None
    bucket = bucket.rsplit(":", 1)[-1] or parameters["Bucket"]
    items: list[Any] = []
    for key in files:
        text = source.read(bucket, key).decode()
        items.extend(_record(headers, row) for row in csv.reader(io.StringIO(text)))
    return items


_READERS: dict[str, Callable[[_Source, Shape, dict[str, Any]], list[Any]]] = {
    "JSON": _read_json,
    "JSONL": _read_json_lines,
    "CSV": _read_csv,
    "MANIFEST": _read_manifest,
}


def _record(headers: list[str], row: list[str]) -> dict[str, str]:
    # Recorded: missing fields are empty text, and fields beyond the headers are left out. Their
    # order is the one of a hash map of Java.
    record = dict.fromkeys(headers, "") | dict(zip(headers, row, strict=False))
    return {header: record[header] for header in _hash_order(tuple(headers))}


@lru_cache(maxsize=64)
def _hash_order(headers: tuple[str, ...]) -> list[str]:
    return hash_set(list(headers))


def _parse(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        raise ItemReaderError("Unable to parse the content of the S3 object as JSON.") from None


def _list_item(entry: Shape) -> Shape:
    return {
        "Etag": entry["ETag"],
        "Key": entry["Key"],
        "LastModified": int(entry["LastModified"]),
        "Size": entry["Size"],
        "StorageClass": entry.get("StorageClass", "STANDARD"),
    }

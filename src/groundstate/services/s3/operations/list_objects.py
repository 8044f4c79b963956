"""ListObjects, ListObjectsV2 and ListObjectVersions.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

import base64
from typing import NamedTuple
from urllib.parse import quote

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket
from groundstate.services.s3.errors import InvalidArgument
from groundstate.services.s3.objects import OWNER
from groundstate.store.s3 import StoredObject

KEYS_MAX = 1000
# Greater than every key below a common prefix.
_AFTER_ALL = "\U0010ffff"


class Listing(NamedTuple):
    """A page of a bucket: objects and common prefixes, and the key after which the next begins."""

    objects: list[StoredObject]
    prefixes: list[str]
    next_key: str | None


def list_objects_v2(call: Call, request: Shape) -> Shape:
    """A page of a bucket's objects by key.

    Raises:
        NoSuchBucket: there is no such bucket.
        InvalidArgument: the continuation token is none of ours.
    """
    token = request.get("ContinuationToken")
    after = _read_token(token) if token else request.get("StartAfter", "")
    listing = _list(call, request, after)
    answer = _describe(request, listing)
    answer["KeyCount"] = len(listing.objects) + len(listing.prefixes)
    if "StartAfter" in request:
        answer["StartAfter"] = _encoded(request, request["StartAfter"])
    if token:
        answer["ContinuationToken"] = token
    if listing.next_key is not None:
        answer["NextContinuationToken"] = base64.b64encode(listing.next_key.encode()).decode()
    if not request.get("FetchOwner"):
        for entry in answer["Contents"]:
            del entry["Owner"]
    return answer


def list_objects(call: Call, request: Shape) -> Shape:
    """As ListObjectsV2, with the older markers.

    Raises:
        NoSuchBucket: there is no such bucket.
    """
    listing = _list(call, request, request.get("Marker", ""))
    answer = _describe(request, listing)
    answer["Marker"] = _encoded(request, request.get("Marker", ""))
    if listing.next_key is not None and request.get("Delimiter"):
        answer["NextMarker"] = _encoded(request, listing.next_key.removesuffix(_AFTER_ALL))
    return answer


def list_object_versions(call: Call, request: Shape) -> Shape:
    """All versions and delete markers below a prefix.

    Raises:
        NoSuchBucket: there is no such bucket.
    """
    bucket = get_bucket(call, request)
    prefix, delimiter = request.get("Prefix", ""), request.get("Delimiter", "")
    size = min(request.get("MaxKeys", KEYS_MAX), KEYS_MAX)
    entries = call.tx.buckets.list_versions(bucket.name, prefix=prefix)
    entries = _after_marker(entries, request)
    versions, markers, prefixes = [], [], dict.fromkeys(list[str]())
    cut = None
    for count, entry in enumerate(entries):
        if count >= size:
            cut = entries[count - 1]
            break
        common = _common_prefix(entry.key, prefix, delimiter)
        if common:
            prefixes[common] = None
        elif entry.is_marker:
            markers.append(_version(request, entry))
        else:
            shown = _version(request, entry)
            shown.update(ETag=f'"{entry.etag}"', Size=entry.size_bytes, StorageClass="STANDARD")
            versions.append(shown)
    answer: Shape = {
        "Name": request["Bucket"],
        "Prefix": _encoded(request, prefix),
        "MaxKeys": request.get("MaxKeys", KEYS_MAX),
        "IsTruncated": cut is not None,
        "KeyMarker": request.get("KeyMarker", ""),
        "VersionIdMarker": request.get("VersionIdMarker", ""),
        "Versions": versions,
        "DeleteMarkers": markers,
        "CommonPrefixes": [{"Prefix": _encoded(request, name)} for name in prefixes],
    }
    if cut is not None:
        answer.update(NextKeyMarker=_encoded(request, cut.key), NextVersionIdMarker=cut.version_id)
    if delimiter:
        answer["Delimiter"] = _encoded(request, delimiter)
    return answer


def _list(call: Call, request: Shape, after: str) -> Listing:
    bucket = get_bucket(call, request)
    prefix, delimiter = request.get("Prefix", ""), request.get("Delimiter", "")
    size = min(request.get("MaxKeys", KEYS_MAX), KEYS_MAX)
    objects: list[StoredObject] = []
    prefixes: list[str] = []
    if delimiter and (common := _common_prefix(after, prefix, delimiter)):
        # The mark lies inside a common prefix, which was listed before.
        after = common + _AFTER_ALL
    position = after
    while len(objects) + len(prefixes) <= size:
        room = size + 1 - len(objects) - len(prefixes)
        page = call.tx.buckets.list_current(bucket.name, after=position, prefix=prefix, limit=room)
        if not page:
            return Listing(objects, prefixes, None)
        for entry in page:
            common = _common_prefix(entry.key, prefix, delimiter)
            full = len(objects) + len(prefixes) == size
            if full:
                return Listing(objects, prefixes, position if size else None)
            if common:
                prefixes.append(common)
                # All other keys below it stand for nothing more: go on behind them.
                position = common + _AFTER_ALL
                break
            objects.append(entry)
            position = entry.key
    return Listing(objects, prefixes, position)


def _describe(request: Shape, listing: Listing) -> Shape:
    answer: Shape = {
        "Name": request["Bucket"],
        "Prefix": _encoded(request, request.get("Prefix", "")),
        "MaxKeys": request.get("MaxKeys", KEYS_MAX),
        "IsTruncated": listing.next_key is not None,
        "Contents": [_object(request, entry) for entry in listing.objects],
        "CommonPrefixes": [{"Prefix": _encoded(request, name)} for name in listing.prefixes],
    }
    if request.get("Delimiter"):
        answer["Delimiter"] = _encoded(request, request["Delimiter"])
    if "EncodingType" in request:
        answer["EncodingType"] = request["EncodingType"]
    return answer


def _object(request: Shape, entry: StoredObject) -> Shape:
    shown: Shape = {
        "Key": _encoded(request, entry.key),
        "LastModified": entry.modified_at,
        "ETag": f'"{entry.etag}"',
        "Size": entry.size_bytes,
        "StorageClass": entry.data.get("headers", {}).get("StorageClass", "STANDARD"),
        "Owner": OWNER,
    }
    checksums = entry.data.get("checksums")
    if checksums:
        shown["ChecksumAlgorithm"] = [name.removeprefix("Checksum") for name in checksums]
    return shown


def _version(request: Shape, entry: StoredObject) -> Shape:
    return {
        "Key": _encoded(request, entry.key),
        "VersionId": entry.version_id,
        "IsLatest": entry.is_current,
        "LastModified": entry.modified_at,
        "Owner": OWNER,
    }


def _after_marker(entries: list[StoredObject], request: Shape) -> list[StoredObject]:
    key, version_id = request.get("KeyMarker", ""), request.get("VersionIdMarker", "")
    if not key:
        return entries
    if not version_id:
        return [entry for entry in entries if entry.key > key]
    for index, entry in enumerate(entries):
        if (entry.key, entry.version_id) == (key, version_id):
            return entries[index + 1 :]
    return [entry for entry in entries if entry.key > key]


def _common_prefix(key: str, prefix: str, delimiter: str) -> str:
    """The common prefix that a key is counted under, or empty."""
    if not delimiter or not key.startswith(prefix):
        return ""
    end = key.find(delimiter, len(prefix))
    return "" if end < 0 else key[: end + len(delimiter)]


def _encoded(request: Shape, text: str) -> str:
    return quote(text, safe="/") if request.get("EncodingType") == "url" else text


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode()
    except ValueError:  # No base64, or no text in it.
        raise InvalidArgument(
            "The continuation token provided is incorrect", ArgumentName="continuation-token"
        ) from None

"""Objects: writing, finding and reading their versions."""

from __future__ import annotations

from typing import Any

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.s3 import notifications, replication
from groundstate.services.s3.buckets import versioning
from groundstate.services.s3.errors import (
    MethodNotAllowed,
    NoSuchKey,
    NoSuchVersion,
    NotModified,
    PreconditionFailed,
)
from groundstate.services.s3.files import Parts
from groundstate.store.s3 import Bucket, StoredObject

# Headers that come back as they were given.
HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "StorageClass",
    "WebsiteRedirectLocation",
)
# Functions of custom resources put their answers into a bucket of this name and the region.
RESPONSES = "cloudformation-custom-resource-response-"
DEFAULT_TYPE = "binary/octet-stream"
OWNER = {"DisplayName": "groundstate", "ID": "7" * 64}


def write_object(
    call: Call,
    bucket: Bucket,
    key: str,
    content: bytes | Parts,
    *,
    etag: str,
    data: dict[str, Any],
    event: str,
) -> StoredObject:
    """Make a content the current version of a key.

    Args:
        content: as it is, or parts that make it up, of which one at a time is in memory.
        event: what notifications call it, `ObjectCreated:Put` or the like.
    """
    if isinstance(content, bytes):
        content = Parts(len(content), (content,))
    row_content, file = call.host.write_parts(call, content)
    entry = StoredObject(
        number=0,
        bucket=bucket.name,
        key=key,
        version_id=_new_version_id(call, bucket, key),
        is_current=True,
        is_marker=False,
        size_bytes=content.size_bytes,
        etag=etag,
        modified_at=call.now,
        data=data,
        file=file,
    )
    call.tx.buckets.add_object(entry, row_content)
    if bucket.name.startswith(RESPONSES):
        _pass_on(call, entry, read_content(call, entry, 0, entry.size_bytes))
    else:
        notifications.tell(call, bucket, entry, event)
    if replication.KIND in bucket.documents and "replica" not in data:
        _replicate(call, bucket, entry)
    return entry


def put_marker(call: Call, bucket: Bucket, key: str) -> StoredObject:
    """Put a delete marker on a key."""
    entry = StoredObject(
        number=0,
        bucket=bucket.name,
        key=key,
        version_id=_new_version_id(call, bucket, key),
        is_current=True,
        is_marker=True,
        size_bytes=0,
        etag="",
        modified_at=call.now,
        data={},
        file=None,
    )
    call.tx.buckets.add_object(entry, None)
    notifications.tell(call, bucket, entry, "ObjectRemoved:DeleteMarkerCreated")
    if replication.KIND in bucket.documents:
        for name in _find_replicas(bucket, entry):
            other = call.tx.buckets.find_bucket(name)
            if other is not None:
                put_marker(call, other, key)
    return entry


def remove_version(call: Call, entry: StoredObject) -> None:
    """Remove a version for good, with its content."""
    call.tx.buckets.remove_object(entry)
    call.host.remove(call, entry.file)


def get_object_entry(call: Call, request: Shape, bucket: Bucket) -> StoredObject:
    """The version that a request names, which has a content.

    Raises:
        NoSuchKey, NoSuchVersion: there is none.
        MethodNotAllowed: the named version is a delete marker.
    """
    key, version_id = request["Key"], request.get("VersionId")
    entry = call.tx.buckets.find_object(bucket.name, key, version_id)
    if entry is None and version_id is not None:
        raise NoSuchVersion("The specified version does not exist.", Key=key, VersionId=version_id)
    if entry is not None and entry.is_marker and version_id is not None:
        raise MethodNotAllowed("The specified method is not allowed against this resource.")
    if entry is None or entry.is_marker:
        raise NoSuchKey("The specified key does not exist.", Key=key)
    return entry


def read_content(call: Call, entry: StoredObject, begin: int, end: int) -> bytes:
    """A stretch of a version's content."""
    if entry.file is not None:
        content: bytes = call.host.read(entry.file, begin, end)
        return content
    row_content = call.tx.buckets.read_content(entry.number)
    assert row_content is not None, entry
    return row_content if (begin, end) == (0, len(row_content)) else row_content[begin:end]


def check_conditions(request: Shape, entry: StoredObject) -> None:
    """Raise unless the conditions of a read hold.

    Raises:
        PreconditionFailed, NotModified: as HTTP has it.
    """
    match, none_match = request.get("IfMatch"), request.get("IfNoneMatch")
    modified_since = request.get("IfModifiedSince")
    unmodified_since = request.get("IfUnmodifiedSince")
    if match is not None:
        if not _names(match, entry.etag):
            raise _failed("If-Match")
    elif unmodified_since is not None and int(entry.modified_at) > unmodified_since:
        raise _failed("If-Unmodified-Since")
    if none_match is not None:
        if _names(none_match, entry.etag):
            raise NotModified("Not Modified")
    elif modified_since is not None and int(entry.modified_at) <= modified_since:
        raise NotModified("Not Modified")


def check_write_conditions(call: Call, request: Shape, bucket: Bucket) -> None:
    """Raise unless the conditions of a write hold: `If-None-Match: *`, `If-Match: <etag>`.

    Raises:
        PreconditionFailed: they do not.
        NoSuchKey: there is nothing that could match.
    """
    match, none_match = request.get("IfMatch"), request.get("IfNoneMatch")
    if match is None and none_match is None:
        return
    entry = call.tx.buckets.find_object(bucket.name, request["Key"])
    present = entry is not None and not entry.is_marker
    if none_match is not None and present:
        raise _failed("If-None-Match")
    if match is not None:
        if entry is None or not present:
            raise NoSuchKey("The specified key does not exist.", Key=request["Key"])
        if not _names(match, entry.etag):
            raise _failed("If-Match")


def describe(entry: StoredObject, bucket: Bucket) -> Shape:
    """The headers of a version, as GetObject and HeadObject answer them."""
    data = entry.data
    shown: Shape = {
        "AcceptRanges": "bytes",
        "LastModified": entry.modified_at,
        "ETag": f'"{entry.etag}"',
        "ContentType": DEFAULT_TYPE,
        "Metadata": data.get("metadata", {}),
        "ServerSideEncryption": data.get("encryption", "AES256"),
        **data.get("headers", {}),
    }
    if shown.get("StorageClass") == "STANDARD":
        del shown["StorageClass"]
    if versioning(bucket):
        shown["VersionId"] = entry.version_id
    if "replica" in data:
        shown["ReplicationStatus"] = "REPLICA"
    elif "replication" in data:
        shown["ReplicationStatus"] = data["replication"]
    tags = data.get("tags")
    if tags:
        shown["TagCount"] = len(tags)
    return shown


def _new_version_id(call: Call, bucket: Bucket, key: str) -> str:
    if versioning(bucket) == "Enabled":
        return ids.make_mixed_suffix(32)
    # Without versioning the key has one version, `null`, and the new one takes its place.
    present = call.tx.buckets.find_object(bucket.name, key, "null")
    if present is not None:
        remove_version(call, present)
    return "null"


def _find_replicas(bucket: Bucket, entry: StoredObject) -> list[str]:
    configuration = bucket.documents[replication.KIND]
    tags = entry.data.get("tags", {})
    found = replication.find_destinations(configuration, entry.key, tags, is_marker=entry.is_marker)
    return [name for name in found if name != bucket.name]


def _replicate(call: Call, bucket: Bucket, entry: StoredObject) -> None:
    """Write a version's copies; a bucket that is not there makes its status FAILED."""
    names = _find_replicas(bucket, entry)
    others = [call.tx.buckets.find_bucket(name) for name in names]
    for other in others:
        if other is not None:
            write_object(
                call,
                other,
                entry.key,
                read_content(call, entry, 0, entry.size_bytes),
                etag=entry.etag,
                data={**entry.data, "replica": True},
                event="ObjectCreated:Put",
            )
    if others:
        entry.data["replication"] = "FAILED" if None in others else "COMPLETED"
        call.tx.buckets.save_object_data(entry)


def _names(condition: str, etag: str) -> bool:
    return condition.strip() == "*" or etag in [
        part.strip().removeprefix("W/").strip('"') for part in condition.split(",")
    ]


def _failed(condition: str) -> PreconditionFailed:
    return PreconditionFailed(
        "At least one of the pre-conditions you specified did not hold", Condition=condition
    )


def _pass_on(call: Call, entry: StoredObject, content: bytes) -> None:
    """A custom resource's answer is for CloudFormation: it is told at once, and nothing is kept."""
    answer = {"Key": entry.key, "Content": content}
    call.invoke("cloudformation", "TakeCustomResourceResponse", answer)
    remove_version(call, entry)

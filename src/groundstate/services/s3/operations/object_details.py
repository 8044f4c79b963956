"""Object tagging, GetObjectAttributes and the object's access control list.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket, versioning
from groundstate.services.s3.errors import InvalidArgument
from groundstate.services.s3.objects import OWNER, get_object_entry
from groundstate.store.s3 import Bucket, StoredObject

TAGS_MAX = 10


def put_object_tagging(call: Call, request: Shape) -> Shape:
    """Give a version these tags and no others.

    Raises:
        NoSuchKey: there is no such object.
        InvalidArgument: there are too many, or one twice.
    """
    bucket, entry = _find(call, request)
    tags = request["Tagging"]["TagSet"]
    if len(tags) > TAGS_MAX:
        raise InvalidArgument("Object tags cannot be greater than 10")
    if len({tag["Key"] for tag in tags}) != len(tags):
        raise InvalidArgument("Cannot provide multiple Tags with the same key")
    entry.data["tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    call.tx.buckets.save_object_data(entry)
    return _version(bucket, entry)


def get_object_tagging(call: Call, request: Shape) -> Shape:
    """A version's tags.

    Raises:
        NoSuchKey: there is no such object.
    """
    bucket, entry = _find(call, request)
    tags = entry.data.get("tags", {})
    tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"TagSet": tag_set, **_version(bucket, entry)}


def delete_object_tagging(call: Call, request: Shape) -> Shape:
    """Take a version's tags away.

    Raises:
        NoSuchKey: there is no such object.
    """
    bucket, entry = _find(call, request)
    entry.data["tags"] = {}
    call.tx.buckets.save_object_data(entry)
    return _version(bucket, entry)


def get_object_attributes(call: Call, request: Shape) -> Shape:
    """What is asked for of: ETag, checksum, parts, storage class, size.

    Raises:
        NoSuchKey: there is no such object.
    """
    bucket, entry = _find(call, request)
    wanted = request["ObjectAttributes"]
    answer: Shape = {"LastModified": entry.modified_at, **_version(bucket, entry)}
    if "ETag" in wanted:
        answer["ETag"] = entry.etag
    if "ObjectSize" in wanted:
        answer["ObjectSize"] = entry.size_bytes
    if "StorageClass" in wanted:
        answer["StorageClass"] = entry.data.get("headers", {}).get("StorageClass", "STANDARD")
    if "Checksum" in wanted and entry.data.get("checksums"):
        answer["Checksum"] = entry.data["checksums"]
    if "ObjectParts" in wanted and "parts" in entry.data:
        answer["ObjectParts"] = {"TotalPartsCount": len(entry.data["parts"])}
    return answer


def get_object_acl(call: Call, request: Shape) -> Shape:
    """The one list there is: the owner has full control.

    Raises:
        NoSuchKey: there is no such object.
    """
    _find(call, request)
    grantee = {"Type": "CanonicalUser", **OWNER}
    return {"Owner": OWNER, "Grants": [{"Grantee": grantee, "Permission": "FULL_CONTROL"}]}


def _find(call: Call, request: Shape) -> tuple[Bucket, StoredObject]:
    bucket = get_bucket(call, request)
    return bucket, get_object_entry(call, request, bucket)


def _version(bucket: Bucket, entry: StoredObject) -> Shape:
    return {"VersionId": entry.version_id} if versioning(bucket) else {}

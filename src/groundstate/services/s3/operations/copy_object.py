"""CopyObject.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote

from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.s3.buckets import get_bucket, versioning
from groundstate.services.s3.checksums import make_etag
from groundstate.services.s3.errors import InvalidArgument, InvalidRequest, PreconditionFailed
from groundstate.services.s3.objects import (
    check_conditions,
    get_object_entry,
    read_content,
    write_object,
)
from groundstate.services.s3.operations.put_object import check_key, read_data
from groundstate.store.s3 import StoredObject


def copy_object(call: Call, request: Shape) -> Shape:
    """Copy a version of an object; its metadata and tags come along unless they are replaced.

    Raises:
        NoSuchBucket, NoSuchKey: the source or the target is not there.
        PreconditionFailed: a condition on the source does not hold.
    """
    bucket = get_bucket(call, request)
    check_key(request["Key"])
    source = find_source(call, request)
    data: dict[str, Any] = dict(source.data)
    given = read_data(request)
    if request.get("MetadataDirective") == "REPLACE":
        data.update(headers=given["headers"], metadata=given["metadata"])
    elif (source.bucket, source.key) == (bucket.name, request["Key"]) and not given["headers"]:
        raise InvalidRequest(
            "This copy request is illegal because it is trying to copy an object to itself without"
            " changing the object's metadata, storage class, website redirect location or"
            " encryption attributes."
        )
    if request.get("TaggingDirective") == "REPLACE":
        data["tags"] = given["tags"]
    data.pop("parts", None)
    content = read_content(call, source, 0, source.size_bytes)
    entry = write_object(
        call,
        bucket,
        request["Key"],
        content,
        etag=make_etag(content),
        data=data,
        event="ObjectCreated:Copy",
    )
    answer: Shape = {
        "CopyObjectResult": {"ETag": f'"{entry.etag}"', "LastModified": entry.modified_at},
        "ServerSideEncryption": data.get("encryption", "AES256"),
    }
    if source.version_id != "null":
        answer["CopySourceVersionId"] = source.version_id
    if versioning(bucket):
        answer["VersionId"] = entry.version_id
    return answer


def find_source(call: Call, request: Shape) -> StoredObject:
    """The version that `CopySource` names.

    Raises:
        InvalidArgument: it names none.
    """
    bucket_name, key, version_id = split_source(request["CopySource"])
    call.authorize("s3:GetObject", f"arn:aws:s3:::{bucket_name}/{key}")
    place: Shape = {"Bucket": bucket_name, "Key": key}
    if version_id is not None:
        place["VersionId"] = version_id
    source_bucket = call.tx.buckets.find_bucket(bucket_name)
    bucket = source_bucket if source_bucket is not None else get_bucket(call, place)
    entry = get_object_entry(call, place, bucket)
    conditions = {
        name.removeprefix("CopySource"): value
        for name, value in request.items()
        if name.startswith("CopySourceIf")
    }
    try:
        check_conditions(conditions, entry)
    except ServiceError as error:
        raise PreconditionFailed(
            "At least one of the pre-conditions you specified did not hold"
        ) from error
    return entry


def split_source(text: Any) -> tuple[str, str, str | None]:
    """Bucket, key and version of a `CopySource`.

    Raises:
        InvalidArgument: it has another form.
    """
    if isinstance(text, dict):
        return text["Bucket"], text["Key"], text.get("VersionId")
    path, _, query = str(text).partition("?versionId=")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    if not bucket or not key:
        raise InvalidArgument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            ArgumentName="x-amz-copy-source",
            ArgumentValue=text,
        )
    version_id = parse_qs(f"versionId={query}")["versionId"][0] if query else None
    return bucket, key, version_id

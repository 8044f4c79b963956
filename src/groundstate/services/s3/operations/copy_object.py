"""CopyObject.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket, versioning
from groundstate.services.s3.checksums import make_etag
from groundstate.services.s3.copy_sources import find_source
from groundstate.services.s3.errors import InvalidRequest
from groundstate.services.s3.objects import read_content, write_object
from groundstate.services.s3.uploads import check_key, read_data


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

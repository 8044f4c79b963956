"""PutObject.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket, versioning
from groundstate.services.s3.checksums import make_etag, read_checksums
from groundstate.services.s3.errors import InvalidArgument
from groundstate.services.s3.objects import HEADERS, check_write_conditions, write_object

KEY_BYTES_MAX = 1024


def put_object(call: Call, request: Shape) -> Shape:
    """Make a content the object with this key.

    Raises:
        NoSuchBucket: there is no such bucket.
        BadDigest: the content is not what its digest says.
        PreconditionFailed: a condition does not hold.
    """
    bucket = get_bucket(call, request)
    check_key(request["Key"])
    check_write_conditions(call, request, bucket)
    content = read_body(request.get("Body", b""))
    checksums = read_checksums(request, content)
    data = read_data(request)
    data["checksums"] = checksums
    entry = write_object(
        call,
        bucket,
        request["Key"],
        content,
        etag=make_etag(content),
        data=data,
        event="ObjectCreated:Put",
    )
    answer: Shape = {
        "ETag": f'"{entry.etag}"',
        "ServerSideEncryption": data["encryption"],
        **checksums,
    }
    if checksums:
        answer["ChecksumType"] = "FULL_OBJECT"
    if versioning(bucket):
        answer["VersionId"] = entry.version_id
    return answer


def check_key(key: str) -> None:
    """Raise unless an object may have this key."""
    if len(key.encode()) > KEY_BYTES_MAX:
        raise InvalidArgument("Your key is too long")


def read_body(body: Any) -> bytes:
    """A body as bytes, whatever it came as."""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if not hasattr(body, "read") else bytes(body.read())


def read_data(request: Shape) -> dict[str, Any]:
    """What is kept with an object beside its content: headers, metadata, tags."""
    return {
        "headers": {name: request[name] for name in HEADERS if name in request},
        "metadata": request.get("Metadata", {}),
        "tags": dict(parse_qsl(request.get("Tagging", ""), keep_blank_values=True)),
        "encryption": request.get("ServerSideEncryption", "AES256"),
    }

"""PutObject.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket, versioning
from groundstate.services.s3.checksums import make_etag, read_checksums
from groundstate.services.s3.objects import check_write_conditions, write_object
from groundstate.services.s3.uploads import check_key, read_body, read_data


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

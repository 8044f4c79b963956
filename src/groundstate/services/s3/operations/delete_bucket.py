"""DeleteBucket.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket
from groundstate.services.s3.errors import BucketNotEmpty


def delete_bucket(call: Call, request: Shape) -> Shape:
    """Delete a bucket that is empty; its uploads under way go with it.

    Raises:
        NoSuchBucket: there is none.
        BucketNotEmpty: it holds objects, or versions of them.
    """
    bucket = get_bucket(call, request)
    if call.tx.buckets.has_objects(bucket.name):
        message = "The bucket you tried to delete is not empty"
        if "versioning" in bucket.documents:
            message += ". You must delete all versions in the bucket."
        raise BucketNotEmpty(message, BucketName=bucket.name)
    for upload in call.tx.buckets.list_uploads(bucket.name):
        for part in call.tx.buckets.list_parts(upload.upload_id):
            call.host.remove(call, part.file)
    call.tx.buckets.remove_bucket(bucket.name)
    return {}

"""HeadBucket, ListBuckets, GetBucketLocation: what buckets there are.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket
from groundstate.services.s3.errors import NoSuchBucket, NotFound
from groundstate.services.s3.objects import OWNER, RESPONSES


def head_bucket(call: Call, request: Shape) -> Shape:
    """Whether a bucket is there.

    Raises:
        NotFound: it is not.
    """
    try:
        bucket = get_bucket(call, request)
    except NoSuchBucket:
        raise NotFound("Not Found") from None
    return {"BucketRegion": bucket.region}


def list_buckets(call: Call, request: Shape) -> Shape:
    """All buckets of the account, whose names begin with a prefix."""
    prefix, size = request.get("Prefix", ""), request.get("MaxBuckets", 10_000)
    begin = request.get("ContinuationToken", "")
    found = [
        bucket
        for bucket in call.tx.buckets.list_buckets()
        if bucket.name.startswith(prefix)
        and not bucket.name.startswith(RESPONSES)
        and bucket.name > begin
        and request.get("BucketRegion", bucket.region) == bucket.region
    ]
    answer: Shape = {
        "Buckets": [
            {"Name": bucket.name, "CreationDate": bucket.created_at, "BucketRegion": bucket.region}
            for bucket in found[:size]
        ],
        "Owner": OWNER,
    }
    if len(found) > size:
        answer["ContinuationToken"] = found[size - 1].name
    return answer


def get_bucket_location(call: Call, request: Shape) -> Shape:
    """A bucket's region; us-east-1 is said with no text.

    Raises:
        NoSuchBucket: there is none.
    """
    region = get_bucket(call, request).region
    return {} if region == "us-east-1" else {"LocationConstraint": region}

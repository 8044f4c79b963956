"""CreateBucket.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import IMPLICIT, check_name
from groundstate.services.s3.errors import BucketAlreadyOwnedByYou, InvalidArgument
from groundstate.store.s3 import Bucket


def create_bucket(call: Call, request: Shape) -> Shape:
    """Make a bucket in the call's region, or the one that is named.

    Raises:
        InvalidBucketName: it may not be called this.
        BucketAlreadyOwnedByYou: it is there already.
    """
    name = request["Bucket"]
    check_name(name)
    present = call.tx.buckets.find_bucket(name)
    region = request.get("CreateBucketConfiguration", {}).get("LocationConstraint") or call.region
    if region == "EU":
        region = "eu-west-1"
    if call.region not in (region, "us-east-1"):
        raise InvalidArgument(
            f"The {region} location constraint is incompatible for the region specific"
            f" endpoint this"
            " request was sent to."
        )
    if present is not None and not present.documents.pop(IMPLICIT, False):
        if present.region == "us-east-1" and call.region == "us-east-1":
            # A relic that AWS keeps for this region alone: creating twice is as good as once.
            return {"Location": f"/{name}"}
        raise BucketAlreadyOwnedByYou(
            "Your previous request to create the named bucket succeeded and you already own it.",
            BucketName=name,
        )
    bucket = present or Bucket(name, region, call.now)
    if request.get("ObjectLockEnabledForBucket"):
        bucket.documents["versioning"] = {"Status": "Enabled"}
        bucket.documents["object_lock"] = {"ObjectLockEnabled": "Enabled"}
    call.tx.buckets.save_bucket(bucket)
    return {"Location": f"/{name}"}

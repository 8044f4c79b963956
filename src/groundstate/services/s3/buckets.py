"""Buckets: their names, finding them, and the configurations that are kept for them.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

from __future__ import annotations

import ipaddress
import re

from groundstate.operation import Call, Shape
from groundstate.services.s3.errors import AccessDenied, InvalidBucketName, NoSuchBucket
from groundstate.store.s3 import Bucket

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z")
# Buckets that are there as soon as something is put into them: the CDK's, so that assets can be
# published without `cdk bootstrap`, and the one that custom resources answer to.
_IMPLICIT = re.compile(
    r"cdk-[a-z0-9]{1,10}-assets-\d{12}-[a-z0-9-]+\Z|cloudformation-custom-resource-response-[a-z0-9]+\Z"
)
IMPLICIT = "implicit"


def check_name(name: str) -> None:
    """Raise unless a bucket may be called this."""
    valid = _NAME.match(name) is not None and ".." not in name
    try:
        ipaddress.ip_address(name)
        valid = False
    except ValueError:
        pass
    if not valid:
        raise InvalidBucketName("The specified bucket is not valid.", BucketName=name)


def get_bucket(call: Call, request: Shape) -> Bucket:
    """The bucket that a request names.

    Raises:
        AccessDenied: it is not of the account that the caller expects.
        NoSuchBucket: there is none.
    """
    name = str(request["Bucket"])
    bucket = call.tx.buckets.find_bucket(name)
    if bucket is None:
        if _IMPLICIT.match(name) is None or call.operation.startswith(("Delete", "Get", "List")):
            raise NoSuchBucket("The specified bucket does not exist", BucketName=name)
        bucket = Bucket(name, call.region, call.now, {IMPLICIT: True})
        call.tx.buckets.save_bucket(bucket)
    check_owner(call, request.get("ExpectedBucketOwner"))
    return bucket


def check_owner(call: Call, expected: str | None) -> None:
    """Check that a bucket is of the account that a caller expects. Raises AccessDenied."""
    if expected is not None and expected != call.config.account:
        raise AccessDenied("Access Denied")


def versioning(bucket: Bucket) -> str:
    """`Enabled`, `Suspended`, or empty if it never was on."""
    return str(bucket.documents.get("versioning", {}).get("Status", ""))


def bucket_arn(call: Call, request: Shape) -> str:
    """What the permission for an operation on a bucket is about."""
    return f"arn:aws:s3:::{request.get('Bucket', '*')}"


def object_arn(call: Call, request: Shape) -> str:
    """What the permission for an operation on an object is about."""
    return f"arn:aws:s3:::{request.get('Bucket', '*')}/{request.get('Key', '*')}"


def deleted_arns(call: Call, request: Shape) -> list[str]:
    """What the permission for DeleteObjects is about: each object."""
    keys = [entry.get("Key", "*") for entry in request.get("Delete", {}).get("Objects", [])]
    return [object_arn(call, {"Bucket": request.get("Bucket", "*"), "Key": key}) for key in keys]


def listing_context(call: Call, request: Shape) -> dict[str, str]:
    """What conditions of policies may ask of a listing."""
    context = {"s3:prefix": request.get("Prefix", ""), "s3:delimiter": request.get("Delimiter", "")}
    context["s3:max-keys"] = str(request.get("MaxKeys", 1000))
    return context


def bucket_policy(call: Call, request: Shape) -> str | None:
    """The bucket's own policy."""
    bucket = call.tx.buckets.find_bucket(str(request.get("Bucket", "")))
    if bucket is None:
        return None
    policy = bucket.documents.get("policy")
    return None if policy is None else str(policy)

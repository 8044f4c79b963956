"""The configurations of a bucket: put, get and delete documents of many kinds, kept as they are.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html

Versioning, notifications, replication and the policy have an effect; the README says which of the
others are kept and do nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundstate.operation import Call, Operation, ServiceError, Shape, named_error
from groundstate.services.s3.buckets import bucket_arn, bucket_policy, get_bucket
from groundstate.services.s3.errors import MalformedPolicy, MalformedXML
from groundstate.services.s3.notifications import check_targets
from groundstate.services.s3.objects import OWNER
from groundstate.services.s3.policies import check_bucket_policy
from groundstate.services.s3.replication import KIND, check_configuration


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of configuration.

    Attributes:
        noun: as it stands in the operations' names.
        kind: the key that it is kept under.
        action: the noun of its permissions.
        missing: the error code and text of a bucket that has none, or None if Get answers empty.
        payload: the member of PutX that holds it.
        wrapped: the member of GetX's answer that holds it, or empty if its members stand alone.
    """

    noun: str
    kind: str
    action: str
    missing: tuple[str, str] | None
    payload: str
    wrapped: str = ""


_DOCUMENTS = (
    Document(
        "BucketEncryption",
        "encryption",
        "EncryptionConfiguration",
        None,
        "ServerSideEncryptionConfiguration",
        "ServerSideEncryptionConfiguration",
    ),
    Document("BucketVersioning", "versioning", "BucketVersioning", None, "VersioningConfiguration"),
    Document(
        "BucketLifecycleConfiguration",
        "lifecycle",
        "LifecycleConfiguration",
        ("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
        "LifecycleConfiguration",
    ),
    Document(
        "BucketTagging",
        "tags",
        "BucketTagging",
        ("NoSuchTagSet", "The TagSet does not exist"),
        "Tagging",
    ),
    Document(
        "BucketCors",
        "cors",
        "BucketCORS",
        ("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
        "CORSConfiguration",
    ),
    Document(
        "BucketWebsite",
        "website",
        "BucketWebsite",
        (
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        ),
        "WebsiteConfiguration",
    ),
    Document(
        "PublicAccessBlock",
        "public_access_block",
        "BucketPublicAccessBlock",
        (
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
        "PublicAccessBlockConfiguration",
        "PublicAccessBlockConfiguration",
    ),
    Document(
        "BucketOwnershipControls",
        "ownership",
        "BucketOwnershipControls",
        (
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
        ),
        "OwnershipControls",
        "OwnershipControls",
    ),
    Document(
        "BucketNotificationConfiguration",
        "notification",
        "BucketNotification",
        None,
        "NotificationConfiguration",
    ),
    Document(
        "BucketReplication",
        KIND,
        "ReplicationConfiguration",
        (
            "ReplicationConfigurationNotFoundError",
            "The replication configuration was not found",
        ),
        "ReplicationConfiguration",
        "ReplicationConfiguration",
    ),
    Document("BucketLogging", "logging", "BucketLogging", None, "BucketLoggingStatus"),
    Document(
        "BucketAccelerateConfiguration",
        "accelerate",
        "AccelerateConfiguration",
        None,
        "AccelerateConfiguration",
    ),
    Document(
        "BucketRequestPayment",
        "request_payment",
        "BucketRequestPayment",
        None,
        "RequestPaymentConfiguration",
    ),
    Document(
        "ObjectLockConfiguration",
        "object_lock",
        "BucketObjectLockConfiguration",
        (
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
        "ObjectLockConfiguration",
        "ObjectLockConfiguration",
    ),
)
_DEFAULTS: dict[str, Any] = {
    "encryption": {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                "BucketKeyEnabled": False,
            }
        ]
    },
    "request_payment": {"Payer": "BucketOwner"},
}
# The names of the operations that delete are shorter for some.
_DELETES = {"BucketLifecycleConfiguration": "DeleteBucketLifecycle"}
_READ_ONLY = frozenset(
    {
        "BucketVersioning",
        "BucketNotificationConfiguration",
        "BucketLogging",
        "BucketAccelerateConfiguration",
        "BucketRequestPayment",
        "ObjectLockConfiguration",
    }
)

Run = Callable[[Call, Shape], Shape]


def document_operations() -> dict[str, Operation]:
    """The operations of all kinds of configurations, by name."""
    operations: dict[str, Operation] = {}
    for document in _DOCUMENTS:
        operations[f"Put{document.noun}"] = _operation(_put(document), f"s3:Put{document.action}")
        operations[f"Get{document.noun}"] = _operation(
            _get(document), f"s3:Get{document.action}", reads=True
        )
        if document.noun not in _READ_ONLY:
            name = _DELETES.get(document.noun, f"Delete{document.noun}")
            operations[name] = _operation(_delete(document), f"s3:Put{document.action}")
    return operations


def _operation(run: Run, action: str, *, reads: bool = False) -> Operation:
    return Operation(
        run, resource=bucket_arn, action=action, resource_policy=bucket_policy, reads=reads
    )


def _put(document: Document) -> Run:
    def put(call: Call, request: Shape) -> Shape:
        bucket = get_bucket(call, request)
        value = request.get(document.payload, {})
        if document.kind == "tags":
            keys = [tag["Key"] for tag in value.get("TagSet", [])]
            if len(keys) != len(set(keys)):
                raise MalformedXML("Cannot provide multiple Tags with the same key")
        if document.kind == "notification" and not request.get("SkipDestinationValidation"):
            check_targets(call, bucket, value)
        if document.kind == KIND:
            check_configuration(bucket)
        bucket.documents[document.kind] = value
        call.tx.buckets.save_bucket(bucket)
        return {}

    return put


def _get(document: Document) -> Run:
    def get(call: Call, request: Shape) -> Shape:
        bucket = get_bucket(call, request)
        value = bucket.documents.get(document.kind, _DEFAULTS.get(document.kind))
        if value is None:
            if document.missing is not None:
                code, text = document.missing
                raise named_error(code, text, 404, BucketName=bucket.name)
            return {}
        return {document.wrapped: value} if document.wrapped else dict(value)

    return get


def _delete(document: Document) -> Run:
    def delete(call: Call, request: Shape) -> Shape:
        bucket = get_bucket(call, request)
        bucket.documents.pop(document.kind, None)
        call.tx.buckets.save_bucket(bucket)
        return {}

    return delete


def put_bucket_policy(call: Call, request: Shape) -> Shape:
    """Keep a bucket's policy; it decides with the callers' own ones.

    Raises:
        MalformedPolicy: it is not a policy, or not one of this bucket.
    """
    bucket = get_bucket(call, request)
    try:
        policy = json.loads(request["Policy"])
    except ValueError:
        raise MalformedPolicy(
            "Policies must be valid JSON and the first byte must be '{'"
        ) from None
    if not isinstance(policy, dict) or not policy.get("Statement"):
        raise MalformedPolicy("Missing required field Statement")
    try:
        call.invoke("iam", "CheckResourcePolicy", {"PolicyDocument": request["Policy"]})
    except ServiceError as error:
        raise MalformedPolicy(error.message) from None
    check_bucket_policy(policy, bucket.name)
    bucket.documents["policy"] = request["Policy"]
    call.tx.buckets.save_bucket(bucket)
    return {}


def get_bucket_policy(call: Call, request: Shape) -> Shape:
    """A bucket's policy as it was put.

    Raises:
        ServiceError: NoSuchBucketPolicy.
    """
    bucket = get_bucket(call, request)
    policy = bucket_policy(call, request)
    if policy is None:
        raise named_error(
            "NoSuchBucketPolicy", "The bucket policy does not exist", 404, BucketName=bucket.name
        )
    return {"Policy": policy}


def delete_bucket_policy(call: Call, request: Shape) -> Shape:
    """Take a bucket's policy away."""
    bucket = get_bucket(call, request)
    bucket.documents.pop("policy", None)
    call.tx.buckets.save_bucket(bucket)
    return {}


def get_bucket_policy_status(call: Call, request: Shape) -> Shape:
    """Nothing here is public: it listens on this machine alone."""
    get_bucket(call, request)
    return {"PolicyStatus": {"IsPublic": False}}


def get_acl(call: Call, request: Shape) -> Shape:
    """The one list there is: the owner has full control."""
    get_bucket(call, request)
    grantee = {"Type": "CanonicalUser", **OWNER}
    return {"Owner": OWNER, "Grants": [{"Grantee": grantee, "Permission": "FULL_CONTROL"}]}


def put_bucket_acl(call: Call, request: Shape) -> Shape:
    """Access control lists are off, as in every new bucket on AWS: only `private` is taken.

    Raises:
        ServiceError: AccessControlListNotSupported.
    """
    get_bucket(call, request)
    if request.get("ACL", "private") not in ("private", "bucket-owner-full-control"):
        raise named_error(
            "AccessControlListNotSupported",
            "The bucket does not allow ACLs",
            BucketName=request["Bucket"],
        )
    return {}

"""What S3 looks for in the policy of a bucket, beside what every policy must be.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
Which actions are of buckets and which of objects:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from groundstate.services.s3.errors import MalformedPolicy


def _names(text: str) -> frozenset[str]:
    return frozenset(f"s3:{name}".lower() for name in text.split())


_OBJECT_ACTIONS = _names(
    """
    AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging
    DeleteObjectVersion DeleteObjectVersionTagging GetObject GetObjectAcl
    GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging
    GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes
    GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent
    InitiateReplication ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject
    PutObjectAcl PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl
    PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags RestoreObject
    """
)
_BUCKET_ACTIONS = _names(
    """
    CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite
    GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAcl GetBucketCORS
    GetBucketLocation GetBucketLogging GetBucketNotification
    GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy
    GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment
    GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
    GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
    GetMetricsConfiguration GetReplicationConfiguration ListBucket
    ListBucketMultipartUploads ListBucketVersions PutAccelerateConfiguration
    PutAnalyticsConfiguration PutBucketAcl PutBucketCORS PutBucketLogging
    PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls
    PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging
    PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
    PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
    PutMetricsConfiguration PutReplicationConfiguration
    """
)


def check_bucket_policy(policy: dict[str, Any], bucket: str) -> None:
    """Refuse a policy that speaks of other things than the bucket.

    Args:
        policy: the document, of which IAM has nothing to say.

    Raises:
        MalformedPolicy: a resource is not the bucket's, an action is not S3's, or there is no
            resource in its statement for it.
    """
    for statement in _texts(policy["Statement"]):
        resources = list(_texts(statement.get("Resource", statement.get("NotResource", ()))))
        for resource in resources:
            if not _is_of(resource, bucket):
                raise MalformedPolicy("Policy has invalid resource")
        for action in _texts(statement.get("Action", statement.get("NotAction", ()))):
            if action != "*" and not action.lower().startswith("s3:"):
                raise MalformedPolicy("Policy has invalid action")
        if "Action" in statement and "Resource" in statement:
            for action in _texts(statement["Action"]):
                if not any(_applies(action.lower(), resource) for resource in resources):
                    raise MalformedPolicy("Action does not apply to any resource(s) in statement")


def _texts(value: Any) -> Iterator[Any]:
    """The members of what may be one or a list."""
    yield from value if isinstance(value, (list, tuple)) else (value,)


def _is_of(resource: str, bucket: str) -> bool:
    """Whether a resource can be of a bucket. A wildcard in its bucket's name stands for any."""
    name = resource.rpartition(":")[2].partition("/")[0]
    return name == bucket or "*" in name or "?" in name


def _applies(action: str, resource: str) -> bool:
    """Whether an action can be done to a resource. One that is not known can."""
    name = resource.rpartition(":")[2]
    if "*" in name.partition("/")[0]:
        return True
    others = _BUCKET_ACTIONS if "/" in name else _OBJECT_ACTIONS
    own = _OBJECT_ACTIONS if "/" in name else _BUCKET_ACTIONS
    return _matches_any(action, own) or not _matches_any(action, others)


def _matches_any(pattern: str, names: frozenset[str]) -> bool:
    if "*" not in pattern and "?" not in pattern:
        return pattern in names
    return any(fnmatchcase(name, pattern) for name in names)

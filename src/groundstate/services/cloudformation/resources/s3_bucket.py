"""AWS::S3::Bucket and AWS::S3::BucketPolicy.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from __future__ import annotations

from typing import Any

from groundstate import ids
from groundstate.operation import ServiceError
from groundstate.services.cloudformation.resources import s3_bucket_shapes
from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import as_text
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
    ProvisionFailed,
    join_name,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType, changed_names
from groundstate.services.cloudformation.resources.s3_bucket_documents import (
    DOCUMENTS,
    WITHOUT_EFFECT,
)
from groundstate.services.cloudformation.resources.shape import (
    ANY,
    BOOLEAN,
    JSON,
    TAGS,
    TEXT,
    Needed,
)

_NAME_LENGTH_MAX = 63


def create_bucket(provision: Provision, properties: Properties) -> Made:
    """Create the bucket with its configurations."""
    name = properties.get("BucketName") or _make_name(provision)
    request: dict[str, Any] = {"Bucket": name}
    if provision.region != "us-east-1":
        request["CreateBucketConfiguration"] = {"LocationConstraint": provision.region}
    if properties.get("ObjectLockEnabled"):
        request["ObjectLockEnabledForBucket"] = True
    _refuse_present(provision, name)
    provision.invoke("s3", "CreateBucket", request)
    _configure(provision, name, {}, properties)
    return describe_bucket(provision, name)


def update_bucket(provision: Provision, current: Current, properties: Properties) -> Made:
    """Bring the configurations to the properties; objects stay."""
    _configure(provision, current.physical_id, current.properties, properties)
    return describe_bucket(provision, current.physical_id)


def delete_bucket(provision: Provision, current: Current) -> None:
    """Delete the bucket, which must be empty.

    Raises:
        ServiceError: BucketNotEmpty.
    """
    with gone_is_fine():
        provision.invoke("s3", "DeleteBucket", {"Bucket": current.physical_id})


def adopt_bucket(provision: Provision, identifier: str, properties: Properties) -> Made:
    """Take over a bucket that is there."""
    provision.invoke("s3", "HeadBucket", {"Bucket": identifier})
    return describe_bucket(provision, identifier)


def describe_bucket(provision: Provision, name: str) -> Made:
    """The bucket's attributes."""
    region = provision.region
    return Made(
        name,
        {
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "DualStackDomainName": f"{name}.s3.dualstack.{region}.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
            "WebsiteURL": f"http://{name}.s3-website-{region}.amazonaws.com",
        },
    )


def _make_name(provision: Provision) -> str:
    parts = [provision.stack_name.lower(), provision.logical_id.lower()]
    return join_name(parts, ids.make_suffix(12).lower(), _NAME_LENGTH_MAX, "-")


def _refuse_present(provision: Provision, name: str) -> None:
    """CreateBucket takes a bucket of one's own for made in us-east-1; CloudFormation does not."""
    buckets = provision.call.tx.buckets
    present = buckets.find_bucket(name)
    if present is not None and "implicit" not in present.documents:
        raise ProvisionFailed(f"{name} already exists")


def _configure(provision: Provision, name: str, before: Properties, after: Properties) -> None:
    changed = changed_names(before, after)
    for document in DOCUMENTS:
        if document.property not in changed:
            continue
        place = {"Bucket": name}
        if document.property in after:
            payload = document.convert(after[document.property])
            provision.invoke("s3", document.put, {**place, document.member: payload})
        elif document.delete:
            with gone_is_fine():
                provision.invoke("s3", document.delete, place)
        else:
            provision.invoke("s3", document.put, {**place, document.member: document.reset})


BUCKET = ResourceType(
    name="AWS::S3::Bucket",
    shape={
        "AbacStatus": TEXT,
        "AccelerateConfiguration": {"AccelerationStatus": Needed(TEXT)},
        "AccessControl": TEXT,
        "AnalyticsConfigurations": [ANY],
        "BucketEncryption": s3_bucket_shapes.ENCRYPTION,
        "BucketName": TEXT,
        "BucketNamePrefix": TEXT,
        "BucketNamespace": TEXT,
        "CorsConfiguration": s3_bucket_shapes.CORS,
        "IntelligentTieringConfigurations": [ANY],
        "InventoryConfigurations": [ANY],
        "LifecycleConfiguration": s3_bucket_shapes.LIFECYCLE,
        "LoggingConfiguration": s3_bucket_shapes.LOGGING,
        "MetadataConfiguration": ANY,
        "MetadataTableConfiguration": ANY,
        "MetricsConfigurations": [ANY],
        "NotificationConfiguration": s3_bucket_shapes.NOTIFICATION,
        "ObjectLockConfiguration": s3_bucket_shapes.OBJECT_LOCK,
        "ObjectLockEnabled": BOOLEAN,
        "OwnershipControls": s3_bucket_shapes.OWNERSHIP,
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": BOOLEAN,
            "BlockPublicPolicy": BOOLEAN,
            "IgnorePublicAcls": BOOLEAN,
            "RestrictPublicBuckets": BOOLEAN,
        },
        "ReplicationConfiguration": s3_bucket_shapes.REPLICATION,
        "Tags": TAGS,
        "VersioningConfiguration": {"Status": Needed(TEXT)},
        "WebsiteConfiguration": s3_bucket_shapes.WEBSITE,
    },
    replaces=frozenset({"BucketName", "BucketNamePrefix", "BucketNamespace"}),
    name_property="BucketName",
    without_effect=WITHOUT_EFFECT,
    attributes=("Arn", "DomainName", "DualStackDomainName", "RegionalDomainName", "WebsiteURL"),
    tags="list",
    create=create_bucket,
    update=update_bucket,
    delete=delete_bucket,
    adopt=adopt_bucket,
    identifier="BucketName",
)


def create_policy(provision: Provision, properties: Properties) -> Made:
    """Put the bucket's policy.

    Raises:
        ProvisionFailed: the bucket has one already.
    """
    bucket = properties["Bucket"]
    try:
        provision.invoke("s3", "GetBucketPolicy", {"Bucket": bucket})
    except ServiceError as error:
        if error.code != "NoSuchBucketPolicy":
            raise
    else:
        raise ProvisionFailed(f"The bucket policy already exists on bucket {bucket}.")
    _put_policy(provision, properties)
    return Made(bucket)


def update_policy(provision: Provision, current: Current, properties: Properties) -> Made:
    """Put the policy anew."""
    _put_policy(provision, properties)
    return Made(current.physical_id)


def delete_policy(provision: Provision, current: Current) -> None:
    """Take the policy away."""
    with gone_is_fine():
        provision.invoke("s3", "DeleteBucketPolicy", {"Bucket": current.physical_id})


def _put_policy(provision: Provision, properties: Properties) -> None:
    policy = as_text(properties["PolicyDocument"])
    provision.invoke("s3", "PutBucketPolicy", {"Bucket": properties["Bucket"], "Policy": policy})


BUCKET_POLICY = ResourceType(
    name="AWS::S3::BucketPolicy",
    shape={"Bucket": TEXT, "PolicyDocument": JSON},
    required=("Bucket", "PolicyDocument"),
    replaces=frozenset({"Bucket"}),
    create=create_policy,
    update=update_policy,
    delete=delete_policy,
)

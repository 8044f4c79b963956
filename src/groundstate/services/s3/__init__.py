"""Amazon S3: buckets and objects, good enough for assets, item readers and result writers.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
"""

from __future__ import annotations

from collections.abc import Callable

from groundstate.operation import Answer, Call, Operation, Service, Shape
from groundstate.services.s3.buckets import (
    bucket_arn,
    bucket_policy,
    deleted_arns,
    listing_context,
    object_arn,
)
from groundstate.services.s3.files import ObjectFiles, recover
from groundstate.services.s3.operations.bucket_documents import (
    delete_bucket_policy,
    document_operations,
    get_acl,
    get_bucket_policy,
    get_bucket_policy_status,
    put_bucket_acl,
    put_bucket_policy,
)
from groundstate.services.s3.operations.buckets import (
    get_bucket_location,
    head_bucket,
    list_buckets,
)
from groundstate.services.s3.operations.copy_object import copy_object
from groundstate.services.s3.operations.create_bucket import create_bucket
from groundstate.services.s3.operations.delete_bucket import delete_bucket
from groundstate.services.s3.operations.delete_objects import delete_object, delete_objects
from groundstate.services.s3.operations.get_object import get_object, head_object
from groundstate.services.s3.operations.list_objects import (
    list_object_versions,
    list_objects,
    list_objects_v2,
)
from groundstate.services.s3.operations.multipart import (
    abort_multipart_upload,
    complete_multipart_upload,
    create_multipart_upload,
    list_multipart_uploads,
    list_parts,
    upload_part,
    upload_part_copy,
)
from groundstate.services.s3.operations.object_details import (
    delete_object_tagging,
    get_object_acl,
    get_object_attributes,
    get_object_tagging,
    put_object_tagging,
)
from groundstate.services.s3.operations.put_object import put_object

Run = Callable[[Call, Shape], Answer]


def _bucket(run: Run, action: str, *, reads: bool = False) -> Operation:
    return Operation(
        run, resource=bucket_arn, action=action, resource_policy=bucket_policy, reads=reads
    )


def _listing(run: Run, action: str) -> Operation:
    return Operation(
        run,
        resource=bucket_arn,
        action=action,
        context=listing_context,
        resource_policy=bucket_policy,
        reads=True,
    )


def _object(run: Run, action: str, *, reads: bool = False) -> Operation:
    return Operation(
        run, resource=object_arn, action=action, resource_policy=bucket_policy, reads=reads
    )


OPERATIONS = {
    "AbortMultipartUpload": _object(abort_multipart_upload, "s3:AbortMultipartUpload"),
    "CompleteMultipartUpload": _object(complete_multipart_upload, "s3:PutObject"),
    "CopyObject": _object(copy_object, "s3:PutObject"),
    "CreateBucket": _bucket(create_bucket, "s3:CreateBucket"),
    "CreateMultipartUpload": _object(create_multipart_upload, "s3:PutObject"),
    "DeleteBucket": _bucket(delete_bucket, "s3:DeleteBucket"),
    "DeleteBucketPolicy": _bucket(delete_bucket_policy, "s3:DeleteBucketPolicy"),
    "DeleteObject": _object(delete_object, "s3:DeleteObject"),
    "DeleteObjectTagging": _object(delete_object_tagging, "s3:DeleteObjectTagging"),
    "DeleteObjects": Operation(
        delete_objects,
        resource=deleted_arns,
        action="s3:DeleteObject",
        resource_policy=bucket_policy,
    ),
    "GetBucketAcl": _bucket(get_acl, "s3:GetBucketAcl", reads=True),
    "GetBucketLocation": _bucket(get_bucket_location, "s3:GetBucketLocation", reads=True),
    "GetBucketPolicy": _bucket(get_bucket_policy, "s3:GetBucketPolicy", reads=True),
    "GetBucketPolicyStatus": _bucket(
        get_bucket_policy_status, "s3:GetBucketPolicyStatus", reads=True
    ),
    "GetObject": _object(get_object, "s3:GetObject", reads=True),
    "GetObjectAcl": _object(get_object_acl, "s3:GetObjectAcl", reads=True),
    "GetObjectAttributes": _object(get_object_attributes, "s3:GetObject", reads=True),
    "GetObjectTagging": _object(get_object_tagging, "s3:GetObjectTagging", reads=True),
    "HeadBucket": _bucket(head_bucket, "s3:ListBucket"),
    "HeadObject": _object(head_object, "s3:GetObject"),
    "ListBuckets": Operation(list_buckets, action="s3:ListAllMyBuckets", reads=True),
    "ListMultipartUploads": _bucket(
        list_multipart_uploads, "s3:ListBucketMultipartUploads", reads=True
    ),
    "ListObjectVersions": _listing(list_object_versions, "s3:ListBucketVersions"),
    "ListObjects": _listing(list_objects, "s3:ListBucket"),
    "ListObjectsV2": _listing(list_objects_v2, "s3:ListBucket"),
    "ListParts": _object(list_parts, "s3:ListMultipartUploadParts", reads=True),
    "PutBucketAcl": _bucket(put_bucket_acl, "s3:PutBucketAcl"),
    "PutBucketPolicy": _bucket(put_bucket_policy, "s3:PutBucketPolicy"),
    "PutObject": _object(put_object, "s3:PutObject"),
    "PutObjectTagging": _object(put_object_tagging, "s3:PutObjectTagging"),
    "UploadPart": _object(upload_part, "s3:PutObject"),
    "UploadPartCopy": _object(upload_part_copy, "s3:PutObject"),
    **document_operations(),
}

SERVICE = Service(
    name="s3",
    operations=OPERATIONS,
    iam_prefix="s3",
    recover=recover,
    make_host=ObjectFiles,
)

"""What `CopySource` names: the object that CopyObject and UploadPartCopy read."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote

from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.s3.buckets import check_owner, get_bucket
from groundstate.services.s3.errors import InvalidArgument, PreconditionFailed
from groundstate.services.s3.objects import check_conditions, get_object_entry
from groundstate.store.s3 import StoredObject


def find_source(call: Call, request: Shape) -> StoredObject:
    """The version that `CopySource` names.

    Raises:
        AccessDenied: its bucket is not of the account that the caller expects.
        InvalidArgument: it names none.
    """
    bucket_name, key, version_id = split_source(request["CopySource"])
    call.authorize("s3:GetObject", f"arn:aws:s3:::{bucket_name}/{key}")
    place: Shape = {"Bucket": bucket_name, "Key": key}
    if version_id is not None:
        place["VersionId"] = version_id
    source_bucket = call.tx.buckets.find_bucket(bucket_name)
    bucket = source_bucket if source_bucket is not None else get_bucket(call, place)
    check_owner(call, request.get("ExpectedSourceBucketOwner"))
    entry = get_object_entry(call, place, bucket)
    conditions = {
        name.removeprefix("CopySource"): value
        for name, value in request.items()
        if name.startswith("CopySourceIf")
    }
    try:
        check_conditions(conditions, entry)
    except ServiceError as error:
        raise PreconditionFailed(
            "At least one of the pre-conditions you specified did not hold"
        ) from error
    return entry


def split_source(text: Any) -> tuple[str, str, str | None]:
    """Bucket, key and version of a `CopySource`.

    Raises:
        InvalidArgument: it has another form.
    """
    if isinstance(text, dict):
        return text["Bucket"], text["Key"], text.get("VersionId")
    path, _, query = str(text).partition("?versionId=")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    if not bucket or not key:
        raise InvalidArgument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            ArgumentName="x-amz-copy-source",
            ArgumentValue=text,
        )
    version_id = parse_qs(f"versionId={query}")["versionId"][0] if query else None
    return bucket, key, version_id

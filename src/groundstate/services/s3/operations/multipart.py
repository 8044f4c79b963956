"""Multipart uploads: create, upload and copy parts, complete, abort, list.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import re

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket, versioning
from groundstate.services.s3.checksums import make_etag, make_multipart_etag, read_checksums
from groundstate.services.s3.copy_sources import find_source
from groundstate.services.s3.errors import (
    EntityTooSmall,
    InvalidArgument,
    InvalidPart,
    InvalidPartOrder,
    NoSuchUpload,
)
from groundstate.services.s3.files import Parts
from groundstate.services.s3.objects import (
    OWNER,
    check_write_conditions,
    read_content,
    write_object,
)
from groundstate.services.s3.uploads import check_key, read_body, read_data
from groundstate.store.s3 import Part, Upload

PART_NUMBER_MAX = 10_000
PART_BYTES_MIN = 5 * 1024 * 1024
_PAGE_SIZE = 1000
_RANGE = re.compile(r"bytes=(\d+)-(\d+)\Z")


def create_multipart_upload(call: Call, request: Shape) -> Shape:
    """Begin an upload.

    Raises:
        NoSuchBucket: there is no such bucket.
    """
    bucket = get_bucket(call, request)
    check_key(request["Key"])
    upload = Upload(
        ids.make_mixed_suffix(64), bucket.name, request["Key"], call.now, read_data(request)
    )
    call.tx.buckets.save_upload(upload)
    return {
        "Bucket": bucket.name,
        "Key": upload.key,
        "UploadId": upload.upload_id,
        "ServerSideEncryption": upload.data["encryption"],
    }


def upload_part(call: Call, request: Shape) -> Shape:
    """Keep a part, in the place of one with the same number.

    Raises:
        NoSuchUpload: there is no such upload.
        BadDigest: the content is not what its digest says.
    """
    upload = _get_upload(call, request)
    content = read_body(request.get("Body", b""))
    checksums = read_checksums(request, content)
    part = _keep(call, upload, request["PartNumber"], content)
    return {
        "ETag": f'"{part.etag}"',
        "ServerSideEncryption": upload.data["encryption"],
        **checksums,
    }


def upload_part_copy(call: Call, request: Shape) -> Shape:
    """Keep a stretch of another object as a part.

    Raises:
        NoSuchUpload, NoSuchKey: the upload or the source is not there.
        InvalidArgument: the range is none.
    """
    upload = _get_upload(call, request)
    source = find_source(call, request)
    begin, end = 0, source.size_bytes
    text = request.get("CopySourceRange")
    if text is not None:
        match = _RANGE.match(text)
        if match is None or int(match.group(2)) >= source.size_bytes:
            raise InvalidArgument(
                f"Range specified is not valid for source object of size: {source.size_bytes}"
            )
        begin, end = int(match.group(1)), int(match.group(2)) + 1
    content = read_content(call, source, begin, end)
    part = _keep(call, upload, request["PartNumber"], content)
    result = {"ETag": f'"{part.etag}"', "LastModified": part.modified_at}
    return {"CopyPartResult": result, "ServerSideEncryption": upload.data["encryption"]}


def complete_multipart_upload(call: Call, request: Shape) -> Shape:
    """Put the named parts together to the object.

    Raises:
        NoSuchUpload: there is no such upload.
        InvalidPart, InvalidPartOrder, EntityTooSmall: the parts do not make an object.
    """
    upload = _get_upload(call, request)
    bucket = get_bucket(call, request)
    check_write_conditions(call, request, bucket)
    present = call.tx.buckets.list_parts(upload.upload_id)
    chosen = _choose(present, request.get("MultipartUpload", {}).get("Parts", []))
    sizes = [part.size_bytes for part in chosen]
    content = Parts(sum(sizes), (_part_content(call, part) for part in chosen))
    data = {**upload.data, "parts": sizes}
    etag = make_multipart_etag([part.etag for part in chosen])
    entry = write_object(
        call,
        bucket,
        upload.key,
        content,
        etag=etag,
        data=data,
        event="ObjectCreated:CompleteMultipartUpload",
    )
    for part in present:
        call.host.remove(call, part.file)
    call.tx.buckets.remove_upload(upload.upload_id)
    answer: Shape = {
        "Location": f"{call.runner.endpoint_url}/{bucket.name}/{upload.key}",
        "Bucket": bucket.name,
        "Key": upload.key,
        "ETag": f'"{etag}"',
        "ServerSideEncryption": upload.data["encryption"],
    }
    if versioning(bucket):
        answer["VersionId"] = entry.version_id
    return answer


def abort_multipart_upload(call: Call, request: Shape) -> Shape:
    """Forget an upload and its parts.

    Raises:
        NoSuchUpload: there is no such upload.
    """
    upload = _get_upload(call, request)
    for part in call.tx.buckets.list_parts(upload.upload_id):
        call.host.remove(call, part.file)
    call.tx.buckets.remove_upload(upload.upload_id)
    return {}


def list_parts(call: Call, request: Shape) -> Shape:
    """A page of an upload's parts.

    Raises:
        NoSuchUpload: there is no such upload.
    """
    upload = _get_upload(call, request)
    size = min(request.get("MaxParts", _PAGE_SIZE), _PAGE_SIZE)
    marker = request.get("PartNumberMarker", 0)
    parts = [
        part for part in call.tx.buckets.list_parts(upload.upload_id) if part.part_number > marker
    ]
    page = parts[:size]
    answer: Shape = {
        "Bucket": upload.bucket,
        "Key": upload.key,
        "UploadId": upload.upload_id,
        "PartNumberMarker": marker,
        "MaxParts": size,
        "IsTruncated": len(parts) > size,
        "Parts": [
            {
                "PartNumber": part.part_number,
                "LastModified": part.modified_at,
                "ETag": f'"{part.etag}"',
                "Size": part.size_bytes,
            }
            for part in page
        ],
        "Initiator": OWNER,
        "Owner": OWNER,
        "StorageClass": "STANDARD",
    }
    if len(parts) > size:
        answer["NextPartNumberMarker"] = page[-1].part_number
    return answer


def list_multipart_uploads(call: Call, request: Shape) -> Shape:
    """A bucket's uploads under way.

    Raises:
        NoSuchBucket: there is no such bucket.
    """
    bucket = get_bucket(call, request)
    prefix = request.get("Prefix", "")
    uploads = [
        upload
        for upload in call.tx.buckets.list_uploads(bucket.name)
        if upload.key.startswith(prefix)
    ][:_PAGE_SIZE]
    return {
        "Bucket": bucket.name,
        "Prefix": prefix,
        "MaxUploads": _PAGE_SIZE,
        "IsTruncated": False,
        "Uploads": [
            {
                "UploadId": upload.upload_id,
                "Key": upload.key,
                "Initiated": upload.created_at,
                "StorageClass": "STANDARD",
                "Owner": OWNER,
                "Initiator": OWNER,
            }
            for upload in uploads
        ],
    }


def _get_upload(call: Call, request: Shape) -> Upload:
    get_bucket(call, request)
    upload = call.tx.buckets.find_upload(request["UploadId"])
    if upload is None or (upload.bucket, upload.key) != (request["Bucket"], request["Key"]):
        raise NoSuchUpload(
            "The specified upload does not exist. The upload ID may be invalid, or the upload may"
            " have been aborted or completed.",
            UploadId=request["UploadId"],
        )
    return upload


def _keep(call: Call, upload: Upload, number: int, content: bytes) -> Part:
    if not 1 <= number <= PART_NUMBER_MAX:
        raise InvalidArgument(
            "Part number must be an integer between 1 and 10000, inclusive",
            ArgumentName="partNumber",
            ArgumentValue=number,
        )
    for old in call.tx.buckets.list_parts(upload.upload_id):
        if old.part_number == number:
            call.host.remove(call, old.file)
    row_content, file = call.host.write(call, content)
    part = Part(number, len(content), make_etag(content), call.now, row_content, file)
    call.tx.buckets.save_part(upload.upload_id, part)
    return part


def _choose(present: list[Part], named: list[Shape]) -> list[Part]:
    by_number = {part.part_number: part for part in present}
    numbers = [entry["PartNumber"] for entry in named]
    if numbers != sorted(set(numbers)):
        raise InvalidPartOrder(
            "The list of parts was not in ascending order. The parts list must be specified in"
            " order by part number."
        )
    chosen = []
    for entry in named:
        part = by_number.get(entry["PartNumber"])
        if part is None or entry.get("ETag", "").strip('"') != part.etag:
            raise InvalidPart(
                "One or more of the specified parts could not be found.  The part may not have been"
                " uploaded, or the specified entity tag may not match the part's entity tag.",
                PartNumber=entry["PartNumber"],
            )
        chosen.append(part)
    if not chosen:
        raise InvalidPart("You must specify at least one part")
    if any(part.size_bytes < PART_BYTES_MIN for part in chosen[:-1]):
        raise EntityTooSmall("Your proposed upload is smaller than the minimum allowed size")
    return chosen


def _part_content(call: Call, part: Part) -> bytes:
    if part.content is not None:
        return part.content
    assert part.file is not None, part
    content: bytes = call.host.read(part.file, 0, part.size_bytes)
    return content

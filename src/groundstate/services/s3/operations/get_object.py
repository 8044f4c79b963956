"""GetObject and HeadObject.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

import re

from groundstate.operation import Call, Shape
from groundstate.services.s3.buckets import get_bucket
from groundstate.services.s3.errors import (
    InvalidRange,
    NoSuchBucket,
    NoSuchKey,
    NoSuchVersion,
    NotFound,
)
from groundstate.services.s3.objects import (
    check_conditions,
    describe,
    get_object_entry,
    read_content,
)
from groundstate.store.s3 import StoredObject

_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
_OVERRIDES = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
)


def get_object(call: Call, request: Shape) -> Shape:
    """An object's content, or a range of it, with its headers.

    Raises:
        NoSuchBucket, NoSuchKey, NoSuchVersion: there is none.
        InvalidRange: the range begins after its end.
    """
    entry, answer, begin, end = _look(call, request)
    answer["Body"] = read_content(call, entry, begin, end)
    return answer


def head_object(call: Call, request: Shape) -> Shape:
    """An object's headers.

    Raises:
        NotFound: there is none.
    """
    try:
        _, answer, _, _ = _look(call, request)
    except (NoSuchBucket, NoSuchKey, NoSuchVersion):
        raise NotFound("Not Found") from None
    return answer


def _look(call: Call, request: Shape) -> tuple[StoredObject, Shape, int, int]:
    bucket = get_bucket(call, request)
    entry = get_object_entry(call, request, bucket)
    check_conditions(request, entry)
    begin, end = _range(request, entry)
    answer = describe(entry, bucket)
    for name in _OVERRIDES:
        if f"Response{name}" in request:
            answer[name] = request[f"Response{name}"]
    answer["ContentLength"] = end - begin
    if (begin, end) != (0, entry.size_bytes):
        answer["ContentRange"] = f"bytes {begin}-{end - 1}/{entry.size_bytes}"
    elif request.get("ChecksumMode") == "ENABLED" and entry.data.get("checksums"):
        answer.update(entry.data["checksums"], ChecksumType="FULL_OBJECT")
    if request.get("PartNumber") and "parts" in entry.data:
        answer["PartsCount"] = len(entry.data["parts"])
    return entry, answer, begin, end


def _range(request: Shape, entry: StoredObject) -> tuple[int, int]:
    """Where the stretch that is asked for begins and ends."""
    size = entry.size_bytes
    part = request.get("PartNumber")
    if part:
        sizes = entry.data.get("parts", [size])
        if part > len(sizes):
            raise InvalidRange("The requested partnumber is not satisfiable")
        begin = sum(sizes[: part - 1])
        return begin, begin + sizes[part - 1]
    match = _RANGE.match(request.get("Range", "") or "")
    # A range of another form is as if there were none (RFC 9110).
    if match is None or match.group(0) == "bytes=-":
        return 0, size
    first, last = match.groups()
    if not first:
        begin, end = max(0, size - int(last)), size
    else:
        begin, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < begin:
            return 0, size
    if begin >= size:
        raise InvalidRange(
            "The requested range is not satisfiable",
            RangeRequested=request["Range"],
            ActualObjectSize=size,
        )
    return begin, end

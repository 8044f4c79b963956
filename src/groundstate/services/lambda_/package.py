"""A function's deployment package: taken from the request or from S3, checked, kept.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
"""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from base64 import b64encode
from typing import NamedTuple

from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.lambda_.code import check_zip
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    RequestEntityTooLargeException,
)
from groundstate.services.lambda_.limits import CODE_REQUEST_BYTES_MAX, ZIP_BYTES_MAX

# The setting that keeps the image of a package, under the SHA-256 of what stands for it.
IMAGE = "image"
# What is unpacked within the operation, in some ten milliseconds.
_UNPACKED_AT_ONCE_BYTES_MAX = 4 * 1024 * 1024

logger = logging.getLogger(__name__)


class Package(NamedTuple):
    """A zip file that is kept.

    Attributes:
        code_sha256: hexadecimal, as the tables and the code directory have it.
        shown_sha256: base64, as clients see it.
    """

    code_sha256: str
    shown_sha256: str
    size_bytes: int


def take_package(call: Call, code: Shape) -> Package:
    """Fetch, check, keep and unpack the zip file that a FunctionCode names.

    Raises:
        InvalidParameterValueException: there is no zip file, or it is no good.
        RequestEntityTooLargeException: the request is too big.
    """
    content = _content(call, code)
    digest = hashlib.sha256(content)
    code_sha256 = digest.hexdigest()
    host = call.host
    if host.code.find(code_sha256) is None:
        contents = check_zip(content)
        if contents.unreadable:
            logger.warning(
                "A function's package has %s, which its owner alone may read: chmod it before it is"
                " packed, or on AWS the function cannot read it.",
                contents.unreadable,
            )
        if contents.size_bytes <= _UNPACKED_AT_ONCE_BYTES_MAX:
            host.code.unpack(code_sha256, content)
        else:
            # That would keep everybody else waiting: a thread does it, or the first environment.
            call.after_commit(lambda: host.unpack_soon(code_sha256, content))
    call.tx.function_code.put(code_sha256, content)
    return Package(code_sha256, b64encode(digest.digest()).decode(), len(content))


def _content(call: Call, code: Shape) -> bytes:
    if "ImageUri" in code:
        return _stand_for_image(code["ImageUri"])
    if "S3Bucket" in code:
        if code.get("ZipFile"):
            raise InvalidParameterValueException(
                "Please do not provide other FunctionCode parameters when providing a ZipFile."
            )
        return _content_from_s3(call, code)
    content: bytes = code.get("ZipFile", b"")
    if not content:
        raise InvalidParameterValueException(
            "Please provide a source for your Lambda function code."
        )
    if len(content) * 4 // 3 >= CODE_REQUEST_BYTES_MAX:
        raise RequestEntityTooLargeException(
            f"Request must be smaller than {CODE_REQUEST_BYTES_MAX} bytes for the"
            f" {call.operation} operation"
        )
    if len(content) > ZIP_BYTES_MAX:
        raise RequestEntityTooLargeException(
            f"Zipped size must be smaller than {ZIP_BYTES_MAX} bytes"
        )
    return content


def _stand_for_image(uri: str) -> bytes:
    """A package in the place of a container image, which is not fetched: it names the image."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(zipfile.ZipInfo("image"), uri)
    return buffer.getvalue()


def _content_from_s3(call: Call, code: Shape) -> bytes:
    request = {"Bucket": code["S3Bucket"], "Key": code.get("S3Key", "")}
    if "S3ObjectVersion" in code:
        request["VersionId"] = code["S3ObjectVersion"]
    try:
        found = call.invoke("s3", "GetObject", request)
    except ServiceError as error:
        raise InvalidParameterValueException(
            "Error occurred while GetObject. S3 Error Code: "
            f"{error.code}. S3 Error Message: {error.message}"
        ) from error
    assert isinstance(found, dict), "GetObject answers at once"
    body = found["Body"]
    content: bytes = body if isinstance(body, bytes) else body.read()
    return content

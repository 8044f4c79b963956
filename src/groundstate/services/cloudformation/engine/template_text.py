"""Where a request's template comes from: its body, an object in S3, or the stack that is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from groundstate.operation import Call, Deferred, Principal, ServiceError, Shape
from groundstate.services.cloudformation.errors import ValidationError

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
BODY_BYTES_MAX = 51_200
OBJECT_BYTES_MAX = 1024 * 1024

_VIRTUAL_HOST = re.compile(
    r"(?P<bucket>.+)\.s3[.-].*amazonaws\.com(\.cn)?\Z|(?P<plain>.+)\.s3\.amazonaws\.com\Z"
)


def read_template_text(call: Call, request: Shape, before: Mapping[str, Any] | None) -> str:
    """The text of a request's template.

    Args:
        before: the inputs that the stack has, for UsePreviousTemplate.

    Raises:
        ValidationError: there is none, more than one, or it is too large.
    """
    body, url = request.get("TemplateBody"), request.get("TemplateURL")
    previous = bool(request.get("UsePreviousTemplate"))
    if sum((body is not None, url is not None, previous)) != 1:
        raise ValidationError(
            "Either Template URL or Template Body must be specified."
            if body is None and url is None
            else "Template URL and Template Body, or the previous template, cannot be given"
            " together."
        )
    if previous:
        if before is None:
            raise ValidationError("No previous template is available for this stack.")
        return call.tx.stacks.get_template(before.get("written_id") or before["template_id"])
    if body is not None:
        if not body.strip():
            raise ValidationError(
                "1 validation error detected: Value '' at 'templateBody' failed to satisfy"
                " constraint: Member must have length greater than or equal to 1"
            )
        if len(body.encode()) > BODY_BYTES_MAX:
            raise ValidationError(
                f"1 validation error detected: Value '{body[:100]}...' at 'templateBody' failed to"
                " satisfy constraint: Member must have length less than or equal to"
                f" {BODY_BYTES_MAX}"
            )
        return str(body)
    assert url is not None
    return fetch_template(call, url, call.principal)


def fetch_template(call: Call, url: str, principal: Principal) -> str:
    """The text of a template that a URL of S3 names, ours or by AWS's host name.

    Raises:
        ValidationError: the URL is of another kind, or there is no such object.
    """
    bucket, key = split_url(url)
    if not bucket or not key:
        raise ValidationError("TemplateURL must be a supported URL.")
    try:
        answer = call.invoke("s3", "GetObject", {"Bucket": bucket, "Key": key}, principal=principal)
    except ServiceError as error:
        raise ValidationError(
            f"S3 error: {error.message}\nFor more information check"
            " http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
        ) from None
    assert not isinstance(answer, Deferred)
    content: bytes = answer["Body"]
    if len(content) > OBJECT_BYTES_MAX:
        raise ValidationError(f"Template may not exceed {OBJECT_BYTES_MAX} bytes in size.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValidationError("Template format error: the template is not UTF-8 text.") from None


def split_url(url: str) -> tuple[str, str]:
    """The bucket and the key that a URL of S3 names; empty texts if it is none."""
    if url.startswith("s3://"):
        bucket, _, key = url[5:].partition("/")
        return bucket, key
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return "", ""
    path = unquote(parts.path.lstrip("/"))
    host = _VIRTUAL_HOST.match(parts.hostname or "")
    if host is not None:
        return host["bucket"] or host["plain"], path
    bucket, _, key = path.partition("/")
    return bucket, key

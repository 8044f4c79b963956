"""Presigned S3 addresses of Signature Version 2, which boto3 still makes for us-east-1.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth

PURE. `sigv4.read_signature` finds them; no other form of version 2 is taken.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from groundstate.gateway.refusals import SignatureRefused, format_time, skew_text

# The parts of a query string that say what is asked for, and so are signed.
_SIGNED_PARAMETERS = frozenset(
    {
        "accelerate",
        "acl",
        "analytics",
        "cors",
        "defaultObjectAcl",
        "delete",
        "inventory",
        "lifecycle",
        "location",
        "logging",
        "metrics",
        "notification",
        "object-lock",
        "partNumber",
        "policy",
        "replication",
        "requestPayment",
        "response-cache-control",
        "response-content-disposition",
        "response-content-encoding",
        "response-content-language",
        "response-content-type",
        "response-expires",
        "restore",
        "select",
        "select-type",
        "storageClass",
        "tagging",
        "torrent",
        "uploadId",
        "uploads",
        "versionId",
        "versioning",
        "versions",
        "website",
    }
)


class PresignedV2(NamedTuple):
    """What a presigned address of version 2 says, with the request that it came with.

    Attributes:
        value: the signature, in base64.
        expires: when it ends, epoch seconds as text.
    """

    access_key_id: str
    session_token: str
    value: str
    expires: str
    method: str
    raw_path: str
    parameters: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]


def read_presigned_v2(
    method: str, raw_path: str, raw_query: str, headers: Mapping[str, str]
) -> PresignedV2:
    """Read the signature of a presigned address.

    Raises:
        SignatureRefused: a part of it is missing.
    """
    pairs = (pair.partition("=") for pair in raw_query.split("&"))
    parameters = tuple((unquote(name), unquote(value)) for name, _, value in pairs)
    fields = dict(parameters)
    for name in ("AWSAccessKeyId", "Signature", "Expires"):
        if not fields.get(name):
            raise SignatureRefused("missing")
    if not fields["Expires"].isdecimal():
        raise SignatureRefused("missing")
    return PresignedV2(
        fields["AWSAccessKeyId"],
        fields.get("x-amz-security-token", ""),
        fields["Signature"],
        fields["Expires"],
        method,
        raw_path,
        parameters,
        headers,
    )


def verify_presigned_v2(signature: PresignedV2, secret: str, now: float | None) -> None:
    """Check that an address was signed with this secret and is still good.

    Raises:
        SignatureRefused: with the reason `mismatch` or `expired_url`.
    """
    expires_at = float(signature.expires)
    if now is not None and now > expires_at:
        raise SignatureRefused("expired_url", skew_text(format_time(expires_at), now, 0))
    for resource in _resources(signature):
        expected = hmac.digest(secret.encode(), _string_to_sign(signature, resource), "sha1")
        if hmac.compare_digest(base64.b64encode(expected), signature.value.encode()):
            return
    raise SignatureRefused("mismatch")


def _string_to_sign(signature: PresignedV2, resource: str) -> bytes:
    # What would be a header may stand in the query string instead.
    named = {name.lower(): value for name, value in signature.parameters}
    given = {**signature.headers, **named}
    amazon = sorted(
        (name, " ".join(value.split())) for name, value in given.items() if name[:6] == "x-amz-"
    )
    lines = [
        signature.method,
        given.get("content-md5", ""),
        given.get("content-type", ""),
        signature.expires,
        *(f"{name}:{value}" for name, value in amazon),
        resource,
    ]
    return "\n".join(lines).encode()


def _resources(signature: PresignedV2) -> Iterator[str]:
    """What may have been signed: the path alone, or behind the bucket that the host begins with."""
    asked = sorted(
        f"{name}={value}" if value else name
        for name, value in signature.parameters
        if name in _SIGNED_PARAMETERS
    )
    end = f"?{'&'.join(asked)}" if asked else ""
    yield f"{signature.raw_path}{end}"
    bucket, dot, _ = signature.headers.get("host", "").partition(".")
    if dot:
        yield f"/{bucket}{signature.raw_path}{end}"

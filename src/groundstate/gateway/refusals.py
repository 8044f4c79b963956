"""How AWS words the refusal of a request that it cannot authenticate, by service family.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

import time
from typing import NamedTuple

from groundstate.operation import ServiceError, named_error

_IS_INVALID = "The security token included in the request is invalid."
_IS_EXPIRED = "The security token included in the request is expired"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS"
    " Secret Access Key and signing method. Consult the service documentation for details."
)
_S3_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your key"
    " and signing method."
)


class Wording(NamedTuple):
    """A code, an HTTP status, and the text for a refusal that brings none of its own."""

    code: str
    status: int
    message: str


_JSON = {
    "missing": Wording(
        "MissingAuthenticationTokenException", 400, "Request is missing Authentication Token"
    ),
    "malformed": Wording("IncompleteSignatureException", 400, ""),
    "malformed_query": Wording("IncompleteSignatureException", 400, ""),
    "unknown": Wording("UnrecognizedClientException", 400, _IS_INVALID),
    "expired": Wording("ExpiredTokenException", 400, _IS_EXPIRED),
    "mismatch": Wording("InvalidSignatureException", 400, _MISMATCH),
    "skewed": Wording("InvalidSignatureException", 400, ""),
    "expired_url": Wording("InvalidSignatureException", 400, ""),
    "payload": Wording("InvalidSignatureException", 400, _MISMATCH),
}
_REST_JSON = {
    reason: wording._replace(status=403)
    for reason, wording in {
        **_JSON,
        "missing": Wording(
            "MissingAuthenticationTokenException", 403, "Missing Authentication Token"
        ),
    }.items()
}
_QUERY = {
    "missing": Wording(
        "MissingAuthenticationToken", 403, "Request is missing Authentication Token"
    ),
    "malformed": Wording("IncompleteSignature", 400, ""),
    "malformed_query": Wording("IncompleteSignature", 400, ""),
    "unknown": Wording("InvalidClientTokenId", 403, _IS_INVALID),
    "expired": Wording("ExpiredToken", 403, _IS_EXPIRED),
    "mismatch": Wording("SignatureDoesNotMatch", 403, _MISMATCH),
    "skewed": Wording("SignatureDoesNotMatch", 403, ""),
    "expired_url": Wording("SignatureDoesNotMatch", 403, ""),
    "payload": Wording("SignatureDoesNotMatch", 403, _MISMATCH),
}
_S3 = {
    "missing": Wording("AccessDenied", 403, "Access Denied"),
    "malformed": Wording("AuthorizationHeaderMalformed", 400, ""),
    "malformed_query": Wording("AuthorizationQueryParametersError", 400, ""),
    "unknown": Wording(
        "InvalidAccessKeyId",
        403,
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    "expired": Wording("ExpiredToken", 400, "The provided token has expired."),
    "mismatch": Wording("SignatureDoesNotMatch", 403, _S3_MISMATCH),
    "skewed": Wording(
        "RequestTimeTooSkewed",
        403,
        "The difference between the request time and the current time is too large.",
    ),
    "expired_url": Wording("AccessDenied", 403, "Request has expired"),
    "payload": Wording(
        "XAmzContentSHA256Mismatch",
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ),
}
# S3 has one text for each of these; the others say what they saw.
_S3_OWN_TEXT = frozenset({"mismatch", "skewed", "expired_url"})
_FAMILIES = {
    "json": _JSON,
    "front": _JSON,
    "rest-json": _REST_JSON,
    "query": _QUERY,
    "ec2": _QUERY,
    "rest-xml": _S3,
}


class SignatureRefused(Exception):
    """A request is not authenticated.

    Args:
        reason: `missing`, `malformed`, `malformed_query`, `unknown` (the key, or a token that is
            not the key's), `expired` (the session), `mismatch`, `skewed`, `expired_url`, `payload`.
        message: what is wrong, where the reason alone does not say it.
        front_message: the same, where DynamoDB's servers word it otherwise.
    """

    def __init__(
        self,
        reason: str,
        message: str = "",
        *,
        front_message: str = "",
        claimed: str = "",
        computed: str = "",
        timestamp: str = "",
    ) -> None:
        super().__init__(message or reason)
        self.reason = reason
        self.message = message
        self._front_message = front_message
        self._claimed, self._computed, self._timestamp = claimed, computed, timestamp

    def as_service_error(self, family: str) -> ServiceError:
        """The error that a service of this family answers.

        Args:
            family: its protocol (`rest-xml` for S3), or `front` for DynamoDB's servers.
        """
        wordings = _FAMILIES[family]
        code, status, own = wordings[self.reason]
        message = self.message or own
        if family == "front" and self._front_message:
            message = self._front_message
        members: dict[str, str] = {}
        if wordings is _S3:
            if self.reason in _S3_OWN_TEXT:
                message = own
            members = self._s3_members()
        return named_error(code, message, status, **members)

    def _s3_members(self) -> dict[str, str]:
        if self.reason == "payload":
            return {
                "ClientComputedContentSHA256": self._claimed,
                "S3ComputedContentSHA256": self._computed,
            }
        if self.reason == "skewed":
            return {"RequestTime": self._timestamp, "MaxAllowedSkewMilliseconds": "900000"}
        return {}


def format_time(at: float) -> str:
    """Epoch seconds as `YYYYMMDD'T'HHMMSS'Z'`."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))


def skew_text(timestamp: str, now: float, offset_s: int) -> str:
    """Say that a signature is too old (a negative offset) or comes from the future."""
    limit = format_time(now + offset_s)
    minutes, rest_s = divmod(abs(offset_s), 60)
    span = f"{minutes} min." if rest_s == 0 else f"{abs(offset_s)} s."
    if offset_s < 0:
        return (
            f"Signature expired: {timestamp} is now earlier than {limit}"
            f" ({format_time(now)} - {span})"
        )
    return (
        f"Signature not yet current: {timestamp} is still later than {limit}"
        f" ({format_time(now)} + {span})"
    )

"""Verify AWS Signature Version 4: who signed a request, and whether they signed this very request.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

PURE: no I/O, no clock. The gateway calls it in this order:

    signature = read_signature(method, raw_path, raw_query, headers)   # no secret is needed yet
    found = find_credentials(..., signature.access_key_id, signature.session_token, ...)
    if found.refusal: raise SignatureRefused(found.refusal)
    verify(signature, found.secret, body, now)

and answers a `SignatureRefused` with `refused.as_service_error(family)`, where the family is the
service's protocol (`json`, `rest-json`, `query`), or `rest-xml` for S3: each words it differently.

A canonical request is hashed, its hash is put under a line with the time and the scope, and that
text is signed with a key that is derived from the secret, the day, the region and the service. The
derived key is kept, so that a request costs two hashes and one HMAC.
"""

from __future__ import annotations

import base64
import calendar
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, NoReturn

from groundstate.gateway.canonical import canonical_path, canonical_query, decode, trim_header
from groundstate.gateway.refusals import SignatureRefused, format_time, skew_text
from groundstate.gateway.sigv2 import PresignedV2, read_presigned_v2, verify_presigned_v2

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
EMPTY_SHA256 = sha256(b"").hexdigest()
# A presigned address may live for seven days:
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
PRESIGNED_S_MAX = 604_800
_SCOPE = re.compile(r"Credential=[^,&\s]*/([^/,&\s]*)/aws4_request")
# S3 and DynamoDB allow fifteen minutes, the others five (their messages say so).
SKEW_S = 300
LONG_SKEW_S = 900
_HEADER_PARTS = ("Credential", "Signature", "SignedHeaders")
_QUERY_PARAMETERS = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "X-Amz-Date",
)
_LONG_SKEW_SERVICES = frozenset({"s3", "dynamodb"})


class Scope(NamedTuple):
    """The credential scope: `<access key id>/<date>/<region>/<service>/aws4_request`."""

    access_key_id: str
    date: str
    region: str
    service: str


@dataclass(slots=True)
class Signature:
    """What a request says of its own signature, with the parts of the request that it covers.

    Attributes:
        access_key_id, date, region, service: the credential scope; the date is `YYYYMMDD`.
        signed_headers: their names, in lower case, as signed.
        value: the signature, in hex.
        timestamp: when it was signed, `YYYYMMDD'T'HHMMSS'Z'`.
        session_token: of temporary credentials; empty without.
        expires_s: how long a presigned address is good for; None in the header form.
        payload_hash: what the request claims, e.g. a SHA-256 in hex, `UNSIGNED-PAYLOAD` or
            `STREAMING-...`; empty where the body decides (every service but S3).
        method, raw_path, raw_query, headers: the request's, as they were given.
        presigned_v2: the request is a presigned address of version 2, which has no date and no
            region; else None.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    value: str
    timestamp: str
    session_token: str
    expires_s: int | None
    payload_hash: str
    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]
    presigned_v2: PresignedV2 | None = None


def read_signature(
    method: str, raw_path: str, raw_query: str, headers: Mapping[str, str]
) -> Signature:
    """Find the signature of a request, in its Authorization header or in its query string.

    Args:
        method: `GET`, `POST`, ...
        raw_path: the path as it was sent, with its percent signs, without the query string.
        raw_query: what was sent after `?`, without it.
        headers: by lower-case name; the values of a header that came twice joined with `,`.

    Raises:
        SignatureRefused: there is none (reason `missing`), or it is not of the right form.
    """
    authorization = headers.get("authorization")
    if authorization is None:
        if "X-Amz-Algorithm" in raw_query:
            return _read_query(method, raw_path, raw_query, headers)
        if "AWSAccessKeyId=" in raw_query:
            return _read_version_2(method, raw_path, raw_query, headers)
        raise SignatureRefused("missing")
    if not authorization.startswith("AWS4-"):
        raise SignatureRefused("missing")
    prefix, found, value = authorization.rpartition("Signature=")
    value = value.strip()
    if not found or "," in value or " " in value:
        prefix, value = _put_signature_last(authorization, headers)
    fields = _read_fields(prefix)
    timestamp = headers.get("x-amz-date") or _timestamp_of_date(headers.get("date"))
    if fields is None or timestamp is None:
        _refuse_header(authorization, headers)
    scope, signed_headers = fields
    if not timestamp.startswith(scope.date):
        raise SignatureRefused(
            "mismatch",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from"
            f" HTTP: '{scope.date}' != '{timestamp[:8]}', from '{timestamp}'.",
        )
    access_key_id, date, region, service = scope
    return Signature(
        access_key_id,
        date,
        region,
        service,
        signed_headers,
        value,
        timestamp,
        headers.get("x-amz-security-token", ""),
        None,
        headers.get("x-amz-content-sha256", "") if service == "s3" else "",
        method,
        raw_path,
        raw_query,
        headers,
    )


def find_scope_service(raw_query: str, headers: Mapping[str, str]) -> str | None:
    """The service that a request's credential scope names; None for one without a scope.

    It tells whose words a request is to be refused in; nothing of it is verified.
    """
    found = _SCOPE.search(headers.get("authorization", "")) or _SCOPE.search(decode(raw_query))
    return None if found is None else found[1]


def verify(signature: Signature, secret: str, body: bytes | None, now: float | None) -> None:
    """Check that the request was signed with this secret, lately, and has this body.

    Args:
        body: the whole body. None: it is streamed and S3 checks it against `payload_hash`.
        now: the machine's time in epoch seconds, by which clients sign (not a virtual clock's).
            None: the time of signing is not checked.

    Raises:
        SignatureRefused: with the reason `mismatch`, `skewed`, `expired_url` or `payload`.
    """
    if signature.presigned_v2 is not None:
        verify_presigned_v2(signature.presigned_v2, secret, now)
        return
    if "host" not in signature.signed_headers:
        raise SignatureRefused(
            "mismatch", "'Host' must be a 'SignedHeader' in the AWS Authorization."
        )
    if now is not None:
        _check_time(signature, now)
    payload_hash = signature.payload_hash
    if not payload_hash:
        payload_hash = sha256(body).hexdigest() if body else EMPTY_SHA256
    elif len(payload_hash) == 64 and body is not None:
        computed = sha256(body).hexdigest()
        if not hmac.compare_digest(computed, payload_hash):
            raise SignatureRefused("payload", claimed=payload_hash, computed=computed)
    inner, outer = _padded_key(secret, signature.date, signature.region, signature.service)
    # HMAC spelled out: half the cost of the library's, with a key that is used again and again.
    text = string_to_sign(signature, payload_hash).encode()
    expected = sha256(outer + sha256(inner + text).digest()).hexdigest()
    if not hmac.compare_digest(expected, signature.value):
        raise SignatureRefused("mismatch")


def string_to_sign(signature: Signature, payload_hash: str) -> str:
    """The text that is signed: the time, the scope, and the hash of the canonical request."""
    canonical = sha256(
        canonical_request(signature, payload_hash).encode("utf-8", "surrogateescape")
    )
    return (
        f"{ALGORITHM}\n{signature.timestamp}\n"
        f"{signature.date}/{signature.region}/{signature.service}/aws4_request\n"
        f"{canonical.hexdigest()}"
    )


def canonical_request(signature: Signature, payload_hash: str) -> str:
    """The request in the one form that both sides agree on."""
    find = signature.headers.get
    lines = ""
    for name in signature.signed_headers:
        value = find(name, "")
        # What `trim_header` does, without a call for each of the plain ones.
        value = trim_header(value) if "  " in value else value.strip()
        lines += f"{name}:{value}\n"
    path, query = signature.raw_path, signature.raw_query
    if path != "/":
        path = canonical_path(path, signature.service)
    if query:
        query = canonical_query(query)
    return (
        f"{signature.method}\n{path}\n{query}\n{lines}\n"
        f"{';'.join(signature.signed_headers)}\n{payload_hash}"
    )


@lru_cache(maxsize=1024)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key derived from a secret for one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


@lru_cache(maxsize=1024)
def _padded_key(secret: str, date: str, region: str, service: str) -> tuple[bytes, bytes]:
    """The signing key as HMAC's inner and outer hash begin with it."""
    key = signing_key(secret, date, region, service).ljust(sha256().block_size, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


@lru_cache(maxsize=1024)
def _read_fields(prefix: str) -> tuple[Scope, tuple[str, ...]] | None:
    """The scope and the signed headers from `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=...`.

    A client's next requests of the day begin with the same text, so it is read once.
    """
    algorithm, _, rest = prefix.strip().rstrip(",").partition(" ")
    if algorithm != ALGORITHM:
        return None
    fields = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            return None
        fields[name] = value
    if not fields.get("Credential") or not fields.get("SignedHeaders"):
        return None
    return _read_scope(fields["Credential"]), tuple(fields["SignedHeaders"].lower().split(";"))


def _read_scope(credential: str) -> Scope:
    # The access key id comes first and could hold slashes; the four parts after it cannot.
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or not parts[0]:
        raise SignatureRefused(
            "malformed",
            "Credential must have exactly 5 slash-delimited elements, e.g."
            f" keyid/date/region/service/term, got '{credential}'",
        )
    if parts[4] != "aws4_request":
        raise SignatureRefused(
            "mismatch",
            "Credential should be scoped with a valid terminator: 'aws4_request',"
            f" not '{parts[4]}'.",
        )
    return Scope(*parts[:4])


def _read_query(
    method: str, raw_path: str, raw_query: str, headers: Mapping[str, str]
) -> Signature:
    fields = {}
    for pair in raw_query.split("&"):
        name, _, value = pair.partition("=")
        fields[decode(name)] = decode(value)
    absent = [name for name in _QUERY_PARAMETERS if not fields.get(name)]
    if absent:
        listed = "".join(f"AWS query-string parameters must include '{name}'. " for name in absent)
        raise SignatureRefused(
            "malformed_query", f"{listed}Re-examine the query-string parameters."
        )
    if fields["X-Amz-Algorithm"] != ALGORITHM:
        raise SignatureRefused(
            "malformed_query", f"Unsupported AWS 'algorithm': '{fields['X-Amz-Algorithm']}'"
        )
    scope = _read_scope(fields["X-Amz-Credential"])
    expires = fields.get("X-Amz-Expires", "0" if scope.service == "s3" else str(LONG_SKEW_S))
    if not expires.isdecimal() or int(expires) > PRESIGNED_S_MAX:
        raise SignatureRefused(
            "malformed_query", "X-Amz-Expires must be less than a week (in seconds) that is 604800"
        )
    return Signature(
        *scope,
        tuple(fields["X-Amz-SignedHeaders"].lower().split(";")),
        fields["X-Amz-Signature"],
        fields["X-Amz-Date"],
        fields.get("X-Amz-Security-Token", ""),
        int(expires),
        headers.get("x-amz-content-sha256", UNSIGNED_PAYLOAD) if scope.service == "s3" else "",
        method,
        raw_path,
        raw_query,
        headers,
    )


def _read_version_2(
    method: str, raw_path: str, raw_query: str, headers: Mapping[str, str]
) -> Signature:
    found = read_presigned_v2(method, raw_path, raw_query, headers)
    return Signature(
        found.access_key_id,
        "",
        "",
        "s3",
        (),
        found.value,
        "",
        found.session_token,
        None,
        UNSIGNED_PAYLOAD,
        method,
        raw_path,
        raw_query,
        headers,
        found,
    )


def _put_signature_last(authorization: str, headers: Mapping[str, str]) -> tuple[str, str]:
    """A header whose parts stand in another order than SDKs write them, before and after `=`."""
    fields = _parts_of(authorization)
    if not all(fields.get(name) for name in _HEADER_PARTS):
        _refuse_header(authorization, headers)
    algorithm = authorization.partition(" ")[0]
    named = f"Credential={fields['Credential']}, SignedHeaders={fields['SignedHeaders']}"
    return f"{algorithm} {named}, ", fields["Signature"].strip()


def _parts_of(authorization: str) -> dict[str, str]:
    found = {}
    for part in re.split("[, ]+", authorization)[1:]:
        name, _, value = part.partition("=")
        found[name] = value
    return found


def _refuse_header(authorization: str, headers: Mapping[str, str]) -> NoReturn:
    """Say all that is wrong with an Authorization header, as AWS does."""
    hashed = base64.b64encode(sha256(authorization.encode()).digest()).decode()
    fields = _parts_of(authorization)
    said = [
        f"Authorization header requires '{name}' parameter."
        for name in _HEADER_PARTS
        if not fields.get(name)
    ]
    if "x-amz-date" not in headers and "date" not in headers:
        said.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if not said:
        raise SignatureRefused(
            "malformed",
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with"
            f" SHA-256 and encoded with Base64): '{hashed}'.",
        )
    text = " ".join(said)
    raise SignatureRefused(
        "malformed",
        f"{text} (Hashed with SHA-256 and encoded with Base64) Authorization={hashed}",
        # Recorded before AWS began to hash the header.
        front_message=f"{text} Authorization={authorization}",
    )


@lru_cache(maxsize=256)
def _epoch(timestamp: str) -> float:
    """A timestamp's epoch seconds; clients that sign many requests a second share it."""
    try:
        return float(calendar.timegm(time.strptime(timestamp, "%Y%m%dT%H%M%SZ")))
    except ValueError:
        raise SignatureRefused(
            "malformed",
            f"Date must be in ISO-8601 'basic format'. Got '{timestamp}'."
            " See http://en.wikipedia.org/wiki/ISO_8601",
        ) from None


def _timestamp_of_date(date: str | None) -> str | None:
    """The Date header in the form of X-Amz-Date."""
    if not date:
        return None
    try:
        return format_time(parsedate_to_datetime(date).timestamp())
    except (TypeError, ValueError):
        return date


def _check_time(signature: Signature, now: float) -> None:
    signed_at = _epoch(signature.timestamp)
    skew_s = LONG_SKEW_S if signature.service in _LONG_SKEW_SERVICES else SKEW_S
    if signature.expires_s is not None:
        if now > signed_at + signature.expires_s:
            raise SignatureRefused(
                "expired_url", skew_text(signature.timestamp, now, -signature.expires_s)
            )
        if now < signed_at - skew_s:
            raise SignatureRefused("skewed", skew_text(signature.timestamp, now, skew_s))
    elif abs(now - signed_at) > skew_s:
        offset_s = skew_s if signed_at > now else -skew_s
        raise SignatureRefused(
            "skewed", skew_text(signature.timestamp, now, offset_s), timestamp=signature.timestamp
        )

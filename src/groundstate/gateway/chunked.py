"""Bodies that S3's clients send in signed chunks, `Content-Encoding: aws-chunked`.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html

PURE. A chunk is `<size in hex>[;chunk-signature=<hex>]`, the data, and an empty line; the last one
has the size 0, and trailers (checksums) may follow. Each signature covers the one before it, so the
first is the request's own.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import NamedTuple

from groundstate.gateway.http import HttpRequest
from groundstate.gateway.refusals import SignatureRefused
from groundstate.gateway.sigv4 import EMPTY_SHA256, Signature, signing_key
from groundstate.operation import ServiceError

_SIGNED = frozenset(
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"}
)
_UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


class IncompleteBody(ServiceError):
    """The body is not whole, or not in chunks."""


class InvalidRequest(ServiceError):
    """The body is in a form that is not known."""


class Decoded(NamedTuple):
    """A body without its chunks, and the headers that came behind it."""

    body: bytes
    trailers: dict[str, str]


def unwrap_body(signature: Signature, secret: str, request: HttpRequest) -> None:
    """Give a verified request the body that its client meant, with its trailers as headers.

    Raises:
        SignatureRefused: a chunk is not signed as it should be.
        IncompleteBody: the chunks do not add up.
        InvalidRequest: the client signs in a way that is not known.
    """
    kind = signature.payload_hash
    if not kind.startswith("STREAMING-"):
        return
    if kind not in _SIGNED and kind != _UNSIGNED:
        raise InvalidRequest(f"The value of x-amz-content-sha256 is invalid: {kind}")
    decoded = decode_chunks(signature, secret if kind in _SIGNED else None, request.body)
    length = request.headers.get("x-amz-decoded-content-length")
    if length is not None and length != str(len(decoded.body)):
        raise IncompleteBody("You did not provide the number of bytes specified by Content-Length.")
    request.body = decoded.body
    encodings = request.headers.pop("content-encoding", "").split(",")
    kept = [name.strip() for name in encodings if name.strip() not in ("", "aws-chunked")]
    if kept:
        request.headers["content-encoding"] = ",".join(kept)
    request.headers["content-length"] = str(len(decoded.body))
    for name, value in decoded.trailers.items():
        request.headers.setdefault(name, value)


def decode_chunks(signature: Signature, secret: str | None, body: bytes) -> Decoded:
    """Take a body out of its chunks.

    Args:
        secret: to check the chunks' signatures with; None if they have none.

    Raises:
        SignatureRefused: a chunk or the trailers are not signed as they should be.
        IncompleteBody: a chunk is cut off.
    """
    chain = None if secret is None else _Chain(signature, secret)
    parts = []
    position = 0
    while True:
        end = body.find(b"\r\n", position)
        if end < 0:
            raise IncompleteBody("The request body terminated unexpectedly")
        size, chunk_signature = _read_head(body[position:end])
        data = body[end + 2 : end + 2 + size]
        position = end + 2 + size
        if len(data) < size or (size and body[position : position + 2] != b"\r\n"):
            raise IncompleteBody("The request body terminated unexpectedly")
        if chain is not None:
            chain.check_chunk(data, chunk_signature)
        if size == 0:
            break
        parts.append(data)
        position += 2
    return Decoded(b"".join(parts), _read_trailers(body[position:], chain))


class _Chain:
    """The chain of signatures from chunk to chunk."""

    def __init__(self, signature: Signature, secret: str) -> None:
        scope = (signature.date, signature.region, signature.service)
        self._key = signing_key(secret, *scope)
        self._head = f"{signature.timestamp}\n{'/'.join(scope)}/aws4_request\n"
        self._previous = signature.value

    def check_chunk(self, data: bytes, value: str) -> None:
        hashed = sha256(data).hexdigest()
        self._check("AWS4-HMAC-SHA256-PAYLOAD", f"{EMPTY_SHA256}\n{hashed}", value)

    def check_trailers(self, lines: bytes, value: str) -> None:
        self._check("AWS4-HMAC-SHA256-TRAILER", sha256(lines).hexdigest(), value)

    def _check(self, algorithm: str, hashed: str, value: str) -> None:
        text = f"{algorithm}\n{self._head}{self._previous}\n{hashed}"
        expected = hmac.digest(self._key, text.encode(), "sha256").hex()
        if not hmac.compare_digest(expected.encode(), value.encode()):
            raise SignatureRefused("mismatch")
        self._previous = expected


def _read_head(line: bytes) -> tuple[int, str]:
    size, _, extension = line.decode("latin-1").partition(";")
    try:
        length = int(size, 16)
    except ValueError:
        raise IncompleteBody("The request body is not in chunks") from None
    if length < 0:
        raise IncompleteBody("The request body is not in chunks")
    return length, extension.partition("chunk-signature=")[2].strip()


def _read_trailers(text: bytes, chain: _Chain | None) -> dict[str, str]:
    trailers: dict[str, str] = {}
    for line in text.decode("latin-1").split("\r\n"):
        name, colon, value = line.strip().partition(":")
        if colon:
            trailers[name.strip().lower()] = value.strip()
    value = trailers.pop("x-amz-trailer-signature", "")
    if chain is not None and (trailers or value):
        lines = "".join(f"{name}:{trailers[name]}\n" for name in sorted(trailers))
        chain.check_trailers(lines.encode("latin-1"), value)
    return trailers

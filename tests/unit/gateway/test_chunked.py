"""Bodies in chunks, signed and unsigned, with and without trailers."""

from __future__ import annotations

import hmac
import time
from hashlib import sha256

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate.gateway.chunked import IncompleteBody, InvalidRequest, unwrap_body
from groundstate.gateway.http import HttpRequest
from groundstate.gateway.refusals import SignatureRefused
from groundstate.gateway.sigv4 import read_signature, signing_key, verify

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
EMPTY = sha256(b"").hexdigest()


class Streaming(S3SigV4Auth):
    kind = SIGNED

    def payload(self, request):
        return self.kind


def send(chunks, kind=SIGNED, *, trailers=(), secret="secret"):
    """A request whose body a client sent in these chunks."""
    length = str(sum(map(len, chunks)))
    headers = {"X-Amz-Decoded-Content-Length": length, "Content-Encoding": "aws-chunked"}
    request = AWSRequest("PUT", "http://localhost:4566/b/k", data=b"", headers=headers)
    auth = Streaming(Credentials("test", secret), "s3", "us-east-1")
    auth.kind = kind
    auth.add_auth(request)
    lower = {name.lower(): value for name, value in request.prepare().headers.items()}
    lower = {name: v.decode() if isinstance(v, bytes) else v for name, v in lower.items()}
    lower["host"] = "localhost:4566"
    sent = HttpRequest("PUT", "/b/k", "", lower, b"")
    signature = read_signature("PUT", "/b/k", "", lower)
    sent.body = write(signature, [*chunks, b""], kind, trailers, secret)
    verify(signature, "secret", sent.body, time.time())
    return signature, sent


def write(signature, chunks, kind, trailers, secret):
    key = signing_key(secret, signature.date, "us-east-1", "s3")
    head = f"{signature.timestamp}\n{signature.date}/us-east-1/s3/aws4_request\n"
    previous, body = signature.value, b""
    for chunk in chunks:
        extension = b""
        if kind != UNSIGNED_TRAILER:
            text = (
                f"AWS4-HMAC-SHA256-PAYLOAD\n{head}{previous}\n{EMPTY}\n{sha256(chunk).hexdigest()}"
            )
            previous = hmac.digest(key, text.encode(), "sha256").hex()
            extension = f";chunk-signature={previous}".encode()
        body += b"%x" % len(chunk) + extension + b"\r\n"
        body += chunk + b"\r\n" if chunk else b""
    for name, value in trailers:
        body += f"{name}:{value}\r\n".encode()
    if trailers and kind == SIGNED_TRAILER:
        lines = "".join(f"{name}:{value}\n" for name, value in trailers)
        text = f"AWS4-HMAC-SHA256-TRAILER\n{head}{previous}\n{sha256(lines.encode()).hexdigest()}"
        value = hmac.digest(key, text.encode(), "sha256").hex()
        body += f"x-amz-trailer-signature:{value}\r\n".encode()
    return body + b"\r\n"


@pytest.mark.parametrize("kind", [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_body_is_taken_out_of_its_chunks(kind):
    signature, sent = send([b"one\r\n", b"two"], kind)
    unwrap_body(signature, "secret", sent)
    assert sent.body == b"one\r\ntwo"
    assert "content-encoding" not in sent.headers
    assert sent.headers["content-length"] == "8"


@pytest.mark.parametrize("kind", [SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_trailers_become_headers(kind):
    signature, sent = send([b"one"], kind, trailers=[("x-amz-checksum-crc32", "Df0A/Q==")])
    unwrap_body(signature, "secret", sent)
    assert sent.headers["x-amz-checksum-crc32"] == "Df0A/Q=="


def test_other_encodings_stay():
    signature, sent = send([b"one"])
    sent.headers["content-encoding"] = "aws-chunked,gzip"
    unwrap_body(signature, "secret", sent)
    assert sent.headers["content-encoding"] == "gzip"


def test_altered_chunk_is_refused():
    signature, sent = send([b"one", b"two"])
    sent.body = sent.body.replace(b"two", b"tvo")
    with pytest.raises(SignatureRefused):
        unwrap_body(signature, "secret", sent)


def test_chunks_out_of_order_are_refused():
    signature, sent = send([b"one", b"two"])
    one, two, end = sent.body.index(b"3;"), sent.body.rindex(b"3;"), sent.body.index(b"0;chunk")
    sent.body = sent.body[two:end] + sent.body[one:two] + sent.body[end:]
    with pytest.raises(SignatureRefused):
        unwrap_body(signature, "secret", sent)


def test_altered_trailer_is_refused():
    signature, sent = send([b"one"], SIGNED_TRAILER, trailers=[("x-amz-checksum-crc32", "AAAA")])
    sent.body = sent.body.replace(b"AAAA", b"AAAB")
    with pytest.raises(SignatureRefused):
        unwrap_body(signature, "secret", sent)


@pytest.mark.parametrize("cut", [1, 20, 90, 100])
def test_body_that_is_cut_off_is_refused(cut):
    signature, sent = send([b"one" * 10])
    sent.body = sent.body[:cut]
    with pytest.raises((IncompleteBody, SignatureRefused)):
        unwrap_body(signature, "secret", sent)


@pytest.mark.parametrize("body", [b"", b"zz\r\n", b"-1\r\n\r\n", b"plain text"])
def test_body_without_chunks_is_refused(body):
    signature, sent = send([b"one"], UNSIGNED_TRAILER)
    sent.body = body
    with pytest.raises(IncompleteBody):
        unwrap_body(signature, "secret", sent)


def test_length_must_be_the_promised_one():
    signature, sent = send([b"one"])
    sent.headers["x-amz-decoded-content-length"] = "4"
    with pytest.raises(IncompleteBody):
        unwrap_body(signature, "secret", sent)


def test_unknown_kind_is_refused():
    signature, sent = send([b"one"], "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")
    with pytest.raises(InvalidRequest):
        unwrap_body(signature, "secret", sent)


@settings(max_examples=50)
@given(
    st.lists(st.binary(min_size=1, max_size=50), max_size=5),
    st.sampled_from([SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER]),
)
def test_any_chunks_come_back_whole(chunks, kind):
    signature, sent = send(chunks, kind)
    unwrap_body(signature, "secret", sent)
    assert sent.body == b"".join(chunks)

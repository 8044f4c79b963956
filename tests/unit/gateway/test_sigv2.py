"""Presigned addresses of Signature Version 2, as boto3 makes them."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest
from botocore.auth import HmacV1QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from groundstate.gateway.refusals import SignatureRefused
from groundstate.gateway.sigv4 import read_signature, verify

HOST = "127.0.0.1:4566"


def presign(url="/bucket/key", *, method="GET", token=None, headers=None, host=HOST, bucket=""):
    request = AWSRequest(method, f"http://{host}{url}", headers=headers or {})
    if bucket:
        request.auth_path = f"/{bucket}{urlsplit(url).path}"
    HmacV1QueryAuth(Credentials("test", "secret", token), expires=60).add_auth(request)
    parts = urlsplit(request.url)
    return [method, parts.path, parts.query, {"host": host}]


def check(sent, *, secret="secret", now=None):
    signature = read_signature(*sent)
    verify(signature, secret, b"", time.time() if now is None else now)
    return signature


def reason(sent, **given):
    with pytest.raises(SignatureRefused) as refused:
        check(sent, **given)
    return refused.value.reason


@pytest.mark.parametrize(
    "url",
    [
        "/bucket/key",
        "/bucket/a%20key/%C3%A9",
        "/bucket/key?versionId=a%2Fb&response-content-type=text%2Fplain",
        "/bucket?uploads",
        "/bucket/key?list-type=2",
    ],
)
def test_what_botocore_presigns_is_taken(url):
    signature = check(presign(url))
    assert (signature.access_key_id, signature.service) == ("test", "s3")


def test_session_token_is_read():
    assert check(presign(token="a/token+=")).session_token == "a/token+="


def test_bucket_in_the_host_name_is_taken():
    check(presign("/key", host="bucket.localhost:4566", bucket="bucket"))


def test_type_of_an_upload_is_signed():
    sent = presign(method="PUT", headers={"Content-Type": "text/plain"})
    check(sent)
    sent[2] = sent[2].replace("text%2Fplain", "text%2Fhtml")
    assert reason(sent) == "mismatch"


def test_another_secret_path_or_method_is_refused():
    sent = presign()
    assert reason(sent, secret="other") == "mismatch"
    assert reason(["DELETE", *sent[1:]]) == "mismatch"
    assert reason([sent[0], "/bucket/other", *sent[2:]]) == "mismatch"


def test_later_end_is_refused():
    sent = presign()
    name, _, end = sent[2].rpartition("Expires=")
    sent[2] = f"{name}Expires={int(end) + 1000}"
    assert reason(sent) == "mismatch"


def test_address_expires():
    sent = presign()
    check(sent, now=time.time() + 58)
    assert reason(sent, now=time.time() + 62) == "expired_url"


@pytest.mark.parametrize("gone", ["Signature", "Expires"])
def test_incomplete_address_is_refused(gone):
    sent = presign()
    sent[2] = sent[2].replace(gone, "Gone")
    assert reason(sent) == "missing"

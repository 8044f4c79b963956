"""Signature Version 4: what botocore signs is taken, anything else is refused with AWS's words."""

from __future__ import annotations

import calendar
import time
from urllib.parse import quote, urlencode, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate.gateway.refusals import SignatureRefused
from groundstate.gateway.sigv4 import read_signature, signing_key, verify

HOST = "127.0.0.1:4566"


class Sent:
    """A request as it arrives: what a client signed, taken apart as the server does."""

    def __init__(self, prepared, body):
        url = urlsplit(prepared.url)
        self.method, self.path, self.query = prepared.method, url.path or "/", url.query
        self.headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in prepared.headers.items()
        }
        self.headers.setdefault("host", url.netloc)
        self.body = body

    def read(self):
        return read_signature(self.method, self.path, self.query, self.headers)

    def verify(self, *, secret="test", now=None):
        verify(self.read(), secret, self.body, time.time() if now is None else now)

    def refusal(self, **given):
        with pytest.raises(SignatureRefused) as refused:
            self.verify(**given)
        return refused.value


def sign(
    service="dynamodb",
    *,
    method="POST",
    path="/",
    body=b"{}",
    headers=None,
    token=None,
    auth=None,
    expires=None,
    secret="test",
):
    default = S3SigV4Auth if service == "s3" else SigV4Auth
    request = AWSRequest(method, f"http://{HOST}{path}", data=body, headers=headers or {})
    credentials = Credentials("test", secret, token)
    if expires is None:
        signer = (auth or default)(credentials, service, "us-east-1")
    else:
        signer = auth(credentials, service, "us-east-1", expires=expires)
    signer.add_auth(request)
    return Sent(request.prepare(), body)


def test_scope_of_a_header_is_read():
    signature = sign("states").read()
    assert (signature.access_key_id, signature.region, signature.service) == (
        "test",
        "us-east-1",
        "states",
    )


def test_session_token_of_a_header_is_read():
    sent = sign(token="a-token")
    assert sent.read().session_token == "a-token"
    sent.verify()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/2015-03-31/functions/Name%3AAlias/invocations",
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3AF",
        "/a/../b//c",
        "/with%20blank/%C3%A9?Marker=a%2Fb&z=1&A=2&empty=&flag",
        "/?a=2&a=1&a=%20x",
    ],
)
@pytest.mark.parametrize("service", ["lambda", "s3"])
def test_what_botocore_signs_is_taken(service, path):
    sign(service, method="GET", path=path, body=b"").verify()


def test_headers_with_runs_of_blanks_are_taken():
    sign(headers={"X-Amz-Meta-Note": "  one   two  "}).verify()


def test_another_secret_is_refused():
    assert sign().refusal(secret="other").reason == "mismatch"


def test_another_body_is_refused():
    sent = sign(body=b'{"a": 1}')
    sent.body = b'{"a": 2}'
    assert sent.refusal().reason == "mismatch"


def test_another_path_is_refused():
    sent = sign("lambda", method="GET", path="/one")
    sent.path = "/two"
    assert sent.refusal().reason == "mismatch"


def test_another_query_is_refused():
    sent = sign("lambda", method="GET", path="/one?a=1")
    sent.query = "a=2"
    assert sent.refusal().reason == "mismatch"


def test_another_signed_header_is_refused():
    sent = sign(headers={"X-Amz-Target": "DynamoDB_20120810.GetItem"})
    sent.headers["x-amz-target"] = "DynamoDB_20120810.DeleteItem"
    assert sent.refusal().reason == "mismatch"


def test_host_must_be_signed():
    sent = sign()
    text = sent.headers["authorization"]
    sent.headers["authorization"] = text.replace("SignedHeaders=host;", "SignedHeaders=")
    assert sent.refusal().message == "'Host' must be a 'SignedHeader' in the AWS Authorization."


def test_another_body_than_s3_was_told_of_is_refused():
    sent = sign("s3", method="PUT", path="/bucket/key", body=b"one")
    sent.body = b"two"
    refused = sent.refusal()
    assert refused.reason == "payload"
    error = refused.as_service_error("rest-xml")
    assert (error.code, error.status) == ("XAmzContentSHA256Mismatch", 400)


def test_unsigned_payload_of_s3_is_taken():
    sent = sign("s3", method="PUT", path="/b/k", auth=UnsignedPayload, body=b"one")
    sent.body = b"something else"
    sent.verify()


class UnsignedPayload(S3SigV4Auth):
    def payload(self, request):
        return "UNSIGNED-PAYLOAD"


def test_streamed_body_is_not_looked_at():
    sent = sign("s3", method="PUT", path="/b/k", body=b"one")
    verify(sent.read(), "test", None, time.time())


def test_unsigned_payload_of_another_service_is_refused():
    # Only S3 takes it: elsewhere the body's own hash counts.
    sent = sign("dynamodb", auth=UnsignedDynamo, headers={"x-amz-content-sha256": "-"})
    assert sent.refusal().reason == "mismatch"


class UnsignedDynamo(SigV4Auth):
    def payload(self, request):
        return "UNSIGNED-PAYLOAD"


@pytest.mark.parametrize("path", ["/bucket/a%20key/%2B", "/bucket/key?versionId=1"])
def test_presigned_s3_address_is_taken(path):
    sent = sign("s3", method="GET", path=path, body=b"", auth=S3SigV4QueryAuth, expires=60)
    sent.verify()


def test_presigned_address_with_a_session_token_is_taken():
    sent = sign(
        "s3", method="GET", path="/b/k", body=b"", auth=S3SigV4QueryAuth, expires=60, token="t/+="
    )
    assert sent.read().session_token == "t/+="
    sent.verify()


def test_presigned_address_of_another_service_is_taken():
    sent = sign("sts", method="GET", path="/?Action=X", body=b"", auth=SigV4QueryAuth, expires=60)
    sent.verify()


def test_presigned_address_expires():
    sent = sign("s3", method="GET", path="/b/k", body=b"", auth=S3SigV4QueryAuth, expires=60)
    sent.verify(now=time.time() + 58)
    refused = sent.refusal(now=time.time() + 62)
    error = refused.as_service_error("rest-xml")
    assert (error.code, error.status, error.message) == ("AccessDenied", 403, "Request has expired")


def test_presigned_address_for_more_than_a_week_is_refused():
    sent = sign("s3", method="GET", path="/b/k", body=b"", auth=S3SigV4QueryAuth, expires=604_801)
    assert sent.refusal().reason == "malformed_query"


def test_altered_presigned_address_is_refused():
    sent = sign("s3", method="GET", path="/b/k", body=b"", auth=S3SigV4QueryAuth, expires=60)
    sent.query = sent.query.replace("X-Amz-Expires=60", "X-Amz-Expires=61")
    assert sent.refusal().reason == "mismatch"


@pytest.mark.parametrize(("service", "limit_s"), [("states", 300), ("dynamodb", 900), ("s3", 900)])
def test_clock_may_be_off_by_so_much(service, limit_s):
    sent = sign(service)
    signed_at = calendar.timegm(time.strptime(sent.headers["x-amz-date"], "%Y%m%dT%H%M%SZ"))
    sent.verify(now=signed_at + limit_s)
    sent.verify(now=signed_at - limit_s)
    assert sent.refusal(now=signed_at + limit_s + 1).reason == "skewed"
    assert sent.refusal(now=signed_at - limit_s - 1).reason == "skewed"


def test_expired_signature_says_when():
    sent = sign("states")
    today = time.strftime("%Y%m%d", time.gmtime())
    sent.headers["x-amz-date"] = "20261123T060000Z"
    sent.headers["authorization"] = sent.headers["authorization"].replace(today, "20261123")
    refused = sent.refusal(now=calendar.timegm((2026, 11, 23, 6, 10, 0)))
    assert refused.message == (
        "Signature expired: 20261123T060000Z is now earlier than 20261123T060500Z"
        " (20261123T061000Z - 5 min.)"
    )


def test_signature_from_the_future_says_when():
    sent = sign("states")
    today = time.strftime("%Y%m%d", time.gmtime())
    sent.headers["x-amz-date"] = "20261123T062000Z"
    sent.headers["authorization"] = sent.headers["authorization"].replace(today, "20261123")
    refused = sent.refusal(now=calendar.timegm((2026, 11, 23, 6, 10, 0)))
    assert refused.message == (
        "Signature not yet current: 20261123T062000Z is still later than 20261123T061500Z"
        " (20261123T061000Z + 5 min.)"
    )


@pytest.mark.parametrize(
    ("family", "code", "status", "message"),
    [
        (
            "json",
            "MissingAuthenticationTokenException",
            400,
            "Request is missing Authentication Token",
        ),
        ("rest-json", "MissingAuthenticationTokenException", 403, "Missing Authentication Token"),
        ("query", "MissingAuthenticationToken", 403, "Request is missing Authentication Token"),
        ("rest-xml", "AccessDenied", 403, "Access Denied"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic dGVzdA=="}])
def test_request_without_a_signature_is_refused(headers, family, code, status, message):
    with pytest.raises(SignatureRefused) as refused:
        read_signature("POST", "/", "", {"host": HOST, **headers})
    error = refused.value.as_service_error(family)
    assert (error.code, error.status, error.message) == (code, status, message)


@pytest.mark.parametrize(
    ("family", "code", "status"),
    [
        ("json", "UnrecognizedClientException", 400),
        ("rest-json", "UnrecognizedClientException", 403),
        ("query", "InvalidClientTokenId", 403),
        ("rest-xml", "InvalidAccessKeyId", 403),
    ],
)
def test_unknown_key_has_the_code_of_its_service(family, code, status):
    error = SignatureRefused("unknown").as_service_error(family)
    assert (error.code, error.status) == (code, status)


@pytest.mark.parametrize(
    ("family", "code", "status"),
    [
        ("json", "InvalidSignatureException", 400),
        ("rest-json", "InvalidSignatureException", 403),
        ("query", "SignatureDoesNotMatch", 403),
        ("rest-xml", "SignatureDoesNotMatch", 403),
    ],
)
def test_bad_signature_has_the_code_of_its_service(family, code, status):
    error = SignatureRefused("mismatch").as_service_error(family)
    assert (error.code, error.status) == (code, status)
    assert error.message.startswith("The request signature we calculated does not match the")


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/states/aws4_request",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature",
        "AWS4-HMAC-SHA256 Credential, SignedHeaders=host, Signature=abc",
        "AWS4-HMAC-SHA512 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=abc",
        "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=abc",
    ],
)
def test_incomplete_header_is_refused(authorization):
    headers = {"host": HOST, "authorization": authorization, "x-amz-date": "20261123T060000Z"}
    with pytest.raises(SignatureRefused) as refused:
        read_signature("POST", "/", "", headers)
    assert refused.value.as_service_error("json").code == "IncompleteSignatureException"
    assert refused.value.as_service_error("query").code == "IncompleteSignature"
    assert refused.value.message


def test_incomplete_header_says_all_that_it_lacks():
    with pytest.raises(SignatureRefused) as refused:
        read_signature("POST", "/", "", {"host": HOST, "authorization": "AWS4-HMAC-SHA256 "})
    assert refused.value.message.startswith(
        "Authorization header requires 'Credential' parameter. Authorization header requires"
        " 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter."
        " Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
    )


def test_date_of_the_scope_must_be_that_of_the_request():
    sent = sign()
    sent.headers["x-amz-date"] = "20010101T000000Z"
    assert "Date in Credential scope does not match" in sent.refusal().message


def test_date_header_stands_in_for_the_amz_date():
    sent = sign()
    at = calendar.timegm(time.strptime(sent.headers.pop("x-amz-date"), "%Y%m%dT%H%M%SZ"))
    sent.headers["date"] = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(at))
    assert sent.read().timestamp == time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))


def test_signing_key_is_aws_own_example():
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-test-suite.html
    key = signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


@settings(max_examples=60)
@given(
    service=st.sampled_from(["dynamodb", "lambda", "s3", "iam"]),
    segments=st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)),
    query=st.dictionaries(
        st.text("abcXYZ-_.~", min_size=1), st.text("abc019-_.~ /+=&é*'()"), max_size=4
    ),
    body=st.binary(max_size=200),
)
def test_signing_and_verifying_agree(service, segments, query, body):
    path = "/" + "/".join(segments)
    text = urlencode(query, quote_via=quote, safe="-_.~")
    sent = sign(service, path=f"{path}?{text}" if text else path, body=body)
    sent.verify()
    sent.body = body + b"x"
    assert sent.refusal().reason in ("mismatch", "payload")

"""DynamoDB's servers: methods, content types, the order of refusals, ids, checksums, encodings."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from groundstate.gateway.gateway import Gateway
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.origin import OriginCheck
from groundstate.operation import Operation, Service
from tests.unit.gateway.test_protocols import KnownKey, Recorder

NATIVE = "application/x-amz-json-1.0"
LIST_TABLES = "DynamoDB_20120810.ListTables"
NO_OPERATION = b"<UnknownOperationException/>\n"
MEGABYTES_16 = 16 * 1024 * 1024


class Front:
    """A gateway to a DynamoDB that does nothing, beside S3 and Logs."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        operations = {"ListTables": Operation(lambda *_: {})}
        services = {
            "dynamodb": Service(
                "dynamodb",
                operations,
                "dynamodb",
                validates_itself=True,
                own_front=True,
                error_prefix="com.amazonaws.dynamodb.v20120810#",
            ),
            "s3": Service("s3", {}, "s3"),
            "logs": Service("logs", {}, "logs"),
        }
        self.gateway = Gateway(
            services,
            self.recorder,
            lambda *_: KnownKey(),
            OriginCheck("127.0.0.1"),
            "us-east-1",
            {},
        )

    def ask(
        self,
        method: str = "POST",
        path: str = "/",
        body: bytes = b"{}",
        *,
        target: str | None = LIST_TABLES,
        kind: str | None = NATIVE,
        sign_for: str = "",
        **headers: str,
    ) -> HttpResponse:
        """Send a request; unsigned unless it is signed for a service."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["host"] = "127.0.0.1:4566"
        if target is not None:
            sent["x-amz-target"] = target
        if kind is not None:
            sent["content-type"] = kind
        if sign_for:
            request = AWSRequest(method, f"http://127.0.0.1:4566{path}", sent, body)
            SigV4Auth(Credentials("test", "test"), sign_for, "eu-west-1").add_auth(request)
            sent = {name.lower(): value for name, value in request.headers.items()}
        path, _, query = path.partition("?")
        answers: list[HttpResponse] = []
        self.gateway.handle(HttpRequest(method, path, query, sent, body), answers.append)
        return answers[0]


@pytest.fixture
def front() -> Front:
    return Front()


def header(response: HttpResponse, name: str) -> str | None:
    return dict(response.headers).get(name)


def refusal(response: HttpResponse) -> tuple[str, str]:
    """The code and the text of a refusal in JSON."""
    document = json.loads(response.body)
    code = document["__type"].removeprefix("com.amazon.coral.service#")
    return code, document.get("message", document.get("Message", ""))


@pytest.mark.parametrize("path", ["/", "/any/path", "/?x=y"])
def test_get_is_a_health_check(front: Front, path: str) -> None:
    answer = front.ask("GET", path, b"", target=None, kind=None, sign_for="dynamodb")
    assert (answer.status, answer.body) == (200, b"healthy: dynamodb.us-east-1.amazonaws.com ")
    assert header(answer, "x-amz-crc32") == "3128867991"


@pytest.mark.parametrize("sign_for", ["", "dynamodb"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_find_no_operation(front: Front, method: str, sign_for: str) -> None:
    answer = front.ask(method, "/", b"", target=None, kind=None, sign_for=sign_for)
    assert (answer.status, answer.body) == (404, NO_OPERATION)
    assert header(answer, "x-amz-crc32") == "3552371480"
    assert front.ask(method, sign_for=sign_for).body == NO_OPERATION


@pytest.mark.parametrize("kind", [None, "application/x-amz-json-1.1", "text/plain"])
def test_body_of_another_content_type_finds_no_operation(front: Front, kind: str | None) -> None:
    answer = front.ask(kind=kind, sign_for="dynamodb")
    assert (answer.status, answer.body) == (404, NO_OPERATION)


@pytest.mark.parametrize(
    ("kind", "answered"),
    [
        (NATIVE, NATIVE),
        (f"{NATIVE}; charset=utf-8", NATIVE),
        ("application/json", "application/json"),
        ("application/json;charset=UTF-8", "application/json"),
    ],
)
def test_answer_has_the_content_type_of_the_request(front: Front, kind: str, answered: str) -> None:
    for body in (b"{}", b"no JSON"):
        answer = front.ask(body=body, kind=kind, sign_for="dynamodb")
        assert header(answer, "Content-Type") == answered


@pytest.mark.parametrize("body", [b"", b"{", b"hi", b"{}{}"])
@pytest.mark.parametrize("target", [LIST_TABLES, "DynamoDB_20120810.MakeTea", None])
def test_malformed_body_is_refused_first(front: Front, target: str | None, body: bytes) -> None:
    answer = front.ask(body=body, target=target)
    assert answer.status == 400
    assert answer.body == b'{"__type":"com.amazon.coral.service#SerializationException"}'
    assert header(answer, "x-amz-crc32") == "3948637019"


@pytest.mark.parametrize(
    "target", [None, "ListTables", "DynamoDB_20120810.", "DynamoDB_20120810.MakeTea", "A.B.C"]
)
@pytest.mark.parametrize("sign_for", ["", "dynamodb"])
def test_unknown_target_is_refused_before_the_signature(
    front: Front, target: str | None, sign_for: str
) -> None:
    answer = front.ask(target=target, sign_for=sign_for)
    assert answer.status == 400
    assert answer.body == b'{"__type":"com.amazon.coral.service#UnknownOperationException"}'


def test_answers_have_long_ids_and_checksums(front: Front) -> None:
    front.recorder.answer = {"TableNames": []}
    answers = [front.ask(sign_for="dynamodb"), front.ask(), front.ask("PUT")]
    ids = [header(answer, "x-amzn-RequestId") for answer in answers]
    assert all(re.fullmatch("[0-9A-Z]{52}", str(found)) for found in ids)
    assert len(set(ids)) == 3
    assert [header(answer, "x-amz-crc32") for answer in answers] == [
        str(zlib.crc32(answer.body)) for answer in answers
    ]
    assert {header(answer, "Server") for answer in answers} == {"Server"}


def test_missing_signature_is_refused(front: Front) -> None:
    for headers in ({}, {"authorization": "Basic dGVzdA=="}):
        answer = front.ask(**headers)
        assert answer.status == 400
        assert refusal(answer) == (
            "MissingAuthenticationTokenException",
            "Request is missing Authentication Token",
        )


def test_incomplete_header_is_told_with_all_that_it_lacks(front: Front) -> None:
    code, text = refusal(front.ask(authorization="AWS4-HMAC-SHA256 Credential=a SignedHeaders="))
    assert code == "IncompleteSignatureException"
    assert text == (
        "Authorization header requires 'Signature' parameter. Authorization header requires"
        " 'SignedHeaders' parameter. Authorization header requires existence of either a"
        " 'X-Amz-Date' or a 'Date' header."
        " Authorization=AWS4-HMAC-SHA256 Credential=a SignedHeaders="
    )


def test_incomplete_query_string_is_told_with_all_that_it_lacks(front: Front) -> None:
    code, text = refusal(front.ask(path="/?X-Amz-Algorithm&X-Amz-SignedHeaders=host"))
    assert code == "IncompleteSignatureException"
    assert text == (
        "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters"
        " must include 'X-Amz-Credential'. AWS query-string parameters must include"
        " 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the"
        " query-string parameters."
    )


def test_request_signed_twice_is_refused(front: Front) -> None:
    assert refusal(front.ask(path="/?X-Amz-Algorithm=a", sign_for="dynamodb")) == (
        "InvalidSignatureException",
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    )


def test_signature_for_another_service_is_refused(front: Front) -> None:
    assert refusal(front.ask(sign_for="s3")) == (
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'dynamodb'. ",
    )


def test_parts_of_the_header_may_stand_in_any_order(front: Front) -> None:
    kept: list[HttpRequest] = []
    handle = front.gateway.handle
    front.gateway.handle = lambda request, respond: (  # type: ignore[method-assign]
        kept.append(request) or handle(request, respond)
    )
    front.ask(sign_for="dynamodb")
    request = kept[0]
    parts = request.headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(", ")
    request.headers["authorization"] = "AWS4-HMAC-SHA256 " + ", ".join(reversed(parts))
    answers: list[HttpResponse] = []
    handle(request, answers.append)
    assert answers[0].status == 200


def test_body_over_16_megabytes_is_refused_without_a_word(front: Front) -> None:
    answer = front.ask(body=b"a" * (MEGABYTES_16 + 1))
    assert (answer.status, answer.headers) == (413, [("Transfer-Encoding", "chunked")])
    assert refusal(front.ask(body=b"a" * MEGABYTES_16)) == ("SerializationException", "")


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress)],
)
def test_compressed_body_is_read(front: Front, encoding: str, compress: Any) -> None:
    body = compress(b'{"Limit":7}')
    front.ask(body=body, sign_for="dynamodb", content_encoding=encoding)
    assert front.recorder.asked[-1][2] == {"Limit": 7}


def test_body_that_is_not_compressed_as_it_says_is_refused(front: Front) -> None:
    for body in (b"{}", gzip.compress(b"{}")[:-2], gzip.compress(b"{}") + b"x"):
        answer = front.ask(body=body, sign_for="dynamodb", content_encoding="gzip")
        assert refusal(answer) == ("SerializationException", "")


def test_body_that_grows_over_16_megabytes_is_refused(front: Front) -> None:
    bomb = gzip.compress(b" " * (MEGABYTES_16 + 1), compresslevel=1)
    answer = front.ask(body=bomb, sign_for="dynamodb", content_encoding="gzip")
    assert answer.status == 413


def test_large_answer_is_compressed_if_the_client_accepts_it(front: Front) -> None:
    front.recorder.answer = {"TableNames": ["a" * 100] * 100}
    plain = front.ask(sign_for="dynamodb", accept_encoding="identity, gzip;q=0")
    assert header(plain, "Content-Encoding") is None
    packed = front.ask(sign_for="dynamodb", accept_encoding="br, gzip")
    assert header(packed, "Content-Encoding") == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert header(packed, "x-amz-crc32") == str(zlib.crc32(packed.body))
    front.recorder.answer = {"TableNames": []}
    small = front.ask(sign_for="dynamodb", accept_encoding="gzip")
    assert header(small, "Content-Encoding") is None


def test_preflight_of_a_page_of_this_machine_is_answered(front: Front) -> None:
    answer = front.ask(
        "OPTIONS",
        body=b"",
        target=None,
        kind=None,
        origin="http://localhost:3000",
        access_control_request_headers="x-amz-target",
        access_control_request_method="POST",
    )
    assert answer.status == 200
    assert header(answer, "Access-Control-Allow-Origin") == "*"
    assert header(answer, "Access-Control-Allow-Headers") == "x-amz-target"
    assert header(answer, "Access-Control-Allow-Methods") == "POST"
    assert header(answer, "Access-Control-Max-Age") == "172800"


def test_page_of_this_machine_may_read_the_answer_and_another_may_not(front: Front) -> None:
    answer = front.ask(sign_for="dynamodb", origin="http://127.0.0.1:3000")
    assert header(answer, "Access-Control-Allow-Origin") == "*"
    assert "x-amzn-RequestId" in str(header(answer, "Access-Control-Expose-Headers"))
    assert front.ask("OPTIONS", target=None, origin="https://example.com").status == 403


def test_other_services_are_not_refused_in_dynamodbs_words(front: Front) -> None:
    assert front.ask("GET", "/bucket", b"", target=None, kind=None).status == 403
    answer = front.ask(target="Logs_20140328.MakeTea", sign_for="logs")
    assert header(answer, "x-amzn-ErrorType") == "UnknownOperationException"

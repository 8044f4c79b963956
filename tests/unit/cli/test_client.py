"""The client: its signatures, and what it makes of answers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from groundstate.cli.client import Client
from groundstate.cli.errors import CommandError, Refused
from groundstate.clock import wall_time
from groundstate.config import ClientConfig
from groundstate.gateway.refusals import SignatureRefused
from groundstate.gateway.sigv4 import read_signature, verify


class Recorder(HTTPServer):
    """Answers every request with what the test prepared, and keeps the last one."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = (200, {}, b"{}")
        self.request = None


class _Handler(BaseHTTPRequestHandler):
    def _serve(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path, _, query = self.path.partition("?")
        self.server.request = (self.command, path, query, headers, body)
        status, headers, content = self.server.answer
        self.send_response(status)
        for name, value in {"content-length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_HEAD = _serve  # noqa: N815 (http.server's names)

    def log_message(self, *arguments):
        """Stay silent."""


@pytest.fixture
def server():
    server = Recorder()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(server):
    return Client(
        ClientConfig(
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
            region="eu-west-1",
            access_key_id="me",
            secret_access_key="secret",
        )
    )


def check_signature(server, secret="secret"):
    method, path, query, headers, body = server.request
    signature = read_signature(method, path, query, headers)
    verify(signature, secret, body, wall_time())
    return signature


@pytest.mark.parametrize(
    ("call", "service"),
    [
        (lambda c: c.call("dynamodb", "ListTables"), "dynamodb"),
        (lambda c: c.call("stepfunctions", "ListStateMachines", maxResults=5), "states"),
        (
            lambda c: c.call_lambda("ListFunctions", "/2015-03-31/functions/", {"Marker": "a b/ü"}),
            "lambda",
        ),
        (lambda c: c.invoke("arn:aws:lambda:eu-west-1:1:function:f", b"[]"), "lambda"),
        (lambda c: c.put_object("bucket", "a/b c.zip", b"zip"), "s3"),
        (lambda c: c.has_object("bucket", "key"), "s3"),
    ],
)
def test_gateway_accepts_the_signature(client, server, call, service):
    call(client)
    signature = check_signature(server)
    assert (signature.access_key_id, signature.region, signature.service) == (
        "me",
        "eu-west-1",
        service,
    )


def test_gateway_refuses_the_signature_of_another_secret(client, server):
    client.call("dynamodb", "ListTables")
    with pytest.raises(SignatureRefused):
        check_signature(server, secret="other")


def test_cloudformation_is_asked_with_a_form_and_answers_without_namespaces(client, server):
    server.answer = (
        200,
        {},
        (
            b'<CreateStackResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">'
            b"<CreateStackResult><StackId>arn:1</StackId></CreateStackResult></CreateStackResponse>"
        ),
    )
    answer = client.call_query("cloudformation", "CreateStack", StackName="S")
    assert answer.findtext(".//StackId") == "arn:1"
    assert parse_qs(server.request[4].decode()) == {
        "Action": ["CreateStack"],
        "Version": ["2010-05-15"],
        "StackName": ["S"],
    }
    check_signature(server)


@pytest.mark.parametrize(
    "body",
    [
        {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "No."},
        {"__type": "ResourceNotFoundException", "Message": "No."},
    ],
)
def test_refusal_in_json_gives_code_and_message(client, server, body):
    server.answer = (400, {}, json.dumps(body).encode())
    with pytest.raises(Refused) as refused:
        client.call("dynamodb", "DescribeTable", TableName="T")
    assert (refused.value.code, refused.value.text) == ("ResourceNotFoundException", "No.")


def test_refusal_of_lambda_gives_the_code_of_its_header(client, server):
    server.answer = (404, {"x-amzn-errortype": "ResourceNotFoundException:x"}, b'{"Message":"No."}')
    with pytest.raises(Refused) as refused:
        client.invoke("f", b"{}")
    assert (refused.value.code, refused.value.text) == ("ResourceNotFoundException", "No.")


def test_refusal_in_xml_gives_code_and_message(client, server):
    server.answer = (
        400,
        {},
        (
            b'<ErrorResponse xmlns="x"><Error><Code>ValidationError</Code><Message>No.</Message>'
            b"</Error></ErrorResponse>"
        ),
    )
    with pytest.raises(Refused) as refused:
        client.call_query("cloudformation", "DescribeStacks")
    assert (refused.value.code, refused.value.text) == ("ValidationError", "No.")


@pytest.mark.parametrize("content", [b"<html>", b"", b"[]", b"null"])
def test_refusal_that_is_no_aws_answer_gives_the_status(client, server, content):
    server.answer = (502, {}, content)
    with pytest.raises(Refused, match="502"):
        client.call("dynamodb", "ListTables")
    with pytest.raises(Refused, match="502"):
        client.call_query("cloudformation", "DescribeStacks")


def test_health_of_something_else_is_an_error(client, server):
    server.answer = (404, {}, b"not found")
    with pytest.raises(CommandError, match="Something else"):
        client.find_health()


def test_health_of_nothing_is_none():
    client = Client(ClientConfig(endpoint_url="http://127.0.0.1:9"))
    assert client.find_health() is None


@pytest.mark.parametrize("body", [b"<html>Hello", b"[1]"])
def test_answer_that_is_no_json_is_a_stranger_s(server, client, body):
    server.answer = (200, {}, body)
    with pytest.raises(CommandError, match="Something else"):
        client.call("dynamodb", "ListTables")


def test_answer_that_is_no_xml_is_a_stranger_s(server, client):
    server.answer = (200, {}, b"Hello")
    with pytest.raises(CommandError, match="Something else"):
        client.call_query("cloudformation", "DescribeStacks")


def test_refusal_without_a_code_may_be_a_stranger_s(server, client):
    server.answer = (501, {}, b"<html>Unsupported method")
    with pytest.raises(Refused) as error:
        client.call("dynamodb", "ListTables")
    assert error.value.message == "dynamodb refused ListTables: HTTP 501"
    assert "AWS_ENDPOINT_URL" in error.value.hint

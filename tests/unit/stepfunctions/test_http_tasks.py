"""HTTP tasks: what is sent, what a connection adds, what TestState shows of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from groundstate.testing.harness import Groundstate
from tests.unit.stepfunctions.conftest import States

ARN = "arn:aws:events:us-east-1:000000000000:connection/Api/81210c42-8af1-456b-9c4a-6ff02fc664ac"


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was sent; `/token` as an OAuth server, `/status/N` with a status."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/token":
            client = parse_qs(body)["client_id"][0]
            self._send(200, "application/json", json.dumps({"access_token": f"of-{client}"}))
        elif self.path == "/image":
            self._send(200, "image/png", "no text")
        elif self.path.startswith("/status/"):
            self._send(int(self.path.rpartition("/")[2]), "text/plain", "so it is")
        else:
            sent = {"path": self.path, "body": body, "headers": dict(self.headers.items())}
            self._send(200, "application/json", json.dumps(sent))

    def _send(self, status: int, content_type: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server on this machine; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def http_task(url: str, **parameters: Any) -> dict[str, Any]:
    parameters = {"ApiEndpoint": url, "Method": "POST", **parameters}
    resource = "arn:aws:states:::http:invoke"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}


def perform(states: States, task: dict[str, Any]) -> dict[str, Any]:
    """How the execution of a task ended; its output's ResponseBody as `sent`."""
    described = states.describe(states.run({"StartAt": "T", "States": {"T": task}}))
    if described["status"] == "SUCCEEDED":
        described["sent"] = json.loads(described["output"])["ResponseBody"]
    return described


@pytest.mark.parametrize(
    ("array_format", "encoded"),
    [
        (None, "a%5B0%5D=x%20y&a%5B1%5D=z&b%5Bc%5D=1"),
        ("INDICES", "a%5B0%5D=x%20y&a%5B1%5D=z&b%5Bc%5D=1"),
        ("REPEAT", "a=x%20y&a=z&b%5Bc%5D=1"),
        ("COMMAS", "a=x%20y,z&b%5Bc%5D=1"),
        ("BRACKETS", "a%5B%5D=x%20y&a%5B%5D=z&b%5Bc%5D=1"),
    ],
)
def test_a_body_is_url_encoded(
    states: States, url: str, array_format: str | None, encoded: str
) -> None:
    transform: dict[str, Any] = {"RequestBodyEncoding": "URL_ENCODED"}
    if array_format:
        transform["RequestEncodingOptions"] = {"ArrayFormat": array_format}
    task = http_task(
        url,
        Headers={"content-type": "application/x-www-form-urlencoded"},
        RequestBody={"a": ["x y", "z"], "b": {"c": 1}},
        Transform=transform,
    )
    assert perform(states, task)["sent"]["body"] == encoded


def test_what_is_sent_with_a_request(states: States, url: str) -> None:
    sent = perform(states, http_task(f"{url}/a?b=1", QueryParameters={"c": "d e"}, RequestBody=[1]))
    assert (sent["sent"]["path"], sent["sent"]["body"]) == ("/a?b=1&c=d%20e", "[1]")
    headers = sent["sent"]["headers"]
    assert headers["User-Agent"] == "Amazon|StepFunctions|HttpInvoke|us-east-1"
    assert headers["Range"] == "bytes=0-262144"
    assert headers["Content-Type"] == "application/json; charset=UTF-8"


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"Headers": {"Authorization": "Basic x"}}, "The header Authorization is not allowed"),
        ({"Headers": {"X-Amz-Date": "x"}}, "The header X-Amz-Date is not allowed"),
        ({"Method": "TRACE"}, "The Method of an HTTP task must be one of"),
        ({"ApiEndpoint": "ftp://127.0.0.1/"}, "must be a URL"),
        ({"Transform": {"RequestBodyEncoding": "XML"}, "RequestBody": {}}, "must be NONE or"),
    ],
)
def test_what_makes_no_request(
    states: States, url: str, changes: dict[str, Any], cause: str
) -> None:
    described = perform(states, http_task(url, **changes))
    assert described["error"] == "States.Runtime"
    assert cause in described["cause"]


@pytest.mark.parametrize("status", [400, 404, 429, 503])
def test_a_status_is_the_name_of_the_error(states: States, url: str, status: int) -> None:
    described = perform(states, http_task(f"{url}/status/{status}"))
    assert described["error"] == f"States.Http.StatusCode.{status}"
    assert described["cause"] == "so it is"


def test_a_response_that_is_no_text(states: States, url: str) -> None:
    assert perform(states, http_task(f"{url}/image"))["error"] == "States.Runtime"


@pytest.fixture
def connected(url: str, tmp_path: Path) -> Iterator[States]:
    """State machines in a runtime that has connections."""
    oauth = {
        "ClientParameters": {"ClientID": "me", "ClientSecret": "secret"},
        "AuthorizationEndpoint": f"{url}/token",
        "HttpMethod": "POST",
    }
    connections = {
        "Api": {
            "AuthorizationType": "API_KEY",
            "AuthParameters": {
                "ApiKeyAuthParameters": {"ApiKeyName": "ApiKey", "ApiKeyValue": "key value"},
                "InvocationHttpParameters": {
                    "BodyParameters": [{"Key": "both", "Value": "connection's"}],
                    "HeaderParameters": [{"Key": "header-param", "Value": "connection's"}],
                    "QueryStringParameters": [{"Key": "q", "Value": "connection's"}],
                },
            },
        },
        "Basic": {
            "AuthorizationType": "BASIC",
            "AuthParameters": {"BasicAuthParameters": {"Username": "me", "Password": "secret"}},
        },
        "OAuth": {
            "AuthorizationType": "OAUTH_CLIENT_CREDENTIALS",
            "AuthParameters": {"OAuthParameters": oauth},
        },
    }
    path = tmp_path / "connections.json"
    path.write_text(json.dumps(connections), encoding="utf-8")
    with Groundstate(connections=str(path)) as runtime:
        yield States(runtime)


def by_connection(url: str, name: str, **parameters: Any) -> dict[str, Any]:
    arn = ARN.replace("/Api/", f"/{name}/")
    return http_task(url, Authentication={"ConnectionArn": arn}, **parameters)


def test_a_connection_adds_to_a_request_and_wins(connected: States, url: str) -> None:
    task = by_connection(
        f"{url}/path",
        "Api",
        Headers={"Header-Param": "task's", "Request-Id": "task's"},
        QueryParameters={"q": "task's", "r": "task's"},
        RequestBody={"both": "task's", "own": "task's"},
    )
    sent = perform(connected, task)["sent"]
    assert sent["path"] == "/path?q=connection%27s&r=task%27s"
    assert json.loads(sent["body"]) == {"both": "connection's", "own": "task's"}
    headers = {name.lower(): value for name, value in sent["headers"].items()}
    assert headers["apikey"] == "key value"
    assert (headers["header-param"], headers["request-id"]) == ("connection's", "task's")


def test_a_body_that_is_no_object_cannot_be_merged(connected: States, url: str) -> None:
    described = perform(connected, by_connection(url, "Api", RequestBody="text"))
    assert described["error"] == "States.Runtime"


@pytest.mark.parametrize(
    ("name", "authorization"), [("Basic", "Basic bWU6c2VjcmV0"), ("OAuth", "Bearer of-me")]
)
def test_a_connection_authorizes(
    connected: States, url: str, name: str, authorization: str
) -> None:
    sent = perform(connected, by_connection(url, name))["sent"]
    assert sent["headers"]["Authorization"] == authorization


def test_a_connection_that_is_not_there(connected: States, url: str) -> None:
    described = perform(connected, by_connection(url, "Other"))
    assert described["error"] == "Events.ConnectionResource.ResourceNotFound"


@pytest.mark.parametrize("reveals", [False, True])
def test_a_trace_shows_what_a_connection_adds_only_when_asked(
    connected: States, url: str, reveals: bool
) -> None:
    answer = connected.client.test_state(
        definition=json.dumps(by_connection(url, "Basic", Headers={"definitionHeader": "h1"})),
        roleArn=connected.role,
        inspectionLevel="TRACE",
        revealSecrets=reveals,
    )
    assert answer["status"] == "SUCCEEDED"
    shown = answer["inspectionData"]["request"]["headers"]
    secret = "Authorization: Basic bWU6c2VjcmV0, " if reveals else ""
    agent = "User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144"
    assert shown == f"[definitionHeader: h1, {secret}{agent}]"
    assert "content-type: application/json" in answer["inspectionData"]["response"]["headers"]

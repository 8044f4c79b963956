"""Tasks that leave the runtime: http:invoke, and services at an endpoint of the settings."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from groundstate.testing.harness import Groundstate
from tests.unit.stepfunctions.conftest import States


class Handler(BaseHTTPRequestHandler):
    """Echoes requests; answers SendMessage as SQS does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/missing"):
            self._send(404, b"no such page")
            return
        if "SendMessage" in self.headers.get("X-Amz-Target", ""):
            text = json.loads(body)["MessageBody"]
            digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            self._send(200, json.dumps({"MD5OfMessageBody": digest, "MessageId": text}).encode())
            return
        answer = {"path": self.path, "body": json.loads(body), "x": self.headers.get("X-Test")}
        self._send(200, json.dumps(answer).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    """A server on this machine; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def task(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    return {"StartAt": "T", "States": {"T": state}}


def test_http_invoke_gives_the_answer(states: States, url: str) -> None:
    parameters = {
        "ApiEndpoint": f"{url}/things",
        "Method": "POST",
        "Headers": {"X-Test": "yes"},
        "QueryParameters": {"q": ["1", "2"]},
        "RequestBody": {"a": 1},
    }
    execution = states.run(task("arn:aws:states:::http:invoke", parameters))
    output = states.output(execution)
    assert output["StatusCode"] == 200
    assert output["ResponseBody"] == {"path": "/things?q=1&q=2", "body": {"a": 1}, "x": "yes"}


def test_http_status_is_the_error(states: States, url: str) -> None:
    parameters = {"ApiEndpoint": f"{url}/missing", "Method": "POST", "RequestBody": {}}
    described = states.describe(states.run(task("arn:aws:states:::http:invoke", parameters)))
    assert described["error"] == "States.Http.StatusCode.404"
    assert described["cause"] == "no such page"


def test_nobody_there(states: States) -> None:
    parameters = {"ApiEndpoint": "http://127.0.0.1:1/", "Method": "GET"}
    described = states.describe(states.run(task("arn:aws:states:::http:invoke", parameters)))
    assert described["error"] == "States.Http.Socket"


def test_service_at_the_endpoint_of_the_settings(url: str) -> None:
    with Groundstate(endpoints=f"sqs={url}") as runtime:
        states = States(runtime)
        parameters = {"QueueUrl": f"{url}/queue", "MessageBody": {"a": 1}}
        execution = states.run(task("arn:aws:states:::sqs:sendMessage", parameters))
        output = states.output(execution)
        assert output["MessageId"] == '{"a":1}'
        assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
        scheduled = states.history(execution)[2]["taskScheduledEventDetails"]
        assert json.loads(scheduled["parameters"])["MessageBody"] == {"a": 1}


def test_trace_of_an_http_task(states: States, url: str) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::http:invoke",
        "Parameters": {"ApiEndpoint": f"{url}/things", "Method": "POST", "RequestBody": {"a": 1}},
        "End": True,
    }
    answer = states.client.test_state(
        definition=json.dumps(state), roleArn=states.role, inspectionLevel="TRACE"
    )
    assert answer["status"] == "SUCCEEDED"
    data = answer["inspectionData"]
    assert (data["request"]["method"], data["request"]["body"]) == ("POST", '{"a":1}')
    assert data["response"]["statusCode"] == "200"

"""Tasks that leave the runtime: http:invoke, and services at an endpoint of the settings."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from groundstate.testing.harness import Groundstate
from tests.unit.stepfunctions.conftest import States


class Handler(BaseHTTPRequestHandler):
    """Echoes requests; answers SendMessage as SQS does; keeps what PutEvents tells.

    A message with a task token is given to `on_token`, in a thread, before it is answered.
    """

    on_token: ClassVar[Callable[[str], None]]
    told: ClassVar[list[dict[str, Any]]] = []
    threads: ClassVar[list[threading.Thread]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/missing"):
            self._send(404, b"no such page")
            return
        if "SendMessage" in self.headers.get("X-Amz-Target", ""):
            text = json.loads(body).get("MessageBody")
            if text is None:
                self._send(400, b'{"__type": "MissingParameter", "message": "MessageBody"}')
                return
            if "token" in text:
                token = json.loads(text)["token"]
                thread = threading.Thread(target=type(self).on_token, args=(token,))
                self.threads.append(thread)
                thread.start()
                thread.join(0.05)
            digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            self._send(200, json.dumps({"MD5OfMessageBody": digest, "MessageId": text}).encode())
            return
        if "PutEvents" in self.headers.get("X-Amz-Target", ""):
            self.told.extend(json.loads(body)["Entries"])
            self._send(200, b'{"FailedEntryCount": 0, "Entries": []}')
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
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
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


@pytest.mark.parametrize(
    ("resource", "member"),
    [("sqs:sendMessage", "MD5OfMessageBody"), ("aws-sdk:sqs:sendMessage", "Md5OfMessageBody")],
)
def test_members_are_spelled_as_the_sdk_of_the_integration_does(
    url: str, resource: str, member: str
) -> None:
    with Groundstate(endpoints=f"sqs={url}") as runtime:
        states = States(runtime)
        parameters = {"QueueUrl": f"{url}/queue", "MessageBody": "a"}
        output = states.output(states.run(task(f"arn:aws:states:::{resource}", parameters)))
        assert output[member] == "0cc175b9c0f1b6a831c399e269772661"


def test_queue_at_a_host_that_is_not_there(url: str) -> None:
    with Groundstate(endpoints=f"sqs={url}") as runtime:
        states = States(runtime)
        parameters = {"QueueUrl": "http://no-such-queue.invalid", "MessageBody": "a"}
        execution = states.run(task("arn:aws:states:::sqs:sendMessage", parameters))
        described = states.describe(execution)
        # Recorded.
        assert (described["error"], described["cause"]) == (
            "SQS.SdkClientException",
            "Unable to execute HTTP request: no-such-queue.invalid: Name or service not known",
        )


def test_what_is_missing_is_the_services_to_say(url: str) -> None:
    with Groundstate(endpoints=f"sqs={url}") as runtime:
        states = States(runtime)
        parameters = {"QueueUrl": f"{url}/queue", "MessageBody": None}
        execution = states.run(task("arn:aws:states:::sqs:sendMessage", parameters))
        assert states.describe(execution)["error"] == "SQS.AmazonSQSException"


def test_token_that_is_quicker_than_the_answer_waits_for_it(url: str) -> None:
    with Groundstate(endpoints=f"sqs={url}") as runtime:
        states = States(runtime)
        parameters = {
            "QueueUrl": f"{url}/queue",
            "MessageBody": {"token.$": "$$.Task.Token"},
        }
        answers = []

        def answer(token: str) -> None:
            answers.append(states.client.send_task_success(taskToken=token, output='"done"'))

        Handler.on_token = answer
        resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
        execution = states.run(task(resource, parameters))
        Handler.threads.pop().join()
        assert states.output(execution) == "done"
        assert "TaskSubmitted" in states.types(execution)
        assert len(answers) == 1


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


def told_of(execution: str) -> list[dict[str, Any]]:
    """The details of the events about an execution, in their order; they are taken away."""
    told = sorted(Handler.told, key=lambda entry: entry["Time"])
    Handler.told.clear()
    for entry in told:
        assert entry["Source"] == "aws.states"
        assert entry["DetailType"] == "Step Functions Execution Status Change"
        assert entry["Resources"] == [execution]
    return [json.loads(entry["Detail"]) for entry in told]


def test_changes_of_status_are_told_to_event_bridge(url: str) -> None:
    with Groundstate(endpoints=f"events={url}") as runtime:
        states = States(runtime)
        definition = {
            "StartAt": "W",
            "States": {
                "W": {"Type": "Wait", "Seconds": 5, "Next": "F"},
                "F": {"Type": "Fail", "Error": "E", "Cause": "C"},
            },
        }
        arn = states.create(definition)
        execution = states.start(arn, {"a": 1})
        runtime.settle()
        (running,) = told_of(execution)
        assert running == {
            "executionArn": execution,
            "stateMachineArn": arn,
            "name": execution.rpartition(":")[2],
            "status": "RUNNING",
            "startDate": running["startDate"],
            "stopDate": None,
            "input": '{"a": 1}',
            "output": None,
            "stateMachineVersionArn": None,
            "stateMachineAliasArn": None,
            "redriveCount": 0,
            "redriveDate": None,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
            "inputDetails": {"included": True},
            "outputDetails": None,
            "error": None,
            "cause": None,
        }
        runtime.advance(seconds=5)
        runtime.settle()
        (failed,) = told_of(execution)
        changed = {name: value for name, value in failed.items() if running[name] != value}
        assert changed == {
            "status": "FAILED",
            "stopDate": running["startDate"] + 5000,
            "redriveStatus": "REDRIVABLE",
            "redriveStatusReason": None,
            "error": "E",
            "cause": "C",
        }
        states.client.redrive_execution(executionArn=execution)
        runtime.settle()
        again = told_of(execution)
        assert [detail["status"] for detail in again] == ["RUNNING", "FAILED"]
        assert again[0]["redriveCount"] == 1
        assert again[0]["redriveDate"] == running["startDate"] + 5000


def test_long_texts_are_not_told(url: str) -> None:
    with Groundstate(endpoints=f"events={url}") as runtime:
        states = States(runtime)
        arn = states.create({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
        execution = states.start(arn, "x" * 200_000)
        runtime.settle()
        running, succeeded = told_of(execution)
        assert running["input"] is not None
        assert (succeeded["input"], succeeded["inputDetails"]) == (None, {"included": False})
        assert succeeded["output"] is not None


def test_event_that_nobody_takes_disturbs_nothing() -> None:
    with Groundstate(endpoints="events=http://127.0.0.1:1") as runtime:
        states = States(runtime)
        definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
        assert states.output(states.start(states.create(definition), {"a": 1})) == {"a": 1}
        runtime.settle()

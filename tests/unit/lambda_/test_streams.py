"""Functions that stream their answers: each part goes on while the function still runs."""

from __future__ import annotations

import http.client
import json
import sys
import time
from urllib.parse import urlsplit

import boto3
import pytest

from groundstate.services.lambda_.runtimes import find_node

from .conftest import make_zip

needs_node = pytest.mark.skipif(not find_node(), reason="there is no Node.js")

# Writes its second part when somebody who has read the first one says so.
PATIENT = """
const { SSMClient, GetParameterCommand } = require("@aws-sdk/client-ssm");
const client = new SSMClient({});
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.rawPath) {
    const head = { statusCode: 201, headers: { "X-Pot": "tea" } };
    stream = awslambda.HttpResponseStream.from(stream, head);
  }
  stream.write("first");
  for (let waits = true; waits; await pause()) {
    await client.send(new GetParameterCommand({ Name: process.env.AWS_LAMBDA_FUNCTION_NAME }))
      .then(() => { waits = false; }, () => {});
  }
  stream.end("second");
});
"""

# A client of the Runtime API that does to its answer what the event asks for.
RUNTIME = f"""#!{sys.executable}
import base64, http.client, json, os
address = os.environ["AWS_LAMBDA_RUNTIME_API"]
base = "/2018-06-01/runtime/invocation/"
while True:
    connection = http.client.HTTPConnection(address)
    connection.request("GET", base + "next")
    answer = connection.getresponse()
    event = json.loads(answer.read())
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    connection.putrequest("POST", base + request_id + "/response")
    connection.putheader("Content-Type", "text/plain")
    connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    for part in event["parts"]:
        size = part if isinstance(part, int) else 0
        content = b"x" * size or part.encode()
        connection.send(b"%x\\r\\n%b\\r\\n" % (len(content), content))
    if event.get("dies"):
        os._exit(3)
    trailers = ""
    if event.get("fails"):
        error = base64.b64encode(json.dumps({{"errorType": "Oops"}}).encode()).decode()
        trailers = "Lambda-Runtime-Function-Error-Type: Oops\\r\\n"
        trailers += "Lambda-Runtime-Function-Error-Body: " + error + "\\r\\n"
    connection.send(b"0\\r\\n" + trailers.encode() + b"\\r\\n")
    connection.getresponse().read()
"""


@pytest.fixture
def patient(functions):
    """A function of PATIENT, which may read parameters."""
    functions.groundstate.client("iam").attach_role_policy(
        RoleName="Function", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"
    )
    code = {"ZipFile": make_zip({"index.js": PATIENT})}
    return functions.make("", Runtime="nodejs24.x", Handler="index.handler", Timeout=20, Code=code)


@pytest.fixture
def streaming(functions):
    """A function of RUNTIME."""
    code = {"ZipFile": make_zip({"bootstrap": RUNTIME}, {"bootstrap": 0o100755})}
    return functions.make("", Runtime="provided.al2023", Handler="x", Timeout=10, Code=code)


def client_over_http(functions):
    return boto3.client(
        "lambda",
        endpoint_url=functions.groundstate.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def let_go_on(functions, name):
    functions.groundstate.client("ssm").put_parameter(Name=name, Value="on", Type="String")


def open_url(functions, name):
    """An answer of the function's address, whose first part has come."""
    url = functions.client.create_function_url_config(
        FunctionName=name, AuthType="NONE", InvokeMode="RESPONSE_STREAM"
    )["FunctionUrl"]
    for number, action in enumerate(("InvokeFunctionUrl", "InvokeFunction")):
        functions.client.add_permission(
            FunctionName=name,
            StatementId=f"public{number}",
            Action=f"lambda:{action}",
            Principal="*",
            **({"FunctionUrlAuthType": "NONE"} if number == 0 else {}),
        )
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", parts.path)
    return connection, connection.getresponse()


def has_ended(functions, name):
    """The function's log has its last line."""
    try:
        return any("REPORT" in message for message in functions.messages(name))
    except functions.logs.exceptions.ResourceNotFoundException:
        return False


@needs_node
def test_address_answers_while_the_function_runs(functions, patient):
    connection, answer = open_url(functions, patient)
    assert (answer.status, answer.headers["X-Pot"]) == (201, "tea")
    assert answer.read(5) == b"first"
    let_go_on(functions, patient)
    assert answer.read() == b"second"
    # The connection is good for the next request.
    connection.request("GET", "/_groundstate/health")
    assert connection.getresponse().status == 200
    connection.close()


@needs_node
def test_events_come_while_the_function_runs(functions, patient):
    client = client_over_http(functions)
    answer = client.invoke_with_response_stream(FunctionName=patient, LogType="Tail")
    events = iter(answer["EventStream"])
    assert next(events) == {"PayloadChunk": {"Payload": b"first"}}
    let_go_on(functions, patient)
    assert next(events) == {"PayloadChunk": {"Payload": b"second"}}
    (complete,) = events
    assert set(complete["InvokeComplete"]) == {"LogResult"}


@needs_node
def test_reader_who_goes_away_is_no_matter(functions, patient):
    connection, answer = open_url(functions, patient)
    assert answer.read(5) == b"first"
    answer.close()
    connection.close()
    let_go_on(functions, patient)
    deadline = time.monotonic() + 10
    while not has_ended(functions, patient):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert functions.client.invoke(FunctionName=patient)["Payload"].read() == b"firstsecond"


def stream(functions, name, **event):
    """The parts that came, put together, and the event at the end."""
    answer = functions.client.invoke_with_response_stream(
        FunctionName=name, Payload=json.dumps(event)
    )
    *parts, last = answer["EventStream"]
    return b"".join(part["PayloadChunk"]["Payload"] for part in parts), last["InvokeComplete"]


def test_error_on_the_way_ends_the_stream(functions, streaming):
    assert stream(functions, streaming, parts=["a", "b"]) == (b"ab", {})
    content, end = stream(functions, streaming, parts=["a"], fails=True)
    assert (content, end["ErrorCode"]) == (b"a", "Unhandled")
    assert json.loads(end["ErrorDetails"]) == {"errorType": "Oops"}
    content, end = stream(functions, streaming, parts=["a"], dies=True)
    assert (content, json.loads(end["ErrorDetails"])["errorType"]) == (b"a", "Runtime.ExitError")


def test_stream_may_be_larger_than_an_answer(functions, streaming):
    content, end = stream(functions, streaming, parts=[5_000_000, 5_000_000])
    assert (len(content), end) == (10_000_000, {})
    answer = functions.client.invoke(
        FunctionName=streaming, Payload=json.dumps({"parts": [5_000_000, 5_000_000]})
    )
    assert json.loads(answer["Payload"].read())["errorType"] == "Function.ResponseSizeTooLarge"


def test_invoke_gives_a_stream_as_a_whole(functions, streaming):
    answer = functions.client.invoke(FunctionName=streaming, Payload=b'{"parts": ["a", "b"]}')
    assert answer["Payload"].read() == b"ab"

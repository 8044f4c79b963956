"""Extensions: programs of a layer that run beside the function, and threads that register from it.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from groundstate.testing import Groundstate

from .conftest import Functions, make_zip

EXTENSION = """#!/usr/bin/env python3
import json, os, sys, time
from http.client import HTTPConnection

NAME = os.path.basename(sys.argv[0])
EVENTS = {events}
api = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

def ask(method, path, headers, body=None):
    api.request(method, "/2020-01-01/extension/" + path, body, headers)
    answer = api.getresponse()
    return answer, json.loads(answer.read())

time.sleep({slow_s})
with open("/tmp/registered", "a") as file:
    file.write(NAME + "\\n")
answer, function = ask(
    "POST", "register", {{"Lambda-Extension-Name": NAME}}, json.dumps({{"events": EVENTS}})
)
me = {{"Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]}}
print(NAME, "registered for", json.dumps(function), flush=True)
while True:
    _, event = ask("GET", "event/next", me)
    print(NAME, "heard", json.dumps(event), flush=True)
    {work}
    if event["eventType"] == "SHUTDOWN":
        sys.exit()
"""
FUNCTION = """
import os, pathlib

found = pathlib.Path("/tmp/registered")
SEEN = found.read_text().split() if found.exists() else []

def handler(event, context):
    print("handling", event)
    if event.get("exit"):
        os._exit(3)
    return {"registered": SEEN, "id": context.aws_request_id}
"""


LISTENER = """
import http.server, threading

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open("/tmp/told", "a") as file:
            file.writelines(json.dumps(event) + "\\n" for event in json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass

server = http.server.HTTPServer(("sandbox.localdomain", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
request = {request}
request["destination"].setdefault("URI", "http://sandbox.localdomain:%d/told" % server.server_port)
api.request("PUT", "{path}", json.dumps(request), me)
answer = api.getresponse()
print("subscribed", answer.status, answer.read().decode(), flush=True)
"""
READS_TOLD = """
import json, pathlib

def handler(event, context):
    print("a line")
    if event.get("fail"):
        raise ValueError("as asked")
    told = pathlib.Path("/tmp/told")
    return [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
"""


def make_extension(events=("INVOKE", "SHUTDOWN"), work="pass", slow_s=0.0):
    return EXTENSION.format(events=json.dumps(events), work=work, slow_s=slow_s)


def make_listener(path="/2022-07-01/telemetry", **changes):
    """An extension that subscribes to telemetry and writes what it is told to /tmp/told."""
    request = {
        "schemaVersion": "2022-12-13",
        "types": ["platform", "function", "extension"],
        "destination": {"protocol": "HTTP"},
        "buffering": {"timeoutMs": 25},
        **changes,
    }
    subscribe = LISTENER.replace("{request}", repr(request)).replace("{path}", path)
    registered, loop, rest = make_extension().partition("while True:")
    return f"{registered}{subscribe}{loop}{rest}"


def make(functions, source=FUNCTION, mode=0o100755, **extensions):
    """A function with these extensions in a layer."""
    files = {f"extensions/{name}": text for name, text in extensions.items()}
    content = make_zip(files, dict.fromkeys(files, mode))
    layer = functions.client.publish_layer_version(
        LayerName="Extensions", Content={"ZipFile": content}
    )
    return functions.make(source, Layers=[layer["LayerVersionArn"]])


def heard(functions, name):
    """The events that the log says extensions have heard."""
    found = re.findall(r"(\w+) heard (\{.*\})", "".join(functions.messages(name)))
    return [(extension, json.loads(event)) for extension, event in found]


def wait_until(is_so):
    until = time.monotonic() + 5
    while not is_so() and time.monotonic() < until:
        time.sleep(0.05)
    assert is_so()


def test_starts_before_the_runtime_and_shares_its_tmp(functions):
    name = make(functions, One=make_extension(slow_s=0.3), Two=make_extension())
    answer = functions.invoke(name)
    assert sorted(answer.payload["registered"]) == ["One", "Two"]
    # What an extension prints may come while the function runs already.
    wait_until(lambda: "Two registered for" in "".join(functions.messages(name)))
    log = "".join(functions.messages(name))
    assert "EXTENSION\tName: One\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n" in log
    assert log.index("EXTENSION") < log.index("START RequestId")
    registered = re.search(r"Two registered for (.*)", log)
    assert json.loads(registered[1]) == {
        "functionName": name,
        "functionVersion": "$LATEST",
        "handler": "app.handler",
    }


def test_is_told_of_each_invocation(functions):
    name = make(functions, One=make_extension())
    ids = [functions.invoke(name).payload["id"] for _ in range(2)]
    wait_until(lambda: len(heard(functions, name)) == 2)
    for (_, event), request_id in zip(heard(functions, name), ids, strict=True):
        assert event["eventType"] == "INVOKE"
        assert event["requestId"] == request_id
        assert event["invokedFunctionArn"].endswith(f":function:{name}")
        assert event["tracing"]["type"] == "X-Amzn-Trace-Id"
        assert event["deadlineMs"] / 1000 == pytest.approx(time.time(), abs=10)


def test_answer_does_not_wait_for_extensions_and_the_environment_does(functions):
    name = make(functions, Slow=make_extension(work="time.sleep(1)"))
    first = functions.invoke(name)
    began_at = time.monotonic()
    functions.invoke(name)
    assert time.monotonic() - began_at < 0.9
    time.sleep(1.5)
    functions.invoke(name)
    # The second invocation had an environment of its own, as the first one's was not free.
    log = "".join(functions.messages(name))
    assert log.count("INIT_START") == 2
    assert first.error == ""


def test_extension_may_take_no_longer_than_the_function(functions):
    name = make(functions, Slow=make_extension(work="time.sleep(10)"))
    functions.client.update_function_configuration(FunctionName=name, Timeout=1)
    assert functions.invoke(name).error == ""
    wait_until(lambda: "Task timed out after 1.00 seconds" in "".join(functions.messages(name)))


@pytest.mark.parametrize("events", [["INVOKE"], ["INVOKE", "SHUTDOWN"]])
def test_no_extension_is_left_when_the_runtime_stops(events):
    with Groundstate(real_time=True) as groundstate:
        functions = Functions(groundstate)
        work = "print('pid', os.getpid(), flush=True); event['eventType'] = 'ignored'"
        name = make(functions, Stays=make_extension(events, work))
        functions.invoke(name)
        wait_until(lambda: "pid " in "".join(functions.messages(name)))
        pid = int(re.search(r"pid (\d+)", "".join(functions.messages(name)))[1])
        assert Path(f"/proc/{pid}").exists()
    assert not Path(f"/proc/{pid}").exists()


def test_is_told_that_the_environment_ends():
    with Groundstate(real_time=True) as groundstate:
        functions = Functions(groundstate)
        name = make(
            functions,
            Told=make_extension(),
            Deaf=make_extension(events=["INVOKE"]),
        )
        functions.invoke(name)
        functions.client.update_function_configuration(FunctionName=name, Description="another")
        wait_until(lambda: any(e["eventType"] == "SHUTDOWN" for _, e in heard(functions, name)))
        shutdowns = [
            (extension, event["shutdownReason"])
            for extension, event in heard(functions, name)
            if event["eventType"] == "SHUTDOWN"
        ]
        assert shutdowns == [("Told", "spindown")]


def test_function_that_ends_is_a_failure_that_extensions_hear_of(functions):
    name = make(functions, One=make_extension())
    answer = functions.invoke(name, {"exit": True})
    assert answer.payload["errorType"] == "Runtime.ExitError"
    wait_until(lambda: heard(functions, name)[-1][1].get("shutdownReason") == "failure")
    assert functions.invoke(name).error == ""


@pytest.mark.parametrize(
    ("work", "error_type", "reason"),
    [
        ("time.sleep(0.2); sys.exit(7)", "Extension.Crash", "exit status 7"),
        (
            "ask('POST', 'exit/error', {**me, 'Lambda-Extension-Function-Error-Type': 'My.End'})",
            "Extension.ExitError",
            "My.End",
        ),
    ],
)
def test_extension_that_fails_fails_the_invocation(functions, work, error_type, reason):
    source = "import time\n\ndef handler(event, context):\n    time.sleep(1)\n"
    name = make(functions, source, One=make_extension(work=work))
    answer = functions.invoke(name)
    assert answer.error == "Unhandled"
    assert answer.payload == {
        "errorType": error_type,
        "errorMessage": f"RequestId: {answer.request_id} Error: {reason}",
    }


@pytest.mark.parametrize(
    ("extension", "mode", "error_type", "reason"),
    [
        ("#!/bin/sh\nexit 1\n", 0o100755, "Extension.Crash", "exit status 1"),
        (
            "#!/bin/sh\n",
            0o100644,
            "Extension.LaunchError",
            "fork/exec /opt/extensions/One: permission denied",
        ),
        (
            "no program",
            0o100755,
            "Extension.LaunchError",
            "fork/exec /opt/extensions/One: exec format error",
        ),
    ],
)
def test_extension_that_does_not_start_fails_the_start(
    functions, extension, mode, error_type, reason
):
    name = make(functions, mode=mode, One=extension)
    answer = functions.invoke(name)
    assert answer.error == "Unhandled"
    assert answer.payload == {
        "errorType": error_type,
        "errorMessage": f"RequestId: {answer.request_id} Error: {reason}",
    }


INTERNAL = """
import json, os, threading
from http.client import HTTPConnection

heard = []

def ask(method, path, headers, body=None, api=None):
    api = api or HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    api.request(method, "/2020-01-01/extension/" + path, body, headers)
    answer = api.getresponse()
    return answer.status, answer.headers, json.loads(answer.read())

def register(name, events):
    return ask("POST", "register", {"Lambda-Extension-Name": name}, json.dumps({"events": events}))

refused = [
    register("", []), register("In", ["SHUTDOWN"]), register("In", ["OTHER"]),
    ask("POST", "register", {"Lambda-Extension-Name": "In"}, "{"),
    ask("POST", "register", {"Lambda-Extension-Name": "In"}, "[]"),
    register("In", 5), register("In", [{}]),
    ask("GET", "event/next", {}), ask("GET", "event/next", {"Lambda-Extension-Identifier": "x"}),
    ask("GET", "event/next", {"Lambda-Extension-Identifier": "0" * 36}),
]
_, headers, _ = register("In", ["INVOKE"])
refused.append(register("In", ["INVOKE"]))
me = {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}
refused.append(ask("POST", "init/error", me))

def listen():
    api = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        heard.append(ask("GET", "event/next", me, api=api)[2])

threading.Thread(target=listen, daemon=True).start()

def handler(event, context):
    late = register("Late", [])
    answers = [[status, document["errorType"]] for status, _, document in [*refused, late]]
    return {"heard": [event["eventType"] for event in heard], "refused": answers}
"""


def test_thread_of_the_function_may_be_an_extension(functions):
    name = functions.make(INTERNAL)
    functions.invoke(name)
    answer = functions.invoke(name).payload
    assert answer["heard"][:1] == ["INVOKE"]
    assert answer["refused"] == [
        [403, "Extension.InvalidExtensionName"],
        [403, "Extension.InvalidEventType"],
        [403, "Extension.InvalidEventType"],
        *[[403, "InvalidRequestFormat"]] * 4,
        [403, "Extension.MissingExtensionIdentifier"],
        [403, "Extension.InvalidExtensionIdentifier"],
        [403, "Extension.UnknownExtensionIdentifier"],
        [403, "Extension.InvalidExtensionState"],
        [403, "Extension.MissingHeader"],
        [403, "Extension.RegistrationClosed"],
    ]
    assert "EXTENSION\tName: In\tState: Ready\tEvents: [INVOKE]\n" in functions.messages(name)


def test_telemetry_tells_what_happens_and_what_is_written(functions):
    name = make(functions, READS_TOLD, Listener=make_listener())
    first = functions.invoke(name, {"fail": True})
    time.sleep(0.3)
    told = functions.invoke(name).payload
    types = [event["type"] for event in told if event["type"].startswith("platform")]
    # Once registered, an extension goes on beside the runtime.
    types.remove("platform.telemetrySubscription")
    # What the second invocation is told of itself depends on how quick it is.
    assert types[:7] == [
        "platform.initStart",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "platform.runtimeDone",
        "platform.report",
    ]
    records = {event["type"]: event["record"] for event in told}
    assert records["platform.telemetrySubscription"] == {
        "name": "Listener",
        "state": "Subscribed",
        "types": ["platform", "function", "extension"],
    }
    done = records["platform.runtimeDone"]
    assert (done["requestId"], done["status"]) == (first.request_id, "error")
    assert records["platform.report"]["metrics"]["memorySizeMB"] == 128
    lines = [(event["type"], event["record"]) for event in told if "." not in event["type"]]
    assert ("function", "a line\n") in lines
    assert ("extension", 'subscribed 200 "OK"\n') in lines
    log = "".join(functions.messages(name))
    subscribed = "State: Subscribed\tTypes: [platform, function, extension]"
    assert f"TELEMETRY\tName: Listener\t{subscribed}\n" in log


def test_telemetry_has_the_types_that_were_asked_for(functions):
    source = READS_TOLD.replace('print("a line")', "print(json.dumps({'a': [1]}))")
    name = make(functions, source, Listener=make_listener(types=["function"]))
    functions.client.update_function_configuration(
        FunctionName=name, LoggingConfig={"LogFormat": "JSON"}
    )
    functions.invoke(name)
    time.sleep(0.3)
    told = functions.invoke(name).payload
    assert {event["type"] for event in told} == {"function"}
    assert told[0]["record"] == {"a": [1]}


def test_logs_api_is_there_as_well(functions):
    listener = make_listener("/2020-08-15/logs", schemaVersion="2021-03-18")
    name = make(functions, READS_TOLD, Listener=listener)
    functions.invoke(name)
    time.sleep(0.3)
    types = [event["type"] for event in functions.invoke(name).payload]
    assert "platform.logsSubscription" in types
    assert "platform.runtimeDone" in types


@pytest.mark.parametrize(
    ("changes", "status", "error_type", "message"),
    [
        (
            {"types": [], "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain"}},
            400,
            "ValidationError",
            "URI port is not provided; types should not be empty",
        ),
        (
            {"destination": {"protocol": "HTTP", "URI": "http://example.com:80"}},
            403,
            "Telemetry.AccessDenied",
            "Only 'sandbox.localdomain' hostname is supported.",
        ),
        (
            {"buffering": {"maxItems": 1}},
            400,
            "ValidationError",
            "maxItems should be between 1000 and 10000",
        ),
        (
            {"destination": {"protocol": "TCP"}},
            400,
            "ValidationError",
            "destination port is not provided",
        ),
    ],
)
def test_wrong_subscription_is_refused(functions, changes, status, error_type, message):
    name = make(functions, READS_TOLD, Listener=make_listener(**changes))
    functions.invoke(name)
    wait_until(lambda: "subscribed " in "".join(functions.messages(name)))
    subscribed = re.search(r"subscribed (\d+) (.*)", "".join(functions.messages(name)))
    assert int(subscribed[1]) == status
    assert json.loads(subscribed[2]) == {"errorType": error_type, "errorMessage": message}


SUBSCRIBES = """
import json, os
from http.client import HTTPConnection

def ask(method, path, headers, body):
    api = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    api.request(method, path, body, headers)
    answer = api.getresponse()
    return answer.status, answer.headers, answer.read()

_, headers, _ = ask(
    "POST", "/2020-01-01/extension/register", {"Lambda-Extension-Name": "In"}, '{"events": []}'
)
me = {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}
found = []
for body in json.loads(os.environ["BODIES"]):
    status, _, answer = ask("PUT", "/2022-07-01/telemetry", me, body)
    found.append([status, json.loads(answer)["errorType"]])
raise ValueError(json.dumps(found))
"""


def test_subscription_that_makes_no_sense_is_refused(functions):
    """Whatever a subscription holds, its answer is an error of the API's."""
    destination = {"protocol": "HTTP", "URI": "http://sandbox:80"}
    good = {"schemaVersion": "2022-12-13", "types": ["platform"], "destination": destination}
    wrong = [
        *("", "{", "5", "null", "[]", "{}"),
        *(
            json.dumps({**good, **change})
            for change in (
                {"types": 5},
                {"types": [5]},
                {"types": [{}]},
                {"schemaVersion": []},
                {"destination": []},
                {"destination": {**destination, "URI": 5}},
                {"destination": {**destination, "URI": "http://sandbox:x"}},
                {"destination": {**destination, "URI": "http://[::1"}},
                {"destination": {"protocol": "TCP", "port": "80"}},
                {"destination": {"protocol": "TCP", "port": 1 << 70}},
                {"buffering": []},
                {"buffering": {"maxItems": "x"}},
                {"buffering": {"timeoutMs": True}},
            )
        ),
    ]
    name = functions.make(SUBSCRIBES, Environment={"Variables": {"BODIES": json.dumps(wrong)}})
    answers = json.loads(functions.invoke(name).payload["errorMessage"])
    assert answers == [[400, "ValidationError"]] * len(wrong)


def test_what_nobody_takes_is_dropped_and_that_is_told(functions):
    """An extension that listens by TCP, and only later."""
    listen = """
import socket, threading
port = socket.socket()
port.bind(("127.0.0.1", 0))
request = {{
    "schemaVersion": "2022-12-13", "types": ["platform"], "buffering": {{"timeoutMs": 25}},
    "destination": {{"protocol": "TCP", "port": port.getsockname()[1]}},
}}
api.request("PUT", "/2022-07-01/telemetry", json.dumps(request), me)
api.getresponse().read()

def take():
    time.sleep(1.5)
    port.listen()
    while True:
        with port.accept()[0].makefile() as lines, open("/tmp/told", "a") as told:
            told.writelines(lines)

threading.Thread(target=take, daemon=True).start()
"""
    extension = make_extension().partition("while True:")
    program = f"{extension[0]}{listen.format()}{extension[1]}{extension[2]}"
    name = make(functions, READS_TOLD, Late=program)
    functions.invoke(name)
    time.sleep(2)
    functions.invoke(name)
    time.sleep(0.3)
    told = functions.invoke(name).payload
    dropped = next(e["record"] for e in told if e["type"] == "platform.logsDropped")
    assert dropped["droppedRecords"] > 0
    assert dropped["droppedBytes"] > 50 * dropped["droppedRecords"]
    assert dropped["reason"].startswith("Consumer seems to have fallen behind")

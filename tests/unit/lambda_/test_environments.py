"""Processes of functions: their variables, their ends, no orphans, other runtimes."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from groundstate.services.lambda_ import runtimes
from groundstate.testing import Groundstate

from .conftest import Functions, make_zip

WAIT_S = 5.0


def test_variables_are_those_of_aws(functions):
    source = "import os\ndef handler(event, context):\n    return dict(os.environ)\n"
    variables = {"COLOUR": "red", "TZ": "Europe/Berlin"}
    name = functions.make(source, MemorySize=512, Environment={"Variables": variables})
    seen = functions.invoke(name).payload
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert seen["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert seen["AWS_LAMBDA_LOG_GROUP_NAME"] == f"/aws/lambda/{name}"
    assert seen["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.14"
    assert seen["AWS_REGION"] == seen["AWS_DEFAULT_REGION"] == "us-east-1"
    assert seen["AWS_ENDPOINT_URL"] == functions.groundstate.endpoint_url
    assert seen["_HANDLER"] == "app.handler"
    assert seen["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert (seen["COLOUR"], seen["TZ"]) == ("red", "Europe/Berlin")
    assert seen["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert seen["AWS_SESSION_TOKEN"]
    assert seen["LAMBDA_TASK_ROOT"] == seen["PWD"] == "/var/task"
    assert "HOME" not in seen


def test_handler_reaches_this_runtime_as_its_role(functions):
    source = """
import boto3
def handler(event, context):
    return boto3.client("sts").get_caller_identity()["Arn"]
"""
    name = functions.make(source, Timeout=10)
    assert functions.invoke(name).payload == (
        f"arn:aws:sts::000000000000:assumed-role/Function/{name}"
    )


def test_function_with_its_own_boto3_uses_that(functions):
    source = "import boto3\ndef handler(event, context):\n    return boto3.WHOSE\n"
    name = functions.make(source, {"boto3/__init__.py": "WHOSE = 'its own'\n"})
    assert functions.invoke(name).payload == "its own"


def test_own_bootstrap_is_run(functions):
    bootstrap = f"""#!{sys.executable}
import json, os, urllib.request
base = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(base + "next") as answer:
        request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
        event = json.load(answer)
    body = json.dumps({{"handler": os.environ["_HANDLER"], "event": event}}).encode()
    urllib.request.urlopen(base + request_id + "/response", data=body)
"""
    code = make_zip({"bootstrap": bootstrap}, {"bootstrap": 0o100755})
    name = functions.make(
        "", Runtime="provided.al2023", Handler="main", Code={"ZipFile": code}, Timeout=5
    )
    assert functions.invoke(name, {"a": 1}).payload == {"handler": "main", "event": {"a": 1}}
    assert functions.invoke(name, {"a": 2}).payload["event"] == {"a": 2}


def test_missing_bootstrap_is_an_error(functions):
    name = functions.make("", Runtime="provided.al2023", Handler="main")
    answer = functions.invoke(name)
    assert answer.payload["errorType"] == "Runtime.InvalidEntrypoint"
    assert answer.payload["errorMessage"].endswith(
        "Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
    )


def test_wrong_answers_of_a_runtime_client_are_refused(functions):
    bootstrap = f"""#!{sys.executable}
import os, json, http.client
address = os.environ["AWS_LAMBDA_RUNTIME_API"]
def ask(method, path, body=None, headers={{}}):
    connection = http.client.HTTPConnection(address)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer, answer.read()
base = "/2018-06-01/runtime/invocation/"
while True:
    answer, _ = ask("GET", base + "next")
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    seen = [
        ask("POST", base + "no-such-id/response", "1")[0].status,
        ask("GET", "/elsewhere")[0].status,
        ask("GET", base + "next", headers={{"Origin": "http://evil.example"}})[0].status,
        ask("GET", base + "next", headers={{"Host": "evil.example"}})[0].status,
    ]
    ask("POST", base + request_id + "/response", json.dumps(seen))
"""
    code = make_zip({"bootstrap": bootstrap}, {"bootstrap": 0o100755})
    name = functions.make(
        "", Runtime="provided.al2023", Handler="main", Code={"ZipFile": code}, Timeout=5
    )
    assert functions.invoke(name).payload == [400, 404, 403, 403]


def test_timeout_ends_the_whole_process_group(functions):
    source = """
import subprocess, time
def handler(event, context):
    child = subprocess.Popen(["sleep", "60"])
    print("child", child.pid)
    time.sleep(60)
"""
    name = functions.make(source, Timeout=1)
    answer = functions.invoke(name)
    assert answer.payload["errorType"] == "Sandbox.Timedout"
    pid = int(answer.log.split("child ")[1].split()[0])
    assert _ends(pid)


PREPARED = """
import sys
from groundstate.testing import Groundstate
from tests.unit.lambda_.conftest import Functions
with Groundstate(real_time=True) as groundstate:
    Functions(groundstate).make("def handler(event, context): pass")
    sys.stdin.read()
"""


@pytest.mark.slow
def test_first_invocation_is_prepared_while_nothing_is_asked():
    runtime = subprocess.Popen(
        [sys.executable, "-c", PREPARED],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )

    def children() -> list[str]:
        tasks = Path(f"/proc/{runtime.pid}/task").iterdir()
        pids = [pid for task in tasks for pid in (task / "children").read_text().split()]
        return [Path(f"/proc/{pid}/cmdline").read_text() for pid in pids]

    try:
        deadline = time.monotonic() + 60
        while not any("forkserver" in command for command in children()):
            assert runtime.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        runtime.communicate()


SERVED = """
import sys, json
from groundstate.testing import Groundstate
sys.path.insert(0, {folder!r})
gs = Groundstate(real_time=True)
gs.start()
iam = gs.client("iam")
trust = {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
    "Action": "sts:AssumeRole", "Principal": {{"Service": "lambda.amazonaws.com"}}}}]}}
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
source = '''
import os, subprocess
def handler(event, context):
    child = subprocess.Popen(["sleep", "60"], start_new_session=event["escape"])
    extension = int(open("/tmp/extension").read())
    return [os.getpid(), os.getppid(), child.pid, extension]
'''
extension = '''#!/usr/bin/env python3
import http.client, os, time
open("/tmp/extension", "w").write(str(os.getpid()))
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
place = "/2020-01-01/extension/"
api.request("POST", place + "register", '{{"events": []}}', {{"Lambda-Extension-Name": "Stays"}})
answer = api.getresponse()
answer.read()
name = "Lambda-Extension-Identifier"
api.request("GET", place + "event/next", headers={{name: answer.headers[name]}})
time.sleep(60)
'''
import io, zipfile
layer = io.BytesIO()
with zipfile.ZipFile(layer, "w") as archive:
    program = zipfile.ZipInfo("extensions/Stays")
    program.external_attr = 0o100755 << 16
    archive.writestr(program, extension)
content = io.BytesIO()
with zipfile.ZipFile(content, "w") as archive:
    archive.writestr("app.py", source)
client = gs.client("lambda")
layer = client.publish_layer_version(LayerName="l", Content={{"ZipFile": layer.getvalue()}})
client.create_function(FunctionName="f", Runtime="python3.14", Handler="app.handler", Role=role,
                       Code={{"ZipFile": content.getvalue()}}, Layers=[layer["LayerVersionArn"]])
pids = []
for escape in (False, True):
    answer = client.invoke(FunctionName="f", Payload=json.dumps({{"escape": escape}}))
    pids += json.load(answer["Payload"])
print(json.dumps(pids), flush=True)
sys.stdin.read()
gs.stop()
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill", "stop"])
def test_no_process_is_left_when_the_runtime_is_gone(how, tmp_path):
    program = SERVED.format(folder=str(Path(__file__).parent))
    runtime = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path), "TMPDIR": str(tmp_path)},
    )
    assert runtime.stdin is not None
    assert runtime.stdout is not None
    try:
        import json

        pids = json.loads(runtime.stdout.readline())
        if how == "kill":
            runtime.send_signal(signal.SIGKILL)
        runtime.stdin.close()
        assert all(_ends(pid) for pid in set(pids))
    finally:
        runtime.kill()
        runtime.wait()
        runtime.stdout.close()


def test_killed_fork_server_is_started_again(functions):
    source = "import os\ndef handler(event, context):\n    return [os.getpid(), os.getppid()]\n"
    name = functions.make(source)
    pid, server = functions.invoke(name).payload
    os.kill(server, signal.SIGKILL)
    assert _ends(pid)
    deadline = time.monotonic() + WAIT_S
    while functions.invoke(name).error and time.monotonic() < deadline:
        pass
    assert functions.invoke(name).payload[0] != pid


def _ends(pid: int) -> bool:
    """The process is gone, or dead and not yet taken note of, within some seconds."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state in ("Z", "X"):
            return True
        time.sleep(0.01)
    return False


def test_stop_ends_every_connection_to_the_runtime_api():
    source = (
        "import os\ndef handler(event, context):\n    return os.environ['AWS_LAMBDA_RUNTIME_API']\n"
    )
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with Groundstate(real_time=True) as groundstate:
            functions = Functions(groundstate)
            host, port = functions.invoke(functions.make(source)).payload.split(":")
            connection = socket.create_connection((host, int(port)), timeout=WAIT_S)
            connection.sendall(b"GET /nothing HTTP/1.1\r\n\r\n")
            assert connection.recv(1000).startswith(b"HTTP/1.1 403")
        assert connection.recv(1) == b""
        connection.close()
        gc.collect()
    assert [str(one.message) for one in caught if one.category is ResourceWarning] == []


def test_wrapper_script_starts_the_runtime(functions):
    wrapper = '#!/bin/sh\nexport WRAPPED="yes, $_HANDLER"\nexec "$@"\n'
    source = "import os\ndef handler(event, context):\n    return os.environ['WRAPPED']\n"
    code = make_zip({"app.py": source, "wrap.sh": wrapper}, {"wrap.sh": 0o100755})
    name = functions.make(
        "",
        Code={"ZipFile": code},
        Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrap.sh"}},
    )
    assert functions.invoke(name).payload == "yes, app.handler"


def test_wrapper_script_that_is_not_there_is_an_error(functions):
    name = functions.make(
        "def handler(event, context):\n    pass\n",
        Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/nothing.sh"}},
    )
    answer = functions.invoke(name)
    assert answer.payload["errorType"] == "Runtime.ExitError"
    assert answer.payload["errorMessage"].endswith("Runtime exited with error: exit status 127")


def test_without_namespaces_functions_run_where_their_code_is_unpacked(monkeypatch):
    monkeypatch.setattr(runtimes, "_stage", lambda code_root: code_root / "is-not-there")
    source = """
import os, part, subprocess
def handler(event, context):
    told = subprocess.run(["/opt/tool/tell", "one"], capture_output=True, text=True)
    return os.getcwd(), part.X, told.stdout
"""
    script = "#!/var/lang/bin/python\nimport sys\nprint('told', sys.argv[1])\n"
    with Groundstate(real_time=True) as groundstate:
        functions = Functions(groundstate)
        files = {"python/part.py": "X = 1\n", "tool/tell": script}
        content = {"ZipFile": make_zip(files, {"tool/tell": 0o100755})}
        made = functions.client.publish_layer_version(LayerName="part", Content=content)
        name = functions.make(source, Layers=[made["LayerVersionArn"]], Timeout=10)
        folder, value, told = functions.invoke(name).payload
    assert (value, told) == (1, "told one\n")
    assert folder not in ("/var/task", "/")


@pytest.mark.parametrize("content", [b"echo no interpreter named\n", b"\x7fELF" + bytes(60)])
def test_bootstrap_that_this_machine_cannot_run_is_an_error(functions, content):
    code = make_zip({"bootstrap": content}, {"bootstrap": 0o100755})
    name = functions.make("", Runtime="provided.al2023", Handler="x", Code={"ZipFile": code})
    answer = functions.invoke(name).payload
    assert answer["errorType"] == "Runtime.InvalidEntrypoint"
    assert answer["errorMessage"].endswith(
        "Error: fork/exec /var/task/bootstrap: exec format error"
    )

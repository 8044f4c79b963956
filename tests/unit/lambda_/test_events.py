"""Asynchronous invocations: kept until they are finished, tried again, told to a destination."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from groundstate.testing import Groundstate

from .conftest import Functions

WAIT_S = 5.0


def wait_for_messages(functions: Functions, name: str, text: str, count: int) -> list[str]:
    """The messages of a function's log that contain a text, once there are so many."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            found = [message for message in functions.messages(name) if text in message]
        except functions.logs.exceptions.ResourceNotFoundException:
            found = []
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.01)


def test_event_is_accepted_and_runs_later(functions):
    name = functions.make("def handler(event, context):\n    print('ran', event['x'])\n")
    answer = functions.client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"x": 5}')
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    assert wait_for_messages(functions, name, "ran", 1) == ["ran 5\n"]


def test_function_is_invoked_later_by_the_operation_of_old(functions):
    name = functions.make("def handler(event, context):\n    print('ran', event['x'])\n")
    answer = functions.client.invoke_async(FunctionName=name, InvokeArgs=b'{"x": 5}')
    assert answer["Status"] == 202
    assert wait_for_messages(functions, name, "ran", 1) == ["ran 5\n"]
    with pytest.raises(ClientError, match="Could not parse request body"):
        functions.client.invoke_async(FunctionName=name, InvokeArgs=b"{")


def test_payload_over_1_mb_is_refused(functions):
    name = functions.make("def handler(event, context):\n    pass\n")
    with pytest.raises(functions.client.exceptions.RequestTooLargeException):
        functions.client.invoke(
            FunctionName=name, InvocationType="Event", Payload=b'"' + b"a" * 1_048_576 + b'"'
        )


def test_record_goes_to_the_destination(functions):
    sink = functions.make(
        "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
    )
    name = functions.make("def handler(event, context):\n    raise ValueError('no')\n")
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{sink}"
    iam = functions.groundstate.client("iam")
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}],
    }
    iam.put_role_policy(RoleName="Function", PolicyName="sink", PolicyDocument=json.dumps(policy))
    functions.client.put_function_event_invoke_config(
        FunctionName=name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    answer = functions.client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"x": 5}')
    (message,) = wait_for_messages(functions, sink, "requestContext", 1)
    record = json.loads(message)
    assert record["requestContext"] == {
        "requestId": answer["ResponseMetadata"]["RequestId"],
        "functionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 1,
    }
    assert record["requestPayload"] == {"x": 5}
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert record["responsePayload"]["errorType"] == "ValueError"


def test_failed_event_is_tried_twice_more_after_one_and_two_minutes():
    with Groundstate() as groundstate:
        functions = Functions(groundstate)
        name = functions.make("def handler(event, context):\n    print('try')\n    raise OSError\n")
        functions.client.invoke(FunctionName=name, InvocationType="Event")
        for minutes, tries in ((0, 1), (1, 2), (1, 2), (1, 3), (60, 3)):
            groundstate.advance(minutes=minutes)
            assert len(wait_for_messages(functions, name, "try\n", tries)) == tries


def test_accepted_event_survives_the_end_of_the_runtime(tmp_path):
    first = Groundstate(tmp_path, real_time=True)
    first.start()
    functions = Functions(first)
    source = "import time\ndef handler(event, context):\n    time.sleep(.2)\n    print('ran')\n"
    name = functions.make(source)
    functions.client.invoke(FunctionName=name, InvocationType="Event")
    first.stop()
    with Groundstate(tmp_path, real_time=True) as second:
        functions.client, functions.logs = second.client("lambda"), second.client("logs")
        assert wait_for_messages(functions, name, "ran", 1) == ["ran\n"]


def test_burst_of_events_runs_each_once(functions):
    name = functions.make("def handler(event, context):\n    print('ran', event)\n")
    for number in range(250):
        functions.client.invoke(
            FunctionName=name, InvocationType="Event", Payload=str(number).encode()
        )
    found = wait_for_messages(functions, name, "ran", 250)
    assert sorted(found) == sorted(f"ran {number}\n" for number in range(250))


KILLED = """
import json, os, sys
from groundstate.testing import Groundstate
from tests.unit.lambda_.conftest import Functions
gs = Groundstate(sys.argv[1], real_time=True)
gs.start()
functions = Functions(gs)
source = "import time\\ndef handler(e, c):\\n    time.sleep(.2)\\n    print('ran', e)\\n"
name = functions.make(source)
for number in range(5):
    functions.client.invoke(FunctionName=name, InvocationType="Event", Payload=str(number))
print(name, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.slow
def test_acknowledged_events_survive_a_kill(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ":".join([*sys.path, str(Path(__file__).parents[3])])},
        check=False,
    )
    assert ended.returncode == -9
    name = ended.stdout.decode().strip()
    with Groundstate(tmp_path, real_time=True) as second:
        functions = Functions.__new__(Functions)
        functions.client, functions.logs = second.client("lambda"), second.client("logs")
        found = wait_for_messages(functions, name, "ran", 5)
    assert {message.strip() for message in found} >= {f"ran {number}" for number in range(5)}

"""The real process is killed 50 times while executions wait and clients write."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

KILLS = 50
WAIT_S = 2
# Beyond what the process was down for: a life may be too short to serve a timer.
LATE_MAX_S = 3.0
SEED = 20_261_123

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:Tasks"
DEFINITION = {
    "StartAt": "Create",
    "States": {
        "Create": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {
                "TableName": "Tasks",
                "Item": {"taskId": {"S.$": "$.taskId"}, "Status": {"S": "STARTED"}},
            },
            "ResultPath": None,
            "Next": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": WAIT_S, "Next": "Count"},
        "Count": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Parameters": {
                "TableName": "Tasks",
                "Key": {"taskId": {"S.$": "$.taskId"}},
                "UpdateExpression": "SET #s = :done ADD times :one",
                "ExpressionAttributeNames": {"#s": "Status"},
                "ExpressionAttributeValues": {":done": {"S": "Done"}, ":one": {"N": "1"}},
            },
            "End": True,
        },
    },
}


class Process:
    """The real `groundstate serve`, on one data directory, started again and again.

    Attributes:
        outages: from when to when it was down, in epoch seconds.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.endpoint_url = ""
        self.outages: list[tuple[float, float]] = []
        self._killed_at = 0.0

    def start(self) -> None:
        port = self.endpoint_url.rsplit(":", 1)[-1] or "0"
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "groundstate.cli",
                "serve",
                "--port",
                port,
                "--data-dir",
                str(self._folder),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "http://" in line, f"no answer: {line!r}"
        if self._killed_at:
            self.outages.append((self._killed_at, time.time()))
        self.endpoint_url = next(word for word in line.split() if word.startswith("http://"))

    def down_s(self, begin: float, end: float) -> float:
        """For how many seconds of a time it was down."""
        return sum(max(0.0, min(end, up) - max(begin, down)) for down, up in self.outages)

    def kill(self) -> None:
        self._killed_at = time.time()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=ClientConfig(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=5),
        )


def set_up(process: Process) -> None:
    iam = process.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}}
    document = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="Machine", AssumeRolePolicyDocument=json.dumps(document))
    allow = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    iam.put_role_policy(
        RoleName="Machine",
        PolicyName="write",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    process.client("dynamodb").create_table(
        TableName="Tasks",
        KeySchema=[{"AttributeName": "taskId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "taskId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    process.client("stepfunctions").create_state_machine(
        name="Tasks", definition=json.dumps(DEFINITION), roleArn=role["Role"]["Arn"]
    )


class Writer(threading.Thread):
    """Starts executions and puts items without a pause; remembers what was acknowledged."""

    def __init__(self, process: Process) -> None:
        super().__init__(daemon=True)
        self._process = process
        self.done = threading.Event()
        self.executions: dict[str, float] = {}
        self.items: list[str] = []

    def wait_acknowledged(self) -> None:
        """Wait until one more execution was acknowledged, so that each life gets to work."""
        known, deadline = len(self.executions), time.monotonic() + 10
        while len(self.executions) == known and time.monotonic() < deadline:
            time.sleep(0.005)

    def run(self) -> None:
        states, dynamodb = self._process.client("stepfunctions"), self._process.client("dynamodb")
        number = 0
        while not self.done.is_set():
            number += 1
            try:
                started = states.start_execution(
                    stateMachineArn=MACHINE,
                    name=f"task-{number}",
                    input=json.dumps({"taskId": f"task-{number}"}),
                )
                self.executions[started["executionArn"]] = started["startDate"].timestamp()
                dynamodb.put_item(TableName="Tasks", Item={"taskId": {"S": f"item-{number}"}})
                self.items.append(f"item-{number}")
            except (BotoCoreError, ClientError):
                time.sleep(0.01)


def test_killed_fifty_times_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    process = Process(tmp_path)
    process.start()
    set_up(process)
    writer = Writer(process)
    writer.start()
    for _ in range(KILLS):
        writer.wait_acknowledged()
        time.sleep(chance.uniform(0.0, 0.2))
        process.kill()
        process.start()
    writer.done.set()
    writer.join()
    try:
        assert len(writer.executions) > KILLS, f"seed {SEED}: too little was written"
        check(process, writer)
    finally:
        process.kill()


def check(process: Process, writer: Writer) -> None:
    states, dynamodb = process.client("stepfunctions"), process.client("dynamodb")
    deadline = time.monotonic() + WAIT_S + 20
    for arn, started_at in writer.executions.items():
        found = states.describe_execution(executionArn=arn)
        while found["status"] == "RUNNING" and time.monotonic() < deadline:
            time.sleep(0.05)
            found = states.describe_execution(executionArn=arn)
        assert found["status"] == "SUCCEEDED", (SEED, found)
        assert abs(found["startDate"].timestamp() - started_at) < 0.002
        check_history(process, states.get_execution_history(executionArn=arn)["events"])
        key = {"taskId": {"S": arn.rsplit(":", 1)[-1]}}
        item = dynamodb.get_item(TableName="Tasks", Key=key)["Item"]
        assert (item["Status"], item["times"]) == ({"S": "Done"}, {"N": "1"}), (SEED, item)
    for name in writer.items:
        assert "Item" in dynamodb.get_item(TableName="Tasks", Key={"taskId": {"S": name}}), name


def check_history(process: Process, events: list[dict[str, Any]]) -> None:
    assert [event["id"] for event in events] == list(range(1, 15)), SEED
    entered, exited = events[6], events[7]
    assert (entered["type"], exited["type"]) == ("WaitStateEntered", "WaitStateExited")
    entered_at, exited_at = entered["timestamp"].timestamp(), exited["timestamp"].timestamp()
    late_s = exited_at - entered_at - WAIT_S
    # Due from the start: a restart delays a Wait by no more than it was down for.
    down_s = process.down_s(entered_at + WAIT_S, exited_at)
    assert -0.002 <= late_s < down_s + LATE_MAX_S, (SEED, late_s, down_s)

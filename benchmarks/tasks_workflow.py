"""The Tasks state machine with its Wait at 0 seconds, started by 8 clients over plain HTTP.

An execution counts when DescribeExecution says SUCCEEDED and its item is `Done`. Groundstate is
durable (`synchronous=FULL`); the rivals keep everything in memory.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass

import boto3

from benchmarks.load import Connection, Prepare, make_prepare, percentile
from benchmarks.raw_load import drive, drive_executions
from benchmarks.servers import Server, start_groundstate, start_ministack, start_moto

CLIENTS = 8
BATCH = 1000
MOTO_BATCH = 40
SECONDS = 8.0
ROUNDS = 2
ALONE = 200

DEFINITION = {
    "StartAt": "CreateDynamoTaskItem",
    "States": {
        "CreateDynamoTaskItem": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {
                "TableName": "Tasks",
                "Item": {
                    "taskId": {"S.$": "$.taskId"},
                    "timestamp": {"N.$": "States.Format('{}', $.timestamp)"},
                    "Status": {"S": "STARTED"},
                },
            },
            "ResultPath": None,
            "Next": "Execute long running task...wait 30 seconds",
        },
        "Execute long running task...wait 30 seconds": {
            "Type": "Wait",
            "Seconds": 0,
            "Next": "UpdateDynamoTaskItem",
        },
        "UpdateDynamoTaskItem": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Parameters": {
                "TableName": "Tasks",
                "Key": {
                    "taskId": {"S.$": "$.taskId"},
                    "timestamp": {"N.$": "States.Format('{}', $.timestamp)"},
                },
                "UpdateExpression": "SET #s = :val",
                "ExpressionAttributeNames": {"#s": "Status"},
                "ExpressionAttributeValues": {":val": {"S": "Done"}},
            },
            "End": True,
        },
    },
}
TABLE = {
    "TableName": "Tasks",
    "KeySchema": [
        {"AttributeName": "taskId", "KeyType": "HASH"},
        {"AttributeName": "timestamp", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "taskId", "AttributeType": "S"},
        {"AttributeName": "timestamp", "AttributeType": "N"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


@dataclass
class Figures:
    """What one server did in one round."""

    name: str
    per_s: float
    cpu_ms: float
    alone_p50_ms: float
    alone_p99_ms: float


def make_role(port: int) -> str:
    """A role that may write items and start the children of a distributed Map.

    Groundstate asks for it, the rivals do not.
    """
    iam = boto3.client(
        "iam",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}}
    document = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="benchmark", AssumeRolePolicyDocument=json.dumps(document))
    actions = ["dynamodb:*", "states:StartExecution"]
    allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allow]}
    iam.put_role_policy(
        RoleName="benchmark", PolicyName="write", PolicyDocument=json.dumps(document)
    )
    return str(role["Role"]["Arn"])


async def set_up(connection: Connection, wait_s: int = 0) -> str:
    """Make the role, the table and the state machine; the state machine's ARN."""
    role = make_role(connection.port)
    await connection.call("dynamodb", "CreateTable", TABLE)
    definition = json.loads(json.dumps(DEFINITION))
    definition["States"]["Execute long running task...wait 30 seconds"]["Seconds"] = wait_s
    status, made = await connection.call(
        "states",
        "CreateStateMachine",
        {"name": "Tasks", "definition": json.dumps(definition), "roleArn": role},
    )
    assert status == 200, made
    return str(made["stateMachineArn"])


async def start_one(connection: Connection, machine: str, task: str, timestamp: int) -> str:
    """Start one execution; its ARN."""
    document = json.dumps({"taskId": task, "timestamp": timestamp})
    # moto makes up no name of its own.
    request = {"stateMachineArn": machine, "input": document, "name": task}
    status, started = await connection.call("states", "StartExecution", request)
    assert status == 200, started
    return str(started["executionArn"])


async def wait_done(connection: Connection, arn: str, pause_s: float) -> None:
    """Wait until an execution has SUCCEEDED."""
    while True:
        _, found = await connection.call("states", "DescribeExecution", {"executionArn": arn})
        if found["status"] != "RUNNING":
            break
        await asyncio.sleep(pause_s)
    assert found["status"] == "SUCCEEDED", found


async def check_item(connection: Connection, task: str, timestamp: int) -> None:
    """See that the task's item says `Done`."""
    key = {"taskId": {"S": task}, "timestamp": {"N": str(timestamp)}}
    _, item = await connection.call("dynamodb", "GetItem", {"TableName": "Tasks", "Key": key})
    assert item["Item"]["Status"] == {"S": "Done"}, item


async def run_alone(connection: Connection, machine: str, task: str) -> float:
    """One execution with nothing beside it: from StartExecution to SUCCEEDED, in seconds."""
    timestamp, began_at = int(time.time()), time.perf_counter()
    arn = await start_one(connection, machine, task, timestamp)
    await wait_done(connection, arn, pause_s=0.001)
    took_s = time.perf_counter() - began_at
    await check_item(connection, task, timestamp)
    return took_s


def run_batch(
    server: Server, prepare: Prepare, machine: str, label: str, count: int
) -> tuple[float, float]:
    """Start executions by 8 clients, see that each has SUCCEEDED and that its item is `Done`.

    Returns the time that it took and the server's CPU time, in seconds. Requests are written and
    signed before the time begins.
    """
    timestamp = int(time.time())
    names = [f"{label}-{number}" for number in range(count)]
    arn = machine.replace(":stateMachine:", ":execution:")
    starts = [
        prepare(
            "states",
            "StartExecution",
            {
                "stateMachineArn": machine,
                "name": name,
                "input": json.dumps({"taskId": name, "timestamp": timestamp}),
            },
        )
        for name in names
    ]
    looks = {
        name: prepare("states", "DescribeExecution", {"executionArn": f"{arn}:{name}"})
        for name in names
    }
    gets = [
        prepare(
            "dynamodb",
            "GetItem",
            {
                "TableName": "Tasks",
                "Key": {"taskId": {"S": name}, "timestamp": {"N": str(timestamp)}},
            },
        )
        for name in names
    ]
    cpu_s, began_at = server.cpu_s, time.perf_counter()
    drive_executions(server.port, starts, looks, CLIENTS, pause_s=0.05)
    items = drive(server.port, gets, CLIENTS).answers
    lasted_s, cpu_s = time.perf_counter() - began_at, server.cpu_s - cpu_s
    assert all(b"Done" in item for item in items)
    return lasted_s, cpu_s


def measure(server: Server) -> Figures:
    """One round."""
    prepare = make_prepare(server.port)

    async def prepare_machine() -> str:
        connection = await Connection("127.0.0.1", server.port).open()
        made = await set_up(connection)
        connection.close()
        return made

    async def one_by_one(count: int) -> list[float]:
        connection = await Connection("127.0.0.1", server.port).open()
        times = [await run_alone(connection, machine, f"alone-{n}") for n in range(count)]
        connection.close()
        return times

    machine = asyncio.run(prepare_machine())
    batch = MOTO_BATCH if server.name == "moto" else BATCH
    run_batch(server, prepare, machine, "warm", batch)
    done, busy_s, cpu_s = 0, 0.0, 0.0
    while busy_s < SECONDS:
        lasted_s, used_s = run_batch(server, prepare, machine, f"task{done}", batch)
        done, busy_s, cpu_s = done + batch, busy_s + lasted_s, cpu_s + used_s
    alone = asyncio.run(one_by_one(ALONE if done > ALONE else 10))
    return Figures(
        server.name,
        done / busy_s,
        cpu_s / done * 1000,
        percentile(alone, 0.5) * 1000,
        percentile(alone, 0.99) * 1000,
    )


def main() -> None:
    """Measure all, in turns, and print a table."""
    print(f"{'':14}{'executions/s':>14}{'CPU ms each':>13}{'alone p50 ms':>14}{'p99 ms':>9}")
    rows: dict[str, list[Figures]] = {}
    for _ in range(ROUNDS):
        for start in (start_groundstate, start_ministack, start_moto):
            server = start()
            try:
                figures = measure(server)
            finally:
                server.stop()
                server.clean()
            rows.setdefault(figures.name, []).append(figures)
            print(
                f"{figures.name:14}{figures.per_s:14.0f}{figures.cpu_ms:13.3f}"
                f"{figures.alone_p50_ms:14.2f}{figures.alone_p99_ms:9.2f}",
                flush=True,
            )
    best = {name: max(row.per_s for row in found) for name, found in rows.items()}
    ours = min(row.per_s for row in rows["groundstate"])
    for name, per_s in best.items():
        if name != "groundstate":
            print(f"groundstate's worst round is {ours / per_s:.1f} times {name}'s best")


if __name__ == "__main__":
    main()

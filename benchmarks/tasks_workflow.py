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

from benchmarks.load import Connection, percentile
from benchmarks.servers import Server, start_groundstate, start_ministack, start_moto

CLIENTS = 8
BATCH = 25
SECONDS = 8.0
WARM_UP_S = 1.5
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
    """A role that may write items; Groundstate asks for it, the rivals do not."""
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
    allow = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
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
    status, started = await connection.call(
        "states", "StartExecution", {"stateMachineArn": machine, "input": document}
    )
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


async def run_batch(connection: Connection, machine: str, label: str) -> None:
    """Start a batch and see it through.

    Starting a batch before looking spares servers with a long latency (ministack: 150 ms) from
    being asked over and over, which would be counted as their CPU time.
    """
    timestamp = int(time.time())
    tasks = [f"{label}-{number}" for number in range(BATCH)]
    arns = [await start_one(connection, machine, task, timestamp) for task in tasks]
    for arn in arns:
        await wait_done(connection, arn, pause_s=0.05)
    for task in tasks:
        await check_item(connection, task, timestamp)


async def run_alone(connection: Connection, machine: str, task: str) -> float:
    """One execution with nothing beside it: from StartExecution to SUCCEEDED, in seconds."""
    timestamp, began_at = int(time.time()), time.perf_counter()
    arn = await start_one(connection, machine, task, timestamp)
    await wait_done(connection, arn, pause_s=0.001)
    took_s = time.perf_counter() - began_at
    await check_item(connection, task, timestamp)
    return took_s


async def measure(server: Server) -> Figures:
    """One round."""
    connections = [await Connection("127.0.0.1", server.port).open() for _ in range(CLIENTS)]
    machine = await set_up(connections[0])
    done = 0
    end_at = time.perf_counter() + WARM_UP_S

    async def client(number: int, label: str) -> None:
        nonlocal done
        count = 0
        while time.perf_counter() < end_at:
            await run_batch(connections[number], machine, f"{label}-{number}-{count}")
            count += 1
            done += BATCH

    await asyncio.gather(*(client(number, "warm") for number in range(CLIENTS)))
    done, cpu_s, began_at = 0, server.cpu_s, time.perf_counter()
    end_at = began_at + SECONDS
    await asyncio.gather(*(client(number, "task") for number in range(CLIENTS)))
    lasted_s, cpu_s = time.perf_counter() - began_at, server.cpu_s - cpu_s
    alone = [
        await run_alone(connections[0], machine, f"alone-{count}")
        for count in range(ALONE if done > ALONE else 10)
    ]
    for connection in connections:
        connection.close()
    return Figures(
        server.name,
        done / lasted_s,
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
                figures = asyncio.run(measure(server))
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

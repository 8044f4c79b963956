"""DynamoDB over plain HTTP with 8 connections and 1 KB items, beside dynalite and moto.

Groundstate is durable (`synchronous=FULL`); the others keep everything in memory.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.load import make_prepare, percentile
from benchmarks.raw_load import drive
from benchmarks.servers import (
    SCRATCH,
    Server,
    free_port,
    start,
    start_groundstate,
    start_moto,
)

CONNECTIONS = 8
ROUNDS = 2
DATA = "x" * 950
DYNALITE = "dynalite@4.0.0"

TABLE = {
    "TableName": "Bench",
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}

Request = dict[str, Any]


def _item(partition: str, sort: int) -> Request:
    return {"pk": {"S": partition}, "sk": {"N": str(sort)}, "data": {"S": DATA}}


def _key(partition: str, sort: int) -> Request:
    return {"pk": {"S": partition}, "sk": {"N": str(sort)}}


def _put(number: int) -> Request:
    return {"TableName": "Bench", "Item": _item(f"p{number % 500}", number)}


def _get(number: int) -> Request:
    return {"TableName": "Bench", "Key": _key(f"q{number % 20}", number % 100)}


def _update(number: int) -> Request:
    return {
        "TableName": "Bench",
        "Key": _key(f"q{number % 20}", number % 100),
        "UpdateExpression": "SET #c = if_not_exists(#c, :zero) + :one",
        "ExpressionAttributeNames": {"#c": "count"},
        "ExpressionAttributeValues": {":zero": {"N": "0"}, ":one": {"N": "1"}},
    }


def _query(number: int) -> Request:
    return {
        "TableName": "Bench",
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": f"q{number % 20}"}},
    }


def _transact(number: int) -> Request:
    return {
        "TransactItems": [
            {"Put": {"TableName": "Bench", "Item": _item(f"t{number}", part)}} for part in range(10)
        ]
    }


def _batch(number: int) -> Request:
    puts = [{"PutRequest": {"Item": _item(f"b{number}", part)}} for part in range(25)]
    return {"RequestItems": {"Bench": puts}}


def _scan(number: int) -> Request:
    return {"TableName": "Bench"}


ROWS: tuple[tuple[str, str, Callable[[int], Request], int], ...] = (
    ("PutItem", "PutItem", _put, 3000),
    ("GetItem", "GetItem", _get, 6000),
    ("UpdateItem", "UpdateItem", _update, 3000),
    ("Query of 100", "Query", _query, 600),
    ("TransactWrite of 10", "TransactWriteItems", _transact, 400),
    ("BatchWrite of 25", "BatchWriteItem", _batch, 300),
    ("Scan of 1 MB", "Scan", _scan, 60),
)


def start_dynalite() -> Server:
    """dynalite, in memory."""
    folder = SCRATCH / "dynalite"
    if not (folder / "node_modules" / "dynalite").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--prefix", str(folder), DYNALITE], check=True
        )
    port = free_port()
    program = folder / "node_modules" / "dynalite" / "cli.js"
    command = ["node", str(program), "--port", str(port), "--createTableMs", "0"]
    return start("dynalite", port, command)


def measure(server: Server) -> Iterator[tuple[str, float, float, float]]:
    """Each row's operations a second, CPU milliseconds each, and p99 in milliseconds."""
    prepare = partial(make_prepare(server.port), "dynamodb")
    drive(server.port, [prepare("CreateTable", TABLE)], 1)
    described = prepare("DescribeTable", {"TableName": "Bench"})
    drive(server.port, [described] * 20, 1)
    # 2,000 items to read: 20 partitions of 100.
    seeds = [_item(f"q{number // 100}", number % 100) for number in range(2000)]
    drive(
        server.port,
        [prepare("PutItem", {"TableName": "Bench", "Item": item}) for item in seeds],
        CONNECTIONS,
    )
    for label, operation, make, count in ROWS:
        factor = 0.1 if server.name == "moto" else 1.0
        requests = [prepare(operation, make(number)) for number in range(int(count * factor))]
        cpu_s = server.cpu_s
        load = drive(server.port, requests, CONNECTIONS)
        cpu_ms = (server.cpu_s - cpu_s) / load.count * 1000
        if load.refused:
            print(f"{server.name:12} {label:20} {load.refused} of {load.count} refused", flush=True)
            assert server.name != "groundstate", load.answers[-1]
            continue
        yield label, load.per_s, cpu_ms, percentile(load.latencies_ms, 0.99)


def main() -> None:
    """Measure all, in turns, and print a table."""
    starts = [start_groundstate, start_moto]
    if shutil.which("npm"):
        starts.insert(1, start_dynalite)
    worst: dict[tuple[str, str], float] = {}
    best: dict[tuple[str, str], float] = {}
    for _ in range(ROUNDS):
        for begin in starts:
            server = begin()
            try:
                for label, per_s, cpu_ms, p99_ms in measure(server):
                    key = (server.name, label)
                    worst[key] = min(worst.get(key, per_s), per_s)
                    best[key] = max(best.get(key, per_s), per_s)
                    print(
                        f"{server.name:12} {label:20} {per_s:8.0f}/s {cpu_ms:7.3f} ms CPU"
                        f" {p99_ms:8.2f} ms p99",
                        flush=True,
                    )
            finally:
                server.stop()
                server.clean()
    for label, *_ in ROWS:
        ours = worst["groundstate", label]
        against = ", ".join(
            f"{ours / rate:.1f} times {name}'s best"
            for (name, row), rate in best.items()
            if row == label and name != "groundstate"
        )
        print(f"{label:20} {against}")


if __name__ == "__main__":
    main()

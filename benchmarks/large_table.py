"""A table of 1,000,000 items of 1 KB with two global indexes, beside a small one like it.

Both are in one runtime, and each row is measured on them in turns, so that what else the machine
does hits both. Then the memory, the start, and what changes of the large table cost those who use
the runtime meanwhile. `LARGE_TABLE_ITEMS` says how many items; a million need some minutes.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.load import Signer, percentile
from benchmarks.raw_load import Load, drive
from benchmarks.servers import Server, start_groundstate

ITEMS = int(os.environ.get("LARGE_TABLE_ITEMS", "1000000"))
SMALL_ITEMS = 1000
SORTS = 50
CONNECTIONS = 8
ROUNDS = 3
BATCH = 25
CHUNK = 2000
DATA = "x" * 850
GROUPS = 20

Request = dict[str, Any]


def _table(name: str) -> Request:
    def index(attribute: str) -> Request:
        return {
            "IndexName": f"by_{attribute}",
            "KeySchema": [
                {"AttributeName": attribute, "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }

    kinds = {"pk": "S", "sk": "N", "owner": "S", "state": "S"}
    return {
        "TableName": name,
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in kinds.items()
        ],
        "GlobalSecondaryIndexes": [index("owner"), index("state")],
        "BillingMode": "PAY_PER_REQUEST",
    }


def _key(number: int) -> Request:
    return {"pk": {"S": f"partition-{number // SORTS}"}, "sk": {"N": str(number % SORTS)}}


def _item(number: int, count: int) -> Request:
    # Owners are spread over the table; each has as many items in the large table as in the small.
    owners = max(1, count // GROUPS)
    return {
        **_key(number),
        "owner": {"S": f"owner-{number * 7919 % owners}"},
        "state": {"S": f"state-{number % owners}"},
        "data": {"S": DATA},
    }


def _put(name: str, number: int, count: int) -> Request:
    return {"TableName": name, "Item": _item(number, count)}


def _put_new(name: str, number: int, count: int) -> Request:
    return {"TableName": name, "Item": _item(count + number, count)}


def _get(name: str, number: int, count: int) -> Request:
    return {"TableName": name, "Key": _key(number)}


def _update(name: str, number: int, count: int) -> Request:
    return {
        "TableName": name,
        "Key": _key(number),
        "UpdateExpression": "SET #s = :s",
        "ExpressionAttributeNames": {"#s": "state"},
        "ExpressionAttributeValues": {":s": {"S": f"moved-{number % GROUPS}-{random.random()}"}},
    }


def _query(name: str, number: int, count: int) -> Request:
    return {
        "TableName": name,
        "KeyConditionExpression": "pk = :p AND sk < :s",
        "ExpressionAttributeValues": {":p": _key(number)["pk"], ":s": {"N": "10"}},
    }


def _query_index(name: str, number: int, count: int) -> Request:
    return {
        "TableName": name,
        "IndexName": "by_owner",
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":o": _item(number, count)["owner"]},
    }


Make = Callable[[str, int, int], Request]
ROWS: tuple[tuple[str, str, Make, int], ...] = (
    ("GetItem", "GetItem", _get, 4000),
    ("Query of 10", "Query", _query, 2000),
    ("Query of 20, index", "Query", _query_index, 2000),
    ("PutItem over another", "PutItem", _put, 2000),
    ("PutItem, new", "PutItem", _put_new, 2000),
    ("UpdateItem of a key", "UpdateItem", _update, 2000),
)


class Bench:
    """A runtime with the two tables."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._signer = Signer("dynamodb", f"127.0.0.1:{server.port}")
        self._new = dict.fromkeys(("Large", "Small"), 0)

    def prepare(self, operation: str, request: Request) -> bytes:
        """A signed request."""
        body = json.dumps(request).encode()
        return self._signer.headers(f"DynamoDB_20120810.{operation}", body) + body

    def call(self, operation: str, request: Request) -> Any:
        """One request's answer."""
        load = self.send([self.prepare(operation, request)], 1)
        return json.loads(load.answers[0].partition(b"\r\n\r\n")[2])

    def send(self, requests: list[bytes], connections: int = CONNECTIONS) -> Load:
        """Send requests, none of which may be refused."""
        load = drive(self.server.port, requests, connections)
        assert not load.refused, next(
            answer for answer in load.answers if not answer.startswith(b"HTTP/1.1 200")
        )
        return load

    def fill(self, name: str, count: int) -> float:
        """Put items in batches; how many a second."""
        began_at = time.perf_counter()
        numbers = list(range(count))
        # In no order, as applications write.
        random.Random(1).shuffle(numbers)
        for first in range(0, count, CHUNK):
            batches = []
            for start in range(first, min(first + CHUNK, count), BATCH):
                items = [_item(number, count) for number in numbers[start : start + BATCH]]
                puts = [{"PutRequest": {"Item": item}} for item in items]
                batches.append(self.prepare("BatchWriteItem", {"RequestItems": {name: puts}}))
            self.send(batches)
        return count / (time.perf_counter() - began_at)

    def measure(self, name: str, operation: str, make: Make, times: int, count: int) -> Load:
        """A load on random items of a table."""
        chance = random.Random()
        if make is _put_new:
            numbers = range(self._new[name], self._new[name] + times)
            self._new[name] += times
        else:
            numbers = [chance.randrange(count) for _ in range(times)]  # type: ignore[assignment]
        return self.send([self.prepare(operation, make(name, at, count)) for at in numbers])


class Best:
    """The best of some rounds of a row on one table: it is what the machine's noise hides least."""

    def __init__(self) -> None:
        self.per_s = 0.0
        self.cpu_ms = float("inf")
        self.p99_ms = float("inf")

    def add(self, load: Load, cpu_s: float) -> None:
        """Take in a round."""
        self.per_s = max(self.per_s, load.per_s)
        self.cpu_ms = min(self.cpu_ms, cpu_s / load.count * 1000)
        self.p99_ms = min(self.p99_ms, percentile(load.latencies_ms, 0.99))


def compare(bench: Bench) -> Iterator[tuple[str, Best, Best]]:
    """Each row's best on the small and on the large table."""
    for label, operation, make, times in ROWS:
        small, large = Best(), Best()
        for _ in range(ROUNDS):
            for name, count, best in (("Small", SMALL_ITEMS, small), ("Large", ITEMS, large)):
                began_at = bench.server.cpu_s
                load = bench.measure(name, operation, make, times, count)
                best.add(load, bench.server.cpu_s - began_at)
        yield label, small, large


def watch(bench: Bench, operation: str, request: Request) -> tuple[float, float]:
    """Seconds that an operation takes, and the longest wait of a reader meanwhile."""
    read = bench.prepare("GetItem", {"TableName": "Small", "Key": _key(0)})
    done = threading.Event()
    worst = [0.0]

    def read_on() -> None:
        while not done.is_set():
            worst[0] = max(worst[0], *bench.send([read] * 20, 1).latencies_ms)

    reader = threading.Thread(target=read_on, daemon=True)
    reader.start()
    began_at = time.perf_counter()
    bench.call(operation, request)
    wait_until_active(bench)
    lasted_s = time.perf_counter() - began_at
    done.set()
    reader.join()
    return lasted_s, worst[0] / 1000


def wait_until_active(bench: Bench) -> None:
    """Wait until the large table and its indexes are."""
    while True:
        table = bench.call("DescribeTable", {"TableName": "Large"})["Table"]
        statuses = [index["IndexStatus"] for index in table.get("GlobalSecondaryIndexes", ())]
        if {table["TableStatus"], *statuses} == {"ACTIVE"}:
            return
        time.sleep(0.1)


def _changes() -> Iterator[tuple[str, str, Request]]:
    yield "DescribeTable", "DescribeTable", {"TableName": "Large"}
    create = {
        "IndexName": "by_sk",
        "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    update: Request = {
        "TableName": "Large",
        "AttributeDefinitions": [{"AttributeName": "sk", "AttributeType": "N"}],
        "GlobalSecondaryIndexUpdates": [{"Create": create}],
    }
    yield "UpdateTable, new index", "UpdateTable", update
    update = {
        "TableName": "Large",
        "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_sk"}}],
    }
    yield "UpdateTable, index gone", "UpdateTable", update
    expiry = {"AttributeName": "expires", "Enabled": True}
    request = {"TableName": "Large", "TimeToLiveSpecification": expiry}
    yield "UpdateTimeToLive", "UpdateTimeToLive", request


def main() -> None:
    """Fill, compare, start again; print the figures."""
    server = start_groundstate()
    try:
        bench = Bench(server)
        print(f"memory before: {server.memory_bytes / 1e6:.0f} MB", flush=True)
        for name, count in (("Small", SMALL_ITEMS), ("Large", ITEMS)):
            bench.call("CreateTable", _table(name))
            print(f"{name}: {count:,} items, {bench.fill(name, count):,.0f} a second", flush=True)
        print(f"memory after: {server.memory_bytes / 1e6:.0f} MB", flush=True)
        for label, small, large in compare(bench):
            print(
                f"{label:24} {small.per_s:6.0f}/s and {large.per_s:6.0f}/s:"
                f" {small.per_s / large.per_s:4.2f} times slower;"
                f" CPU {small.cpu_ms:5.3f} and {large.cpu_ms:5.3f} ms:"
                f" {large.cpu_ms / small.cpu_ms:4.2f} times;"
                f" p99 {small.p99_ms:.1f} and {large.p99_ms:.1f} ms",
                flush=True,
            )
        print(f"memory after loads: {server.memory_bytes / 1e6:.0f} MB", flush=True)
        for label, operation, request in _changes():
            lasted_s, wait_s = watch(bench, operation, request)
            print(f"{label:24} {lasted_s:6.2f} s; a reader waited {wait_s:.2f} s", flush=True)
        print(f"memory after changes: {server.memory_bytes / 1e6:.0f} MB", flush=True)
        server.stop()
        began_at = time.perf_counter()
        again = start_groundstate(server.data_dir)
        print(f"start to first answer: {time.perf_counter() - began_at:.2f} s", flush=True)
        server.process = again.process
    finally:
        server.stop()
        server.clean()


if __name__ == "__main__":
    main()

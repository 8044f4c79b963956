"""DynamoDB's operations in process: CPU time of each through the dispatcher, without HTTP.

Run with `python -m benchmarks.dynamodb_operations`. The time of a commit is not in it; what a
savepoint, a permission check and the lookup of the operation cost is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from groundstate.clock import RealClock
from groundstate.config import Config
from groundstate.dispatch import Dispatcher
from groundstate.operation import Principal
from groundstate.services.dynamodb import SERVICE
from groundstate.store import Store

ROUNDS = 3
TABLE = "Benchmark"
_KILOBYTE = "x" * 900


def main() -> None:
    """Print a line for each operation."""
    asyncio.run(_run())


async def _run() -> None:
    store = Store(None)
    dispatcher = Dispatcher(
        Config(in_memory=True),
        store,
        RealClock(),
        {"dynamodb": SERVICE},
        lambda *_: None,
        lambda *_: None,
        lambda _: None,
    )
    caller = Principal(
        arn="arn:aws:iam::000000000000:root", account="000000000000", administrator=True
    )

    def call(operation: str, **request: Any) -> Any:
        return dispatcher.perform(
            "dynamodb", operation, request, caller, "us-east-1", takes_fragments=True
        )

    call(
        "CreateTable",
        TableName=TABLE,
        AttributeDefinitions=[
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "n", "AttributeType": "N"},
        ],
        KeySchema=[
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "n", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for name, count, work in _cases(call):
        best = min(_measure(work, count, dispatcher) for _ in range(ROUNDS))
        print(f"{name:28} {best:8.1f} us")
    store.close()


def _measure(work: Callable[[int], Any], count: int, dispatcher: Dispatcher) -> float:
    spent = 0.0
    for at in range(count):
        began = time.process_time_ns()
        work(at)
        spent += time.process_time_ns() - began
        if at % 100 == 99:
            dispatcher.barrier.commit()
    dispatcher.barrier.commit()
    return spent / count / 1000


def _key(at: int) -> dict[str, Any]:
    return {"p": {"S": f"k{at}"}, "n": {"N": "1700000000"}}


def _large(at: int, partition: str = "large") -> dict[str, Any]:
    return {"p": {"S": partition}, "n": {"N": str(at)}, "text": {"S": _KILOBYTE}}


def _cases(call: Callable[..., Any]) -> list[tuple[str, int, Callable[[int], Any]]]:
    set_status = {
        "UpdateExpression": "SET #s = :s",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": {":s": {"S": "Done"}},
    }
    query = {
        "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": {":p": {"S": "large"}},
        "Limit": 100,
    }
    return [
        (
            "PutItem, small",
            5000,
            lambda at: call("PutItem", TableName=TABLE, Item={**_key(at), "status": {"S": "x"}}),
        ),
        ("GetItem, small", 5000, lambda at: call("GetItem", TableName=TABLE, Key=_key(at))),
        (
            "UpdateItem, small",
            5000,
            lambda at: call("UpdateItem", TableName=TABLE, Key=_key(at), **set_status),
        ),
        ("PutItem, 1 KB", 5000, lambda at: call("PutItem", TableName=TABLE, Item=_large(at))),
        (
            "GetItem, 1 KB",
            5000,
            lambda at: call(
                "GetItem", TableName=TABLE, Key={"p": {"S": "large"}, "n": {"N": str(at)}}
            ),
        ),
        ("Query of 100, 1 KB", 200, lambda _: call("Query", TableName=TABLE, **query)),
        ("Scan of 1 MB", 50, lambda _: call("Scan", TableName=TABLE)),
        (
            "BatchWriteItem of 25, 1 KB",
            200,
            lambda at: call(
                "BatchWriteItem",
                RequestItems={
                    TABLE: [{"PutRequest": {"Item": _large(part, f"b{at}")}} for part in range(25)]
                },
            ),
        ),
        (
            "TransactWriteItems of 10",
            200,
            lambda at: call(
                "TransactWriteItems",
                TransactItems=[
                    {"Put": {"TableName": TABLE, "Item": _large(part, f"t{at}")}}
                    for part in range(10)
                ],
                ClientRequestToken=f"{time.perf_counter_ns()}",
            ),
        ),
        ("DeleteItem", 5000, lambda at: call("DeleteItem", TableName=TABLE, Key=_key(at))),
    ]


if __name__ == "__main__":
    main()

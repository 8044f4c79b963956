"""Right requests with some parts made wrong: only AWS's errors come out.

Requests made up at random are refused at their first member. These get past it, to the checks
behind: they name tables that are there, and most of each is as it should be.
"""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate.clock import VirtualClock
from groundstate.config import Config
from groundstate.dispatch import Dispatcher
from groundstate.operation import Principal, ServiceError
from groundstate.services.dynamodb import SERVICE
from groundstate.store import Store
from tests.unit.dynamodb.shapes import definitions, index, key_schema

Perform = Callable[[list[tuple[str, Any]]], None]

TABLE = "Mutated"
_KEY = {"p": {"S": "a"}, "c": {"N": "1"}}
_OTHER = {"p": {"S": "b"}, "c": {"N": "2"}}
_ITEM = {
    **_KEY,
    "g": {"S": "x"},
    "m": {"M": {"a": {"L": [{"N": "1"}, {"S": "x"}]}}},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1"]},
    "bs": {"BS": ["YQ=="]},
    "t": {"BOOL": True},
    "z": {"NULL": True},
}
_TWO = [{"N": "1"}, {"N": "2"}]
_EQUALS_X = {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "x"}]}
_CONDITION = {
    "ConditionExpression": "attribute_not_exists(#x) OR n BETWEEN :a AND :b",
    "ExpressionAttributeNames": {"#x": "q"},
    "ExpressionAttributeValues": {":a": {"N": "1"}, ":b": {"N": "2"}},
}
_UPDATE = {
    "UpdateExpression": "SET m.a[0] = :n, #q = list_append(if_not_exists(#q, :l), :l) ADD n :n"
    " DELETE ss :s REMOVE z",
    "ExpressionAttributeNames": {"#q": "q"},
    "ExpressionAttributeValues": {
        ":n": {"N": "1"},
        ":l": {"L": [{"N": "1"}]},
        ":s": {"SS": ["a"]},
    },
}
_REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("PutItem", {"Item": _ITEM, "ReturnValues": "ALL_OLD", **_CONDITION}),
    (
        "PutItem",
        {
            "Item": _ITEM,
            "ConditionalOperator": "OR",
            "Expected": {
                "a": {"ComparisonOperator": "BETWEEN", "AttributeValueList": _TWO},
                "b": {"Exists": False},
                "c": {"Value": {"N": "1"}},
            },
        },
    ),
    ("UpdateItem", {"Key": _KEY, "ReturnValues": "UPDATED_NEW", **_UPDATE}),
    (
        "UpdateItem",
        {
            "Key": _KEY,
            "AttributeUpdates": {
                "a": {"Action": "ADD", "Value": {"N": "1"}},
                "b": {"Action": "DELETE"},
                "l": {"Value": {"L": _TWO}},
            },
        },
    ),
    ("DeleteItem", {"Key": _KEY, "ReturnConsumedCapacity": "INDEXES"}),
    ("GetItem", {"Key": _KEY, "ProjectionExpression": "m.a[0], p"}),
    ("GetItem", {"Key": _KEY, "AttributesToGet": ["a", "m"]}),
    (
        "Query",
        {
            "KeyConditionExpression": "p = :p AND c BETWEEN :a AND :b",
            "FilterExpression": "contains(ss, :f)",
            "ExpressionAttributeValues": {
                ":p": {"S": "a"},
                ":a": {"N": "1"},
                ":b": {"N": "3"},
                ":f": {"S": "a"},
            },
            "ExclusiveStartKey": _KEY,
            "Limit": 5,
        },
    ),
    (
        "Query",
        {
            "IndexName": "by_g",
            "KeyConditions": {"g": _EQUALS_X},
            "QueryFilter": {"n": {"ComparisonOperator": "IN", "AttributeValueList": _TWO}},
            "ExclusiveStartKey": {**_KEY, "g": {"S": "x"}},
        },
    ),
    (
        "Scan",
        {
            "IndexName": "by_g",
            "ScanFilter": {"g": _EQUALS_X},
            "Segment": 0,
            "TotalSegments": 2,
            "ExclusiveStartKey": {**_KEY, "g": {"S": "x"}},
        },
    ),
    ("BatchGetItem", {"RequestItems": {TABLE: {"Keys": [_KEY, _OTHER], "AttributesToGet": ["p"]}}}),
    (
        "BatchWriteItem",
        {
            "RequestItems": {
                TABLE: [{"PutRequest": {"Item": _ITEM}}, {"DeleteRequest": {"Key": _OTHER}}]
            }
        },
    ),
    (
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": TABLE, "Item": _ITEM, **_CONDITION}},
                {"Update": {"TableName": TABLE, "Key": _OTHER, "UpdateExpression": "REMOVE a"}},
            ],
            "ClientRequestToken": "token",
        },
    ),
    ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": TABLE, "Key": _KEY}}]}),
    (
        "ExecuteStatement",
        {
            "Statement": f'SELECT * FROM "{TABLE}" WHERE p = ? AND c IN [1, 2]',
            "Parameters": [{"S": "a"}],
        },
    ),
]
_BATCHED = {"BatchGetItem", "BatchWriteItem", "TransactWriteItems", "TransactGetItems"}
_WRONG: list[Any] = [
    *(None, 0, -1, 1.5, 10**30, "", "a", "x" * 300, True, [], {}, [None], {"": None}),
    *({"S": "a"}, {"S": ""}, {"N": "x"}, {"N": "9" * 39}, {"L": [None]}, {"M": {"": {"S": "a"}}}),
    *({"SS": []}, {"SS": ["a", "a"]}, {"NS": [None]}, {"B": "YQ"}, {"NULL": False}, {"Q": "x"}),
    *("p", "c", "g", "ALL_NEW", "EQ", "IN", "NULL", "SET p = :a"),
]
_NAMES = ("p", "c", "g", "a.b", "", "S", "N", "M", "L", ":a", "#x", "Other")
_PIECES = ("", "(", ")", ".", "[0]", " AND ", "=", "#x", ":a", " ", "-", "?", "\N{GRINNING FACE}")


@pytest.fixture(scope="module")
def perform() -> Iterator[Perform]:
    """Performs requests on a runtime that has the table, each of which AWS may refuse."""
    loop = asyncio.new_event_loop()
    store = Store(None)

    async def make() -> Dispatcher:
        services = {"dynamodb": SERVICE}
        config, clock = Config(in_memory=True), VirtualClock()
        return Dispatcher(
            config, store, clock, services, lambda *_: None, lambda *_: None, lambda _: None
        )

    dispatcher = loop.run_until_complete(make())
    caller = Principal(arn="arn:aws:iam::1:root", account="000000000001", administrator=True)

    def call(operation: str, request: Any) -> None:
        dispatcher.perform("dynamodb", operation, request, caller, "us-east-1")

    async def create() -> None:
        table = {
            "TableName": TABLE,
            "AttributeDefinitions": definitions(p="S", c="N", g="S"),
            "KeySchema": key_schema("p", "c"),
            "GlobalSecondaryIndexes": [index("by_g", "g")],
            "BillingMode": "PAY_PER_REQUEST",
        }
        call("CreateTable", table)
        call("PutItem", {"TableName": TABLE, "Item": _ITEM})
        dispatcher.barrier.commit()

    loop.run_until_complete(create())

    async def inside(requests: list[tuple[str, Any]]) -> None:
        for operation, request in requests:
            try:
                call(operation, request)
            except ServiceError:
                continue
        dispatcher.barrier.commit()

    yield lambda requests: loop.run_until_complete(inside(requests))
    store.close()
    loop.close()


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_only_errors_of_aws_come_out(perform: Perform, seed: int) -> None:
    chance = random.Random(seed)
    perform([_make_request(chance) for _ in range(200)])


def _make_request(chance: random.Random) -> tuple[str, Any]:
    operation, right = chance.choice(_REQUESTS)
    request = copy.deepcopy(right)
    if operation not in _BATCHED and operation != "ExecuteStatement":
        request["TableName"] = TABLE
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        _spoil(request, chance)
    return operation, request


def _spoil(request: Any, chance: random.Random) -> None:
    """Change one part of a request: leave it out, rename it, repeat it, put another there."""
    places = list(_places(request))
    if not places:
        return
    container, at = chance.choice(places)
    if chance.random() < 0.2:
        container[at] = None
        return
    way = chance.random()
    if way < 0.15:
        del container[at]
    elif way < 0.25 and isinstance(container, dict):
        container[chance.choice(_NAMES)] = container.pop(at)
    elif way < 0.35 and isinstance(container, list):
        container.append(copy.deepcopy(container[at]))
    elif way < 0.5 and isinstance(container[at], str):
        text = container[at]
        cut = chance.randrange(len(text) + 1)
        container[at] = text[:cut] + chance.choice(_PIECES) + text[cut + chance.choice((0, 1)) :]
    else:
        container[at] = copy.deepcopy(chance.choice(_WRONG))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for at, inner in members:
        yield value, at
        if isinstance(inner, dict | list):
            yield from _places(inner)

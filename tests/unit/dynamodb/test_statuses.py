"""Statuses of tables whose changes take time, for clients that wait for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import UNITS, definitions, index, key_schema

Refused = Callable[..., tuple[str, str]]
NAME = "Slow"
ITEM = {"p": {"S": "a"}}


@pytest.fixture
def slow() -> Iterator[Groundstate]:
    """A runtime whose tables change for five seconds."""
    with Groundstate(table_change_s=5) as found:
        yield found


@pytest.fixture
def client(slow: Groundstate) -> Any:
    found = slow.client("dynamodb")
    found.create_table(
        TableName=NAME,
        AttributeDefinitions=definitions(p="S", g="S"),
        KeySchema=key_schema("p"),
        ProvisionedThroughput=UNITS,
        GlobalSecondaryIndexes=[{**index("by_g", "g"), "ProvisionedThroughput": UNITS}],
    )
    return found


def status(client: Any) -> str:
    found: str = client.describe_table(TableName=NAME)["Table"]["TableStatus"]
    return found


def in_use(doing: str) -> tuple[str, str]:
    return (
        "ResourceInUseException",
        f"Attempt to change a resource which is still in use: Table is being {doing}: {NAME}",
    )


def test_a_table_is_created_for_a_while(slow: Groundstate, client: Any, refused: Refused) -> None:
    described = client.describe_table(TableName=NAME)["Table"]
    assert described["TableStatus"] == "CREATING"
    assert described["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    assert refused(client.put_item, TableName=NAME, Item=ITEM) == (
        "ResourceNotFoundException",
        "Requested resource not found",
    )
    assert refused(client.delete_table, TableName=NAME) == in_use("created")
    more = {"ReadCapacityUnits": 9, "WriteCapacityUnits": 9}
    assert refused(client.update_table, TableName=NAME, ProvisionedThroughput=more) == in_use(
        "created"
    )
    slow.advance(seconds=5)
    described = client.describe_table(TableName=NAME)["Table"]
    assert described["TableStatus"] == "ACTIVE"
    assert described["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    client.put_item(TableName=NAME, Item=ITEM)


def test_a_table_is_updated_for_a_while(slow: Groundstate, client: Any, refused: Refused) -> None:
    slow.advance(seconds=5)
    client.update_table(TableName=NAME, DeletionProtectionEnabled=False)
    assert status(client) == "UPDATING"
    client.put_item(TableName=NAME, Item=ITEM)
    assert refused(client.update_table, TableName=NAME, DeletionProtectionEnabled=False) == in_use(
        "updated"
    )
    assert refused(client.delete_table, TableName=NAME) == in_use("updated")
    slow.advance(seconds=5)
    assert status(client) == "ACTIVE"


def test_a_table_is_deleted_for_a_while(slow: Groundstate, client: Any, refused: Refused) -> None:
    slow.advance(seconds=5)
    client.delete_table(TableName=NAME)
    assert status(client) == "DELETING"
    assert client.list_tables()["TableNames"] == [NAME]
    assert refused(client.scan, TableName=NAME)[0] == "ResourceNotFoundException"
    assert refused(client.update_table, TableName=NAME, DeletionProtectionEnabled=False) == in_use(
        "deleted"
    )
    # As in AWS, it may be deleted again.
    client.delete_table(TableName=NAME)
    slow.advance(seconds=5)
    assert refused(client.describe_table, TableName=NAME)[0] == "ResourceNotFoundException"
    assert client.list_tables()["TableNames"] == []


def test_a_waiter_of_the_sdk_waits(slow: Groundstate, client: Any) -> None:
    polls = []

    def move(**_: Any) -> None:
        polls.append(status)
        slow.advance(seconds=2)

    client.meta.events.register("after-call.dynamodb.DescribeTable", move)
    client.get_waiter("table_exists").wait(
        TableName=NAME, WaiterConfig={"Delay": 0, "MaxAttempts": 10}
    )
    assert len(polls) > 2

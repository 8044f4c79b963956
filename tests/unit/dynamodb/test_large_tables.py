"""What is done bit by bit on large tables: filling an index, and noting when items expire."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundstate.services.dynamodb import backfill, description, expiry
from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import definitions, index, key_schema

Refused = Callable[..., tuple[str, str]]
ITEMS = 30


class Turns:
    """Holds the timers' work back, and does it turn by turn when it is told to."""

    def __init__(self, runtime: Groundstate, handler: Callable[..., None]) -> None:
        self._runtime = runtime
        self._handler = handler
        self._waiting: list[tuple[str, bytes]] = []

    def hold(self, subject: str, data: bytes) -> None:
        self._waiting.append((subject, data))

    def take(self) -> bool:
        """Do one turn's work; whether there was any."""
        if not self._waiting:
            return False
        subject, data = self._waiting.pop(0)

        def work(runtime: Any) -> None:
            runtime.dispatcher.run(
                "dynamodb", lambda call: self._handler(call, subject, data), "us-east-1"
            )

        self._runtime.on_loop(work)
        return True


@pytest.fixture
def table(client: Any, runtime: Groundstate) -> Iterator[str]:
    """A table with some items, whose `g` is sometimes there, and which expire in 1,000 s."""
    now = runtime.on_loop(lambda found: found.clock.now())
    client.create_table(
        TableName="Growing",
        AttributeDefinitions=definitions(p="S"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(ITEMS):
        client.put_item(TableName="Growing", Item=item(number, now + 1000))
    yield "Growing"
    client.delete_table(TableName="Growing")


def item(number: int, expires_at: float) -> dict[str, Any]:
    made: dict[str, Any] = {"p": {"S": f"k{number}"}}
    made["expires"] = {"N": str(int(expires_at) + number)}
    if number % 3:
        made["g"] = {"S": f"g{number % 5}"}
    return made


@pytest.fixture
def turns(runtime: Groundstate, monkeypatch: pytest.MonkeyPatch) -> Turns:
    """The backfill of tables with more than ten items, three rows in each turn."""
    held = Turns(runtime, backfill.on_timer)
    monkeypatch.setattr(backfill, "ITEMS_AT_ONCE", 10)
    monkeypatch.setattr(backfill, "ROWS_A_TURN", 3)
    monkeypatch.setattr(backfill, "_PAGE", 3)
    monkeypatch.setattr(
        backfill,
        "_set_timer",
        lambda call, table, index: held.hold(str(table.table_id), b"%d" % index.index_id),
    )
    return held


def add_index(client: Any, table: str, name: str = "by_g") -> Any:
    return client.update_table(
        TableName=table,
        AttributeDefinitions=definitions(p="S", g="S"),
        GlobalSecondaryIndexUpdates=[{"Create": index(name, "g")}],
    )


def index_of(client: Any, table: str) -> Any:
    return client.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"][0]


def test_an_index_of_a_large_table_is_filled_bit_by_bit(
    client: Any, table: str, turns: Turns, refused: Refused
) -> None:
    add_index(client, table)
    assert turns.take()
    found = index_of(client, table)
    assert (found["IndexStatus"], found["Backfilling"]) == ("CREATING", True)
    for operation, request in (
        (client.scan, {"TableName": table, "IndexName": "by_g"}),
        (client.execute_statement, {"Statement": f'SELECT * FROM "{table}"."by_g"'}),
    ):
        code, message = refused(operation, **request)
        assert code == "ValidationException"
        assert message == "Cannot read from backfilling global secondary index: by_g"
    while turns.take():
        pass
    found = index_of(client, table)
    assert found["IndexStatus"] == "ACTIVE"
    assert "Backfilling" not in found
    assert client.scan(TableName=table, IndexName="by_g")["Count"] == ITEMS * 2 // 3


@pytest.mark.parametrize("seed", range(5))
def test_writes_while_an_index_is_filled_are_in_it(
    client: Any, table: str, turns: Turns, seed: int
) -> None:
    chance = random.Random(seed)
    add_index(client, table)
    while turns.take():
        for _ in range(chance.randrange(4)):
            key = {"p": {"S": f"k{chance.randrange(ITEMS + 5)}"}}
            change = chance.randrange(4)
            if change == 0:
                client.delete_item(TableName=table, Key=key)
            elif change == 1:
                client.put_item(TableName=table, Item=key)
            else:
                client.put_item(
                    TableName=table, Item={**key, "g": {"S": f"g{chance.randrange(9)}"}}
                )
    items = client.scan(TableName=table)["Items"]
    expected = {one["p"]["S"]: one for one in items if "g" in one}
    found = client.scan(TableName=table, IndexName="by_g")["Items"]
    assert len(found) == len(expected)
    assert {one["p"]["S"]: one for one in found} == expected


def test_one_index_is_filled_at_a_time_and_can_be_given_up(
    client: Any, table: str, turns: Turns, refused: Refused
) -> None:
    add_index(client, table)
    assert turns.take()
    code, _ = refused(add_index, client=client, table=table, name="another")
    assert code == "LimitExceededException"
    client.update_table(
        TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_g"}}]
    )
    add_index(client, table)
    # What is left of the first one does nothing to the second.
    while turns.take():
        pass
    assert client.scan(TableName=table, IndexName="by_g")["Count"] == ITEMS * 2 // 3


def test_times_of_a_large_table_are_noted_bit_by_bit(
    client: Any,
    runtime: Groundstate,
    table: str,
    refused: Refused,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = Turns(runtime, expiry.on_noting_timer)
    monkeypatch.setattr(expiry, "ITEMS_AT_ONCE", 10)
    monkeypatch.setattr(expiry, "ROWS_A_TURN", 4)
    monkeypatch.setattr(
        expiry,
        "_set_timer",
        lambda call, table, last: turns.hold(str(table.table_id), b"%d" % last),
    )
    on = {"AttributeName": "expires", "Enabled": True}
    client.update_time_to_live(TableName=table, TimeToLiveSpecification=on)

    def status() -> str:
        described = client.describe_time_to_live(TableName=table)
        found: str = described["TimeToLiveDescription"]["TimeToLiveStatus"]
        return found

    assert turns.take()
    assert status() == "ENABLING"
    off = {**on, "Enabled": False}
    code, message = refused(
        client.update_time_to_live, TableName=table, TimeToLiveSpecification=off
    )
    assert (code, "multiple times" in message) == ("ValidationException", True)
    while turns.take():
        pass
    assert status() == "ENABLED"
    runtime.advance(seconds=1000 + ITEMS // 2)
    assert client.scan(TableName=table)["Count"] == pytest.approx(ITEMS // 2, abs=2)
    runtime.advance(seconds=ITEMS)
    assert client.scan(TableName=table)["Count"] == 0


def test_a_time_of_an_earlier_attribute_deletes_nothing(
    client: Any, runtime: Groundstate, table: str
) -> None:
    now = runtime.on_loop(lambda found: found.clock.now())
    for number in range(ITEMS):
        later = {
            "p": {"S": f"k{number}"},
            "old": {"N": str(now + 50)},
            "new": {"N": str(now + 500)},
        }
        client.put_item(TableName=table, Item=later)

    def update(attribute: str, *, enabled: bool) -> None:
        specification = {"AttributeName": attribute, "Enabled": enabled}
        client.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)

    update("old", enabled=True)
    update("old", enabled=False)
    update("new", enabled=True)
    runtime.advance(seconds=100)
    assert client.scan(TableName=table)["Count"] == ITEMS
    runtime.advance(seconds=500)
    assert client.scan(TableName=table)["Count"] == 0


def test_an_index_of_a_large_table_is_counted_anew_each_hour(
    client: Any, runtime: Groundstate, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_index(client, table)
    counted = index_of(client, table)["ItemCount"]
    client.put_item(TableName=table, Item={"p": {"S": "new"}, "g": {"S": "g"}})
    assert index_of(client, table)["ItemCount"] == counted + 1
    monkeypatch.setattr(description, "COUNTED_ALWAYS_MAX", 10)
    client.put_item(TableName=table, Item={"p": {"S": "newer"}, "g": {"S": "g"}})
    assert index_of(client, table)["ItemCount"] == counted + 1
    assert client.describe_table(TableName=table)["Table"]["ItemCount"] == ITEMS + 2
    runtime.advance(seconds=3601)
    assert index_of(client, table)["ItemCount"] == counted + 2

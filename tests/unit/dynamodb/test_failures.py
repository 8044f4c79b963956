"""What a bug in the middle of a write leaves: nothing of it, and all that was written before."""

from __future__ import annotations

import asyncio

import pytest

from groundstate.clock import VirtualClock
from groundstate.config import Config
from groundstate.dispatch import Dispatcher
from groundstate.operation import Principal, ServiceError
from groundstate.services.dynamodb import SERVICE, changes
from groundstate.store import Store

ROOT = Principal("arn:aws:iam::000000000000:root", "000000000000", administrator=True)
STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}


class Bench:
    """A dispatcher with DynamoDB, and a table in it."""

    def __init__(self, **table):
        self.store = Store(None)
        self.dispatcher = Dispatcher(
            Config(in_memory=True),
            self.store,
            VirtualClock(1000.0),
            {"dynamodb": SERVICE},
            lambda *_: None,
            lambda *_: None,
            self.fail,
        )
        self.perform(
            "CreateTable",
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            **table,
        )
        self.perform("PutItem", Item=item("before"))
        self.dispatcher.barrier.commit()

    def fail(self, error):
        raise AssertionError(error)

    def perform(self, operation, **request):
        request = {"TableName": "Things", **request}
        return self.dispatcher.perform("dynamodb", operation, request, ROOT, "us-east-1")

    def look(self):
        """The items there are, and how many the table counts."""
        self.dispatcher.barrier.commit()
        found = [(item["k"]["S"], item["n"]["N"]) for item in self.perform("Scan")["Items"]]
        return sorted(found), self.perform("DescribeTable")["Table"]["ItemCount"]


def item(key, number="1"):
    return {"k": {"S": key}, "n": {"N": number}}


UPDATE = {
    "Key": {"k": {"S": "new"}},
    "UpdateExpression": "SET a = :a",
    "ExpressionAttributeValues": {":a": {"S": "a"}},
}
WRITES = (
    ("PutItem", {"Item": item("new")}),
    ("PutItem", {"Item": item("before", "2"), "ReturnValues": "ALL_OLD"}),
    ("DeleteItem", {"Key": {"k": {"S": "before"}}}),
    ("UpdateItem", UPDATE),
)


def run(test):
    async def main():
        test()

    asyncio.run(main())


@pytest.mark.parametrize(("operation", "request_"), WRITES)
def test_write_whose_stream_record_fails_is_taken_back(monkeypatch, operation, request_):
    def test():
        bench = Bench(**STREAM)
        with monkeypatch.context() as patch:
            patch.setattr(changes, "ids", None)
            with pytest.raises(AttributeError):
                bench.perform(operation, **request_)
        assert bench.look() == ([("before", "1")], 1)
        bench.store.close()

    run(test)


@pytest.mark.parametrize(("operation", "request_"), WRITES)
def test_write_that_the_database_refuses_leaves_nothing(operation, request_):
    def test():
        bench = Bench()
        bench.perform("PutItem", Item=item("same tick"))
        execute = bench.store.connection.execute
        for event in ("INSERT", "UPDATE", "DELETE"):
            execute(
                f"CREATE TEMP TRIGGER no_{event} BEFORE {event} ON dynamodb_items_1"
                " BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
        with pytest.raises(Exception, match="refused"):
            bench.perform(operation, **request_)
        assert bench.look() == ([("before", "1"), ("same tick", "1")], 2)
        bench.store.close()

    run(test)


def test_refused_write_opens_no_transaction():
    def test():
        bench = Bench()
        with pytest.raises(ServiceError):
            bench.perform("PutItem", Item=item("new"), ConditionExpression="attribute_exists(k)")
        assert not bench.store.tx.is_open
        assert bench.look() == ([("before", "1")], 1)
        bench.store.close()

    run(test)

"""A plain dict with slow, obvious code against the store: items, indexes, streams, restarts."""

from __future__ import annotations

import tempfile
from decimal import Context, Decimal
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from groundstate.testing import Groundstate

TABLE = "Model"
PARTITIONS = st.sampled_from(["a", "b", "\u00e9"])
SORTS = st.sampled_from(["-1000000000000", "-1.5", "0", "0.001", "2", "10", "1e30"])
COLORS = st.sampled_from(["red", "green"])
# Python's own context has 28 digits, DynamoDB's numbers 38.
EXACT = Context(prec=38)
Key = tuple[str, Decimal]


def _definition() -> dict[str, Any]:
    def schema(*names: str) -> list[dict[str, str]]:
        return [
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
        ]

    return {
        "TableName": TABLE,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("p", "S"), ("n", "N"), ("color", "S"), ("weight", "N"))
        ],
        "KeySchema": schema("p", "n"),
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_color",
                "KeySchema": schema("color", "weight"),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "by_weight",
                "KeySchema": schema("p", "weight"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    }


class DynamodbMachine(RuleBasedStateMachine):
    """Every rule does the same to the table and to `self.items`."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.items: dict[Key, dict[str, Any]] = {}
        self.records: list[tuple[Any, Any]] = []
        self.runtime: Groundstate | None = None

    @initialize()
    def create(self) -> None:
        self._start()
        self.client.create_table(**_definition())

    def teardown(self) -> None:
        if self.runtime is not None:
            self.runtime.stop()
        self.directory.cleanup()

    def _start(self) -> None:
        self.runtime = Groundstate(self.directory.name, synchronous="OFF")
        self.runtime.start()
        self.client = self.runtime.client("dynamodb")
        self.streams = self.runtime.client("dynamodbstreams")

    @rule(
        p=PARTITIONS,
        n=SORTS,
        color=st.none() | COLORS,
        weight=st.none() | SORTS,
        blind=st.booleans(),
    )
    def put(self, p: str, n: str, color: str | None, weight: str | None, blind: bool) -> None:
        item: dict[str, Any] = {"p": {"S": p}, "n": {"N": n}}
        if color is not None:
            item["color"] = {"S": color}
        if weight is not None:
            item["weight"] = {"N": weight}
        condition = {} if blind else {"ConditionExpression": "attribute_not_exists(p)"}
        key = (p, Decimal(n))
        code = self._refusal("put_item", TableName=TABLE, Item=item, **condition)
        if not blind and key in self.items:
            assert code == "ConditionalCheckFailedException"
            return
        assert code is None
        self._change(key, plain(item))

    @rule(p=PARTITIONS, n=SORTS)
    def delete(self, p: str, n: str) -> None:
        self.client.delete_item(TableName=TABLE, Key={"p": {"S": p}, "n": {"N": n}})
        self._change((p, Decimal(n)), None)

    @rule(p=PARTITIONS, n=SORTS, by=st.integers(-3, 3))
    def add_weight(self, p: str, n: str, by: int) -> None:
        self.client.update_item(
            TableName=TABLE,
            Key={"p": {"S": p}, "n": {"N": n}},
            UpdateExpression="ADD weight :by",
            ExpressionAttributeValues={":by": {"N": str(by)}},
        )
        key = (p, Decimal(n))
        item = dict(self.items.get(key, {"p": p, "n": Decimal(n)}))
        item["weight"] = EXACT.add(item.get("weight", Decimal(0)), Decimal(by))
        self._change(key, item)

    @rule(
        writes=st.dictionaries(st.tuples(PARTITIONS, SORTS), COLORS, min_size=1, max_size=4),
        guard=st.tuples(PARTITIONS, SORTS),
    )
    def transact(self, writes: dict[tuple[str, str], str], guard: tuple[str, str]) -> None:
        guard_key = {"p": {"S": guard[0]}, "n": {"N": guard[1]}}
        chosen = {key: color for key, color in writes.items() if key != guard}
        actions: list[dict[str, Any]] = [
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {"p": {"S": p}, "n": {"N": n}, "color": {"S": color}},
                }
            }
            for (p, n), color in chosen.items()
        ]
        check = {
            "TableName": TABLE,
            "Key": guard_key,
            "ConditionExpression": "attribute_exists(p)",
        }
        allowed = (guard[0], Decimal(guard[1])) in self.items
        code = self._refusal(
            "transact_write_items", TransactItems=[*actions, {"ConditionCheck": check}]
        )
        if not allowed:
            assert code == "TransactionCanceledException"
            return
        assert code is None
        for (p, n), color in chosen.items():
            self._change((p, Decimal(n)), {"p": p, "n": Decimal(n), "color": color})

    @precondition(lambda self: self.items)
    @rule()
    def restart(self) -> None:
        assert self.runtime is not None
        self.runtime.stop()
        self._start()

    def _refusal(self, operation: str, **request: Any) -> str | None:
        """Call an operation; the code of its error, or None if it succeeded."""
        try:
            getattr(self.client, operation)(**request)
        except ClientError as error:
            code: str = error.response["Error"]["Code"]
            return code
        return None

    def _change(self, key: Key, item: dict[str, Any] | None) -> None:
        before = self.items.get(key)
        if before != item:
            self.records.append((before, item))
        if item is None:
            self.items.pop(key, None)
        else:
            self.items[key] = item

    @invariant()
    def the_table_has_the_items(self) -> None:
        if self.runtime is None:
            return
        found = [plain(item) for item in self.client.scan(TableName=TABLE)["Items"]]
        assert as_set(found) == as_set(self.items.values())
        described = self.client.describe_table(TableName=TABLE)["Table"]
        assert described["ItemCount"] == len(self.items)

    @invariant()
    def a_query_is_in_order(self) -> None:
        if self.runtime is None:
            return
        for partition in ("a", "b"):
            found = self._query(None, "p = :v", {":v": {"S": partition}}, limit=2)
            wanted = sorted(
                (item for item in self.items.values() if item["p"] == partition),
                key=lambda item: item["n"],
            )
            assert found == wanted

    @invariant()
    def indexes_equal_their_table(self) -> None:
        if self.runtime is None:
            return
        found = self._query("by_color", "color = :v", {":v": {"S": "red"}}, limit=2)
        wanted = [
            item for item in self.items.values() if item.get("color") == "red" and "weight" in item
        ]
        assert as_set(found) == as_set(wanted)
        assert [item["weight"] for item in found] == sorted(item["weight"] for item in wanted)
        local = self._query("by_weight", "p = :v", {":v": {"S": "a"}}, limit=3)
        weights = [
            item["weight"] for item in self.items.values() if item["p"] == "a" and "weight" in item
        ]
        assert [item["weight"] for item in local] == sorted(weights)

    @invariant()
    def the_stream_has_each_change_once(self) -> None:
        if self.runtime is None:
            return
        arn = self.client.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
        stream = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]
        iterator = self.streams.get_shard_iterator(
            StreamArn=arn,
            ShardId=stream["Shards"][0]["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        records = self.streams.get_records(ShardIterator=iterator)["Records"]
        found = [
            (
                plain(record["dynamodb"].get("OldImage")),
                plain(record["dynamodb"].get("NewImage")),
            )
            for record in records
        ]
        assert found == self.records

    def _query(
        self, index: str | None, condition: str, values: dict[str, Any], limit: int
    ) -> list[Any]:
        """All pages, each of `limit` items."""
        request: dict[str, Any] = {
            "TableName": TABLE,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "Limit": limit,
        }
        if index is not None:
            request["IndexName"] = index
        found = []
        while True:
            page = self.client.query(**request)
            found += [plain(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return found
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def plain(item: Any) -> Any:
    if item is None:
        return None
    return {
        name: Decimal(value["N"]) if "N" in value else value["S"] for name, value in item.items()
    }


def as_set(items: Any) -> set[frozenset[tuple[str, Any]]]:
    return {frozenset(item.items()) for item in items}


DynamodbMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=12,
)
TestDynamodbModel = DynamodbMachine.TestCase

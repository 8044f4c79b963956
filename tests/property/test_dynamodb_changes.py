"""The model of `test_dynamodb_model`, and more: an index comes and goes, items expire.

Indexes are filled and times are noted row by row, so that writes and restarts come in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from groundstate.services.dynamodb import backfill, expiry
from tests.property.test_dynamodb_model import (
    PARTITIONS,
    SORTS,
    TABLE,
    DynamodbMachine,
    Key,
    as_set,
    plain,
)

SHAPES = st.sampled_from([{"S": "round"}, {"S": "flat"}, {"N": "1"}, {"S": ""}, {"S": "x" * 3000}])
GOOD_SHAPES = ("round", "flat")


@pytest.fixture(autouse=True, scope="module")
def row_by_row() -> Iterator[None]:
    """What large tables do bit by bit, done on these in the smallest bits."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (backfill, expiry):
            patch.setattr(module, "ITEMS_AT_ONCE", 2)
            patch.setattr(module, "ROWS_A_TURN", 1)
        patch.setattr(backfill, "_PAGE", 1)
        yield


class ChangingMachine(DynamodbMachine):
    """Adds an index by `shape`, and time to live by `until`."""

    def __init__(self) -> None:
        super().__init__()
        self.has_index = False
        self.expires = False
        self.times: set[int] = set()

    @initialize()
    def create(self) -> None:
        super().create()
        self._enable(enabled=True)

    @rule(p=PARTITIONS, n=SORTS, shape=st.none() | SHAPES, lives_s=st.none() | st.integers(1, 4000))
    def put_shape(self, p: str, n: str, shape: Any, lives_s: int | None) -> None:
        item = self._item(p, n, shape, lives_s)
        code = self._refusal("put_item", TableName=TABLE, Item=item)
        if self._is_refused(item):
            assert code == "ValidationException"
        else:
            assert code is None
            self._change((p, Decimal(n)), plain(item))

    @rule(
        writes=st.dictionaries(
            st.tuples(PARTITIONS, SORTS), st.none() | SHAPES, min_size=1, max_size=5
        )
    )
    def write_batch(self, writes: dict[tuple[str, str], Any]) -> None:
        """Put items of a shape, and delete those without."""
        requests: list[dict[str, Any]] = []
        for (p, n), shape in writes.items():
            item = self._item(p, n, shape, None)
            requests.append(
                {"DeleteRequest": {"Key": item}}
                if shape is None
                else {"PutRequest": {"Item": item}}
            )
        code = self._refusal("batch_write_item", RequestItems={TABLE: requests})
        puts = [one["PutRequest"]["Item"] for one in requests if "PutRequest" in one]
        if any(self._is_refused(item) for item in puts):
            assert code == "ValidationException"
            return
        assert code is None
        for (p, n), shape in writes.items():
            new = None if shape is None else plain(self._item(p, n, shape, None))
            self._change((p, Decimal(n)), new)

    @rule(p=PARTITIONS, n=SORTS, shape=SHAPES)
    def set_shape(self, p: str, n: str, shape: Any) -> None:
        code = self._refusal(
            "update_item",
            TableName=TABLE,
            Key={"p": {"S": p}, "n": {"N": n}},
            UpdateExpression="SET shape = :s",
            ExpressionAttributeValues={":s": shape},
        )
        key: Key = (p, Decimal(n))
        old = self.items.get(key, {"p": p, "n": Decimal(n)})
        new = {**old, "shape": plain({"shape": shape})["shape"]}
        if self.has_index and new["shape"] not in GOOD_SHAPES and new != old:
            assert code == "ValidationException"
        else:
            assert code is None
            self._change(key, new)

    @rule(make=st.booleans())
    def change_index(self, make: bool) -> None:
        update: dict[str, Any] = {"Delete": {"IndexName": "by_shape"}}
        if make:
            update = {
                "Create": {
                    "IndexName": "by_shape",
                    "KeySchema": [{"AttributeName": "shape", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        code = self._refusal(
            "update_table",
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "shape", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[update],
        )
        if make == self.has_index:
            # There is one already, filled or not; or there is none to be deleted.
            refusals = ("ValidationException", "LimitExceededException")
            assert code in (refusals if make else ("ResourceNotFoundException",))
        else:
            assert code is None
            self.has_index = make

    @rule(seconds=st.integers(1, 3000))
    def pass_time(self, seconds: int) -> None:
        assert self.runtime is not None
        self.runtime.advance(seconds=seconds)
        self._expire()

    @rule()
    def toggle_expiry(self) -> None:
        assert self.runtime is not None
        self.runtime.settle()
        self._enable(enabled=not self.expires)

    @precondition(lambda self: self.items)
    @rule()
    def restart_in_time(self) -> None:
        """Start anew at the time at which it stopped, with what was under way."""
        now = self._now()
        self.restart()
        assert self.runtime is not None
        assert self.runtime.clock is not None
        self.runtime.on_loop(lambda found: found.clock.set(now))
        self._expire()

    def _enable(self, *, enabled: bool) -> None:
        specification = {"AttributeName": "until", "Enabled": enabled}
        self.client.update_time_to_live(TableName=TABLE, TimeToLiveSpecification=specification)
        self.expires = enabled
        if enabled:
            assert self.runtime is not None
            self.runtime.settle()
            self._expire()

    def _now(self) -> float:
        assert self.runtime is not None
        now: float = self.runtime.on_loop(lambda found: found.clock.now())
        return now

    def _expire(self) -> None:
        """Let the model's items expire as those of the table must have."""
        if not self.expires:
            return
        now = self._now()
        due = [item for item in self.items.values() if item.get("until", now + 1) <= now]
        for item in sorted(due, key=lambda item: item["until"]):
            self._change((item["p"], item["n"]), None)

    def _item(self, p: str, n: str, shape: Any, lives_s: int | None) -> dict[str, Any]:
        item: dict[str, Any] = {"p": {"S": p}, "n": {"N": n}}
        if shape is not None:
            item["shape"] = shape
        if lives_s is not None:
            until = int(self._now()) + lives_s
            while until in self.times:
                # No two at once: their order would be anybody's guess.
                until += 1
            self.times.add(until)
            item["until"] = {"N": str(until)}
        return item

    def _is_refused(self, item: dict[str, Any]) -> bool:
        return self.has_index and "shape" in item and item["shape"].get("S") not in GOOD_SHAPES

    @invariant()
    def the_new_index_equals_its_table(self) -> None:
        if self.runtime is None or not self.has_index:
            return
        described = self.client.describe_table(TableName=TABLE)["Table"]
        (status,) = (
            index["IndexStatus"]
            for index in described["GlobalSecondaryIndexes"]
            if index["IndexName"] == "by_shape"
        )
        if status == "ACTIVE":
            found = self.client.scan(TableName=TABLE, IndexName="by_shape")["Items"]
            wanted = [one for one in self.items.values() if one.get("shape") in GOOD_SHAPES]
            assert len(found) == len(wanted)
            assert as_set(map(plain, found)) == as_set(wanted)

    def teardown(self) -> None:
        if self.runtime is not None:
            self.runtime.settle()
            self.the_new_index_equals_its_table()
        super().teardown()


ChangingMachine.TestCase.settings = settings(
    max_examples=10,
    stateful_step_count=20,
)
TestDynamodbChanges = ChangingMachine.TestCase

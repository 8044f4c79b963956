"""Event source mappings with a ParallelizationFactor: batches of one shard at once."""

from __future__ import annotations

import time
from collections import defaultdict

import pytest

from .stream_sources import WAIT_S

# Its first record's function waits until the one of the second has left a note.
MEETS = """
import json, os, time, boto3
notes = boto3.resource("dynamodb").Table(os.environ["NOTES"])
def handler(event, context):
    print(json.dumps(event))
    name = event["Records"][0]["dynamodb"]["Keys"]["id"]["S"]
    notes.put_item(Item={"id": name})
    while len(notes.scan(ConsistentRead=True)["Items"]) < int(os.environ["MEETS"]):
        time.sleep(0.01)
"""


@pytest.fixture
def notes(source):
    """The name of a table in which functions leave notes for each other."""
    name = f"{source.table}-notes"
    source.dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def variables(**values):
    return {"Variables": {name: str(value) for name, value in values.items()}}


def test_batches_of_one_shard_run_at_once(source, notes):
    source.put(*"abc")
    name = source.functions.make(MEETS, Environment=variables(NOTES=notes, MEETS=3), Timeout=10)
    made = source.map_function(name, BatchSize=1, ParallelizationFactor=3)
    found, _ = source.batches(name, 3)
    assert sorted(found) == [["a"], ["b"], ["c"]]
    source.wait_result(made["UUID"], "OK")


def test_no_more_batches_run_at_once_than_the_factor_says(source, notes):
    source.put(*"abc")
    name = source.functions.make(MEETS, Environment=variables(NOTES=notes, MEETS=3), Timeout=1)
    made = source.map_function(name, BatchSize=1, ParallelizationFactor=2, MaximumRetryAttempts=0)
    # The third one would have to come while the first two wait.
    source.wait_result(made["UUID"], "PROBLEM: Function call failed")
    found, _ = source.batches(name, 2)
    assert sorted(found[:2]) == [["a"], ["b"]]


# Notes that an item is being worked on, and tells if somebody else works on it.
GUARDS = """
import json, os, random, time, boto3
notes = boto3.resource("dynamodb").Table(os.environ["NOTES"])
def handler(event, context):
    print(json.dumps(event))
    items = {json.dumps(r["dynamodb"]["Keys"], sort_keys=True) for r in event["Records"]}
    for item in items:
        if "Attributes" in notes.put_item(Item={"id": item}, ReturnValues="ALL_OLD"):
            print("OVERLAP", item)
    time.sleep(random.random() / 50)
    for item in items:
        notes.delete_item(Key={"id": item})
"""


def test_records_of_an_item_stay_in_order_and_in_one_batch_at_a_time(functions, source, notes):
    numbers = range(8)
    for number in numbers:
        for item in "abcdef":
            source.put_number(item, number)
    name = source.functions.make(GUARDS, Environment=variables(NOTES=notes), Timeout=10)
    source.map_function(name, BatchSize=2, ParallelizationFactor=4)
    _, events = source.batches(name, 48)
    assert not [text for text in functions.messages(name) if text.startswith("OVERLAP")]
    seen = defaultdict(list)
    for event in events:
        for record in event["Records"]:
            image = record["dynamodb"]["NewImage"]
            seen[image["id"]["S"]].append((record["dynamodb"]["SequenceNumber"], image["n"]["N"]))
    assert sorted(seen) == list("abcdef")
    for item, records in seen.items():
        assert [int(number) for _, number in records] == list(numbers), item


FAILS_WHILE_TOLD = """
import json, os, boto3
def handler(event, context):
    print(json.dumps(event))
    if os.environ["FAILS"] == event["Records"][0]["dynamodb"]["Keys"]["id"]["S"]:
        raise ValueError("as told")
"""


def test_failing_record_holds_up_its_lane_alone_and_is_not_lost(source):
    name = source.functions.make(FAILS_WHILE_TOLD, Environment=variables(FAILS="bad"))
    made = source.map_function(name, BatchSize=1, ParallelizationFactor=2)
    source.put("bad")
    source.wait_result(made["UUID"], "PROBLEM: Function call failed")
    source.put("b", "c")
    source.put_number("bad", 2)
    deadline = time.monotonic() + WAIT_S
    while not {"b", "c"} <= {item for (item,) in source.batches(name, 0)[0]}:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    # It goes on from the oldest record that is not done: that one comes again, and what followed.
    source.client.update_event_source_mapping(UUID=made["UUID"], Enabled=False)
    source.client.update_function_configuration(
        FunctionName=name, Environment=variables(FAILS="nothing")
    )
    before = len(source.batches(name, 0)[0])
    source.client.update_event_source_mapping(UUID=made["UUID"], Enabled=True)
    found, _ = source.batches(name, before + 4)
    assert sorted(found[before:]) == [["b"], ["bad"], ["bad"], ["c"]]


def test_changed_mapping_waits_for_the_batch_that_is_under_way(functions, source, notes):
    name = source.functions.make(GUARDS, Environment=variables(NOTES=notes), Timeout=10)
    made = source.map_function(name, BatchSize=1)
    for number in range(10):
        source.put_number("same", number)
        source.client.update_event_source_mapping(
            UUID=made["UUID"], ParallelizationFactor=1 + number
        )
    found, _ = source.batches(name, 10)
    assert found == [["same"]] * 10
    assert not [text for text in functions.messages(name) if text.startswith("OVERLAP")]

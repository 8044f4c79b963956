"""Event source mappings: functions that read a table's stream."""

from __future__ import annotations

import json
import time
from datetime import datetime

import pytest
from botocore.exceptions import ClientError

from .stream_sources import ECHO, WAIT_S


def test_mapping_answers_with_the_defaults_of_aws(source):
    name, made = source.map()
    assert made["State"] == "Creating"
    assert made["BatchSize"] == 100
    assert made["MaximumRetryAttempts"] == -1
    assert made["LastProcessingResult"] == "No records processed"
    assert made["FunctionArn"].endswith(f":function:{name}")
    assert made["EventSourceMappingArn"].endswith(f":event-source-mapping:{made['UUID']}")
    found = source.client.get_event_source_mapping(UUID=made["UUID"])
    assert found["State"] == "Enabled"


def test_function_gets_the_records_of_the_stream(source):
    name, _ = source.map()
    source.put("a")
    _, events = source.batches(name, 1)
    (record,) = events[0]["Records"]
    assert record["eventName"] == "INSERT"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["eventVersion"] == "1.1"
    assert record["awsRegion"] == "us-east-1"
    assert record["eventSourceARN"] == source.arn
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "a"}}
    assert record["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_batches_are_no_larger_than_asked_and_in_order(source):
    source.put(*"abcde")
    name, _ = source.map(BatchSize=2)
    found, _ = source.batches(name, 5)
    assert found == [["a", "b"], ["c", "d"], ["e"]]


def test_batch_may_be_larger_than_what_is_read_at_once(source):
    requests = [{"PutRequest": {"Item": {"id": {"S": f"{n}"}}}} for n in range(1200)]
    for first in range(0, len(requests), 25):
        source.dynamodb.batch_write_item(RequestItems={source.table: requests[first : first + 25]})
    # The events would be too long for the log.
    count = 'def handler(event, context):\n    print("got", len(event["Records"]))\n'
    name, made = source.map(count, BatchSize=10_000, MaximumBatchingWindowInSeconds=2)
    source.wait_result(made["UUID"], "OK")
    said = [text for text in source.functions.messages(name) if text.startswith("got")]
    assert said == [f"got {len(requests)}\n"]


def test_latest_leaves_out_what_was_there(source):
    source.put("old")
    name, _ = source.map(StartingPosition="LATEST")
    source.put("new")
    found, _ = source.batches(name, 1)
    assert found == [["new"]]


def test_filter_leaves_out_what_does_not_match(source):
    pattern = json.dumps({"dynamodb": {"Keys": {"id": {"S": [{"prefix": "b"}]}}}})
    name, _ = source.map(FilterCriteria={"Filters": [{"Pattern": pattern}]})
    source.put("a1", "b1", "a2", "b2")
    found, _ = source.batches(name, 2)
    assert [item for batch in found for item in batch] == ["b1", "b2"]


def test_filter_finds_items_that_expired(source):
    source.dynamodb.update_time_to_live(
        TableName=source.table,
        TimeToLiveSpecification={"AttributeName": "until", "Enabled": True},
    )
    who = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    pattern = json.dumps({"userIdentity": {name: [value] for name, value in who.items()}})
    name, _ = source.map(FilterCriteria={"Filters": [{"Pattern": pattern}]})
    source.put("stays")
    past = {"id": {"S": "expires"}, "until": {"N": str(int(time.time()) - 1)}}
    source.dynamodb.put_item(TableName=source.table, Item=past)
    found, events = source.batches(name, 1)
    assert found == [["expires"]]
    (record,) = events[0]["Records"]
    assert (record["eventName"], record["userIdentity"]) == ("REMOVE", who)


FAILS_ON_BAD = """
import json
def handler(event, context):
    print(json.dumps(event))
    if any(r["dynamodb"]["Keys"]["id"]["S"] == "bad" for r in event["Records"]):
        raise ValueError("bad")
"""


def test_bad_record_is_found_by_halves_and_left_out(source):
    source.put("a", "b", "bad", "c")
    name, _ = source.map(
        FAILS_ON_BAD, BisectBatchOnFunctionError=True, MaximumRetryAttempts=0, BatchSize=4
    )
    found, _ = source.batches(name, 10)
    assert found == [["a", "b", "bad", "c"], ["a", "b"], ["bad", "c"], ["bad"], ["c"]]


def test_failed_batch_is_tried_again_and_then_given_up(source):
    source.put("bad")
    name, made = source.map(FAILS_ON_BAD, MaximumRetryAttempts=1)
    source.batches(name, 2)
    source.put("good")
    found, _ = source.batches(name, 3)
    assert found == [["bad"], ["bad"], ["good"]]
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        mapping = source.client.get_event_source_mapping(UUID=made["UUID"])
        if mapping["LastProcessingResult"] == "OK":
            break
    assert mapping["LastProcessingResult"] == "OK"


def test_reported_failure_goes_on_from_there(source):
    reporting = """
import json
seen = set()
def handler(event, context):
    print(json.dumps(event))
    for record in event["Records"]:
        if record["dynamodb"]["Keys"]["id"]["S"] == "c" and not seen:
            seen.add("c")
            number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
"""
    source.put(*"abcd")
    name, _ = source.map(reporting, FunctionResponseTypes=["ReportBatchItemFailures"])
    found, _ = source.batches(name, 6)
    assert found == [["a", "b", "c", "d"], ["c", "d"]]


COUNT = """
import json
def handler(event, context):
    state = {"seen": event["state"].get("seen", 0) + len(event["Records"])}
    print(json.dumps({**event, "Records": len(event["Records"]), "given": state["seen"]}))
    return {"state": state}
"""


def test_batches_of_a_tumbling_window_share_a_state(source):
    name, made = source.map(COUNT, BatchSize=1, TumblingWindowInSeconds=1)
    assert made["TumblingWindowInSeconds"] == 1
    source.put("a", "b", "c")
    deadline = time.monotonic() + WAIT_S
    finals = []
    while sum(event["given"] for event in finals) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
        group = {"logGroupNamePrefix": f"/aws/lambda/{name}"}
        if source.functions.logs.describe_log_groups(**group)["logGroups"]:
            events = [json.loads(x) for x in source.functions.messages(name) if x.startswith("{")]
            finals = [event for event in events if event["isFinalInvokeForWindow"]]
    assert sum(event["given"] for event in finals) == 3
    batches = [event for event in events if not event["isFinalInvokeForWindow"]]
    assert [event["Records"] for event in batches] == [1, 1, 1]
    assert [event["Records"] for event in finals] == [0] * len(finals)
    # A window begins with an empty state, and hands over what its last batch left.
    assert batches[0]["state"] == {}
    assert finals[0]["state"]["seen"] == finals[0]["given"]
    assert {event["eventSourceARN"] for event in events} == {source.arn}
    assert not any(event["isWindowTerminatedEarly"] for event in events)
    for event in events:
        start, end = (
            datetime.strptime(event["window"][side], "%Y-%m-%dT%H:%M:%S%z")
            for side in ("start", "end")
        )
        assert (end - start).total_seconds() == 1
        assert event["shardId"].startswith("shardId-")


def test_answer_without_a_state_fails_the_batch_of_a_window(source):
    name, made = source.map(ECHO, MaximumRetryAttempts=1, TumblingWindowInSeconds=900)
    source.put("a")
    found, _ = source.batches(name, 2)
    assert found == [["a"], ["a"]]
    read = source.client.get_event_source_mapping(UUID=made["UUID"])
    assert read["LastProcessingResult"] == "PROBLEM: Function call failed"


def test_disabled_mapping_goes_on_where_it_stopped(source):
    name, made = source.map()
    source.put("a")
    source.batches(name, 1)
    source.client.update_event_source_mapping(UUID=made["UUID"], Enabled=False)
    source.put("b")
    time.sleep(0.25)
    assert source.batches(name, 1)[0] == [["a"]]
    source.client.update_event_source_mapping(UUID=made["UUID"], Enabled=True)
    assert source.batches(name, 2)[0] == [["a"], ["b"]]


def test_second_mapping_of_the_same_pair_is_refused(source):
    name, made = source.map()
    with pytest.raises(source.client.exceptions.ResourceConflictException) as refused:
        source.client.create_event_source_mapping(
            EventSourceArn=source.arn, FunctionName=name, StartingPosition="LATEST"
        )
    assert refused.value.response["Error"]["Message"] == (
        f'The event source arn (" {source.arn} ") and function (" {name} ") provided mapping'
        f" already exists. Please update or delete the existing mapping with UUID {made['UUID']}"
    )


def test_stream_that_is_not_there_is_refused(source):
    source.arn = source.arn.replace("table-", "nobody-")
    with pytest.raises(source.client.exceptions.InvalidParameterValueException) as refused:
        source.map()
    assert refused.value.response["Error"]["Message"] == f"Stream not found: {source.arn}"


def test_bad_filter_is_refused(source):
    with pytest.raises(source.client.exceptions.InvalidParameterValueException) as refused:
        source.map(FilterCriteria={"Filters": [{"Pattern": '{"a": "b"}'}]})
    message = refused.value.response["Error"]["Message"]
    assert message == "Invalid filter pattern definition."


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"StartingPosition": "AT_TIMESTAMP"}, "Unsupported starting position for arn type: {arn}"),
        (
            {"MaximumRecordAgeInSeconds": 59},
            (
                "1 validation error detected: Value '59' at 'maximumRecordAgeInSeconds' failed to"
                " satisfy constraint: Member must have value greater than or equal to 60"
            ),
        ),
        (
            {"DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1::q"}}},
            "Unsupported DestinationConfig parameter for given event source mapping type.",
        ),
        (
            {"ParallelizationFactor": 2, "TumblingWindowInSeconds": 1},
            "Parallelization factor must be equal to 1 when tumbling window period is configured",
        ),
        (
            {"DestinationConfig": {"OnFailure": {}}},
            "The Destination field is required for an OnFailure configuration.",
        ),
    ],
    ids=["position", "age", "destination", "parallel", "failure"],
)
def test_setting_that_streams_lack_is_refused(source, settings, message):
    with pytest.raises(ClientError) as refused:
        source.map(**settings)
    assert refused.value.response["Error"]["Message"] == message.format(arn=source.arn)
    assert (
        source.client.list_event_source_mappings(EventSourceArn=source.arn)["EventSourceMappings"]
        == []
    )


def test_mapping_has_tags(source):
    _, made = source.map(Tags={"team": "tasks", "stage": "test"})
    arn = made["EventSourceMappingArn"]
    assert source.client.list_tags(Resource=arn)["Tags"] == {"team": "tasks", "stage": "test"}
    source.client.tag_resource(Resource=arn, Tags={"stage": "live"})
    source.client.untag_resource(Resource=arn, TagKeys=["team"])
    assert source.client.list_tags(Resource=arn)["Tags"] == {"stage": "live"}
    source.client.update_event_source_mapping(UUID=made["UUID"], BatchSize=5)
    assert source.client.list_tags(Resource=arn)["Tags"] == {"stage": "live"}
    source.client.delete_event_source_mapping(UUID=made["UUID"])
    with pytest.raises(source.client.exceptions.ResourceNotFoundException):
        source.client.list_tags(Resource=arn)

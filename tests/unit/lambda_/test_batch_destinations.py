"""Where batches go that were given up, and the rights that a mapping's function needs."""

from __future__ import annotations

import json
import re
import time

import pytest

from .conftest import BASIC
from .stream_sources import WAIT_S

FAILS_ON_BAD = """
import json
def handler(event, context):
    print(json.dumps(event))
    if event["Records"][0]["dynamodb"]["Keys"]["id"]["S"] == "bad":
        raise ValueError("bad")
"""
STREAM_ACTIONS = ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams")


def allow(actions, *resources):
    return {"Effect": "Allow", "Action": actions, "Resource": list(resources)}


class Mappings:
    """Mappings of a function whose role has the rights that a test gives it."""

    def __init__(self, source, name):
        self.source = source
        self.client = source.client
        self.role_name = name
        self.iam = source.functions.groundstate.client("iam")
        self.role = source.functions.make_role(name, BASIC)

    def give(self, *statements):
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        self.iam.put_role_policy(
            RoleName=self.role_name, PolicyName="own", PolicyDocument=json.dumps(document)
        )

    def give_stream(self, *statements):
        self.give(allow([f"dynamodb:{name}" for name in STREAM_ACTIONS], "*"), *statements)

    def make(self):
        return self.source.functions.make(FAILS_ON_BAD, Role=self.role)

    def map(self, name, destination=None, **settings):
        if destination is not None:
            settings["DestinationConfig"] = {"OnFailure": {"Destination": destination}}
        return self.source.map_function(
            name, BatchSize=1, MaximumRetryAttempts=0, ParallelizationFactor=3, **settings
        )

    def refusal(self, call, *arguments, **settings):
        with pytest.raises(self.client.exceptions.InvalidParameterValueException) as refused:
            call(*arguments, **settings)
        return refused.value.response["Error"]["Message"]


@pytest.fixture
def mappings(source, request):
    return Mappings(source, re.sub(r"[^\w]", "-", request.node.name)[:60])


@pytest.fixture
def bucket(functions, request):
    name = re.sub(r"[^a-z0-9]", "-", request.node.name)[-50:].strip("-")
    functions.groundstate.client("s3").create_bucket(Bucket=name)
    return name


def wait_object(functions, bucket):
    s3 = functions.groundstate.client("s3")
    deadline = time.monotonic() + WAIT_S
    while True:
        found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        if found:
            (entry,) = found
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
            return entry["Key"], json.loads(body)
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_bucket_gets_the_record_with_the_whole_event(functions, source, mappings, bucket):
    arn = f"arn:aws:s3:::{bucket}"
    mappings.give_stream(allow("s3:PutObject", f"{arn}/*"), allow("s3:ListBucket", arn))
    source.put("a", "bad", "c")
    name = mappings.make()
    made = mappings.map(name, arn)
    key, record = wait_object(functions, bucket)
    (sequence,) = {
        event["Records"][0]["dynamodb"]["SequenceNumber"]
        for event in source.batches(name, 3)[1]
        if event["Records"][0]["dynamodb"]["Keys"]["id"]["S"] == "bad"
    }
    info = record["DDBStreamBatchInfo"]
    assert (info["batchSize"], info["startSequenceNumber"], info["endSequenceNumber"]) == (
        1,
        sequence,
        sequence,
    )
    assert info["streamArn"] == source.arn
    (of_record,) = json.loads(record["payload"])["Records"]
    assert of_record["dynamodb"]["Keys"] == {"id": {"S": "bad"}}
    assert of_record["eventSourceARN"] == source.arn
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert re.fullmatch(
        rf"aws/lambda/{made['UUID']}/{info['shardId']}/\d{{4}}/\d\d/\d\d/"
        r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}",
        key,
    )


def test_failed_event_goes_to_a_bucket(functions, bucket, mappings):
    arn = f"arn:aws:s3:::{bucket}"
    mappings.give(allow("s3:PutObject", f"{arn}/*"))
    name = functions.make("def handler(event, context): raise OSError\n", Role=mappings.role)
    functions.client.put_function_event_invoke_config(
        FunctionName=name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    functions.client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"x": 5}')
    key, record = wait_object(functions, bucket)
    assert key.startswith(f"aws/lambda/async/{name}/")
    assert record["requestPayload"] == {"x": 5}


def test_function_gets_the_record_without_the_event(functions, source, mappings):
    told = functions.make(
        "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
    )
    arn = functions.client.get_function(FunctionName=told)["Configuration"]["FunctionArn"]
    mappings.give_stream(allow("lambda:InvokeFunction", arn))
    source.put("bad")
    mappings.map(mappings.make(), arn)
    deadline = time.monotonic() + WAIT_S
    records = []
    while not records:
        assert time.monotonic() < deadline
        time.sleep(0.02)
        if functions.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{told}")[
            "logGroups"
        ]:
            records = [json.loads(x) for x in functions.messages(told) if x.startswith("{")]
    assert records[0]["DDBStreamBatchInfo"]["shardId"].startswith("shardId-")
    assert "payload" not in records[0]


@pytest.mark.parametrize(
    ("destination", "rights", "call"),
    [
        ("arn:aws:sqs:us-east-1:000000000000:q", ["sqs:SendMessage"], "SendMessage on SQS"),
        ("arn:aws:sns:us-east-1:000000000000:t", ["sns:Publish"], "Publish on SNS"),
        ("arn:aws:s3:::anywhere", ["s3:PutObject", "s3:ListBucket"], "PutObject on S3"),
    ],
    ids=["queue", "topic", "bucket"],
)
def test_function_needs_the_rights_for_the_destination(mappings, destination, rights, call):
    mappings.give_stream()
    name = mappings.make()
    says = f"The function execution role does not have permissions to call {call}"
    assert mappings.refusal(mappings.map, name, destination) == says
    made = mappings.map(name)
    config = {"OnFailure": {"Destination": destination}}
    update = mappings.client.update_event_source_mapping
    assert mappings.refusal(update, UUID=made["UUID"], DestinationConfig=config) == says
    mappings.give_stream(allow(rights, destination, f"{destination}/*"))
    shown = update(UUID=made["UUID"], DestinationConfig=config)
    assert shown["DestinationConfig"] == config
    # To another function, whose role lacks the right.
    other = mappings.source.functions.make(FAILS_ON_BAD)
    assert mappings.refusal(update, UUID=made["UUID"], FunctionName=other) == says
    # An empty one takes it away.
    config = {"OnFailure": {"Destination": ""}}
    shown = update(UUID=made["UUID"], DestinationConfig=config)
    assert shown["DestinationConfig"] == {"OnFailure": {}}


def test_a_folder_of_the_bucket_is_not_enough(mappings):
    arn = "arn:aws:s3:::anywhere"
    mappings.give_stream(allow("s3:PutObject", f"{arn}/aws/lambda/*"), allow("s3:ListBucket", arn))
    assert mappings.refusal(mappings.map, mappings.make(), arn) == (
        "The function execution role does not have permissions to call PutObject on S3"
    )


@pytest.mark.parametrize("lacks", ["GetRecords", "GetShardIterator", "DescribeStream"])
def test_function_needs_the_rights_for_the_stream(source, mappings, lacks):
    mappings.give(allow([f"dynamodb:{name}" for name in STREAM_ACTIONS if name != lacks], "*"))
    name = mappings.make()
    says = (
        f"Cannot access stream {source.arn}. Please ensure the role can perform the GetRecords,"
        " GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM."
    )
    assert mappings.refusal(mappings.map, name) == says
    made = source.map_function(source.functions.make(FAILS_ON_BAD))
    update = mappings.client.update_event_source_mapping
    assert mappings.refusal(update, UUID=made["UUID"], FunctionName=name) == says

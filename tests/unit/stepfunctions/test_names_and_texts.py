"""Pure parts: chunks of history, names of the SDKs, what is wrong with JSON."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from groundstate.asl.json_errors import find_json_error
from groundstate.models import load_model
from groundstate.operation import named_error
from groundstate.services.stepfunctions import sdk_names
from groundstate.services.stepfunctions.integrations import sdk_v1
from groundstate.store.history_chunks import (
    decode_chunk,
    decode_ends,
    decode_first,
    encode_chunk,
)

WHOLE = {"truncated": False}


def event(number: int, kind: str, time: float = 1.5, **details: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "timestamp": time,
        "type": kind,
        "id": number,
        "previousEventId": number - 1,
    }
    if details:
        (name, members), *_ = details.items()
        made[name] = members
    return made


def test_chunk_gives_its_events_back() -> None:
    events = [
        event(
            7,
            "TaskStateEntered",
            stateEnteredEventDetails={"name": "A", "input": "{}", "inputDetails": WHOLE},
        ),
        event(
            8,
            "TaskScheduled",
            taskScheduledEventDetails={"resource": "putItem", "parameters": "{}"},
        ),
        event(
            9,
            "TaskSucceeded",
            2.5,
            taskSucceededEventDetails={"output": "1", "outputDetails": WHOLE},
        ),
        event(10, "MapRunSucceeded"),
        event(11, "ExecutionAborted"),
    ]
    events[-1]["executionAbortedEventDetails"] = {}
    assert decode_chunk(7, encode_chunk(events)) == events


def test_chunk_says_where_data_was_cut() -> None:
    details = {"name": "A", "output": "x", "outputDetails": {"truncated": True}}
    events = [event(1, "PassStateExited", stateExitedEventDetails=details)]
    assert decode_chunk(1, encode_chunk(events)) == events


def test_chunk_holds_a_text_that_is_handed_on_once() -> None:
    text = '{"a text":"that is longer than a number"}'
    events = [
        event(3, "PassStateEntered", stateEnteredEventDetails={"input": text, "name": "A"}),
        event(4, "PassStateExited", stateExitedEventDetails={"output": text, "name": "A"}),
        event(5, "ExecutionSucceeded", executionSucceededEventDetails={"output": text}),
    ]
    for each in events:
        *_, details = each.values()
        details["inputDetails" if "input" in details else "outputDetails"] = WHOLE
    chunk = encode_chunk(events)
    assert chunk.count(b"longer") == 1
    assert decode_chunk(3, chunk) == events
    assert decode_ends(3, chunk) == (None, events[-1])
    assert decode_first(3, chunk) == events[0]


def test_chunk_is_smaller_than_the_events() -> None:
    details = {"name": "A", "input": "{}", "inputDetails": WHOLE}
    events = [event(n, "PassStateEntered", stateEnteredEventDetails=details) for n in range(1, 20)]
    assert len(encode_chunk(events)) < len(orjson.dumps(events)) / 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("logGroupName", "LogGroupName"),
        ("ChecksumCRC32", "ChecksumCRC32"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("ETag", "ETag"),
        ("MD5OfMessageBody", "Md5OfMessageBody"),
    ],
)
def test_members_as_sdk_2_spells_them(name: str, shown: str) -> None:
    assert sdk_names.member_name(name) == shown


@pytest.mark.parametrize(
    ("service", "shown"),
    [("dynamodb", "DynamoDb"), ("stepfunctions", "Sfn"), ("s3", "S3"), ("logs", "CloudWatchLogs")],
)
def test_services_as_sdk_2_spells_them(service: str, shown: str) -> None:
    assert sdk_names.service_name(load_model(service)) == shown


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ConditionalCheckFailedException", "DynamoDB.ConditionalCheckFailedException"),
        ("ValidationException", "DynamoDB.AmazonDynamoDBException"),
        ("AccessDeniedException", "DynamoDB.AmazonDynamoDBException"),
        ("InternalServerError", "DynamoDB.InternalServerErrorException"),
    ],
)
def test_errors_of_optimised_dynamodb(code: str, name: str) -> None:
    assert sdk_v1.failed(sdk_v1.DYNAMODB, named_error(code, "text")).error == name


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1}', None),
        ('{"a" 1}', "was expecting a colon to separate field name and value"),
        ('{"a": 1 "b"}', "was expecting comma to separate Object entries"),
        ("[1 2]", "was expecting comma to separate Array entries"),
        ("[1, ", "Unexpected end-of-input"),
        ("{}x", "Unrecognized token 'x'"),
        ("[" * 2000, "Document nesting depth"),
    ],
)
def test_what_is_wrong_with_json(text: str, problem: str | None) -> None:
    found = find_json_error(text)
    assert found == problem if problem is None else problem in str(found)


@pytest.mark.parametrize(
    ("service", "model"),
    [
        ("sfn", "stepfunctions"),
        ("eventbridge", "events"),
        ("bedrockruntime", "bedrock-runtime"),
        ("cognitoidentityprovider", "cognito-idp"),
        ("sqs", "sqs"),
        ("nosuchservice", None),
    ],
)
def test_models_of_services_as_sdk_2_names_them(service: str, model: str | None) -> None:
    assert sdk_names.find_model(service) == model

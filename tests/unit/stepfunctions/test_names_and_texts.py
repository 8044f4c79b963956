"""Pure parts: chunks of history, names of the SDKs, what is wrong with JSON."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from groundstate.asl.interface import Entry, make_event, make_events
from groundstate.asl.json_errors import find_json_error
from groundstate.models import load_model
from groundstate.operation import named_error
from groundstate.services.stepfunctions import sdk_names
from groundstate.services.stepfunctions.answer_texts import SDK_V1_ANSWER, Form, fill
from groundstate.services.stepfunctions.history_chunks import (
    decode_chunk,
    decode_ends,
    decode_first,
    encode_chunk,
)
from groundstate.services.stepfunctions.integrations import sdk_v1

WHOLE = {"truncated": False}


def event(number: int, kind: str, time: float = 1.5, **details: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "timestamp": time,
        "type": kind,
        "id": number,
        "previousEventId": number - 1,
    }
    return made | details


def test_chunk_gives_its_events_back() -> None:
    entries: list[Entry] = [
        ("TaskStateEntered", 6, ("A", "{}")),
        ("TaskScheduled", 7, {"resource": "putItem", "parameters": "{}"}),
        ("TaskSucceeded", 8, {"output": "1"}, 2.5),
        ("TaskStateExited", 9, {"output": "1", "assignedVariables": {"a": "1"}}),
        ("MapRunSucceeded", 10, None),
        ("PassStateExited", 11, ("B", "2"), 3.5),
        ("ExecutionAborted", 12, {}),
    ]
    assert decode_chunk(7, encode_chunk(1.5, entries, {})) == [
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
        event(
            10,
            "TaskStateExited",
            stateExitedEventDetails={
                "output": "1",
                "outputDetails": WHOLE,
                "assignedVariables": {"a": "1"},
                "assignedVariablesDetails": WHOLE,
            },
        ),
        event(11, "MapRunSucceeded"),
        event(
            12,
            "PassStateExited",
            3.5,
            stateExitedEventDetails={"name": "B", "output": "2", "outputDetails": WHOLE},
        ),
        event(13, "ExecutionAborted", executionAbortedEventDetails={}),
    ]


TEXT = '{"a text":"that is longer than a number"}'
FORM = (SDK_V1_ANSWER, "", "id", "R", "C", "2", "D")


@pytest.mark.parametrize(("text", "forms"), [(TEXT, {}), (fill(FORM), {fill(FORM): FORM})])
def test_chunk_holds_a_text_that_is_handed_on_once(text: str, forms: dict[str, Form]) -> None:
    entries: list[Entry] = [
        ("PassStateEntered", 2, ("A", text)),
        ("PassStateExited", 3, ("A", text)),
        ("ExecutionSucceeded", 4, {"output": text}),
    ]
    events = make_events(entries, 3, 1.5)
    chunk = encode_chunk(1.5, entries, forms)
    assert chunk.count(b"longer") + chunk.count(b'"id"') == 1
    assert chunk.count(b"SdkHttpMetadata") == 0
    assert decode_chunk(3, chunk) == events
    first, last, last_id = decode_ends(3, chunk)
    assert (first, last_id, make_event(last, 5, 1.5)) == (None, 5, events[-1])
    assert make_event(decode_first(chunk), 3, 1.5) == events[0]


def test_a_chunk_of_before_is_read() -> None:
    # Written by versions that had no forms, and held what can be worked out for variables and
    # the names of all members.
    chunk = (
        b'[1.5,["PassStateEntered",0,{"name":"A","input":"{\\"a\\":\\"long enough\\"}"}],'
        b'["PassStateExited",1,{"name":"A","output":1,"assignedVariables":{"x":"1"},'
        b'"assignedVariablesDetails":{"truncated":false}}],["ExecutionAborted",2,{},2.5]]'
    )
    text = '{"a":"long enough"}'
    variables = {"assignedVariables": {"x": "1"}, "assignedVariablesDetails": WHOLE}
    exited = {"name": "A", "output": text, "outputDetails": WHOLE}
    assert decode_chunk(1, chunk) == [
        event(
            1,
            "PassStateEntered",
            stateEnteredEventDetails={"name": "A", "input": text, "inputDetails": WHOLE},
        ),
        event(2, "PassStateExited", stateExitedEventDetails=exited | variables),
        event(3, "ExecutionAborted", 2.5, executionAbortedEventDetails={}),
    ]


@pytest.mark.parametrize("members", ["", '"Attributes":{"a":{"S":"\\\\"}},'])
def test_the_form_of_an_answer_is_json_of_its_parts(members: str) -> None:
    parts = (members, "x-amzn-RequestId", "ID", "17", "2", "Thu, 26 Nov 2026 01:26:55 GMT")
    text = fill((SDK_V1_ANSWER, *parts))
    answer = orjson.loads(text)
    assert orjson.dumps(answer).decode() == text
    metadata = answer["SdkHttpMetadata"]
    assert metadata["HttpStatusCode"] == 200
    assert metadata["HttpHeaders"] == {
        name: value for name, (value,) in metadata["AllHttpHeaders"].items()
    }
    assert metadata["HttpHeaders"]["x-amzn-RequestId"] == "ID"
    assert answer["SdkResponseMetadata"] == {"RequestId": "ID"}
    assert ("Attributes" in answer) == bool(members)


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

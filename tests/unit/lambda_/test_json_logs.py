"""Logs in JSON, as LoggingConfig asks for them."""

from __future__ import annotations

import json

import pytest

SOURCE = """
import logging
logger = logging.getLogger()
def handler(event, context):
    logger.debug("a debug")
    logger.info("an info", extra={"order": 7})
    logger.warning("a warning")
    print("plain")
"""


@pytest.fixture
def lines(functions):
    def run(**logging):
        name = functions.make(SOURCE, LoggingConfig={"LogFormat": "JSON", **logging})
        request_id = functions.invoke(name).request_id
        return functions.messages(name), request_id

    return run


def test_platform_lines_are_json(lines):
    messages, request_id = lines()
    events = [json.loads(text) for text in messages if text.startswith('{"time"')]
    assert [event["type"] for event in events] == [
        "platform.initStart",
        "platform.start",
        "platform.report",
    ]
    assert events[1]["record"] == {"requestId": request_id, "version": "$LATEST"}
    report = events[2]["record"]
    assert report["requestId"] == request_id
    assert report["status"] == "success"
    assert report["metrics"]["memorySizeMB"] == 128
    assert report["metrics"]["durationMs"] > 0
    assert "initDurationMs" in report["metrics"]


def test_platform_lines_in_detail(lines):
    messages, request_id = lines(SystemLogLevel="DEBUG")
    events = [json.loads(text) for text in messages if text.startswith('{"time"')]
    assert [event["type"] for event in events] == [
        "platform.initStart",
        "platform.initRuntimeDone",
        "platform.initReport",
        "platform.start",
        "platform.runtimeDone",
        "platform.report",
    ]
    done = events[4]["record"]
    assert (done["requestId"], done["status"]) == (request_id, "success")
    assert done["metrics"]["producedBytes"] == len("null")


def test_messages_are_json_from_their_level_on(lines):
    messages, request_id = lines(ApplicationLogLevel="INFO")
    logged = [json.loads(text) for text in messages if text.startswith('{"timestamp"')]
    assert [(line["level"], line["message"]) for line in logged] == [
        ("INFO", "an info"),
        ("WARNING", "a warning"),
    ]
    assert logged[0]["requestId"] == request_id
    assert logged[0]["order"] == 7
    assert "plain\n" in messages


def test_platform_lines_have_a_level_too(lines):
    messages, _ = lines(SystemLogLevel="WARN", ApplicationLogLevel="WARN")
    assert [text for text in messages if '"type"' in text] == []
    assert [json.loads(text)["message"] for text in messages if "timestamp" in text] == [
        "a warning"
    ]


def test_group_can_be_another(functions):
    name = functions.make("def handler(event, context):\n    print('here')\n")
    functions.client.update_function_configuration(
        FunctionName=name, LoggingConfig={"LogGroup": "shared"}
    )
    functions.invoke(name)
    events = functions.logs.filter_log_events(logGroupName="shared")["events"]
    assert "here\n" in [event["message"] for event in events]


def test_level_without_json_is_refused(functions):
    with pytest.raises(functions.client.exceptions.InvalidParameterValueException):
        functions.make(SOURCE, LoggingConfig={"LogFormat": "Text", "SystemLogLevel": "WARN"})

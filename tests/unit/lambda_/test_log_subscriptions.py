"""Functions that get the log events of a group."""

from __future__ import annotations

import gzip
import json
import time
from base64 import b64decode

from .test_events import wait_for_messages


def test_function_gets_the_events_that_match(functions):
    name = functions.make(
        "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
    )
    functions.client.add_permission(
        FunctionName=name,
        StatementId="logs",
        Action="lambda:InvokeFunction",
        Principal="logs.amazonaws.com",
    )
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    functions.logs.create_log_group(logGroupName="watched")
    functions.logs.create_log_stream(logGroupName="watched", logStreamName="s")
    functions.logs.put_subscription_filter(
        logGroupName="watched", filterName="errors", filterPattern="ERROR", destinationArn=arn
    )
    now_ms = int(time.time() * 1000)
    events = [{"timestamp": now_ms, "message": text} for text in ("fine", "ERROR 1")]
    functions.logs.put_log_events(logGroupName="watched", logStreamName="s", logEvents=events)
    (message,) = wait_for_messages(functions, name, "awslogs", 1)
    data = json.loads(gzip.decompress(b64decode(json.loads(message)["awslogs"]["data"])))
    assert data["messageType"] == "DATA_MESSAGE"
    assert (data["logGroup"], data["logStream"]) == ("watched", "s")
    assert data["subscriptionFilters"] == ["errors"]
    assert [event["message"] for event in data["logEvents"]] == ["ERROR 1"]

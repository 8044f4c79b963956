"""Subscription filters: events that match go on to a Lambda function.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/SubscriptionFilters.html
"""

from __future__ import annotations

import gzip
import logging
from base64 import b64encode

import orjson

from groundstate.operation import Call, ServiceError
from groundstate.services.logs.filter_patterns import compile_pattern
from groundstate.store.logs import LogGroupRow, LogStreamRow

KIND = "subscription"
# In a group's settings: it has subscription filters. So that writing to others asks nothing more.
FLAG = "subscribed"

logger = logging.getLogger(__name__)


def deliver(
    call: Call, group: LogGroupRow, stream: LogStreamRow, events: list[tuple[int, str]]
) -> None:
    """Send new events to the group's subscribers, in a later tick."""
    if not group.settings.get(FLAG):
        return
    for found in call.tx.logs.list_filters(group.group_id, KIND):
        matches = compile_pattern(found["filterPattern"])
        matching = [(at_ms, message) for at_ms, message in events if matches(message)]
        if matching:
            payload = _payload(call, group.name, stream.name, found["filterName"], matching)
            target = found["destinationArn"]
            call.soon(lambda later, target=target, payload=payload: _send(later, target, payload))  # type: ignore[misc]


def _payload(
    call: Call, group: str, stream: str, name: str, events: list[tuple[int, str]]
) -> bytes:
    data = {
        "messageType": "DATA_MESSAGE",
        "owner": call.account,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [name],
        "logEvents": [
            {"id": f"{at_ms:020d}{index:036d}", "timestamp": at_ms, "message": message}
            for index, (at_ms, message) in enumerate(events)
        ],
    }
    packed = gzip.compress(orjson.dumps(data), compresslevel=1)
    return orjson.dumps({"awslogs": {"data": b64encode(packed).decode()}})


def _send(call: Call, function_arn: str, payload: bytes) -> None:
    request = {"FunctionName": function_arn, "InvocationType": "Event", "Payload": payload}
    try:
        call.invoke("lambda", "Invoke", request)
    except ServiceError as error:
        logger.warning("Log events were not sent to %s: %s", function_arn, error.message)

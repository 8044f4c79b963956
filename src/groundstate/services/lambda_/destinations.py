"""Where the record of an asynchronous invocation goes: a destination or a dead-letter queue.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import orjson

from groundstate import ids
from groundstate.arn import parse_arn
from groundstate.operation import Call, ServiceError, Shape
from groundstate.principals import role_principal
from groundstate.services.lambda_.invocations import Target
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.report import iso_time
from groundstate.services.lambda_.stream_reading import make_event
from groundstate.store.async_events import EventRow
from groundstate.store.event_sources import EventSourceRow

logger = logging.getLogger(__name__)


def send_record(
    call: Call, event: EventRow, target: Target, outcome: Outcome | None, condition: str
) -> None:
    """Send the record of a finished event, if its function wants it somewhere.

    Args:
        outcome: the last attempt's, or None if the event was never tried.
        condition: `Success`, `RetriesExhausted` or `EventAgeExceeded`.
    """
    qualifier = target.qualifier or "$LATEST"
    settings = call.tx.functions.find_setting(
        target.function.function_id, "event_invoke", qualifier
    )
    kind = "OnSuccess" if condition == "Success" else "OnFailure"
    config = (settings or {}).get("DestinationConfig", {})
    destination = config.get(kind, {}).get("Destination", "")
    if destination:
        record = _record(call, event, target, outcome, condition)
        _send(call, target, destination, record, f"async/{target.function.name}")
    elif condition != "Success":
        _send_dead_letter(call, event, target, outcome)


def send_batch_record(
    call: Call,
    mapping: EventSourceRow,
    target: Target,
    batch: list[Shape],
    attempts: int,
    outcome: Outcome | None,
    condition: str,
    *,
    shard: str,
) -> None:
    """Send the record of a batch that was given up, if its mapping wants it somewhere.

    AWS: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    config = mapping.document["DestinationConfig"]
    destination = config.get("OnFailure", {}).get("Destination", "")
    if not destination:
        return
    times = [iso_time(entry["dynamodb"]["ApproximateCreationDateTime"]) for entry in batch]
    record: Shape = {
        "requestContext": {
            "requestId": call.request_id,
            "functionArn": target.invoked_arn,
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "version": "1.0",
        "timestamp": iso_time(call.now),
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": batch[0]["dynamodb"]["SequenceNumber"],
            "endSequenceNumber": batch[-1]["dynamodb"]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": times[0],
            "approximateArrivalOfLastRecord": times[-1],
            "batchSize": len(batch),
            "streamArn": mapping.source_arn,
        },
    }
    if outcome is not None:
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": target.function.version,
            "functionError": outcome.function_error or None,
        }
    arn = parse_arn(destination)
    if arn is not None and arn.service == "s3":
        # A bucket alone gets the records themselves.
        record["payload"] = make_event(batch, mapping.source_arn, {}).decode()
    _send(call, target, destination, record, f"{mapping.uuid}/{shard}")


def _send_dead_letter(call: Call, event: EventRow, target: Target, outcome: Outcome | None) -> None:
    version = call.tx.functions.find_version(target.function.function_id, target.function.version)
    queue = {} if version is None else version.document.get("DeadLetterConfig", {})
    if queue:
        _send(call, target, queue["TargetArn"], orjson.loads(event.payload), "")


def _record(
    call: Call, event: EventRow, target: Target, outcome: Outcome | None, condition: str
) -> Shape:
    arn = target.function.arn
    record: Shape = {
        "version": "1.0",
        "timestamp": iso_time(call.now),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": f"{arn}:{target.qualifier or '$LATEST'}",
            "condition": condition,
            "approximateInvokeCount": event.attempts,
        },
        "requestPayload": orjson.loads(event.payload),
    }
    if outcome is not None:
        context: Shape = {"statusCode": 200, "executedVersion": target.function.version}
        if outcome.function_error:
            context["functionError"] = outcome.function_error
        record["responseContext"] = context
        record["responsePayload"] = _parsed(outcome.payload)
    return record


def _parsed(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return payload.decode("utf-8", "replace")


def _send(call: Call, target: Target, destination: str, record: Any, folder: str) -> None:
    """Send to what a destination's ARN names, with the function's role.

    Args:
        folder: where a bucket keeps the record, below `aws/lambda/`.
    """
    arn = parse_arn(destination)
    body = orjson.dumps(record)
    role = role_principal(target.function.role, target.function.name, "lambda.amazonaws.com")
    try:
        if arn is None:
            raise ServiceError(f"{destination} is not an ARN")
        if arn.service == "lambda":
            request = {"FunctionName": destination, "InvocationType": "Event", "Payload": body}
            call.invoke("lambda", "Invoke", request, principal=role)
        elif arn.service == "sqs":
            url = f"{call.runner.endpoint_url}/{arn.account}/{arn.resource}"
            message = {"QueueUrl": url, "MessageBody": body.decode()}
            call.invoke("sqs", "SendMessage", message, principal=role)
        elif arn.service == "sns":
            notice = {"TopicArn": destination, "Message": body.decode()}
            call.invoke("sns", "Publish", notice, principal=role)
        elif arn.service == "s3":
            moment = datetime.fromtimestamp(call.now, UTC)
            name = f"{moment:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{ids.make_uuid()}"
            kept = {"Bucket": arn.resource, "Key": f"aws/lambda/{folder}/{name}", "Body": body}
            call.invoke("s3", "PutObject", kept, principal=role)
        else:
            raise ServiceError(f"Groundstate sends no records to {arn.service}")
    except ServiceError as error:
        logger.warning(
            "The record of an invocation of %s was not sent to %s: %s",
            target.function.name,
            destination,
            error.message,
        )

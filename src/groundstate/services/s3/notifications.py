"""Notifications: functions that are invoked when objects come and go.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html

An event is queued in the transaction that makes the change, so neither is there without the other.
"""

from __future__ import annotations

import fnmatch
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from groundstate import ids
from groundstate.operation import Call, Principal, ServiceError, Shape
from groundstate.services.s3.errors import InvalidArgument
from groundstate.store.s3 import Bucket, StoredObject

_FUNCTIONS = "LambdaFunctionConfigurations"


def tell(call: Call, bucket: Bucket, entry: StoredObject, event: str) -> None:
    """Invoke the functions that a bucket wants to be told of an event, e.g. `ObjectCreated:Put`."""
    notification = bucket.documents.get("notification")
    if not notification:
        return
    for configuration in notification.get(_FUNCTIONS, []):
        if _wants(configuration, entry.key, event):
            record = _record(call, bucket, entry, event, configuration.get("Id", ""))
            _invoke(call, configuration["LambdaFunctionArn"], {"Records": [record]})


def check_targets(call: Call, bucket: Bucket, notification: Shape) -> None:
    """Raise unless each function is there and lets S3 invoke it.

    Raises:
        InvalidArgument: with AWS's text.
    """
    arn = f"arn:aws:s3:::{bucket.name}"
    for configuration in notification.get(_FUNCTIONS, []):
        if not _is_allowed(call, configuration["LambdaFunctionArn"], arn):
            raise InvalidArgument(
                "Unable to validate the following destination configurations",
                ArgumentName=configuration["LambdaFunctionArn"],
                ArgumentValue="Not authorized to invoke function"
                f" [{configuration['LambdaFunctionArn']}]",
            )


def _wants(configuration: Shape, key: str, event: str) -> bool:
    patterns = [pattern.removeprefix("s3:") for pattern in configuration["Events"]]
    if not any(fnmatch.fnmatchcase(event, pattern) for pattern in patterns):
        return False
    for rule in configuration.get("Filter", {}).get("Key", {}).get("FilterRules", []):
        name, value = str(rule["Name"]).lower(), rule["Value"]
        if name == "prefix" and not key.startswith(value):
            return False
        if name == "suffix" and not key.endswith(value):
            return False
    return True


def _record(
    call: Call, bucket: Bucket, entry: StoredObject, event: str, configuration_id: str
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "key": quote_plus(entry.key, safe="/"),
        "sequencer": f"{entry.number:016X}",
    }
    if not event.startswith("ObjectRemoved"):
        described.update(size=entry.size_bytes, eTag=entry.etag)
    if entry.version_id != "null":
        described["versionId"] = entry.version_id
    owner = {"principalId": call.account}
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region,
        "eventTime": _moment(call.now),
        "eventName": event,
        "userIdentity": {"principalId": call.principal.user_id or call.account},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": call.request_id, "x-amz-id-2": call.request_id},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id or ids.make_uuid(),
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": owner,
                "arn": f"arn:aws:s3:::{bucket.name}",
            },
            "object": described,
        },
    }


def _moment(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _invoke(call: Call, function: str, event: dict[str, Any]) -> None:
    """Queue an invocation. A function that is gone must not keep the object from being written."""
    # That S3 may do this was checked when the notification was put; here it acts for itself.
    itself = Principal("arn:aws:iam::s3.amazonaws.com", call.account, administrator=True)
    request = {
        "FunctionName": function,
        "InvocationType": "Event",
        "Payload": json.dumps(event).encode(),
    }
    try:
        call.invoke("lambda", "Invoke", request, principal=itself)
    except ServiceError as error:
        if error.code != "ResourceNotFoundException":
            raise


def _is_allowed(call: Call, function: str, bucket_arn: str) -> bool:
    itself = Principal("arn:aws:iam::s3.amazonaws.com", call.account, administrator=True)
    try:
        answer = call.invoke("lambda", "GetPolicy", {"FunctionName": function}, principal=itself)
    except ServiceError as error:
        if error.code == "ResourceNotFoundException":
            return False
        raise
    assert isinstance(answer, dict), answer
    statements = json.loads(answer["Policy"])["Statement"]
    return any(_lets_in(statement, bucket_arn, call.account) for statement in statements)


def _lets_in(statement: Shape, bucket_arn: str, account: str) -> bool:
    principal = statement.get("Principal", {})
    service = principal.get("Service") if isinstance(principal, dict) else principal
    if statement["Effect"] != "Allow" or service not in ("s3.amazonaws.com", "*"):
        return False
    for operator, keys in statement.get("Condition", {}).items():
        for name, value in keys.items():
            actual = bucket_arn if name.lower() == "aws:sourcearn" else account
            matches = fnmatch.fnmatchcase(actual, value) if "Like" in operator else actual == value
            if not matches:
                return False
    return True

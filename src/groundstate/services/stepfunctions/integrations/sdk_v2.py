"""What aws-sdk integrations show of the AWS SDK for Java 2: members, values and errors.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from groundstate import ids
from groundstate.models import ServiceModel
from groundstate.operation import ServiceError, named_error
from groundstate.services.stepfunctions.integrations.result import Failed
from groundstate.services.stepfunctions.integrations.sdk_v1 import find_error
from groundstate.services.stepfunctions.sdk_names import member_name, members_of, service_name

# Services whose recordings are new enough to count the attempts in the cause.
_COUNTED = frozenset(("Sfn",))


class UnknownMemberError(Exception):
    """A parameter that the operation does not have; its text is the parameter's name."""


class Blobs(NamedTuple):
    """How blobs stand on the other side of an integration.

    Attributes:
        in_base64: as Base64 text, as JSON services of the runtime have them; else as bytes.
    """

    in_base64: bool = False

    def to_blob(self, value: Any) -> Any:
        """A task's parameter, text or any JSON, as a blob."""
        data = value.encode() if isinstance(value, str) else orjson.dumps(value)
        return base64.b64encode(data).decode() if self.in_base64 else data

    def to_text(self, value: Any) -> Any:
        """A blob as the result of a task shows it."""
        if self.in_base64 and isinstance(value, str):
            value = base64.b64decode(value)
        return _text(value) if isinstance(value, bytes) else value


_BYTES = Blobs()


def blobs_of(model: ServiceModel) -> Blobs:
    """How a service of the runtime has its blobs."""
    return Blobs(in_base64=model.metadata["protocol"] == "json")


def to_request(model: ServiceModel, shape_name: str, value: Any, blobs: Blobs = _BYTES) -> Any:
    """Parameters of a task as the operation's input.

    Raises:
        UnknownMemberError: one that the shape does not have.
    """
    shape = model.shapes[shape_name]
    kind = shape["type"]
    if kind == "structure" and isinstance(value, dict):
        members = members_of(model, shape_name)
        request = {}
        for name, inner in value.items():
            if inner is None:
                continue
            member = members.get(name)
            if member is None:
                raise UnknownMemberError(name)
            reference = shape["members"][member]
            if reference.get("streaming"):
                # Recorded: the body of an object is JSON, text in its quotes.
                request[member] = orjson.dumps(inner)
            else:
                request[member] = to_request(model, reference["shape"], inner, blobs)
        return request
    if kind == "list" and isinstance(value, list):
        return [to_request(model, shape["member"]["shape"], inner, blobs) for inner in value]
    if kind == "map" and isinstance(value, dict):
        return {k: to_request(model, shape["value"]["shape"], v, blobs) for k, v in value.items()}
    if kind == "string" and isinstance(value, dict | list):
        # Recorded: an object for a text member is written as JSON.
        return orjson.dumps(value).decode()
    return blobs.to_blob(value) if kind == "blob" else value


def to_output(
    model: ServiceModel,
    shape_name: str,
    value: Any,
    spell: Callable[[str], str] = member_name,
    blobs: Blobs = _BYTES,
) -> Any:
    """An operation's output as the result of a task.

    Args:
        model, shape_name: of the output.
        value: the output as the operation gives it.
        spell: a member's name as the SDK has it; optimised integrations have SDK 1's.
        blobs: how the operation gives its blobs.
    """
    shape = model.shapes[shape_name]
    kind = shape["type"]

    def inner(reference: Any, each: Any) -> Any:
        return to_output(model, reference["shape"], each, spell, blobs)

    if kind == "structure":
        members = shape.get("members", {})
        return {
            spell(name): inner(members[name], each)
            for name, each in value.items()
            if name in members and (each != [] or not _is_flat(model, members[name]))
        }
    if kind == "list":
        return [inner(shape["member"], each) for each in value]
    if kind == "map":
        return {key: inner(shape["value"], each) for key, each in value.items()}
    if kind == "timestamp" and isinstance(value, int | float):
        return _instant(value)
    return blobs.to_text(value) if kind == "blob" else value


def _is_flat(model: ServiceModel, reference: Any) -> bool:
    """Whether this is a list of which XML shows nothing where it is empty, nor does the SDK."""
    return bool(model.shapes[reference["shape"]].get("flattened"))


# The answer to a HEAD has no body that could name the error, so the SDK names it.
_HEADS = {"HeadBucket": "NoSuchBucket", "HeadObject": "NoSuchKey"}


def failed(model: ServiceModel, operation: str, error: ServiceError) -> Failed:
    """A service's refusal as the failure of a task."""
    service = service_name(model)
    if service == "S3" and error.status == 404 and operation in _HEADS:
        error = named_error(_HEADS[operation], "", 404)
    name, shape = find_error(model, error.code)
    status = shape.get("error", {}).get("httpStatusCode", error.status)
    more = f", Extended Request ID: {ids.make_uuid()}" if service == "S3" else ""
    counted = " (SDK Attempt Count: 1)" if service in _COUNTED else ""
    return Failed(
        f"{service}.{name or service + 'Exception'}",
        # A Java text that is not there is shown as `null`.
        f"{error.message or 'null'} (Service: {service}, Status Code: {status},"
        f" Request ID: {ids.make_uuid()}{more}){counted}",
    )


def _instant(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return text.replace(".000Z", "Z")


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()

"""What aws-sdk integrations show of the AWS SDK for Java 2: names of members and of errors.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from groundstate import ids
from groundstate.asl.interface import Resource
from groundstate.models import ServiceModel, has_model, load_model
from groundstate.operation import ServiceError
from groundstate.services.stepfunctions.integrations.result import Failed
from groundstate.services.stepfunctions.integrations.sdk_v1 import find_error

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

# SDK 2 names services by their id; these are botocore's names where that is another one.
MODELS = {
    "cloudwatchlogs": "logs",
    "dynamodbstreams": "dynamodbstreams",
    "eventbridge": "events",
    "sfn": "stepfunctions",
}

# Services whose recordings are new enough to count the attempts in the cause.
_COUNTED = frozenset(("Sfn",))


class UnknownMemberError(Exception):
    """A parameter that the operation does not have; its text is the parameter's name."""


@lru_cache(maxsize=8192)
def pascal(name: str) -> str:
    """A service as SDK 2 spells it: `DynamoDB` becomes `DynamoDb`, `SFN` `Sfn`."""
    return "".join(word[0].upper() + word[1:].lower() for word in _WORDS.findall(name))


@lru_cache(maxsize=16384)
def member_name(name: str) -> str:
    """A member as SDK 2 spells it: leading capitals become one: `SSEKMSKeyId`, `SsekmsKeyId`."""
    if name == "NULL":
        # The getter of DynamoDB's attribute values: `null` is a word of Java.
        return "Nul"
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    return name[0].upper() + name[1:end].lower() + name[end:]


def service_name(model: ServiceModel) -> str:
    """A service's name in error names and causes: `DynamoDb`, `Sfn`, `S3`."""
    return pascal(str(model.metadata["serviceId"]))


def find_operation(model: ServiceModel, action: str) -> str | None:
    """The operation of an action (`putItem`)."""
    return _operations(model.name, model).get(action.lower())


def is_known(resource: Resource) -> bool:
    """Whether there is the operation of an aws-sdk resource, as far as we know its service."""
    model_name = MODELS.get(resource.service, resource.service)
    if not has_model(model_name):
        return True
    return find_operation(load_model(model_name), resource.action) is not None


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
        members = _members(model.name, shape_name, model)
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
            if name in members
        }
    if kind == "list":
        return [inner(shape["member"], each) for each in value]
    if kind == "map":
        return {key: inner(shape["value"], each) for key, each in value.items()}
    if kind == "timestamp" and isinstance(value, int | float):
        return _instant(value)
    return blobs.to_text(value) if kind == "blob" else value


def find_wrong(service: str, action: str, parameters: Any) -> str:
    """The first parameter that an operation does not have, or ''.

    Args:
        service, action: of the resource `aws-sdk:service:action`.
        parameters: as the task has them.
    """
    model_name = MODELS.get(service, service)
    if not has_model(model_name):
        return ""
    model = load_model(model_name)
    operation = find_operation(model, action)
    shape = None if operation is None else model.input_shape(operation)
    return "" if shape is None else _find_wrong(model, shape, parameters)


def _find_wrong(model: ServiceModel, shape_name: str, value: Any) -> str:
    shape = model.shapes[shape_name]
    kind = shape["type"]
    inner: list[tuple[str, Any]] = []
    if kind == "structure" and isinstance(value, dict):
        members = _members(model.name, shape_name, model)
        for name, each in value.items():
            member = members.get(name)
            if member is None:
                return str(name)
            inner.append((shape["members"][member]["shape"], each))
    elif kind == "list" and isinstance(value, list):
        inner = [(shape["member"]["shape"], each) for each in value]
    elif kind == "map" and isinstance(value, dict):
        inner = [(shape["value"]["shape"], each) for each in value.values()]
    found = (_find_wrong(model, name, each) for name, each in inner)
    return next((name for name in found if name), "")


def failed(model: ServiceModel, error: ServiceError) -> Failed:
    """A service's refusal as the failure of a task."""
    service = service_name(model)
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


@lru_cache(maxsize=256)
def _operations_of(name: str, names: tuple[str, ...]) -> dict[str, str]:
    return {operation.lower(): operation for operation in names}


def _operations(name: str, model: ServiceModel) -> dict[str, str]:
    return _operations_of(name, tuple(model.operations))


_member_names: dict[tuple[str, str], dict[str, str]] = {}


def _members(service: str, shape_name: str, model: ServiceModel) -> dict[str, str]:
    key = (service, shape_name)
    found = _member_names.get(key)
    if found is None:
        names = model.shapes[shape_name].get("members", {})
        found = _member_names[key] = {member_name(name): name for name in names}
        # Names that SDK 2 would spell in another way are taken in the model's spelling, too.
        found.update((name[0].upper() + name[1:], name) for name in names)
    return found


def _instant(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return text.replace(".000Z", "Z")


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()

"""AWS JSON 1.0 and 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson

from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.validation import SerializationException
from groundstate.models import ServiceModel, load_model
from groundstate.operation import Service, ServiceError, Shape

# Error names that AWS's framework raises before a service sees the request, and their prefixes.
_FRAMEWORK_PREFIXES = {
    "ValidationException": "com.amazon.coral.validate#",
    "SerializationException": "com.amazon.coral.service#",
    "UnknownOperationException": "com.amazon.coral.service#",
    "AccessDeniedException": "com.amazon.coral.service#",
    "UnrecognizedClientException": "com.amazon.coral.service#",
    "MissingAuthenticationTokenException": "com.amazon.coral.service#",
    "IncompleteSignatureException": "com.amazon.coral.service#",
    "InvalidSignatureException": "com.amazon.coral.service#",
    "ExpiredTokenException": "com.amazon.coral.service#",
}
# What servers with a front of their own call themselves (observed).
SERVER = ("Server", "Server")
_CONTENT_TYPES = {
    version: ("Content-Type", f"application/x-amz-json-{version}") for version in ("1.0", "1.1")
}
_CAPITAL_MESSAGE = frozenset(
    {"SerializationException", "AccessDeniedException", "TransactionCanceledException"}
)


def parse(service: Service, model: ServiceModel, operation: str, request: HttpRequest) -> Shape:
    """The operation's request from a JSON body.

    Raises:
        SerializationException: the body is not a JSON object.
    """
    any_kind = service.validates_itself
    body: Shape = parse_document(request.body, any_kind=any_kind)
    if not any_kind and b"null" in request.body:
        body = _without_nulls(body)
    if service.blobs_as_text:
        return body
    decode = blob_decoder(model.name, model.input_shape(operation))
    return body if decode is None else decode(body)


def parse_document(body: bytes, *, any_kind: bool = False) -> Any:
    """A JSON object from a body; an empty body is an empty object.

    Args:
        any_kind: give other JSON values as they are, for a service that refuses them itself;
            an empty body is malformed then.
    """
    if not body and not any_kind:
        return {}
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        # AWS's framework says nothing more of malformed JSON.
        raise SerializationException("") from None
    if type(document) is not dict and not any_kind:
        raise SerializationException("")
    return document


def _without_nulls(value: Any) -> Any:
    """A value whose members that are null are left out, as AWS reads them."""
    if type(value) is dict:
        return {
            name: _without_nulls(member) for name, member in value.items() if member is not None
        }
    if type(value) is list:
        return [_without_nulls(element) for element in value]
    return value


def serialize(
    service: Service, model: ServiceModel, operation: str, response: Shape, request_id: str
) -> HttpResponse:
    """The answer of an operation."""
    return answer(service, model, 200, orjson.dumps(response, default=encode_blob), request_id)


def serialize_error(
    service: Service, model: ServiceModel, operation: str, error: ServiceError, request_id: str
) -> HttpResponse:
    """The answer of an operation that refused."""
    code = error.code
    prefix = _FRAMEWORK_PREFIXES.get(code)
    if prefix is None or (code in model.shapes and code != "ValidationException"):
        prefix = service.error_prefix
    elif not service.error_prefix:
        prefix = ""
    document: dict[str, Any] = {"__type": prefix + code}
    if error.message:
        document["Message" if code in _CAPITAL_MESSAGE else "message"] = error.message
    document.update(error.members)
    body = orjson.dumps(document, default=encode_blob)
    return answer(service, model, error_status(model, error), body, request_id)


def error_status(model: ServiceModel, error: ServiceError) -> int:
    """The HTTP status of an error: the model's, else the class's own."""
    shape = model.shapes.get(error.code)
    if shape is None:
        return error.status
    status = shape.get("error", {}).get("httpStatusCode")
    return int(status) if status else (500 if shape.get("fault") else error.status)


def answer(
    service: Service, model: ServiceModel, status: int, body: bytes, request_id: str
) -> HttpResponse:
    """A JSON answer with AWS's headers."""
    content_type = _CONTENT_TYPES[model.metadata["jsonVersion"]]
    headers = [("x-amzn-RequestId", request_id), content_type]
    if service.own_front:
        headers += (("x-amz-crc32", str(zlib.crc32(body))), SERVER)
    return HttpResponse(status, headers, body)


def encode_blob(value: Any) -> Any:
    """What orjson cannot write by itself: blobs."""
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be an answer's value")


Decoder = Callable[[Any], Any]


@cache
def blob_decoder(service: str, shape: str | None) -> Decoder | None:
    """A function that turns the base64 texts of a shape's blobs into bytes; None if it has none."""
    if shape is None:
        return None
    return _decoder(load_model(service), shape, {})


def _decoder(model: ServiceModel, name: str, seen: dict[str, Decoder | None]) -> Decoder | None:
    if name in seen:
        return seen[name]
    seen[name] = None  # A shape that only leads back to itself has no blob on this way.
    shape = model.shapes[name]
    made: Decoder | None = None
    if shape["type"] == "blob":
        made = _decode_blob
    elif shape["type"] == "list":
        made = _list_decoder(_decoder(model, shape["member"]["shape"], seen))
    elif shape["type"] == "map":
        made = _map_decoder(_decoder(model, shape["value"]["shape"], seen))
    elif shape["type"] == "structure":
        made = _structure_decoder(model, shape, seen)
    seen[name] = made
    return made


def _structure_decoder(
    model: ServiceModel, shape: Any, seen: dict[str, Decoder | None]
) -> Decoder | None:
    decoders = {
        member: decoder
        for member, reference in shape["members"].items()
        if (decoder := _decoder(model, reference["shape"], seen)) is not None
    }
    if not decoders:
        return None

    def decode(value: Any) -> Any:
        if type(value) is not dict:
            return value
        return {
            name: decoders[name](member) if name in decoders and member is not None else member
            for name, member in value.items()
        }

    return decode


def _list_decoder(element: Decoder | None) -> Decoder | None:
    if element is None:
        return None
    return lambda value: [element(member) for member in value] if type(value) is list else value


def _map_decoder(element: Decoder | None) -> Decoder | None:
    if element is None:
        return None
    return lambda value: (
        {key: element(member) for key, member in value.items()} if type(value) is dict else value
    )


def _decode_blob(value: Any) -> bytes:
    if type(value) is bytes:
        return value
    if type(value) is not str:
        raise SerializationException("NUMBER_VALUE cannot be converted to Blob")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise SerializationException("Invalid base64 in a blob") from None

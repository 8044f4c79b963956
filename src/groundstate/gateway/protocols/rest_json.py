"""REST JSON: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html."""

from __future__ import annotations

from typing import Any

import orjson

from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.protocols import event_stream, rest
from groundstate.gateway.protocols.json import (
    blob_decoder,
    encode_blob,
    error_status,
    parse_document,
)
from groundstate.models import ServiceModel
from groundstate.operation import Service, ServiceError, Shape, Stream


def parse(service: Service, model: ServiceModel, operation: str, request: HttpRequest) -> Shape:
    """The operation's request from the path, the query string, the headers and the body.

    Raises:
        SerializationException: a part cannot be read.
    """
    name = model.input_shape(operation)
    if name is None:
        return {}
    shape = model.shapes[name]
    parsed = rest.parse_locations(model, operation, shape, request)
    payload = shape.get("payload")
    if payload is not None:
        kind = model.shapes[shape["members"][payload]["shape"]]["type"]
        if kind == "blob":
            parsed[payload] = request.body
        elif kind == "string":
            parsed[payload] = request.body.decode()
        elif request.body:
            parsed[payload] = parse_document(request.body)
        return parsed
    if request.body:
        decode = blob_decoder(model.name, name)
        body = parse_document(request.body)
        wire_names = rest.wire_names(model, name)
        body = body if decode is None else decode(body)
        for key, value in body.items():
            if value is not None:
                parsed.setdefault(wire_names.get(key, key), value)
    return parsed


def serialize(
    service: Service, model: ServiceModel, operation: str, response: Shape, request_id: str
) -> HttpResponse:
    """The answer of an operation: status, headers, and a JSON body or the payload itself."""
    status = model.operations[operation]["http"].get("responseCode", 200)
    name = model.output_shape(operation)
    headers = [("x-amzn-RequestId", request_id)]
    if name is None:
        return HttpResponse(status, headers, b"")
    shape = model.shapes[name]
    status, located, body_members = rest.split_locations(model, shape, response, status)
    headers += located
    payload = shape.get("payload")
    if payload is not None:
        kind = shape["members"][payload]["shape"]
        if model.shapes[kind].get("eventstream"):
            headers.append(("Content-Type", event_stream.CONTENT_TYPE))
            return _event_stream(status, headers, model, kind, response.get(payload))
        return HttpResponse(status, _typed(headers), _payload(response.get(payload)))
    if status == 204:
        return HttpResponse(status, headers, b"")
    wire = {
        shape["members"][key].get("locationName", key): body_members[key]
        for key in body_members
        if key in shape["members"]
    }
    return HttpResponse(status, _typed(headers), orjson.dumps(wire, default=encode_blob))


def serialize_error(
    service: Service, model: ServiceModel, operation: str, error: ServiceError, request_id: str
) -> HttpResponse:
    """The answer of an operation that refused: the code is a header, the rest a JSON body."""
    document: dict[str, Any] = dict(error.members)
    shape = model.shapes.get(error.code, {})
    members = shape.get("members", {})
    if "Type" in members:
        document.setdefault("Type", "User")
    document["message" if "message" in members else "Message"] = error.message
    headers = [
        ("x-amzn-RequestId", request_id),
        ("x-amzn-ErrorType", error.code),
        ("Content-Type", "application/json"),
    ]
    return HttpResponse(
        error_status(model, error), headers, orjson.dumps(document, default=encode_blob)
    )


def _event_stream(
    status: int,
    headers: list[tuple[str, str]],
    model: ServiceModel,
    shape: str,
    events: Stream | None,
) -> HttpResponse:
    if events is None:
        return HttpResponse(status, headers, b"")
    stream = events.map(lambda event: event_stream.serialize_event(model, shape, event))
    return HttpResponse(status, headers, stream=stream)


def _typed(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return headers


def _payload(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    return orjson.dumps(value, default=encode_blob)

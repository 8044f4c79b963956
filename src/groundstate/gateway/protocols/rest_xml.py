"""REST XML, as S3 speaks it: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html."""

from __future__ import annotations

from typing import Any

from groundstate.gateway import xml
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.protocols import rest
from groundstate.gateway.protocols.json import error_status
from groundstate.models import ServiceModel
from groundstate.operation import Service, ServiceError, Shape

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


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
        member = shape["members"][payload]
        kind = model.shapes[member["shape"]]["type"]
        if kind == "blob":
            parsed[payload] = request.body
        elif kind == "string":
            parsed[payload] = request.body.decode()
        elif request.body:
            parsed[payload] = xml.read_document(model, member, request.body)
    elif request.body:
        parsed.update(xml.read_document(model, {"shape": name}, request.body))
    return parsed


def serialize(
    service: Service, model: ServiceModel, operation: str, response: Shape, request_id: str
) -> HttpResponse:
    """The answer of an operation: status, headers, and an XML body or the payload itself."""
    status = model.operations[operation]["http"].get("responseCode", 200)
    reference = model.operations[operation].get("output")
    headers = [("x-amz-request-id", request_id), ("x-amz-id-2", request_id)]
    if reference is None:
        return HttpResponse(status, headers, b"")
    shape = model.shapes[reference["shape"]]
    status, located, members = rest.split_locations(model, shape, response, status)
    headers += located
    if "ContentRange" in response:
        status = 206  # The model names one status for both answers of GetObject.
    payload = shape.get("payload")
    if payload is not None:
        return HttpResponse(status, headers, _payload(model, shape, payload, response, headers))
    if not any("location" not in member for member in shape["members"].values()):
        return HttpResponse(status, headers, b"")
    tag = reference.get("locationName", shape.get("locationName", reference["shape"]))
    tag = tag.removesuffix("Output") if tag == reference["shape"] else tag
    namespace = model.metadata.get("xmlNamespace") or "http://s3.amazonaws.com/doc/2006-03-01/"
    content = xml.write_members(model, shape, members)
    headers.append(("Content-Type", "application/xml"))
    if operation == "GetBucketLocation":
        # S3 answers with the text itself: a relic from before the protocol had rules.
        content = xml.escape(str(members.get("LocationConstraint", "")))
        tag = "LocationConstraint"
    body = f'{_DECLARATION}<{tag} xmlns="{namespace}">{content}</{tag}>'
    return HttpResponse(status, headers, body.encode())


def serialize_error(
    service: Service, model: ServiceModel, operation: str, error: ServiceError, request_id: str
) -> HttpResponse:
    """The answer of an operation that refused."""
    headers = [("x-amz-request-id", request_id), ("x-amz-id-2", request_id)]
    status = error_status(model, error)
    if operation.startswith("Head") or status == 304:
        return HttpResponse(status, headers, b"")
    more = "".join(
        f"<{name}>{xml.escape(str(value))}</{name}>" for name, value in error.members.items()
    )
    body = (
        f"{_DECLARATION}<Error><Code>{error.code}</Code><Message>{xml.escape(error.message)}</Message>"
        f"{more}<RequestId>{request_id}</RequestId><HostId>{request_id}</HostId></Error>"
    )
    headers.append(("Content-Type", "application/xml"))
    return HttpResponse(status, headers, body.encode())


def _payload(
    model: ServiceModel, shape: Any, payload: str, response: Shape, headers: list[tuple[str, str]]
) -> bytes:
    value = response.get(payload)
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    member = shape["members"][payload]
    tag = member.get("locationName") or member["shape"]
    headers.append(("Content-Type", "application/xml"))
    return (_DECLARATION + xml.write_element(model, member, tag, value)).encode()

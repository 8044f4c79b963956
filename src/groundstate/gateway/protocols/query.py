"""AWS query: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from groundstate.gateway import xml
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.protocols.json import error_status
from groundstate.gateway.timestamps import parse_iso8601
from groundstate.gateway.validation import SerializationException
from groundstate.models import ServiceModel
from groundstate.operation import Service, ServiceError, Shape


def form_of(request: HttpRequest) -> dict[str, str]:
    """The parameters of a request, from its form body or its query string."""
    text = request.body.decode("utf-8", "replace") if request.method == "POST" else request.query
    return dict(parse_qsl(text, keep_blank_values=True))


def parse(service: Service, model: ServiceModel, operation: str, request: HttpRequest) -> Shape:
    """The operation's request from flattened form parameters (`Tags.member.1.Key=...`).

    Raises:
        SerializationException: a number, a time or a blob cannot be read.
    """
    name = model.input_shape(operation)
    if name is None:
        return {}
    tree = _tree(form_of(request))
    parsed = _read(model, {"shape": name}, tree)
    return parsed if isinstance(parsed, dict) else {}


def serialize(
    service: Service, model: ServiceModel, operation: str, response: Shape, request_id: str
) -> HttpResponse:
    """The answer of an operation, in its result element."""
    reference = model.operations[operation].get("output")
    namespace = model.metadata["xmlNamespace"]
    result = ""
    if reference is not None:
        wrapper = reference.get("resultWrapper", f"{operation}Result")
        members = xml.write_members(model, model.shapes[reference["shape"]], response)
        result = f"<{wrapper}>{members}</{wrapper}>"
    body = (
        f'<{operation}Response xmlns="{namespace}">{result}<ResponseMetadata>'
        f"<RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )
    return _answer(200, body, request_id)


def serialize_error(
    service: Service, model: ServiceModel, operation: str, error: ServiceError, request_id: str
) -> HttpResponse:
    """The answer of an operation that refused."""
    # On the wire an error shape may have another name than in the model.
    shape = model.shapes.get(error.code, {})
    code = shape.get("error", {}).get("code", error.code)
    status = error_status(model, error)
    return error_answer(code, error.message, status, model.metadata["xmlNamespace"], request_id)


def error_answer(
    code: str, message: str, status: int, namespace: str, request_id: str
) -> HttpResponse:
    """An error in the protocol's XML."""
    side = "Receiver" if status >= 500 else "Sender"
    body = (
        f'<ErrorResponse xmlns="{namespace}"><Error><Type>{side}</Type>'
        f"<Code>{code}</Code><Message>{xml.escape(message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return _answer(status, body, request_id)


def unrouted_answer(error: ServiceError, request_id: str) -> HttpResponse:
    """An error of no service of ours, as clients of the query and of EC2's protocol read it."""
    text = f"<Code>{error.code}</Code><Message>{xml.escape(error.message)}</Message>"
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type>{text}</Error>"
        f"<Errors><Error>{text}</Error></Errors><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return _answer(error.status, body, request_id)


def _answer(status: int, body: str, request_id: str) -> HttpResponse:
    headers = [("x-amzn-RequestId", request_id), ("Content-Type", "text/xml")]
    return HttpResponse(status, headers, f'<?xml version="1.0"?>\n{body}'.encode())


def _tree(form: Mapping[str, str]) -> dict[str, Any]:
    """Parameters as nested dicts: `A.member.1.B=x` is {"A": {"member": {"1": {"B": "x"}}}}."""
    tree: dict[str, Any] = {}
    for key, text in form.items():
        node = tree
        parts = key.split(".")
        for part in parts[:-1]:
            below = node.get(part)
            if not isinstance(below, dict):
                below = node[part] = {}
            node = below
        node.setdefault(parts[-1], text)
    return tree


def _read(model: ServiceModel, reference: Mapping[str, Any], node: Any) -> Any:
    shape = model.shapes[reference["shape"]]
    kind = shape["type"]
    if kind == "structure":
        return _read_structure(model, shape, node)
    if kind == "list":
        return _read_list(model, reference, shape, node)
    if kind == "map":
        return _read_map(model, shape, node)
    if not isinstance(node, str):
        raise SerializationException("Unexpected complex element termination")
    try:
        return _read_scalar(kind, node)
    except ValueError:
        raise SerializationException(f"Value '{node}' cannot be read as {kind}") from None


def _read_structure(model: ServiceModel, shape: Mapping[str, Any], node: Any) -> Shape:
    if not isinstance(node, dict):
        raise SerializationException("Unexpected element")
    value: Shape = {}
    for name, member in shape["members"].items():
        wire = member.get("queryName") or member.get("locationName", name)
        if wire in node:
            value[name] = _read(model, member, node[wire])
    return value


def _read_list(
    model: ServiceModel, reference: Mapping[str, Any], shape: Mapping[str, Any], node: Any
) -> list[Any]:
    if isinstance(node, str):
        # `Tags=` says that there is an empty list.
        return [] if node == "" else [_read(model, shape["member"], node)]
    if not (shape.get("flattened") or reference.get("flattened")):
        wire = shape["member"].get("locationName", "member")
        node = node.get(wire, node.get("member", node))
        if isinstance(node, str):
            return []
    numbered = sorted((int(key), key) for key in node if key.isdigit())
    return [_read(model, shape["member"], node[key]) for _, key in numbered]


def _read_map(model: ServiceModel, shape: Mapping[str, Any], node: Any) -> dict[str, Any]:
    if isinstance(node, str):
        return {}
    entries = node.get("entry", node)
    key_name = shape["key"].get("locationName", "key")
    value_name = shape["value"].get("locationName", "value")
    return {
        entry[key_name]: _read(model, shape["value"], entry[value_name])
        for number, entry in sorted(entries.items())
        if isinstance(entry, dict) and key_name in entry and value_name in entry
    }


def _read_scalar(kind: str, text: str) -> Any:
    if kind in ("integer", "long"):
        return int(text)
    if kind in ("float", "double"):
        return float(text)
    if kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    if kind == "timestamp":
        return parse_iso8601(text)
    if kind == "blob":
        return base64.b64decode(text)
    return text

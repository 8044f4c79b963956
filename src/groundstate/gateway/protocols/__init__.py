"""AWS's wire protocols, a file each: https://smithy.io/2.0/aws/protocols/index.html.

Each has the same three functions: `parse` a request into the operation's dict, `serialize` its
answer, and `serialize_error`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.protocols import json, query, rest_json, rest_xml
from groundstate.models import ServiceModel
from groundstate.operation import Service, ServiceError, Shape


@dataclass(frozen=True, slots=True)
class Protocol:
    """How requests and answers of a protocol look on the wire."""

    parse: Callable[[Service, ServiceModel, str, HttpRequest], Shape]
    serialize: Callable[[Service, ServiceModel, str, Shape, str], HttpResponse]
    serialize_error: Callable[[Service, ServiceModel, str, ServiceError, str], HttpResponse]


PROTOCOLS = {
    "json": Protocol(json.parse, json.serialize, json.serialize_error),
    "query": Protocol(query.parse, query.serialize, query.serialize_error),
    "rest-json": Protocol(rest_json.parse, rest_json.serialize, rest_json.serialize_error),
    "rest-xml": Protocol(rest_xml.parse, rest_xml.serialize, rest_xml.serialize_error),
}

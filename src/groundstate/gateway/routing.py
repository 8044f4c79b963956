"""Which operation of which service a request asks for.

* JSON: the `X-Amz-Target` header names both.
* query: the credential scope names the service, the parameter `Action` the operation.
* REST: the credential scope names the service; method, path, query and headers the operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from groundstate import ids
from groundstate.gateway.bucket_hosts import move_bucket_into_path
from groundstate.gateway.http import HttpRequest
from groundstate.gateway.protocols import PROTOCOLS, Protocol, rest
from groundstate.gateway.protocols.query import form_of
from groundstate.models import ServiceModel, load_metadata, load_model
from groundstate.operation import Service, ServiceError


class UnknownOperationException(ServiceError):
    """No operation of ours fits the request."""


class InvalidAction(ServiceError):
    """The query protocol's word for an unknown operation."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes.

    Attributes:
        operation: it may be one that the model has and we have not.
        scope: the service that the credential scope must name, where the target names it too.
        protocol: how its requests and answers look on the wire.
        takes_fragments: its answers may hold parts that are JSON already.
        make_request_id: makes an id of the kind that its answers have.
    """

    service: Service
    model: ServiceModel
    operation: str
    scope: str = ""
    protocol: Protocol = field(init=False)
    takes_fragments: bool = field(init=False)
    make_request_id: Callable[[], str] = field(init=False)

    def __post_init__(self) -> None:
        protocol = self.model.metadata["protocol"]
        own_front = self.service.own_front
        # The rest follows from the service, and is asked for at each request.
        object.__setattr__(self, "protocol", PROTOCOLS[protocol])
        object.__setattr__(self, "takes_fragments", protocol == "json")
        make_request_id = ids.make_long_request_id if own_front else ids.make_uuid
        object.__setattr__(self, "make_request_id", make_request_id)


class Router:
    """Finds the route of a request. Models are loaded when a service is first asked for."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services
        self._by_target: dict[str, str] | None = None
        self._by_scope: dict[str, list[str]] | None = None
        self._rest: dict[str, list[_RestRoute]] = {}
        self._json: dict[str, Route] = {}

    def find(self, request: HttpRequest, signing_name: str) -> Route:
        """The route of a request.

        Args:
            signing_name: the service in its credential scope; empty if it is not signed.

        Raises:
            UnknownOperationException: none fits.
            InvalidAction: the query protocol's form of it.
        """
        target = request.headers.get("x-amz-target")
        if target is not None:
            return self._json.get(target) or self._find_json(target)
        candidates = self._services_of(signing_name) if signing_name else self._guess(request)
        for name in candidates:
            protocol = load_metadata(name)["protocol"]
            if protocol == "query":
                return self._find_query(name, request)
            if protocol == "rest-xml":
                move_bucket_into_path(request)
            if protocol in ("rest-json", "rest-xml"):
                return self._find_rest(name, request)
        message = ""
        if signing_name and not candidates:
            supported = ", ".join(sorted(self._services))
            message = f"No service {signing_name!r} is supported: {supported} are."
        if "Action" in form_of(request):
            raise InvalidAction(message)
        raise UnknownOperationException(message)

    def find_form_upload(self, request: HttpRequest) -> Route | None:
        """The route of a browser's form for a bucket: S3's model lacks PostObject."""
        if request.query or "authorization" in request.headers:
            return None
        move_bucket_into_path(request)
        if request.path == "/":
            return None
        for name in self._services_of("s3"):
            return Route(self._services[name], load_model(name), "PostObject")
        return None

    def _find_json(self, target: str) -> Route:
        if self._by_target is None:
            self._by_target = {
                str(load_metadata(name)["targetPrefix"]): name
                for name in self._services
                if "targetPrefix" in load_metadata(name)
            }
        prefix, _, operation = target.partition(".")
        name = self._by_target.get(prefix)
        if name is None or operation not in load_model(name).operations:
            raise UnknownOperationException("")
        model = load_model(name)
        scope = _scope_of(model.metadata)
        route = self._json[target] = Route(self._services[name], model, operation, scope)
        return route

    def has_own_front(self, scope: str) -> bool:
        """Whether a credential scope's service stands behind DynamoDB's servers."""
        return any(self._services[name].own_front for name in self._services_of(scope))

    def _services_of(self, signing_name: str) -> list[str]:
        if self._by_scope is None:
            self._by_scope = {}
            for name in self._services:
                scope = _scope_of(load_metadata(name))
                self._by_scope.setdefault(scope, []).append(name)
        return self._by_scope.get(signing_name, [])

    def _guess(self, request: HttpRequest) -> list[str]:
        """The service of an unsigned request, so that it can be refused in its own terms."""
        if "Action" in (form := form_of(request)):
            version = form.get("Version")
            for name in self._services:
                metadata = load_metadata(name)
                if metadata["protocol"] == "query" and metadata["apiVersion"] == version:
                    return [name]
        for name in self._services:
            if load_metadata(name)["protocol"] == "rest-json":
                try:
                    self._find_rest(name, request)
                except UnknownOperationException:
                    continue
                return [name]
        # What is left is S3's: public objects, browsers.
        return self._services_of("s3")

    def _find_query(self, name: str, request: HttpRequest) -> Route:
        model = load_model(name)
        form = form_of(request)
        action = form.get("Action", "")
        if action not in model.operations:
            version = form.get("Version", "")
            raise InvalidAction(f"Could not find operation {action} for version {version}")
        return Route(self._services[name], model, action)

    def _find_rest(self, name: str, request: HttpRequest) -> Route:
        model = load_model(name)
        routes = self._rest.get(name)
        if routes is None:
            routes = [_RestRoute(model, operation) for operation in model.operations]
            # S3's model has operations beside those that replaced them, at the same address.
            routes.sort(
                key=lambda route: (
                    route.weight,
                    not model.operations[route.operation].get("deprecated"),
                ),
                reverse=True,
            )
            self._rest[name] = routes
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        for path in (request.path, request.path.rstrip("/") or "/"):
            for route in routes:
                if route.fits(request, path, query):
                    request.path = path
                    return Route(self._services[name], model, route.operation)
        raise UnknownOperationException(f"{request.method} {request.path} is no operation.")


def _scope_of(metadata: Mapping[str, Any]) -> str:
    return str(metadata.get("signingName") or metadata["endpointPrefix"])


class _RestRoute:
    """What a REST operation asks of a request. The most demanding ones are tried first."""

    def __init__(self, model: ServiceModel, operation: str) -> None:
        http = model.operations[operation]["http"]
        self.operation = operation
        self._method = http["method"]
        self._uri = http["requestUri"]
        path, _, query = self._uri.partition("?")
        self._query = dict(parse_qsl(query, keep_blank_values=True))
        self._needed_query: list[str] = []
        self._needed_headers: list[str] = []
        name = model.input_shape(operation)
        if name is not None:
            self._read_required(model.shapes[name])
        fixed = len(re.sub(r"\{[^}]*\}", "", path))
        demands = len(self._query) + len(self._needed_query) + len(self._needed_headers)
        self.weight = (demands, fixed, "+}" not in path)

    def _read_required(self, shape: Mapping[str, Any]) -> None:
        for member in shape.get("required", ()):
            reference = shape["members"][member]
            if reference.get("location") == "querystring":
                self._needed_query.append(reference["locationName"])
            elif reference.get("location") == "header":
                self._needed_headers.append(reference["locationName"].lower())

    def fits(self, request: HttpRequest, path: str, query: Mapping[str, str]) -> bool:
        """Whether the request asks for this operation."""
        return (
            request.method == self._method
            and all(query.get(key) == text for key, text in self._query.items())
            and all(key in query for key in self._needed_query)
            and all(key in request.headers for key in self._needed_headers)
            and rest.match_path(self._uri, path) is not None
        )

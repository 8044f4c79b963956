"""The path of one request: from where, by whom, for what; then its answer, once it is durable.

The gateway knows AWS's wire and nothing of what a service does. It is given the table of services
and the dispatcher that performs their operations.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Protocol

import orjson

from groundstate import ids
from groundstate.clock import wall_time
from groundstate.gateway import front
from groundstate.gateway.chunked import unwrap_body
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.origin import OriginCheck
from groundstate.gateway.protocols import query
from groundstate.gateway.refusals import SignatureRefused
from groundstate.gateway.routing import (
    InvalidAction,
    Route,
    Router,
    UnknownOperationException,
)
from groundstate.gateway.sigv4 import Signature, find_scope_service, read_signature, verify
from groundstate.operation import (
    Answer,
    Deferred,
    Principal,
    Service,
    ServiceError,
    Shape,
    named_error,
)

Respond = Callable[[HttpResponse], None]
Page = Callable[[HttpRequest, Respond], None]

logger = logging.getLogger(__name__)


class Credentials(Protocol):
    """What is known of an access key: its secret, whose it is, and why it may be refused."""

    @property
    def secret(self) -> str: ...

    @property
    def principal(self) -> Principal: ...

    @property
    def refusal(self) -> str: ...


class Performer(Protocol):
    """What performs operations: the dispatcher."""

    def perform(
        self,
        service: str,
        operation: str,
        request: Shape,
        principal: Principal,
        region: str,
        request_id: str = "",
        *,
        takes_fragments: bool = False,
    ) -> Answer: ...

    def when_durable(self, effect: Callable[[], None]) -> None: ...


class Gateway:
    """Answers HTTP requests by AWS's protocols.

    Args:
        services: by botocore's name.
        performer: performs the operations.
        find_credentials: what is known of an access key id and session token.
        origin_check: whether a request's `Host` and `Origin` are this machine's.
        default_region: of requests that name none.
        pages: what else is served below `/_groundstate/`, by the next part of the path; the page
            with an empty name answers an unsigned `GET /`.
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        performer: Performer,
        find_credentials: Callable[[str, str], Credentials],
        origin_check: OriginCheck,
        default_region: str,
        pages: Mapping[str, Page],
    ) -> None:
        self._performer = performer
        self._find_credentials = find_credentials
        self._find_refusal = origin_check.find_refusal
        self._default_region = default_region
        self._pages = pages
        self._router = Router(services)

    def handle(self, request: HttpRequest, respond: Respond) -> None:
        """Answer a request, now or later."""
        refusal = self._find_refusal(request)
        if refusal is not None:
            body = refusal.encode()
            respond(HttpResponse(403, [("Content-Type", "text/plain; charset=utf-8")], body))
            return
        # Most requests are a `POST /`, which no page is asked for with.
        if (request.path != "/" or request.method != "POST") and _is_for_page(request):
            name = "" if request.path == "/" else request.path.split("/", 3)[2]
            page = self._pages.get(name)
            if page is None:
                respond(HttpResponse(404, [("Content-Type", "text/plain")], b"No such page"))
            else:
                page(request, respond)
            return
        _Exchange(self, request, respond).begin()


class _Exchange:
    """One request and its answer."""

    _request_id = ""
    _route: Route | None = None
    _is_common = True

    def __init__(self, gateway: Gateway, request: HttpRequest, respond: Respond) -> None:
        self._gateway = gateway
        self._request = request
        self._respond = respond
        self._began_at = time.perf_counter()

    def begin(self) -> None:
        """Perform the operation that is asked for."""
        try:
            answer = self._perform()
        except ServiceError as error:
            self._refuse(error)
        except front.Answered as answered:
            self._answer_from_front(answered.response)
        except Exception as error:  # noqa: BLE001 - the edge at which a request ends; it logs
            self._fail(error)
        else:
            if isinstance(answer, Deferred):
                answer.add_callback(self._finish)
            else:
                self._answer(answer)

    def _perform(self) -> Answer:
        gateway, request = self._gateway, self._request
        if "x-amz-target" in request.headers:
            # The JSON services read a request before they look who sent it (observed, by the
            # author of dynalite): what cannot be read is not asked for its signature.
            route, document = self._read("")
            if request.query and route.service.own_front:
                front.check_authorization(request)
            signature, principal = self._identify()
        else:
            if _is_form(request):
                self._refuse_form()
            if self._is_at_front():
                raise front.Answered(front.refuse_unrouted(request, gateway._default_region))
            signature, principal = self._identify()
            route, document = self._read(signature.service)
        region = signature.region or gateway._default_region
        return gateway._performer.perform(
            route.service.name,
            route.operation,
            document,
            principal,
            region,
            self._request_id,
            takes_fragments=route.takes_fragments,
        )

    def _read(self, signing_name: str) -> tuple[Route, Shape]:
        """What the request asks for."""
        gateway, request = self._gateway, self._request
        try:
            route = gateway._router.find(request, signing_name)
        except UnknownOperationException:
            if not signing_name and self._is_at_front():
                answer = front.refuse_unrouted(request, gateway._default_region)
                raise front.Answered(answer) from None
            raise
        self._go(route)
        service = route.service
        if service.own_front and not front.is_common(request):
            self._is_common = False
            request = front.admit(request, gateway._default_region)
        parse = route.protocol.parse
        return route, parse(service, route.model, route.operation, request)

    def _refuse_form(self) -> None:
        """Refuse a browser's form for a bucket: its signature is one of its fields."""
        route = self._gateway._router.find_form_upload(self._request)
        if route is not None:
            self._go(route)
            raise named_error(
                "NotImplemented",
                "The upload of a form (PostObject, a presigned POST) is not supported by this"
                " version of Groundstate: a presigned PUT (PutObject) is.",
                HTTPStatus.NOT_IMPLEMENTED,
            )

    def _go(self, route: Route) -> None:
        self._route = route
        make_request_id = route.make_request_id
        self._request_id = make_request_id()

    def _is_at_front(self) -> bool:
        """Whether a request without a route of its own came to DynamoDB's servers."""
        request, router = self._request, self._gateway._router
        scope = find_scope_service(request.query, request.headers)
        if scope is not None:
            return router.has_own_front(scope)
        return front.is_meant_by_unsigned(request) and router.has_own_front("dynamodb")

    def _identify(self) -> tuple[Signature, Principal]:
        """Who signed the request; raises the service's own error if nobody did."""
        request, service = self._request, ""
        try:
            signature = read_signature(request.method, request.path, request.query, request.headers)
            service = signature.service
            if self._route is not None and service != self._route.scope:
                raise SignatureRefused(
                    "mismatch",
                    f"Credential should be scoped to correct service: '{self._route.scope}'. ",
                )
            found = self._gateway._find_credentials(
                signature.access_key_id, signature.session_token
            )
            if found.refusal:
                raise SignatureRefused(found.refusal)
            verify(signature, found.secret, request.body, wall_time())
            payload_hash = signature.payload_hash
            if payload_hash and payload_hash.startswith("STREAMING-"):
                self._go(self._gateway._router.find(request, service))
                unwrap_body(signature, found.secret, request)
        except SignatureRefused as refused:
            raise self._unauthenticated(refused, service) from None
        return signature, found.principal

    def _unauthenticated(self, refused: SignatureRefused, service: str) -> ServiceError:
        route = self._route
        if route is None:
            try:
                route = self._gateway._router.find(self._request, service)
            except ServiceError:
                return refused.as_service_error("json")
            self._go(route)
        family = "front" if route.service.own_front else str(route.model.metadata["protocol"])
        return refused.as_service_error(family)

    def _finish(self, deferred: Deferred) -> None:
        if deferred.error is not None:
            self._refuse(deferred.error)
            return
        assert deferred.result is not None
        try:
            self._answer(deferred.result)
        except Exception as error:  # noqa: BLE001 - as in `begin`
            self._fail(error)

    def _answer(self, answer: Shape) -> None:
        route = self._route
        assert route is not None
        try:
            serialize = route.protocol.serialize
            response = serialize(
                route.service, route.model, route.operation, answer, self._request_id
            )
        except Exception as error:  # noqa: BLE001 - as in `begin`
            self._fail(error)
        else:
            self._send(response)

    def _refuse(self, error: ServiceError) -> None:
        route = self._route
        if route is None:
            self._request_id = ids.make_uuid()
            self._send(unrouted(error, self._request_id))
            return
        serialize = route.protocol.serialize_error
        self._send(serialize(route.service, route.model, route.operation, error, self._request_id))

    def _fail(self, error: Exception) -> None:
        # The one edge at which a request ends in a bug of ours.
        name = self._route.operation if self._route is not None else self._request.path
        logger.error("%s failed (request %s)", name, self._request_id, exc_info=error)
        code = "InternalServerError"
        route = self._route
        if route is not None and "InternalFailure" in route.model.shapes:
            code = "InternalFailure"
        self._refuse(
            named_error(code, f"Internal failure; see the log for request {self._request_id}.", 500)
        )

    def _answer_from_front(self, response: HttpResponse) -> None:
        if response.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            self._request_id = ids.make_long_request_id()
            response.headers.insert(0, ("x-amzn-RequestId", self._request_id))
            if self._route is None:
                front.suit(self._request, response)
        self._send(response)

    def _send(self, response: HttpResponse) -> None:
        route = self._route
        if not self._is_common:
            front.suit(self._request, response)
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                "%s %s %d %.1f ms %s",
                route.service.name if route else "-",
                route.operation if route else self._request.path,
                response.status,
                (time.perf_counter() - self._began_at) * 1000,
                self._request_id,
            )
        self._gateway._performer.when_durable(partial(self._respond, response))


def _is_form(request: HttpRequest) -> bool:
    return request.method == "POST" and request.headers.get("content-type", "").startswith(
        "multipart/form-data"
    )


def _is_for_page(request: HttpRequest) -> bool:
    return request.path.startswith("/_groundstate/") or _is_probe(request)


def _is_probe(request: HttpRequest) -> bool:
    """An unsigned look at the root, as load balancers and people have it; SDKs ask S3 that way."""
    return (
        request.path == "/"
        and request.method in ("GET", "HEAD")
        and "authorization" not in request.headers
        and "amz-sdk-invocation-id" not in request.headers
        and not request.query
    )


def unrouted(error: ServiceError, request_id: str) -> HttpResponse:
    """The answer to a request that reached no service."""
    if isinstance(error, InvalidAction):
        return query.unrouted_answer(error, request_id)
    document = {"__type": f"com.amazon.coral.service#{error.code}"}
    if error.message:
        document["message"] = error.message
    body = orjson.dumps(document)
    headers = [
        ("x-amzn-RequestId", request_id),
        ("x-amzn-ErrorType", error.code),
        ("Content-Type", "application/x-amz-json-1.0"),
        ("x-amz-crc32", str(zlib.crc32(body))),
    ]
    return HttpResponse(error.status, headers, body)

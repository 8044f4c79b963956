"""Performs AWS's operations for the console's page, as the machine's administrator.

A request's body is the operation's input in the shapes of AWS's model, as JSON; blobs are base64
and timestamps epoch seconds, whatever the service's own protocol. So is the answer. Operations that
no model has, which are the runtime's own, cannot be reached.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping

import orjson

from groundstate import ids
from groundstate.dispatch import Dispatcher
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.protocols import json
from groundstate.models import load_model
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

REGION_HEADER = "x-groundstate-region"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")

logger = logging.getLogger(__name__)


class ConsoleApi:
    """Operations of the gateway's services.

    Args:
        services: by botocore's name.
        dispatcher: performs the operations.
        administrator: as whom.
        default_region: of requests that name none.
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        dispatcher: Dispatcher,
        administrator: Principal,
        default_region: str,
    ) -> None:
        self._services = services
        self._dispatcher = dispatcher
        self._administrator = administrator
        self._default_region = default_region

    def perform(self, request: HttpRequest, target: str, respond: Respond) -> None:
        """Answer a request for `<service>/<Operation>`, once what it wrote is on disk."""
        request_id = ids.make_uuid()
        began_at = time.perf_counter()

        def send(response: HttpResponse) -> None:
            took_ms = (time.perf_counter() - began_at) * 1000
            logger.info("%s %d %.1f ms %s", target, response.status, took_ms, request_id)
            response.headers.append(("x-amzn-RequestId", request_id))
            self._dispatcher.when_durable(lambda: respond(response))

        def finish(done: Deferred) -> None:
            if done.error is not None:
                send(refusal(done.error))
            else:
                assert done.result is not None
                send(_answer(done.result))

        try:
            answer = self._perform(request, target, request_id)
            if isinstance(answer, Deferred):
                answer.add_callback(finish)
                return
            response = _answer(answer)
        except ServiceError as error:
            response = refusal(error)
        except Exception:
            # The edge at which a request ends; the page shows the request id.
            logger.exception("%s failed (request %s)", target, request_id)
            message = f"Internal failure; see the log for request {request_id}."
            response = refusal(named_error("InternalFailure", message, 500))
        send(response)

    def _perform(self, request: HttpRequest, target: str, request_id: str) -> Answer:
        name, _, operation = target.partition("/")
        if name not in self._services or operation not in load_model(name).operations:
            raise named_error(
                "UnknownOperationException", f"There is no operation {operation} of {name}."
            )
        document: Shape = json.parse(self._services[name], load_model(name), operation, request)
        if type(document) is not dict:
            raise named_error("SerializationException", "The body must be a JSON object.")
        region = request.headers.get(REGION_HEADER, self._default_region)
        if not _REGION.fullmatch(region):
            raise named_error("ValidationException", f"{region!r} is no region.")
        return self._dispatcher.perform(
            name, operation, document, self._administrator, region, request_id
        )


def refusal(error: ServiceError) -> HttpResponse:
    """An error as the page reads it: AWS's code and message."""
    document = {"code": error.code, "message": error.message, **error.members}
    return json_answer(document, max(error.status, 400))


def json_answer(document: Shape, status: int = 200) -> HttpResponse:
    """An answer that nothing keeps."""
    headers = [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    return HttpResponse(status, headers, orjson.dumps(document, default=json.encode_blob))


def _answer(answer: Shape) -> HttpResponse:
    return json_answer(answer)

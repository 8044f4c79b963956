"""What the runtime answers itself: the pages below `/_groundstate/`, and `/` for load balancers.

What a page needs of a service it asks of that one's operations, as a client would. The web console,
a package of its own, stands above the runtime, which adds it to these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import orjson

from groundstate import __version__, ids
from groundstate.access import AccessControl
from groundstate.clock import Clock
from groundstate.config import Config
from groundstate.dispatch import Dispatcher
from groundstate.gateway import front
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.operation import Deferred, Principal, ServiceError, Shape
from groundstate.store import Store

Respond = Callable[[HttpResponse], None]

_FUNCTION_URLS = "/_groundstate/url/"


class Pages:
    """The pages of one runtime. Each is called with a request and with what takes the answer."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        store: Store,
        dispatcher: Dispatcher,
        access: AccessControl,
    ) -> None:
        self._config = config
        self._clock = clock
        self._store = store
        self._dispatcher = dispatcher
        self._access = access

    def by_name(self) -> dict[str, Callable[[HttpRequest, Respond], None]]:
        """The pages by the part of the path behind `/_groundstate/`; empty for `/`."""
        return {
            "": self._root,
            "health": self._health,
            "code": self._code,
            "permissions": self._permissions,
            "url": self._function_url,
        }

    def _root(self, request: HttpRequest, respond: Respond) -> None:
        # DynamoDB's own words for load balancers.
        response = front.healthy(self._config.region)
        response.headers.append(("x-amzn-RequestId", ids.make_long_request_id()))
        respond(response)

    def _health(self, request: HttpRequest, respond: Respond) -> None:
        """Which runtime this is; commands ask before they begin."""
        document = {
            "version": __version__,
            "services": dict.fromkeys(sorted(self._dispatcher.services), "running"),
            "clock": self._clock.mode,
            "now": self._clock.now(),
            "data_dir": None if self._config.in_memory else self._config.data_dir,
        }
        respond(_json_answer(200, document))

    def _code(self, request: HttpRequest, respond: Respond) -> None:
        """A function's code, where GetFunction's `Code.Location` points."""
        sha256 = request.path.rsplit("/", 1)[-1].removesuffix(".zip")
        content = self._store.tx.function_code.find(sha256)
        if content is None:
            respond(HttpResponse(404, [("Content-Type", "text/plain")], b"No such code"))
        else:
            respond(HttpResponse(200, [("Content-Type", "application/zip")], content))

    def _permissions(self, request: HttpRequest, respond: Respond) -> None:
        """What each role used, was denied and has for nothing; `?identity=` names one of them."""
        query = dict(parse_qsl(request.query))
        wanted = {"Identity": query["identity"]} if "identity" in query else {}
        try:
            caller = self._access.require_administrator(request)
            report = self._dispatcher.perform(
                "iam", "GetPermissionsReport", wanted, caller, self._config.region
            )
        except ServiceError as error:
            respond(_json_answer(error.status, {"__type": error.code, "message": error.message}))
            return
        respond(_json_answer(200, report))

    def _function_url(self, request: HttpRequest, respond: Respond) -> None:
        """A function behind an HTTP address: `/_groundstate/url/<id>/<its own path>`."""
        url_id, _, path = request.path.removeprefix(_FUNCTION_URLS).partition("/")
        is_signed = "authorization" in request.headers
        asked = {
            "UrlId": url_id,
            "Method": request.method,
            "Path": path,
            "Query": request.query,
            "Headers": request.headers,
            "Body": request.body,
            "Anonymous": not is_signed,
        }

        def send(answer: Shape) -> None:
            response = HttpResponse(
                answer["StatusCode"], answer["Headers"], answer["Body"], answer.get("Stream")
            )
            self._dispatcher.when_durable(lambda: respond(response))

        def finish(done: Deferred) -> None:
            assert done.result is not None, "a refusal is an answer here"
            send(done.result)

        try:
            caller = (
                self._access.identify(request)
                if is_signed
                else Principal(arn="anonymous", account=self._config.account)
            )
            answer = self._dispatcher.perform(
                "lambda", "ServeFunctionUrl", asked, caller, self._config.region
            )
        except ServiceError as error:
            respond(_json_answer(403, {"Message": error.message}))
            return
        if isinstance(answer, Deferred):
            answer.add_callback(finish)
        else:
            send(answer)


def _json_answer(status: int, document: Any) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", "application/json")], orjson.dumps(document))

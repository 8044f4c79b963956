"""What is served below `/_groundstate/console`, and to whom.

GET  console                     the page
GET  console/static/<version>/... its files
POST console/api/<service>/<Op>  an operation, as the administrator
POST console/changes             answered when something has changed
POST console/session             the token, for a ticket or the administrator's credentials
POST console/ticket              a ticket, for a request that the administrator signed
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable
from typing import Any

import orjson

from groundstate import __version__
from groundstate.console.api import ConsoleApi, json_answer, refusal
from groundstate.console.assets import Assets
from groundstate.console.changes import Changes
from groundstate.console.session import SessionRefused, Sessions
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.operation import ServiceError, Shape
from groundstate.principals import administrator_principal
from groundstate.runtime import Runtime

PATH = "/_groundstate/console"
# Guessing a secret gets no faster than this.
SIGN_IN_DELAY_S = 0.5

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    # It holds this process's token.
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]

Respond = Callable[[HttpResponse], None]


class ConsolePage:
    """The console of one runtime. Belongs to the loop that runs when it is made."""

    def __init__(self, runtime: Runtime) -> None:
        config = runtime.config
        self._runtime = runtime
        self._assets = Assets()
        self._sessions = Sessions(config)
        self._changes = Changes(runtime.store)
        root = administrator_principal(config.account)
        self._api = ConsoleApi(runtime.dispatcher.services, runtime.dispatcher, root, config.region)

    def stop(self) -> None:
        """Let go of the pages that wait."""
        self._changes.stop()

    def handle(self, request: HttpRequest, respond: Respond) -> None:
        """Answer a request below `PATH`."""
        part, _, rest = request.path.removeprefix(PATH).removeprefix("/").partition("/")
        try:
            self._route(request, part, rest, respond)
        except SessionRefused as refused:
            respond(json_answer({"code": refused.code, "message": refused.message}, 403))
        except ServiceError as error:
            respond(refusal(error))

    def _route(self, request: HttpRequest, part: str, rest: str, respond: Respond) -> None:
        if part == "" and request.method in ("GET", "HEAD"):
            respond(HttpResponse(200, list(_HEADERS), self._render()))
        elif part == "static" and request.method in ("GET", "HEAD"):
            respond(self._assets.answer(request, rest))
        elif part == "api":
            self._sessions.check(request)
            self._api.perform(request, rest, respond)
        elif part == "changes":
            self._sessions.check(request)
            self._wait_for_change(request, respond)
        elif part == "session":
            self._sessions.check_source(request)
            self._begin_session(request, respond)
        elif part == "ticket":
            self._runtime.require_administrator(request)
            # A page that brings its token along needs none.
            ticket = "" if self._sessions.page_token else self._sessions.make_ticket()
            respond(json_answer({"ticket": ticket}))
        else:
            respond(HttpResponse(404, [("Content-Type", "text/plain")], b"No such page"))

    def _render(self) -> bytes:
        """The page, with its files' addresses and what it has to know at once."""
        config, version = self._runtime.config, self._assets.version
        base = f"{PATH}/static/{version}"
        preloads = "\n".join(
            f'<link rel="modulepreload" href="{base}/{name}">' for name in self._assets.names(".js")
        )
        settings = {
            "token": self._sessions.page_token,
            "region": config.region,
            "account": config.account,
            "version": __version__,
            "endpoint": self._runtime.endpoint_url,
            "clock": self._runtime.clock.mode,
            "now": self._runtime.clock.now(),
            "data": "" if config.in_memory else config.data_dir,
        }
        text = self._assets.page.replace("{{base}}", base).replace("{{preloads}}", preloads)
        return text.replace("{{settings}}", html.escape(orjson.dumps(settings).decode())).encode()

    def _wait_for_change(self, request: HttpRequest, respond: Respond) -> None:
        known = _read_document(request).get("version")
        runtime = self._runtime

        def tell(version: int) -> None:
            answer = json_answer({"version": version, "now": runtime.clock.now()})
            # A commit may be in the log and not on disk yet.
            runtime.dispatcher.when_durable(lambda: respond(answer))

        self._changes.wait(known if type(known) is int else -1, tell)

    def _begin_session(self, request: HttpRequest, respond: Respond) -> None:
        document = _read_document(request)
        if "ticket" in document:
            token = self._sessions.redeem_ticket(str(document["ticket"]))
            message = "The ticket is used or too old. Run `groundstate console` again."
        else:
            token = self._sessions.sign_in(
                str(document.get("accessKeyId", "")), str(document.get("secretAccessKey", ""))
            )
            message = "These are not the administrator's credentials."
        if token is not None:
            respond(json_answer({"token": token}))
            return
        refused = json_answer({"code": "SignInRefused", "message": message}, 403)
        asyncio.get_running_loop().call_later(SIGN_IN_DELAY_S, respond, refused)


def _read_document(request: HttpRequest) -> Shape:
    """A JSON object from the body; an empty one if it is something else."""
    try:
        document: Any = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return {}
    return document if type(document) is dict else {}

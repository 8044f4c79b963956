"""Who may use the console: a page that this runtime itself has served, and nobody else.

Theory. A browser cannot sign requests as AWS's clients do, so the console's requests carry a token
instead. What keeps it from strangers:

* `Host` must be this machine's, which the gateway checks for every request. A foreign name that was
  made to resolve to 127.0.0.1 (DNS rebinding) therefore gets no page and no token.
* Every request of the page is a POST with a header of its own, which a page of another origin can
  send only after a preflight; nothing here answers one.
* `Origin` must be the very address that the request went to, scheme and port included: another
  page of this machine, say a development server on port 3000, is as foreign as one of the web.
  Browsers send `Origin` with every POST, and no script can forge it.
* The token must be the one of this process.

The token stands in the page itself if the runtime listens on loopback with its well-known
credentials: whoever can read the page could as well sign with them. If you chose a secret of your
own, or listen on other addresses, the page asks for the secret, or `groundstate console` brings a
ticket that is good once and for a minute.
"""

from __future__ import annotations

import hmac
import time

from groundstate import ids
from groundstate.config import Config
from groundstate.gateway.http import HttpRequest

HEADER = "x-groundstate-console"
TICKET_LIFE_S = 60.0
TICKETS_MAX = 100

_DEFAULTS = Config()
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TOKEN_LENGTH = 43


class SessionRefused(Exception):
    """A request does not come from a page of this runtime."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Sessions:
    """Gives out the token of this process and checks it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._token = ids.make_secret(_TOKEN_LENGTH)
        self._tickets: dict[str, float] = {}
        self._is_open = (
            config.host in _LOOPBACK
            and config.access_key_id == _DEFAULTS.access_key_id
            and config.secret_access_key == _DEFAULTS.secret_access_key
        )

    @property
    def page_token(self) -> str:
        """The token that the page brings along; empty if one has to sign in."""
        return self._token if self._is_open else ""

    def check(self, request: HttpRequest) -> None:
        """Let a request of the console's page pass.

        Raises:
            SessionRefused: it is none.
        """
        given = self.check_source(request)
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise SessionRefused(
                "SessionExpired", "The console's session has ended; load the page again."
            )

    def check_source(self, request: HttpRequest) -> str:
        """Check where a request comes from, whoever sent it; its token, which may be any.

        Raises:
            SessionRefused: not from a page of this runtime.
        """
        headers = request.headers
        if request.method != "POST":
            raise SessionRefused("MethodNotAllowed", "The console's API takes POST alone.")
        if headers.get("origin") != f"http://{headers.get('host', '')}":
            raise SessionRefused(
                "ForeignOrigin", "The console's API answers the console's own page alone."
            )
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise SessionRefused(
                "ForeignOrigin", "The console's API answers the console's own page alone."
            )
        if HEADER not in headers:
            raise SessionRefused("MissingToken", f"The header {HEADER} is missing.")
        return headers[HEADER]

    def make_ticket(self) -> str:
        """A word that can be exchanged for the token, once, soon."""
        now = time.monotonic()
        self._tickets = {word: end for word, end in self._tickets.items() if end > now}
        if len(self._tickets) >= TICKETS_MAX:
            self._tickets.pop(next(iter(self._tickets)))
        ticket = ids.make_secret(_TOKEN_LENGTH).replace("/", "-").replace("+", "_")
        self._tickets[ticket] = now + TICKET_LIFE_S
        return ticket

    def redeem_ticket(self, ticket: str) -> str | None:
        """The token for a ticket; None if it is unknown, used, or too old."""
        end = self._tickets.pop(ticket, 0.0)
        return self._token if end > time.monotonic() else None

    def sign_in(self, access_key_id: str, secret_access_key: str) -> str | None:
        """The token for the administrator's credentials; None if they are wrong."""
        config = self._config
        known = hmac.compare_digest(access_key_id.encode(), config.access_key_id.encode())
        fits = hmac.compare_digest(secret_access_key.encode(), config.secret_access_key.encode())
        return self._token if known and fits else None

"""An HTTP request and its answer, as the gateway sees them: no socket, no server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from groundstate.operation import Stream


@dataclass(slots=True)
class HttpRequest:
    """A request.

    Attributes:
        method: upper case.
        path: as sent, percent-encoded, without the query string.
        query: the query string as sent, without the question mark.
        headers: by lower-case name; of a repeated header the values joined by commas.
        body: the whole body.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class HttpResponse:
    """An answer. `Content-Length` is the server's to add.

    Attributes:
        stream: the body bit by bit, in the place of `body`.
    """

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    stream: Stream | None = None

    def when_whole(self, respond: Callable[[HttpResponse], None]) -> None:
        """Hand on this answer with all of its body, when all of it is there."""
        stream, parts = self.stream, list[bytes]()
        if stream is None:
            respond(self)
        else:
            stream.read(
                parts.append,
                lambda: respond(HttpResponse(self.status, self.headers, b"".join(parts))),
            )

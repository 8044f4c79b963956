"""An HTTP request and its answer, as the gateway sees them: no socket, no server."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    """An answer. `Content-Length` is the server's to add."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

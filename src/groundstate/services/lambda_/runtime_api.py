"""The Lambda Runtime API: how a function's process takes its invocations and gives its answers.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

Each environment has a listener of its own on the loopback interface. It is strict: what is not a
request of this API, or does not name this listener as its host, is refused. The Extensions API is
at the same address, and so is the Telemetry API; `extensions.py` and `telemetry.py` answer them.
"""

from __future__ import annotations

import asyncio
import socket
from base64 import b64decode
from collections.abc import Mapping
from typing import Protocol, cast

import httptools

from groundstate.services.lambda_.extensions import PREFIX as EXTENSIONS_PREFIX
from groundstate.services.lambda_.limits import RESPONSE_BYTES_MAX, STREAM_BYTES_MAX
from groundstate.services.lambda_.sdk_bridge import Respond
from groundstate.services.lambda_.telemetry import LOGS, TELEMETRY

_PREFIX = "/2018-06-01/runtime/"
# Ours: see sdk_bridge.py.
_SDK_PREFIX = "/groundstate/sdk/"
# Ours: see forkserver.py.
_REGISTERED = "/groundstate/extensions/registered"
_MODE = b"lambda-runtime-function-response-mode"
_REASONS = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    413: "Payload Too Large",
}


class RuntimeApiHandler(Protocol):
    """What stands behind a listener: an environment."""

    def connected(self, connection: RuntimeConnection) -> None:
        """The process has a connection."""

    def disconnected(self, connection: RuntimeConnection) -> None:
        """A connection has ended."""

    def next_asked(self, connection: RuntimeConnection) -> None:
        """The process is ready for an invocation; answer by `connection.give_invocation`."""

    def response_given(self, request_id: str, body: bytes, content_type: str) -> bool:
        """The function returned. False: no such invocation is under way."""

    def response_begun(self, request_id: str, content_type: str) -> bool:
        """The function begins to stream its answer. False: it is taken as a whole."""

    def response_part(self, request_id: str, part: bytes) -> None:
        """The next part of a streamed answer."""

    def response_too_large(self, request_id: str) -> bool:
        """The function returned more than may be returned."""

    def error_given(self, request_id: str, body: bytes, error_type: str) -> bool:
        """The function failed. False: no such invocation is under way."""

    def init_failed(self, body: bytes, error_type: str) -> None:
        """The process could not get ready."""

    def extension_asked(
        self,
        connection: RuntimeConnection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        """An extension makes a request of the Extensions API; `connection.reply` answers it."""

    def subscription_asked(
        self, connection: RuntimeConnection, api: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """An extension wants to be told of telemetry; `connection.reply` answers it."""

    def registration_awaited(self, connection: RuntimeConnection) -> None:
        """The process waits until all extensions have registered."""

    def command_given(
        self, token: str, names: list[str], region: str, body: bytes, respond: Respond
    ) -> bool:
        """The SDK stand-in asks for an operation. False: it has not this environment's token."""


def open_listener() -> socket.socket:
    """A socket that listens on a free port of the loopback interface."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setblocking(False)
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    return listener


class RuntimeConnection(asyncio.Protocol):
    """One connection of a function's process."""

    def __init__(self, handler: RuntimeApiHandler, address: str) -> None:
        self._handler = handler
        self._address = address.encode()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._reset()

    def _reset(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._size = 0
        # Whose answer is handed on while it comes.
        self._streamed = ""

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)
        self._handler.connected(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._handler.disconnected(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            self.close()
            raise error.__context__ or error from None
        except httptools.HttpParserError:
            self.close()

    # httptools

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        if self._headers.get(b"expect", b"").lower() == b"100-continue" and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self._headers.get(_MODE, b"").lower() == b"streaming" and self._is_ours():
            parts = self._url.decode("latin-1").removeprefix(_PREFIX).split("/")
            if len(parts) == 3 and (parts[0], parts[2]) == ("invocation", "response"):
                begun = self._handler.response_begun(parts[1], self._content_type())
                self._streamed = parts[1] if begun else ""

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._streamed:
            if self._size <= STREAM_BYTES_MAX:
                self._handler.response_part(self._streamed, body)
        elif self._size <= RESPONSE_BYTES_MAX:
            self._body.append(body)
        else:
            # It will be refused: what comes is read, so that the answer can be sent, and dropped.
            self._body.clear()

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode()
        self._answer(method, self._url.decode("latin-1"), b"".join(self._body))
        self._reset()

    # Answers

    @property
    def is_open(self) -> bool:
        """The process still listens to this connection."""
        return self._transport is not None and not self._transport.is_closing()

    def reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Answer a request that the handler was told of."""
        self._write(status, body, "application/json", headers)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    def _answer(self, method: str, url: str, body: bytes) -> None:
        if not self._is_ours():
            self._refuse(403, "Forbidden", "This is the Runtime API of another environment.")
            return
        path = url[len(_PREFIX) :] if url.startswith(_PREFIX) else ""
        parts = path.split("/")
        if url.startswith(_SDK_PREFIX) and method == "POST":
            self._perform(url[len(_SDK_PREFIX) :].split("/"), body)
        elif method == "GET" and path == "invocation/next":
            self._handler.next_asked(self)
        elif method == "POST" and len(parts) == 3 and parts[0] == "invocation":
            self._finish(parts[1], parts[2], body)
        elif method == "POST" and path == "init/error":
            self._handler.init_failed(body, self._error_type())
            self._write(202, b'{"status":"OK"}\n')
        elif url.startswith(EXTENSIONS_PREFIX):
            path = url[len(EXTENSIONS_PREFIX) :]
            self._handler.extension_asked(self, method, path, self._read_headers(), body)
        elif method == "PUT" and url.rstrip("/") in (TELEMETRY, LOGS):
            self._handler.subscription_asked(self, url.rstrip("/"), self._read_headers(), body)
        elif (method, url) == ("GET", _REGISTERED):
            self._handler.registration_awaited(self)
        else:
            self._refuse(404, "NotFound", f"{method} {url} is not part of the Runtime API.")

    def _read_headers(self) -> dict[str, str]:
        names = self._headers.items()
        return {name.decode("latin-1"): text.decode("latin-1") for name, text in names}

    def _is_ours(self) -> bool:
        return self._headers.get(b"host") == self._address and b"origin" not in self._headers

    def _perform(self, names: list[str], body: bytes) -> None:
        if self._size > RESPONSE_BYTES_MAX:
            self._refuse(413, "RequestEntityTooLarge", "Bring the AWS SDK for requests this big.")
            return
        token = self._headers.get(b"x-groundstate-token", b"").decode("latin-1")
        region = self._headers.get(b"x-groundstate-region", b"").decode("latin-1")
        if len(names) != 2 or not self._handler.command_given(
            token, names, region, body, self._write
        ):
            self._refuse(403, "Forbidden", "This is not a command of this environment.")

    def _finish(self, request_id: str, outcome: str, body: bytes) -> None:
        if self._streamed:
            self._end_stream(request_id)
            return
        if self._size > RESPONSE_BYTES_MAX:
            self._handler.response_too_large(request_id)
            text = f"Exceeded maximum allowed payload size ({RESPONSE_BYTES_MAX} bytes)."
            self._refuse(413, "RequestEntityTooLarge", text)
            return
        if outcome == "response":
            known = self._handler.response_given(request_id, body, self._content_type())
        elif outcome == "error":
            known = self._handler.error_given(request_id, body, self._error_type())
        else:
            self._refuse(404, "NotFound", f"{outcome} is not part of the Runtime API.")
            return
        self._acknowledge(known)

    def _end_stream(self, request_id: str) -> None:
        """All of a streamed answer is there; trailers tell of an error on the way."""
        if self._error_type():
            body = self._headers.get(b"lambda-runtime-function-error-body", b"")
            try:
                document = b64decode(body, validate=True)
            except ValueError:
                document = body
            known = self._handler.error_given(request_id, document, self._error_type())
        elif self._size > STREAM_BYTES_MAX:
            known = self._handler.response_too_large(request_id)
        else:
            known = self._handler.response_given(request_id, b"", self._content_type())
        self._acknowledge(known)

    def _acknowledge(self, known: bool) -> None:
        if known:
            self._write(202, b'{"status":"OK"}\n')
        else:
            self._refuse(400, "InvalidRequestID", "Invalid request ID")

    def _content_type(self) -> str:
        return self._headers.get(b"content-type", b"").decode("latin-1")

    def _error_type(self) -> str:
        return self._headers.get(b"lambda-runtime-function-error-type", b"").decode("latin-1")

    def _refuse(self, status: int, error_type: str, message: str) -> None:
        text = message.replace("\\", "\\\\").replace('"', '\\"')
        body = f'{{"errorMessage":"{text}","errorType":"{error_type}"}}\n'
        self._write(status, body.encode("latin-1", "replace"))

    def _write(
        self,
        status: int,
        body: bytes,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if not self.is_open:
            return
        assert self._transport is not None
        lines = [
            f"HTTP/1.1 {status} {_REASONS[status]}",
            f"Content-Type: {content_type}",
            f"Content-Length: {len(body)}",
        ]
        if headers is not None:
            lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(lines).encode("latin-1", "replace")
        self._transport.write(head + b"\r\n\r\n" + body)

"""The HTTP/1.1 server: sockets to requests, answers to sockets.

httptools parses, asyncio carries; between them there is only what a server needs. A general ASGI
server cost three times the CPU of a request and a tenth of a second of the start (measured: see
docs/decisions/0003-http-server.md), and nothing of ASGI was used.

Limits: the size of the head and of the body, the time that a request may take to arrive, the time
that a connection may be idle, and the number of requests that a client may send ahead.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections import deque
from collections.abc import Callable
from email.utils import formatdate
from functools import partial
from http import HTTPStatus

import httptools

from groundstate.clock import wall_time
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.plain_request import read_plain_request
from groundstate.operation import Stream

HEAD_SIZE_BYTES_MAX = 64 * 1024
PIPELINED_MAX = 32
IDLE_TIMEOUT_S = 120.0
ARRIVAL_TIMEOUT_S = 60.0
SWEEP_INTERVAL_S = 5.0
BACKLOG = 1024
# From accepting a socket to letting it go takes asyncio three turns of its loop.
_LAST_TURNS = 4

Respond = Callable[[HttpResponse], None]
Handle = Callable[[HttpRequest, Respond], None]

_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus
}

# Clients send the same few names again and again.
_names: dict[bytes, str] = {}
_NAMES_MAX = 500
# An answer with one of these says itself how long it is.
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_FRAMING_LENGTHS = frozenset(map(len, _FRAMING))

logger = logging.getLogger(__name__)


class HttpServer:
    """Listens, and hands every request to `handle`.

    Args:
        handle: called with a request and a function that takes its answer, now or later.
        body_size_bytes_max: larger bodies are refused with 413.
    """

    def __init__(self, handle: Handle, body_size_bytes_max: int) -> None:
        self.handle = handle
        self.body_size_bytes_max = body_size_bytes_max
        self.connections: set[_Connection] = set()
        self.is_stopping = False
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._date = ""
        self._date_of_s = 0
        self._outgoing: list[tuple[asyncio.Transport, bytes, bool]] = []

    async def start(self, listener: socket.socket) -> None:
        """Serve on a bound socket."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self), sock=listener, backlog=BACKLOG
        )
        self._sweeper = loop.call_later(SWEEP_INTERVAL_S, self._sweep)

    async def stop(self, grace_s: float = 1.0) -> None:
        """Accept no more, let the answers under way go out, close."""
        self.is_stopping = True
        if self._server is not None:
            # asyncio loses a socket that it accepted in the turn in which its server is closed.
            for listener in self._server.sockets:
                asyncio.get_running_loop().remove_reader(listener.fileno())
            await asyncio.sleep(0)
            self._server.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        deadline = time.monotonic() + grace_s
        # Once, at the very end: no answer needs to say that it was the last one.
        while any(c.is_busy for c in self.connections) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        self._flush()
        for connection in list(self.connections):
            connection.close()
        # What the last turn accepted becomes a connection, and what is closed is let go, in these.
        for _ in range(_LAST_TURNS):
            await asyncio.sleep(0)

    def send(self, transport: asyncio.Transport, answer: bytes, *, then_close: bool) -> None:
        """Write an answer when the requests that the loop has at hand are served.

        Writing to a client that sleeps wakes it, which on a virtual machine costs as much as
        serving a small read. Answers that leave together wake it once.
        """
        if not self._outgoing:
            asyncio.get_running_loop().call_soon(self._flush)
        self._outgoing.append((transport, answer, then_close))

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        for transport, answer, then_close in outgoing:
            if not transport.is_closing():
                transport.write(answer)
                if then_close:
                    transport.close()

    def date_header(self) -> str:
        """The Date header's line, made once a second."""
        now_s = int(wall_time())
        if now_s != self._date_of_s:
            self._date_of_s = now_s
            self._date = f"Date: {formatdate(now_s, usegmt=True)}\r\n"
        return self._date

    def _sweep(self) -> None:
        now = time.monotonic()
        for connection in list(self.connections):
            connection.close_if_idle(now)
        self._sweeper = asyncio.get_running_loop().call_later(SWEEP_INTERVAL_S, self._sweep)


class _Connection(asyncio.Protocol):
    """One client's connection: requests are answered in the order in which they came."""

    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._handle = server.handle
        self._body_size_bytes_max = server.body_size_bytes_max
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[HttpRequest, bool]] = deque()
        self._busy = False
        self._stream: Stream | None = None
        self._active_at = time.monotonic()
        self._arriving = False
        self._was_last = False
        self._paused = False
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._head_size_bytes = 0
        self._body: list[bytes] = []
        self._body_size_bytes = 0

    # -- asyncio calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]
        self._server.connections.add(self)
        if self._server.is_stopping:
            transport.close()
            return
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        self._transport = None
        self._waiting.clear()
        if self._stream is not None:
            self._stream.leave()

    def data_received(self, data: bytes) -> None:
        self._active_at = time.monotonic()
        if not self._arriving and not self._was_last:
            request = read_plain_request(data, HEAD_SIZE_BYTES_MAX, self._body_size_bytes_max)
            if request is not None:
                if self._busy or self._waiting:
                    self._take(request, keep_alive=True)
                else:
                    self._serve(request, keep_alive=True)
                return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(400, "Protocol upgrades are not supported.")
        except httptools.HttpParserError as error:
            cause = error.__context__
            if isinstance(cause, _Refused):
                self._refuse(cause.status, cause.reason)
            else:
                self._refuse(400, "This is not HTTP/1.1.")

    # -- httptools calls these

    def on_message_begin(self) -> None:
        self._arriving = True
        self._begin()

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(len(name) + len(value))
        key = _names.get(name) or _read_name(name)
        text = value.decode("latin-1")
        headers = self._headers
        headers[key] = text if key not in headers else f"{headers[key]},{text}"

    def on_headers_complete(self) -> None:
        if int(self._headers.get("content-length", "0")) > self._body_size_bytes_max:
            raise _Refused(413, "The request's body is too large.")
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, data: bytes) -> None:
        self._body_size_bytes += len(data)
        if self._body_size_bytes > self._body_size_bytes_max:
            raise _Refused(413, "The request's body is too large.")
        self._body.append(data)

    def on_message_complete(self) -> None:
        self._arriving = False
        path, _, query = self._url.decode("latin-1").partition("?")
        if not path.startswith("/"):
            # The absolute form, as a client with a proxy sends it: only its path counts.
            path = "/" + path.partition("://")[2].partition("/")[2]
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        method = self._parser.get_method().decode()
        request = HttpRequest(method, path, query, self._headers, body)
        self._take(request, keep_alive=self._parser.should_keep_alive())

    def _take(self, request: HttpRequest, *, keep_alive: bool) -> None:
        self._was_last = not keep_alive
        if self._busy or self._waiting:
            self._waiting.append((request, keep_alive))
            if len(self._waiting) >= PIPELINED_MAX and not self._paused and self._transport:
                self._paused = True
                self._transport.pause_reading()
            return
        self._serve(request, keep_alive=keep_alive)

    # -- answers

    @property
    def is_busy(self) -> bool:
        """A request is under way."""
        return self._busy or bool(self._waiting)

    def close(self) -> None:
        """End the connection; what was written still goes out."""
        if self._transport is not None:
            self._transport.close()

    def close_if_idle(self, now: float) -> None:
        """End the connection if nothing came for too long."""
        idle_s = now - self._active_at
        if not self._busy and idle_s > (ARRIVAL_TIMEOUT_S if self._arriving else IDLE_TIMEOUT_S):
            self.close()

    def _serve(self, request: HttpRequest, *, keep_alive: bool) -> None:
        self._busy = True
        respond = partial(self._answer, request, keep_alive)
        try:
            self._handle(request, respond)
        except Exception:
            logger.exception("The gateway failed on %s %s", request.method, request.path)
            respond(HttpResponse(500, [("Content-Type", "text/plain")], b"Internal failure"))

    def _answer(self, request: HttpRequest, keep_alive: bool, response: HttpResponse) -> None:
        transport = self._transport
        stream = response.stream
        if stream is not None and (transport is None or request.method == "HEAD"):
            stream.leave()
            stream = None
        if transport is None:
            self._busy = False
            return
        status = response.status
        body = response.body
        lines, says_length = "", status == 204
        if stream is not None:
            lines, says_length = "Transfer-Encoding: chunked\r\n", True
        for name, value in response.headers:
            line = f"{name}: {value}"
            if "\n" in line or "\r" in line:
                line = line.replace("\r", " ").replace("\n", " ")
            lines += f"{line}\r\n"
            if len(name) in _FRAMING_LENGTHS and name.lower() in _FRAMING:
                says_length = True
        if not says_length:
            lines = f"{lines}Content-Length: {len(body)}\r\n"
        first = _STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"
        last = "\r\n" if keep_alive else "Connection: close\r\n\r\n"
        head = f"{first}{self._server.date_header()}{lines}{last}".encode("latin-1", "replace")
        answer = head + body if request.method != "HEAD" else head
        if stream is None:
            self._server.send(transport, answer, then_close=not keep_alive)
            self._busy = False
            if self._waiting:
                self._answered(keep_alive)
        else:
            self._server.send(transport, answer, then_close=False)
            self._send_stream(transport, stream, keep_alive)

    def _send_stream(self, transport: asyncio.Transport, stream: Stream, keep_alive: bool) -> None:
        """Send the parts of a body as they come."""
        self._stream = stream
        send = self._server.send

        def take(part: bytes) -> None:
            # A part of no length would be the last one.
            if part:
                send(transport, b"%x\r\n%b\r\n" % (len(part), part), then_close=False)

        def end() -> None:
            self._stream = None
            send(transport, b"0\r\n\r\n", then_close=not keep_alive)
            self._answered(keep_alive)

        stream.read(take, end)

    def _answered(self, keep_alive: bool) -> None:
        self._busy = False
        if not keep_alive:
            return
        if self._waiting:
            # Not from here: a long row of requests sent ahead must not nest.
            asyncio.get_running_loop().call_soon(self._serve_next)

    def _serve_next(self) -> None:
        if self._busy or not self._waiting or self._transport is None:
            return
        if self._paused and len(self._waiting) <= PIPELINED_MAX // 2:
            self._paused = False
            self._transport.resume_reading()
        request, keep_alive = self._waiting.popleft()
        self._serve(request, keep_alive=keep_alive)

    def _count_head(self, size_bytes: int) -> None:
        self._head_size_bytes += size_bytes
        if self._head_size_bytes > HEAD_SIZE_BYTES_MAX:
            raise _Refused(431, "The request's head is too large.")

    def _refuse(self, status: int, reason: str) -> None:
        if self._transport is None:
            return
        body = reason.encode()
        self._transport.write(
            _STATUS_LINES[status].encode()
            + b"Content-Type: text/plain\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            % len(body)
            + body
        )
        self._transport.close()


class _Refused(Exception):
    """A limit is passed while a request arrives."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def _read_name(name: bytes) -> str:
    """A header's name as requests have it: in lower case."""
    key = name.decode("latin-1").lower()
    if len(_names) < _NAMES_MAX:
        _names[name] = key
    return key

"""The HTTP server, from its socket: framing, order of answers, limits."""

from __future__ import annotations

import asyncio
import gc
import http.client
import socket
import threading
import warnings

import pytest

from groundstate.gateway import server as server_module
from groundstate.gateway.http import HttpResponse
from groundstate.gateway.server import HttpServer

BODY_MAX = 1000


class Served:
    """A server in a thread. Requests to /later are answered when `release` is called."""

    def __init__(self):
        self.requests = []
        self.held = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self._thread.start()
        self._ready.wait()

    async def _main(self):
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        server = HttpServer(self._handle, BODY_MAX)
        await server.start(listener)
        self._ready.set()
        await self._end.wait()
        await server.stop(grace_s=0.1)

    def _handle(self, request, respond):
        self.requests.append(request)
        if request.path == "/later":
            self.held.append(respond)
        elif request.path == "/chunked":
            framing = [("Transfer-Encoding", "chunked")]
            respond(HttpResponse(413, framing, b"3\r\nabc\r\n0\r\n\r\n"))
        elif request.path == "/bug":
            raise RuntimeError("a bug")
        else:
            respond(HttpResponse(200, [("X-Path", request.path)], request.path.encode()))

    def release(self):
        self._loop.call_soon_threadsafe(self.held.pop(0), HttpResponse(200, [], b"later"))

    def stop(self):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)


@pytest.fixture
def served():
    served = Served()
    yield served
    served.stop()


def read_answer(connection):
    """Status and body of the next answer on a connection; None when it is closed."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return None
        head += byte
    lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    body, length = b"", int(headers.get("content-length", 0))
    while len(body) < length:
        body += connection.recv(length - len(body))
    return int(lines[0].split()[1]), body


def test_connection_serves_one_request_after_the_other(served):
    with served.connect() as connection:
        for path in (b"/a", b"/b"):
            connection.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            assert read_answer(connection) == (200, path)


def test_answer_may_come_in_chunks(served):
    client = http.client.HTTPConnection("127.0.0.1", served.port)
    for path, answer in (("/chunked", (413, b"abc")), ("/a", (200, b"/a"))):
        client.request("GET", path)
        response = client.getresponse()
        assert (response.status, response.read()) == answer
    client.close()


def test_requests_sent_ahead_are_answered_in_their_order(served):
    with served.connect() as connection:
        connection.sendall(
            b"GET /later HTTP/1.1\r\nHost: x\r\n\r\n"
            + b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(100))
        )
        while not served.held:
            pass
        served.release()
        assert read_answer(connection) == (200, b"later")
        for number in range(100):
            assert read_answer(connection) == (200, b"/%d" % number)


def test_body_may_come_in_pieces_and_in_chunks(served):
    with served.connect() as connection:
        connection.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc")
        connection.sendall(b"def")
        assert read_answer(connection) == (200, b"/a")
        connection.sendall(
            b"POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nabc\r\n0\r\n\r\n"
        )
        assert read_answer(connection) == (200, b"/b")
    assert [request.body for request in served.requests] == [b"abcdef", b"abc"]


def test_client_that_asks_first_is_told_to_go_on(served):
    with served.connect() as connection:
        connection.sendall(
            b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        )
        assert read_answer(connection) == (100, b"")
        connection.sendall(b"abc")
        assert read_answer(connection) == (200, b"/a")


def test_query_and_repeated_headers_reach_the_gateway(served):
    with served.connect() as connection:
        connection.sendall(b"GET /a%20b?c=d&e HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\n\r\n")
        read_answer(connection)
    (request,) = served.requests
    assert (request.path, request.query) == ("/a%20b", "c=d&e")
    assert request.headers["x-a"] == "1,2"


def test_head_has_the_length_and_no_body(served):
    with served.connect() as connection:
        connection.sendall(b"HEAD /abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while chunk := connection.recv(65536):
            data += chunk
    assert b"Content-Length: 4\r\n" in data
    assert data.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 413),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
            + b"x" * 1001
            + b"\r\n",
            413,
        ),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"this is not HTTP\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400),
    ],
)
def test_request_over_a_limit_is_refused_and_the_connection_ends(served, data, status):
    with served.connect() as connection:
        connection.sendall(data)
        answer = read_answer(connection)
        assert answer is not None
        assert answer[0] == status
        assert connection.recv(1) == b""
    assert served.requests == []


def test_bug_in_the_gateway_is_an_answer_too(served):
    with served.connect() as connection:
        connection.sendall(b"GET /bug HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answer(connection) == (500, b"Internal failure")
        connection.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answer(connection) == (200, b"/a")


def test_client_that_goes_away_harms_nobody(served):
    connection = served.connect()
    connection.sendall(b"GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
    while not served.held:
        pass
    connection.close()
    served.release()
    with served.connect() as other:
        other.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answer(other) == (200, b"/a")


def test_idle_connection_is_ended(monkeypatch):
    monkeypatch.setattr(server_module, "SWEEP_INTERVAL_S", 0.02)
    monkeypatch.setattr(server_module, "IDLE_TIMEOUT_S", 0.05)
    served = Served()
    try:
        with served.connect() as connection:
            assert connection.recv(1) == b""
    finally:
        served.stop()


def test_answer_that_is_given_as_the_server_stops_still_goes_out():
    async def main():
        held = []
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = HttpServer(lambda _, respond: held.append(respond), BODY_MAX)
        await server.start(listener)
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        async with asyncio.timeout(5):
            while not held:  # noqa: ASYNC110 - the server has no event for a test
                await asyncio.sleep(0.001)
            held[0](HttpResponse(200, [], b"the last one"))
            await server.stop(grace_s=0.1)
            answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    assert asyncio.run(main()).endswith(b"the last one")


@pytest.mark.parametrize("turns", range(6))
def test_client_that_comes_as_the_server_stops_leaves_no_socket_behind(turns):
    async def main():
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = HttpServer(lambda _, __: None, BODY_MAX)
        await server.start(listener)
        client = socket.create_connection(listener.getsockname())
        for _ in range(turns):
            await asyncio.sleep(0)
        await server.stop(grace_s=0)
        return client

    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(main()).close()
        gc.collect()
    assert [str(warning.message) for warning in caught] == []

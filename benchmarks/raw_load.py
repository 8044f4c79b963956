"""The lightest load: requests written and signed beforehand, sent over raw sockets by one selector.

A request costs this client some ten microseconds, so what is measured is the server.
"""

from __future__ import annotations

import selectors
import socket
import time
from dataclasses import dataclass, field


@dataclass
class _Client:
    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)
    length: int = -1
    sent_at: float = 0.0


@dataclass
class Load:
    """What a load brought.

    Attributes:
        count: answers.
        lasted_s: from the first request to the last answer.
        latencies_ms: of each answer.
        refused: answers that were no 200.
        answers: whole, heads and bodies, in the order in which they came.
    """

    count: int
    lasted_s: float
    latencies_ms: list[float]
    refused: int
    answers: list[bytes]

    @property
    def per_s(self) -> float:
        return self.count / self.lasted_s


def drive(port: int, requests: list[bytes], connections: int) -> Load:
    """Send all requests, each connection one after the other, and read the answers."""
    selector = selectors.DefaultSelector()
    waiting = iter(requests)
    latencies, answers, refused, busy = [], [], 0, 0
    began_at = time.perf_counter()
    for _ in range(connections):
        connection = _connect(port)
        client = _Client(connection)
        selector.register(connection, selectors.EVENT_READ, client)
        busy += _send(client, waiting)
    while busy:
        for key, _ in selector.select(timeout=60):
            client = key.data
            chunk = client.connection.recv(262_144)
            if not chunk:
                raise ConnectionError("the server closed a connection")
            client.received += chunk
            if _is_whole(client):
                latencies.append((time.perf_counter() - client.sent_at) * 1000)
                refused += client.received[9:12] != b"200"
                answers.append(bytes(client.received))
                if b"connection: close" in client.received[:2000].lower():
                    selector.unregister(client.connection)
                    client.connection.close()
                    client.connection = _connect(port)
                    selector.register(client.connection, selectors.EVENT_READ, client)
                client.received.clear()
                client.length = -1
                busy += _send(client, waiting) - 1
    lasted_s = time.perf_counter() - began_at
    for key in list(selector.get_map().values()):
        key.data.connection.close()
    return Load(len(latencies), lasted_s, latencies, refused, answers)


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _send(client: _Client, waiting) -> int:  # type: ignore[no-untyped-def]
    request = next(waiting, None)
    if request is None:
        return 0
    client.sent_at = time.perf_counter()
    client.connection.sendall(request)
    return 1


def _is_whole(client: _Client) -> bool:
    received = client.received
    if client.length < 0:
        end = received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(received[:end]).lower()
        position = head.find(b"content-length:")
        if position < 0:
            # Chunked: whole when its last chunk is there.
            return received.endswith(b"\r\n0\r\n\r\n")
        client.length = end + 4 + int(head[position + 15 :].split(b"\r\n", 1)[0])
    return len(received) >= client.length

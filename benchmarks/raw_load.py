"""The lightest load: requests written and signed beforehand, sent over raw sockets by one selector.

A request costs this client some ten microseconds, so what is measured is the server.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import Any


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


def drive_executions(
    port: int,
    starts: list[bytes],
    looks: dict[str, bytes],
    connections: int,
    *,
    pause_s: float,
    give_up_s: float = 300.0,
) -> None:
    """Start executions, and look at each until it has SUCCEEDED.

    Starting all before looking spares servers with a long latency (ministack: 150 ms) from being
    asked over and over, which would be counted as their CPU time.

    Args:
        looks: DescribeExecution by the execution's name.
        pause_s: how long to wait before looking again.

    Raises:
        RuntimeError: one could not be started, or did not succeed.
        TimeoutError: they had not all ended after `give_up_s`.
    """
    began_at = time.perf_counter()
    load = drive(port, starts, connections)
    if load.refused:
        raise RuntimeError(next(str(_body(a))[:80] for a in load.answers if b" 200 " not in a[:15]))
    pending = looks
    while pending:
        found = [
            _body(answer) for answer in drive(port, list(pending.values()), connections).answers
        ]
        for execution in found:
            if execution["status"] not in ("RUNNING", "SUCCEEDED"):
                raise RuntimeError(f"{execution['status']}: {str(execution.get('cause'))[:80]}")
        done = {execution["name"] for execution in found if execution["status"] == "SUCCEEDED"}
        pending = {name: look for name, look in pending.items() if name not in done}
        if pending:
            if time.perf_counter() - began_at > give_up_s:
                raise TimeoutError(f"still running after {give_up_s:.0f} s")
            time.sleep(pause_s)


def _body(answer: bytes) -> dict[str, Any]:
    """The JSON of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        # The servers here send each answer as one chunk, or few: sizes stand on lines of their own.
        parts = []
        while size := int(body.split(b";")[0].split(b"\r\n")[0], 16):
            body = body.partition(b"\r\n")[2]
            parts.append(body[:size])
            body = body[size + 2 :]
        body = b"".join(parts)
    found: dict[str, Any] = json.loads(body)
    return found


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

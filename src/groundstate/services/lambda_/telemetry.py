"""What extensions have asked to be told: lines and platform events, sent to where they listen.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html

An extension subscribes while its environment starts, and is sent what came before that as well. All
of it goes to this machine alone, whatever name the extension has for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from groundstate.services.lambda_.report import iso_time

TELEMETRY, LOGS = "/2022-07-01/telemetry", "/2020-08-15/logs"
_SCHEMAS = {
    TELEMETRY: ("2022-07-01", "2022-12-13", "2025-01-29"),
    LOGS: ("2020-08-15", "2021-03-18"),
}
TYPES = ("platform", "function", "extension")
# Names of the environment's own network on AWS; here they are this machine's loopback.
_HOSTS = frozenset({"sandbox.localdomain", "sandbox", "localhost", "127.0.0.1"})
# name: default, least, most.
_BUFFERING = {
    "maxItems": (1000, 1000, 10_000),
    # The documented minimum is 262,144; the documentation's own example has this.
    "maxBytes": (262_144, 10_240, 1_048_576),
    "timeoutMs": (1000, 25, 30_000),
}
# What is kept for subscriptions that may still come, and for an extension that takes its time.
_BACKLOG_BYTES_MAX = 1_048_576
_BATCHES_MAX = 10
_ATTEMPTS = 3
_PAUSE_S = 0.2
_ANSWER_S = 2.0
_DROPPED = "Consumer seems to have fallen behind as it has not acknowledged receipt of logs."


class Invalid(Exception):
    """A subscription is refused.

    Attributes:
        error_type, message, status: of the answer.
    """

    def __init__(self, error_type: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.status = status


class Destination(NamedTuple):
    """Where telemetry goes: by HTTP, or by TCP if there is no `path`."""

    port: int
    host: str = ""
    path: str = ""


class Subscription:
    """What one extension is sent, in batches.

    Args:
        now: epoch seconds, for the event that tells of what was dropped.
    """

    def __init__(
        self,
        destination: Destination,
        types: list[str],
        buffering: dict[str, int],
        now: Callable[[], float],
    ) -> None:
        self.destination = destination
        self.types = types
        self._buffering = buffering
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._events: list[bytes] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._batches: deque[list[bytes]] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._dropped_records = self._dropped_bytes = 0

    def add(self, event: bytes) -> None:
        """Send an event with the next batch."""
        self._events.append(event)
        self._size += len(event)
        limits = self._buffering
        if len(self._events) >= limits["maxItems"] or self._size >= limits["maxBytes"]:
            self.flush()
        elif self._timer is None:
            self._timer = self._loop.call_later(limits["timeoutMs"] / 1000, self.flush)

    def flush(self) -> None:
        """Send what there is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._events:
            self._batches.append(self._events)
            self._events, self._size = [], 0
            if len(self._batches) > _BATCHES_MAX:
                self._drop(self._batches.popleft())
        if self._batches and self._sending is None:
            self._sending = self._loop.create_task(self._send())

    def stop(self) -> None:
        """Send no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._sending is not None:
            self._sending.cancel()

    async def _send(self) -> None:
        try:
            while self._batches:
                batch = self._tell_of_dropped(self._batches.popleft())
                if not await self._deliver(batch):
                    self._drop(batch)
        finally:
            self._sending = None

    def _drop(self, batch: list[bytes]) -> None:
        self._dropped_records += len(batch)
        self._dropped_bytes += sum(map(len, batch))

    def _tell_of_dropped(self, batch: list[bytes]) -> list[bytes]:
        if not self._dropped_records or "platform" not in self.types:
            return batch
        record = {
            "reason": _DROPPED,
            "droppedRecords": self._dropped_records,
            "droppedBytes": self._dropped_bytes,
        }
        self._dropped_records = self._dropped_bytes = 0
        event = {"time": iso_time(self._now()), "type": "platform.logsDropped", "record": record}
        return [orjson.dumps(event), *batch]

    async def _deliver(self, batch: list[bytes]) -> bool:
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(_PAUSE_S)
            try:
                async with asyncio.timeout(_ANSWER_S):
                    if await _send_to(self.destination, batch):
                        return True
            except (OSError, TimeoutError, ValueError):  # The last: an answer without a line's end.
                continue
        return False


class Telemetry:
    """The subscriptions of an environment's extensions.

    Args:
        now: epoch seconds.
        is_json: the function's log format is JSON.

    Attributes:
        is_heard: somebody is told of events, or still may be.
    """

    def __init__(self, now: Callable[[], float], *, is_json: bool) -> None:
        self._now = now
        self._is_json = is_json
        self._subscriptions: dict[str, Subscription] = {}
        self._backlog: list[tuple[str, bytes]] = []
        self._backlog_bytes = 0
        self._is_open = True
        self.is_heard = True

    def subscribe(self, name: str, api: str, body: bytes) -> list[str]:
        """Let an extension be told; the types that it asked for.

        Args:
            api: `TELEMETRY` or `LOGS`.

        Raises:
            Invalid: the request is.
        """
        if not self._is_open:
            kind = name_of(api)
            text = f"{kind} API subscription is closed already"
            raise Invalid(f"{kind}.SubscriptionClosed", text, 403)
        destination, types, buffering = _read_subscription(api, body)
        subscription = Subscription(destination, types, buffering, self._now)
        former = self._subscriptions.get(name)
        if former is not None:
            former.stop()
        self._subscriptions[name] = subscription
        for type_, event in self._backlog:
            if type_ in types:
                subscription.add(event)
        return types

    def close_subscription(self) -> None:
        """The environment has started: nobody may subscribe any more."""
        self._is_open = False
        self._backlog.clear()
        self.is_heard = bool(self._subscriptions)

    def add_line(self, type_: str, now: float, text: str) -> None:
        """A line of the function (`function`) or of an extension (`extension`)."""
        if self.is_heard:
            record: Any = text
            if self._is_json and text.startswith("{"):
                try:
                    record = orjson.loads(text)
                except ValueError:
                    record = text
            self._add(type_, {"time": iso_time(now), "type": type_, "record": record})

    def add_event(self, event: dict[str, Any]) -> None:
        """An event of the platform."""
        self._add("platform", event)

    def flush(self) -> None:
        """Send what there is, at the end of an invocation or of the environment."""
        for subscription in self._subscriptions.values():
            subscription.flush()

    def stop(self) -> None:
        """Send no more."""
        for subscription in self._subscriptions.values():
            subscription.stop()

    def _add(self, type_: str, event: dict[str, Any]) -> None:
        if not self.is_heard:
            return
        document = orjson.dumps(event)
        if self._is_open and self._backlog_bytes < _BACKLOG_BYTES_MAX:
            self._backlog.append((type_, document))
            self._backlog_bytes += len(document)
        for subscription in self._subscriptions.values():
            if type_ in subscription.types:
                subscription.add(document)


def name_of(api: str) -> str:
    """What an API calls itself in its errors and in the log."""
    return "Telemetry" if api == TELEMETRY else "Logs"


def _read_subscription(api: str, body: bytes) -> tuple[Destination, list[str], dict[str, int]]:
    try:
        request = orjson.loads(body)
    except ValueError:
        request = None
    error_type = "ValidationError" if api == TELEMETRY else "Logs.ValidationError"
    if not isinstance(request, dict):
        raise Invalid(error_type, "The request is not valid JSON")
    wrong: list[str] = []
    schema = request.get("schemaVersion", _SCHEMAS[api][0] if api == LOGS else None)
    if schema not in _SCHEMAS[api]:
        wrong.append(f"schemaVersion should be one of {', '.join(_SCHEMAS[api])}")
    destination = _read_destination(api, request.get("destination"), wrong)
    types = request.get("types")
    if not isinstance(types, list) or not types:
        wrong.append("types should not be empty")
    elif unknown := [type_ for type_ in types if type_ not in TYPES]:
        wrong.append(f"{unknown[0]} is not a known type")
    buffering = {}
    given = request.get("buffering")
    given = {} if given is None else given
    for name, (default, least, most) in _BUFFERING.items():
        value = given.get(name, default) if isinstance(given, dict) else None
        if type(value) is not int or not least <= value <= most:
            wrong.append(f"{name} should be between {least} and {most}")
        else:
            buffering[name] = value
    if wrong:
        raise Invalid(error_type, "; ".join(wrong))
    return destination, list(types or ()), buffering


def _read_destination(api: str, given: Any, wrong: list[str]) -> Destination:
    nowhere = Destination(0)
    if not isinstance(given, dict) or given.get("protocol") not in ("HTTP", "TCP"):
        wrong.append("destination protocol should be HTTP or TCP")
        return nowhere
    if given["protocol"] == "TCP":
        port = given.get("port")
        if type(port) is int and 0 < port < 1 << 16:
            return Destination(port)
        wrong.append("destination port is not provided")
        return nowhere
    try:
        parts = urlsplit(str(given.get("URI", "")))
        found = parts.port
    except ValueError:
        wrong.append("URI is not valid")
        return nowhere
    if found is None:
        wrong.append("URI port is not provided")
    elif parts.scheme != "http":
        raise Invalid(f"{name_of(api)}.AccessDenied", "Only 'http' scheme is supported.", 403)
    elif parts.hostname not in _HOSTS:
        text = "Only 'sandbox.localdomain' hostname is supported."
        raise Invalid(f"{name_of(api)}.AccessDenied", text, 403)
    else:
        return Destination(found, parts.netloc, parts.path or "/")
    return nowhere


async def _send_to(destination: Destination, batch: list[bytes]) -> bool:
    """Send a batch; False if it was not taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", destination.port)
    try:
        if not destination.path:
            writer.write(b"".join(event + b"\n" for event in batch))
            await writer.drain()
            return True
        body = b"[" + b",".join(batch) + b"]"
        head = (
            f"POST {destination.path} HTTP/1.1\r\nHost: {destination.host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        writer.write(head.encode("latin-1", "replace") + body)
        await writer.drain()
        status = (await reader.readline()).split(b" ")
        return len(status) > 1 and status[1].startswith(b"2")
    finally:
        writer.close()

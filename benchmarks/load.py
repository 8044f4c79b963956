"""A light client for load: one process, many connections, HTTP/1.1 written by hand.

boto3 reaches some 700 requests a second and would measure itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

ACCESS_KEY_ID = "test"
SECRET = "test"
REGION = "us-east-1"

TARGETS = {"dynamodb": "DynamoDB_20120810", "states": "AWSStepFunctions"}


class Signer:
    """Signs JSON requests to one service with Signature Version 4."""

    def __init__(self, service: str, host: str) -> None:
        self._service = service
        self._host = host
        self._day = ""
        self._key = b""

    def headers(self, target: str, body: bytes) -> bytes:
        """The request's head for this body."""
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        if now[:8] != self._day:
            self._day = now[:8]
            key = ("AWS4" + SECRET).encode()
            for part in (self._day, REGION, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key = key
        scope = f"{self._day}/{REGION}/{self._service}/aws4_request"
        signed = "host;x-amz-date;x-amz-target"
        canonical = (
            f"POST\n/\n\nhost:{self._host}\nx-amz-date:{now}\nx-amz-target:{target}\n\n{signed}\n"
            f"{hashlib.sha256(body).hexdigest()}"
        )
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(self._key, text.encode(), "sha256").hex()
        return (
            f"POST / HTTP/1.1\r\nHost: {self._host}\r\n"
            f"X-Amz-Date: {now}\r\nX-Amz-Target: {target}\r\n"
            f"Content-Type: application/x-amz-json-1.0\r\nAuthorization: AWS4-HMAC-SHA256 "
            f"Credential={ACCESS_KEY_ID}/{scope}, SignedHeaders={signed}, Signature={signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()


Prepare = Callable[[str, str, dict[str, Any]], bytes]


def make_prepare(port: int) -> Prepare:
    """A function that writes and signs a request: `prepare(service, operation, request)`."""
    signers = {service: Signer(service, f"127.0.0.1:{port}") for service in TARGETS}

    def prepare(service: str, operation: str, request: dict[str, Any]) -> bytes:
        body = json.dumps(request).encode()
        return signers[service].headers(f"{TARGETS[service]}.{operation}", body) + body

    return prepare


class Connection:
    """One keep-alive connection; one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self.port = host, port
        self._signers = {name: Signer(name, f"{host}:{port}") for name in TARGETS}

    async def open(self) -> Connection:
        self._reader, self._writer = await asyncio.open_connection(self._host, self.port)
        return self

    async def call(self, service: str, operation: str, request: dict[str, Any]) -> tuple[int, Any]:
        """Perform an operation: the HTTP status and the parsed answer."""
        body = json.dumps(request).encode()
        target = f"{TARGETS[service]}.{operation}"
        self._writer.write(self._signers[service].headers(target, body) + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        position = lower.find(b"content-length:")
        if position < 0:
            data = await self._read_chunked()
        else:
            size = int(lower[position + 15 : lower.index(b"\r\n", position)])
            data = await self._reader.readexactly(size) if size else b""
        if b"connection: close" in lower:
            self._writer.close()
            await self.open()
        return status, json.loads(data) if data else None

    async def _read_chunked(self) -> bytes:
        parts = []
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        self._writer.close()


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

"""What a request that makes an object says of it: its key, its content, its headers and tags."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from groundstate.operation import Shape
from groundstate.services.s3.errors import InvalidArgument
from groundstate.services.s3.objects import HEADERS

KEY_BYTES_MAX = 1024


def check_key(key: str) -> None:
    """Raise unless an object may have this key."""
    if len(key.encode()) > KEY_BYTES_MAX:
        raise InvalidArgument("Your key is too long")


def read_body(body: Any) -> bytes:
    """A body as bytes, whatever it came as."""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if not hasattr(body, "read") else bytes(body.read())


def read_data(request: Shape) -> dict[str, Any]:
    """What is kept with an object beside its content: headers, metadata, tags."""
    return {
        "headers": {name: request[name] for name in HEADERS if name in request},
        "metadata": request.get("Metadata", {}),
        "tags": dict(parse_qsl(request.get("Tagging", ""), keep_blank_values=True)),
        "encryption": request.get("ServerSideEncryption", "AES256"),
    }

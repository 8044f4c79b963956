"""Event streams: an answer's payload as messages of their own, each with headers and checksums.

https://smithy.io/2.0/aws/amazon-eventstream.html

A message is the length of all, the length of its headers, the checksum of these two, the headers,
the payload, and the checksum of everything before it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any

import orjson

from groundstate.models import ServiceModel

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_TEXT = 7
# The lengths, their checksum, and the checksum of the message.
_FRAME_BYTES = 16


def serialize_event(model: ServiceModel, shape: str, event: Mapping[str, Any]) -> bytes:
    """The message of an event, which is `{name: value}`.

    Args:
        shape: the model's union of the events.
    """
    ((name, value),) = event.items()
    members = model.shapes[model.shapes[shape]["members"][name]["shape"]]["members"]
    payload_name = next((key for key, member in members.items() if member.get("eventpayload")), "")
    content_type = "application/octet-stream" if payload_name else "application/json"
    payload = value.get(payload_name, b"") if payload_name else orjson.dumps(value)
    headers = b"".join(
        _header(key, text)
        for key, text in (
            (":event-type", name),
            (":content-type", content_type),
            (":message-type", "event"),
        )
    )
    lengths = struct.pack(">II", _FRAME_BYTES + len(headers) + len(payload), len(headers))
    message = lengths + struct.pack(">I", zlib.crc32(lengths)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def _header(name: str, text: str) -> bytes:
    value = text.encode()
    return (
        struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", _TEXT, len(value)) + value
    )

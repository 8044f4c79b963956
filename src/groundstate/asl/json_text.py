"""JSON text, as AWS writes and reads it."""

from __future__ import annotations

import json
from typing import Any

import orjson

from groundstate.asl.limits import DATA_SIZE_BYTES_MAX


def to_text(value: Any) -> str:
    """Compact JSON text of a value."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # Integers over 64 bits and strings with lone surrogates, which orjson refuses.
        return json.dumps(value, separators=(",", ":"))


def from_text(text: str | bytes) -> Any:
    """Read JSON text.

    Raises:
        ValueError: it is none.
    """
    return orjson.loads(text)


def is_too_large(text: str) -> bool:
    """Whether the UTF-8 form of a text is over AWS's limit for inputs and outputs."""
    length = len(text)
    # A character has at most four bytes, so most texts need not be encoded.
    if length * 4 <= DATA_SIZE_BYTES_MAX:
        return False
    return length > DATA_SIZE_BYTES_MAX or len(text.encode()) > DATA_SIZE_BYTES_MAX

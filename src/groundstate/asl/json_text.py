"""JSON text, as AWS writes and reads it."""

from __future__ import annotations

import json
from typing import Any

import orjson

from groundstate.asl.limits import DATA_SIZE_BYTES_MAX
from groundstate.asl.sizes import is_deeper

LEVELS_MAX = 800
"""Ours: what is nested more deeply may be passed on, but not be taken apart. Python's stack has
room for a thousand levels."""

SURELY_SMALL = DATA_SIZE_BYTES_MAX // 4
"""A character has at most four bytes: a text of so many characters is within AWS's limit."""


def to_text(value: Any) -> str:
    """Compact JSON text of a value.

    Raises:
        RecursionError: it is nested in more than LEVELS_MAX levels.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # What orjson refuses: 250 levels and more, integers over 64 bits, lone surrogates.
        if is_deeper(value, LEVELS_MAX):
            raise RecursionError from None
        return json.dumps(value, separators=(",", ":"))


def to_bytes(value: Any) -> bytes:
    """Compact JSON text, as UTF-8, of what holds values that `to_text` writes."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def to_plain_text(value: Any) -> str:
    """Compact JSON text of a value that others have to write, too.

    Raises:
        RecursionError: it is nested in more levels than they can.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        raise RecursionError from None


def from_text(text: str | bytes) -> Any:
    """Read JSON text.

    Raises:
        ValueError: it is none.
    """
    return orjson.loads(text)


def read_data(text: str) -> Any:
    """Read the JSON text of a state's data.

    Raises:
        RecursionError: it is nested in more than LEVELS_MAX levels.
    """
    value = orjson.loads(text)
    # Most texts are too short to be deep, or have too few brackets.
    has_many = len(text) > 2 * LEVELS_MAX and text.count("[") + text.count("{") > LEVELS_MAX
    if has_many and is_deeper(value, LEVELS_MAX):
        raise RecursionError
    return value


def is_too_large(text: str) -> bool:
    """Whether the UTF-8 form of a text is over AWS's limit for inputs and outputs."""
    length = len(text)
    if length <= SURELY_SMALL:  # Most texts need not be encoded.
        return False
    return length > DATA_SIZE_BYTES_MAX or len(text.encode()) > DATA_SIZE_BYTES_MAX

"""Checking that a payload is JSON, with the words of the parser that AWS uses (Jackson)."""

from __future__ import annotations

import re

import orjson

_TOKEN = re.compile(rb"[^\s,:\[\]{}\"]+")
_EXPECTED = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


def find_json_fault(payload: bytes) -> str:
    """Why a payload is not JSON; empty if it is."""
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        return _describe(payload, error)
    return ""


def _describe(payload: bytes, error: orjson.JSONDecodeError) -> str:
    text = payload.decode("utf-8", "replace")
    place = (
        f"\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled);"
        f" line: {error.lineno}, column: {error.colno}]"
    )
    if not text.strip():
        return f"No content to map due to end-of-input{place}"
    if error.pos >= len(text):
        return f"Unexpected end-of-input{place}"
    begin = error.pos
    while begin > 0 and text[begin - 1].isalnum():
        begin -= 1
    found = _TOKEN.match(text[begin:].encode())
    if found is not None:
        token = found.group().decode("utf-8", "replace")
        return f"Unrecognized token '{token}': was expecting {_EXPECTED}{place}"
    character = text[error.pos]
    return f"Unexpected character ('{character}' (code {ord(character)})){place}"

"""Requests as SDKs send them, read without a parser's callbacks.

Nearly every request of the JSON and query services comes whole in one piece, as `POST /` with a few
plain headers and the length of its body. Such a one is taken apart here at half of the parser's
cost. Whatever is not exactly so (folded or repeated headers, blanks at odd places, characters that
need a closer look, transfer codings, parts of a request, several of them) is left to the parser,
which knows all of HTTP.
"""

from __future__ import annotations

import re

from groundstate.gateway.http import HttpRequest

_FIRST_LINE = b"POST / HTTP/1.1\r\n"
_BEGIN = len(_FIRST_LINE)
# Printable ASCII.
_PLAIN = bytes(range(0x20, 0x7F))
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# What changes how a request is read or what becomes of its connection.
_UNUSUAL = frozenset({"transfer-encoding", "expect", "upgrade", "proxy-connection"})

# Clients send the same few names again and again: as they are spelled, and in lower case.
_names: dict[str, str] = {}
_NAMES_MAX = 500


def read_plain_request(data: bytes, head_size_max: int, body_size_max: int) -> HttpRequest | None:
    """The request that these bytes are, or None if it is not a plain one, or none, or too large.

    Args:
        data: what came in one piece, when no other request is on its way.
        head_size_max, body_size_max: in bytes.
    """
    if not data.startswith(_FIRST_LINE):
        return None
    end = data.find(b"\r\n\r\n", _BEGIN, head_size_max)
    if end < 0:
        return None
    head = data[_BEGIN:end]
    text = head.decode("latin-1")
    lines = text.split("\r\n")
    if head.translate(None, _PLAIN) != b"\r\n" * (len(lines) - 1):
        return None
    if " \r\n" in text or ":  " in text or text.endswith(" "):
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(": ")
        key = _names.get(name) or _read_name(name)
        if not colon or not key:
            return None
        headers[key] = value
    if len(headers) != len(lines) or not _UNUSUAL.isdisjoint(headers):
        return None
    if headers.get("connection", "keep-alive") != "keep-alive":
        return None
    body = data[end + 4 :]
    if headers.get("content-length") != str(len(body)) or len(body) > body_size_max:
        return None
    return HttpRequest("POST", "/", "", headers, body)


def _read_name(name: str) -> str:
    """A header's name in lower case; empty if it is none."""
    if _TOKEN.fullmatch(name) is None:
        return ""
    key = name.lower()
    if len(_names) < _NAMES_MAX:
        _names[name] = key
    return key

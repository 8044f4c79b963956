"""Requests as SDKs send them, read without a parser's callbacks.

Nearly every request of the JSON and query services comes whole in one piece, as `POST /` with a few
plain headers and the length of its body. Such a one is taken apart here at a third of the parser's
cost. Whatever is not exactly so (folded or repeated headers, blanks at odd places, characters that
need a closer look, transfer codings, parts of a request, several of them) is left to the parser,
which knows all of HTTP.

A client's next request has most of the lines of the one before, and other clients of its kind send
them as well. So a line that was found plain is remembered, and most requests have only the lines
with the signature and with an id looked at.
"""

from __future__ import annotations

import re

from groundstate.gateway.http import HttpRequest

_FIRST_LINE = b"POST / HTTP/1.1\r\n"
_BEGIN = len(_FIRST_LINE)
# Printable ASCII.
_PLAIN = bytes(range(0x20, 0x7F))
_TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# What changes how a request is read or what becomes of its connection.
_UNUSUAL = frozenset({"transfer-encoding", "expect", "upgrade", "proxy-connection"})

# Lines that were read: the name in lower case and the value. Those that are never sent again push
# the others out, now and then; long ones, as tokens are, are not worth their room.
_lines: dict[bytes, tuple[str, str]] = {}
_LINES_MAX = 1000
_LINE_BYTES_MAX = 200
# Of the others, the names at least are the same few.
_names: dict[bytes, str] = {}
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
    lines = data[_BEGIN:end].split(b"\r\n")
    known = _lines
    headers = {}
    for line in lines:
        header = known.get(line) or _read_line(line)
        if header is None:
            return None
        headers[header[0]] = header[1]
    if len(headers) != len(lines):
        return None
    body = data[end + 4 :]
    if headers.get("content-length") != str(len(body)) or len(body) > body_size_max:
        return None
    return HttpRequest("POST", "/", "", headers, body)


def _read_line(line: bytes) -> tuple[str, str] | None:
    """A header's name in lower case and its value; None if it needs a closer look."""
    name, _, value = line.partition(b": ")
    key = _names.get(name) or _read_name(name)
    if not key or not value or value.translate(None, _PLAIN):
        return None
    text = value.decode("latin-1")
    if text != text.strip(" ") or (key == "connection" and text != "keep-alive"):
        return None
    header = (key, text)
    if len(line) <= _LINE_BYTES_MAX:
        if len(_lines) >= _LINES_MAX:
            _lines.clear()
        _lines[line] = header
    return header


def _read_name(name: bytes) -> str:
    """A header's name in lower case; empty if it is none, or changes how a request is read."""
    if _TOKEN.fullmatch(name) is None:
        return ""
    key = name.decode("latin-1").lower()
    if key in _UNUSUAL:
        return ""
    if len(_names) < _NAMES_MAX:
        _names[name] = key
    return key

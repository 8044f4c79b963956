"""The one form of a request's parts that both sides of a signature agree on.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

PURE. Percent signs are taken away and put back, so that it does not matter how a client wrote them.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

_UNRESERVED = "-_.~"
_PLAIN = re.compile(r"[A-Za-z0-9/_.~-]*\Z")


def trim_header(value: str) -> str:
    """A header's value without the blanks that do not count."""
    # Runs of blanks count as one; most values have none, and are found so faster.
    return " ".join(value.split()) if "  " in value else value.strip()


def canonical_path(raw_path: str, service: str) -> str:
    """A path, given as it was sent; S3 has it in another form than the others."""
    if raw_path == "/" or not raw_path:
        return "/"
    if service == "s3":
        # S3 encodes once and keeps the path's own dots and slashes.
        return quote(unquote_to_bytes(raw_path), safe="/~")
    if "/." in raw_path or "//" in raw_path:
        raw_path = _without_dots(raw_path)
    if _PLAIN.match(raw_path):
        return raw_path
    return quote(raw_path, safe="/~")


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment and segment != ".":
            kept.append(segment)
    slash = "/" if path.endswith("/") and kept else ""
    return f"/{'/'.join(kept)}{slash}"


def canonical_query(raw_query: str) -> str:
    """A query string, given as it was sent, in order and without its own signature."""
    given = (pair.partition("=") for pair in raw_query.split("&") if pair)
    pairs = sorted(
        (_recode(name), _recode(value)) for name, _, value in given if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in pairs)


def _recode(text: str) -> str:
    return quote(unquote_to_bytes(text), safe=_UNRESERVED)


def decode(text: str) -> str:
    """A part of a query string without its percent signs."""
    return unquote_to_bytes(text).decode("utf-8", "replace")

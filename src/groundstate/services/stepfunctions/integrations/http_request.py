"""The request of an HTTP task: what the state says, merged with what its connection adds.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

METHODS = frozenset(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"))
RANGE = "bytes=0-262144"

# Headers that a definition may not have (documented).
_REFUSED = (
    *("a-im", "accept-charset", "accept-datetime", "accept-encoding", "authorization"),
    *("cache-control", "connection", "content-encoding", "content-md5", "date", "expect"),
    *("forwarded", "from", "host", "http2-settings", "if-match", "if-modified-since"),
    *("if-none-match", "if-range", "if-unmodified-since", "max-forwards", "origin", "pragma"),
    *("proxy-authorization", "referer", "server", "te", "trailer", "transfer-encoding"),
    *("upgrade", "via", "warning", "x-forwarded-*", "x-amz-*", "x-amzn-*"),
)
_FORM = "application/x-www-form-urlencoded"
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class Added:
    """What a connection adds to a request.

    Attributes:
        headers, query, body: by name.
    """

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HttpRequest:
    """A request as it is sent.

    Attributes:
        method, url, body: of the request.
        headers: those that TestState shows.
        content_type: another header, or '' where there is none to add.
    """

    method: str
    url: str
    headers: dict[str, str]
    content_type: str
    body: bytes | None


class BadHttpTask(ValueError):
    """The parameters make no request; the text says why."""


def make_request(parameters: Any, added: Added, region: str) -> HttpRequest:
    """The request of an HTTP task with these parameters.

    Raises:
        BadHttpTask: they do not make one.
    """
    if not isinstance(parameters, dict):
        raise BadHttpTask("The parameters of an HTTP task must be an object.")
    url, method = parameters.get("ApiEndpoint"), parameters.get("Method")
    if not isinstance(url, str) or not url.startswith(_SCHEMES):
        raise BadHttpTask("The ApiEndpoint of an HTTP task must be a URL.")
    if method not in METHODS:
        raise BadHttpTask(f"The Method of an HTTP task must be one of {', '.join(sorted(METHODS))}")
    headers = _merge_headers(_object(parameters, "Headers"), added.headers)
    query = {**_object(parameters, "QueryParameters"), **added.query}
    if query:
        url += ("&" if "?" in url else "?") + _encode(query, "REPEAT")
    body = _body(parameters, added)
    content_type = next((v for k, v in headers.items() if k.lower() == "content-type"), "")
    data = None if body is None else _serialize(body, parameters.get("Transform"), content_type)
    headers |= {"User-Agent": f"Amazon|StepFunctions|HttpInvoke|{region}", "Range": RANGE}
    adds_type = data is not None and not content_type
    type_ = "application/json; charset=UTF-8" if adds_type else ""
    return HttpRequest(method, url, headers, type_, data)


def _object(parameters: dict[str, Any], member: str) -> dict[str, Any]:
    value = parameters.get(member)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadHttpTask(f"The {member} of an HTTP task must be an object.")
    return value


def _merge_headers(own: dict[str, Any], added: dict[str, str]) -> dict[str, str]:
    """The task's headers with the connection's, which win whatever their case."""
    for name in own:
        if any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in _REFUSED):
            raise BadHttpTask(f"The header {name} is not allowed in an HTTP task.")
    replaced = {name.lower() for name in added}
    kept = {name: _text(value) for name, value in own.items() if name.lower() not in replaced}
    return {**kept, **added}


def _body(parameters: dict[str, Any], added: Added) -> Any:
    body = parameters.get("RequestBody")
    if not added.body:
        return body
    if body is not None and not isinstance(body, dict):
        raise BadHttpTask("A RequestBody that is no object cannot be merged with a connection's.")
    return {**(body or {}), **added.body}


def _serialize(body: Any, transform: Any, content_type: str) -> bytes:
    transform = transform if isinstance(transform, dict) else {}
    encoding = transform.get("RequestBodyEncoding")
    if encoding not in (None, "NONE", "URL_ENCODED"):
        raise BadHttpTask("RequestBodyEncoding must be NONE or URL_ENCODED.")
    form = content_type.partition(";")[0].strip().lower() == _FORM
    if isinstance(body, str):
        return body.encode()
    if encoding == "URL_ENCODED" or (encoding is None and form and isinstance(body, dict)):
        if not isinstance(body, dict):
            raise BadHttpTask("A RequestBody must be an object to be URL-encoded.")
        options = transform.get("RequestEncodingOptions") or {}
        style = options.get("ArrayFormat", "INDICES")
        if style not in ("INDICES", "REPEAT", "COMMAS", "BRACKETS"):
            raise BadHttpTask("ArrayFormat must be INDICES, REPEAT, COMMAS or BRACKETS.")
        return _encode(body, style).encode()
    return orjson.dumps(body)


def _encode(values: dict[str, Any], style: str) -> str:
    pairs = (pair for name, value in values.items() for pair in _flatten(name, value, style))
    return "&".join(
        f"{quote(name, safe='')}={quote(value, safe=',' if style == 'COMMAS' else '')}"
        for name, value in pairs
    )


def _flatten(name: str, value: Any, style: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flatten(f"{name}[{key}]", item, style)
    elif isinstance(value, list) and style == "COMMAS":
        yield name, ",".join(map(_text, value))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            suffix = {"INDICES": f"[{index}]", "BRACKETS": "[]"}.get(style, "")
            yield from _flatten(f"{name}{suffix}", item, style)
    else:
        yield name, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()

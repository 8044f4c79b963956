"""What the two REST protocols share: members that travel in the path, the query and the headers."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from groundstate.gateway.http import HttpRequest
from groundstate.gateway.timestamps import format_iso8601, parse_iso8601
from groundstate.gateway.validation import SerializationException
from groundstate.models import ServiceModel, load_model
from groundstate.operation import Shape


@cache
def _path_pattern(uri: str) -> re.Pattern[str]:
    path = uri.partition("?")[0]
    parts = re.split(r"\{([^}]+)\}", path)
    pattern = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            pattern += re.escape(part)
        else:
            label = re.sub(r"\W", "_", part.rstrip("+"))
            pattern += f"(?P<{label}>.+)" if part.endswith("+") else f"(?P<{label}>[^/]+)"
    return re.compile(pattern)


def match_path(uri: str, path: str) -> re.Match[str] | None:
    """Match a request's path with a model's `requestUri`; labels are the groups."""
    return _path_pattern(uri).fullmatch(path)


def parse_locations(
    model: ServiceModel, operation: str, shape: Mapping[str, Any], request: HttpRequest
) -> Shape:
    """The members that travel outside of the body."""
    parsed: Shape = {}
    match = match_path(model.operations[operation]["http"]["requestUri"], request.path)
    labels = match.groupdict() if match is not None else {}
    query: dict[str, list[str]] = {}
    for key, text in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(key, []).append(text)
    for name, member in shape["members"].items():
        location = member.get("location")
        if location is None:
            continue
        wire = member.get("locationName", name)
        target = model.shapes[member["shape"]]
        if location == "uri":
            label = labels.get(re.sub(r"\W", "_", wire))
            if label is not None:
                parsed[name] = _scalar(target, unquote(label), wire)
        elif location == "querystring" and wire in query:
            parsed[name] = _from_query(model, target, query[wire], wire)
        elif location == "querystring" and target["type"] == "map":
            parsed[name] = {key: texts[0] for key, texts in query.items()}
        elif location == "header" and wire.lower() in request.headers:
            text = request.headers[wire.lower()]
            if target["type"] == "list":
                parsed[name] = [part.strip() for part in text.split(",")]
            else:
                parsed[name] = _scalar(target, text, wire, in_header=True)
        elif location == "headers":
            prefix = wire.lower()
            found = {
                key[len(prefix) :]: value
                for key, value in request.headers.items()
                if key.startswith(prefix)
            }
            if found:
                parsed[name] = found
    return parsed


def split_locations(
    model: ServiceModel, shape: Mapping[str, Any], response: Shape, status: int
) -> tuple[int, list[tuple[str, str]], Shape]:
    """Part an answer into its status, its headers, and what is left for the body."""
    headers: list[tuple[str, str]] = []
    body: Shape = {}
    for name, value in response.items():
        member = shape["members"].get(name)
        location = None if member is None else member.get("location")
        if value is None or member is None:
            continue
        if location is None:
            body[name] = value
        elif location == "statusCode":
            status = int(value)
        elif location == "header":
            target = model.shapes[member["shape"]]
            headers.append((member["locationName"], _header_text(target, member, value)))
        elif location == "headers":
            headers += [(member["locationName"] + key, str(text)) for key, text in value.items()]
    return status, headers, body


@cache
def _wire_names(service: str, shape: str) -> dict[str, str]:
    members = load_model(service).shapes[shape]["members"]
    return {
        member["locationName"]: name
        for name, member in members.items()
        if "location" not in member and member.get("locationName", name) != name
    }


def wire_names(model: ServiceModel, shape: str) -> dict[str, str]:
    """Body members whose name on the wire is not their own, by that name."""
    return _wire_names(model.name, shape)


def _from_query(model: ServiceModel, target: Mapping[str, Any], texts: list[str], wire: str) -> Any:
    if target["type"] == "list":
        element = model.shapes[target["member"]["shape"]]
        return [_scalar(element, text, wire) for text in texts]
    return _scalar(target, texts[-1], wire)


def _scalar(target: Mapping[str, Any], text: str, wire: str, *, in_header: bool = False) -> Any:
    kind = target["type"]
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
        if kind == "boolean":
            if text.lower() not in ("true", "false"):
                raise ValueError(text)
            return text.lower() == "true"
        if kind == "timestamp":
            return _parse_timestamp(target, text, in_header=in_header)
        if kind == "blob":
            return base64.b64decode(text)
    except ValueError:
        raise SerializationException(f"Value '{text}' of '{wire}' cannot be read") from None
    return text


def _parse_timestamp(target: Mapping[str, Any], text: str, *, in_header: bool) -> float:
    style = target.get("timestampFormat", "rfc822" if in_header else "iso8601")
    if style == "unixTimestamp":
        return float(text)
    if style == "rfc822":
        return parsedate_to_datetime(text).timestamp()
    return parse_iso8601(text)


def _header_text(target: Mapping[str, Any], member: Mapping[str, Any], value: Any) -> str:
    if target["type"] == "timestamp":
        style = member.get("timestampFormat") or target.get("timestampFormat", "rfc822")
        if style == "iso8601":
            return format_iso8601(value)
        return str(int(value)) if style == "unixTimestamp" else formatdate(value, usegmt=True)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return str(value)

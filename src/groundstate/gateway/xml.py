"""Write and read XML by a service's model, for the query and REST XML protocols."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from groundstate.gateway.timestamps import format_iso8601, parse_iso8601
from groundstate.gateway.validation import SerializationException
from groundstate.models import ServiceModel

# XML 1.0 has no way to carry these, not even escaped (https://www.w3.org/TR/xml/#charsets).
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """Text as XML carries it. The standard library's function of this name costs 10 ms to import.

    A carriage return would be read as a line feed, so AWS escapes it. What XML cannot carry is
    replaced: one such character in a name that is told back would spoil the whole answer.
    """
    text = _UNFIT.sub("\ufffd", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("\r", "&#13;")


def write_members(model: ServiceModel, shape: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """The elements of a structure's members, without an element around them."""
    out: list[str] = []
    for name, member in shape["members"].items():
        found = value.get(name)
        if found is not None and "location" not in member and not member.get("xmlAttribute"):
            _write(model, member, member.get("locationName", name), found, out)
    return "".join(out)


def write_element(model: ServiceModel, reference: Mapping[str, Any], tag: str, value: Any) -> str:
    """One element for a value."""
    out: list[str] = []
    _write(model, reference, tag, value, out)
    return "".join(out)


def _write(
    model: ServiceModel, reference: Mapping[str, Any], tag: str, value: Any, out: list[str]
) -> None:
    shape = model.shapes[reference["shape"]]
    kind = shape["type"]
    if kind == "structure":
        namespace = reference.get("xmlNamespace") or shape.get("xmlNamespace")
        out.append(f"<{tag}{_attributes(shape, value, namespace)}>")
        out.append(write_members(model, shape, value))
        out.append(f"</{tag}>")
    elif kind == "list":
        _write_list(model, reference, shape, tag, value, out)
    elif kind == "map":
        out.append(f"<{tag}>")
        key_tag = shape["key"].get("locationName", "key")
        value_tag = shape["value"].get("locationName", "value")
        for key, member in value.items():
            out.append(f"<entry><{key_tag}>{escape(key)}</{key_tag}>")
            _write(model, shape["value"], value_tag, member, out)
            out.append("</entry>")
        out.append(f"</{tag}>")
    else:
        out.append(f"<{tag}>{_scalar(shape, reference, value)}</{tag}>")


def _write_list(
    model: ServiceModel,
    reference: Mapping[str, Any],
    shape: Mapping[str, Any],
    tag: str,
    value: list[Any],
    out: list[str],
) -> None:
    element = shape["member"]
    if shape.get("flattened") or reference.get("flattened"):
        wire = element.get("locationName", tag) if not reference.get("locationName") else tag
        for member in value:
            _write(model, element, wire, member, out)
        return
    out.append(f"<{tag}>")
    for member in value:
        _write(model, element, element.get("locationName", "member"), member, out)
    out.append(f"</{tag}>")


def _attributes(shape: Mapping[str, Any], value: Mapping[str, Any], namespace: Any) -> str:
    text = ""
    if namespace:
        prefix = f":{namespace['prefix']}" if namespace.get("prefix") else ""
        text += f' xmlns{prefix}="{namespace["uri"]}"'
    for name, member in shape["members"].items():
        if member.get("xmlAttribute") and value.get(name) is not None:
            shown = escape(str(value[name]))
            text += f' {member.get("locationName", name)}="{shown}"'
    return text


def _scalar(shape: Mapping[str, Any], reference: Mapping[str, Any], value: Any) -> str:
    kind = shape["type"]
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "timestamp":
        style = reference.get("timestampFormat") or shape.get("timestampFormat", "iso8601")
        return str(int(value)) if style == "unixTimestamp" else format_iso8601(value)
    if kind == "blob":
        return base64.b64encode(value).decode()
    return escape(str(value))


def read_document(model: ServiceModel, reference: Mapping[str, Any], body: bytes) -> Any:
    """The value of a shape from an XML body.

    Raises:
        SerializationException: the body is not well-formed, or declares entities.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise SerializationException("A document type declaration is not allowed.")
    try:
        root = ET.fromstring(body)
    except ET.ParseError:
        raise SerializationException("The XML you provided was not well-formed.") from None
    return _read(model, reference, root)


def _read(model: ServiceModel, reference: Mapping[str, Any], element: ET.Element) -> Any:
    shape = model.shapes[reference["shape"]]
    kind = shape["type"]
    if kind == "structure":
        return _read_structure(model, shape, element)
    if kind == "list":
        return [_read(model, shape["member"], child) for child in element]
    if kind == "map":
        return {
            _text(child[0]): _read(model, shape["value"], child[1])
            for child in element
            if len(child) > 1
        }
    text = _text(element)
    try:
        return _read_scalar(kind, text)
    except ValueError:
        raise SerializationException(f"Value '{text}' cannot be read as {kind}") from None


def _read_structure(
    model: ServiceModel, shape: Mapping[str, Any], element: ET.Element
) -> dict[str, Any]:
    children: dict[str, list[ET.Element]] = {}
    for child in element:
        children.setdefault(_local(child.tag), []).append(child)
    value: dict[str, Any] = {}
    for name, member in shape["members"].items():
        tag = member.get("locationName", name)
        target = model.shapes[member["shape"]]
        if member.get("xmlAttribute"):
            local = tag.rsplit(":", 1)[-1]
            for key, text in element.attrib.items():
                if _local(key) == local:
                    value[name] = text
        elif target["type"] == "list" and (target.get("flattened") or member.get("flattened")):
            wire = member.get("locationName") or target["member"].get("locationName", name)
            if wire in children:
                value[name] = [_read(model, target["member"], child) for child in children[wire]]
        elif tag in children:
            value[name] = _read(model, member, children[tag][0])
    return value


def _read_scalar(kind: str, text: str) -> Any:
    if kind in ("integer", "long"):
        return int(text)
    if kind in ("float", "double"):
        return float(text)
    if kind == "boolean":
        return text.strip().lower() == "true"
    if kind == "timestamp":
        return parse_iso8601(text)
    if kind == "blob":
        return base64.b64decode(text)
    return text


def _text(element: ET.Element) -> str:
    return element.text or ""


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]

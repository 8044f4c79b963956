"""JSON patches (RFC 6902), as Cloud Control takes them. Pure.

https://www.rfc-editor.org/rfc/rfc6902
"""

from __future__ import annotations

import copy
from typing import Any


class PatchError(Exception):
    """The patch does not fit the document."""


def apply_patch(document: Any, patch: list[dict[str, Any]]) -> Any:
    """The document with the operations of a patch carried out; the given one stays as it is.

    Raises:
        PatchError: a path is not there, or a test does not hold.
    """
    result = copy.deepcopy(document)
    for operation in patch:
        result = _apply(result, operation)
    return result


def _apply(document: Any, operation: dict[str, Any]) -> Any:
    kind, path = operation["op"], _split(operation["path"])
    if kind in ("add", "replace"):
        return _put(document, path, copy.deepcopy(operation["value"]), insert=kind == "add")
    if kind == "remove":
        return _remove(document, path)
    if kind == "test":
        if _get(document, path) != operation["value"]:
            raise PatchError(f"the value at {operation['path']} is another")
        return document
    if kind in ("copy", "move"):
        source = _split(operation["from"])
        value = copy.deepcopy(_get(document, source))
        if kind == "move":
            document = _remove(document, source)
        return _put(document, path, value, insert=True)
    raise PatchError(f"there is no operation {kind}")


def _split(path: str) -> list[str]:
    if path == "":
        return []
    if not path.startswith("/"):
        raise PatchError(f"{path} is no path")
    return [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]


def _get(document: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        elif isinstance(document, dict) and part in document:
            document = document[part]
        else:
            raise PatchError(f"there is no /{'/'.join(path)}")
    return document


def _put(document: Any, path: list[str], value: Any, *, insert: bool) -> Any:
    if not path:
        return value
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        index = len(parent) if last == "-" else int(last)
        if insert:
            parent.insert(index, value)
        else:
            parent[index] = value
    elif isinstance(parent, dict):
        parent[last] = value
    else:
        raise PatchError(f"/{'/'.join(path[:-1])} is neither an object nor a list")
    return document


def _remove(document: Any, path: list[str]) -> Any:
    _get(document, path)
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        del parent[int(last)]
    else:
        del parent[last]
    return document

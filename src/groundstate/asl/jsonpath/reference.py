"""Reference paths: the paths that ResultPath writes to."""

from __future__ import annotations

from typing import Any

from groundstate.asl.jsonpath.errors import InvalidPath
from groundstate.asl.jsonpath.parser import Indexes, Names, parse_path


class ReferencePath:
    """A path of names and single indexes, into which a value can be put.

    Attributes:
        text: as written.
        keys: the names (str) and indexes (int) on the way; none for `$`.
    """

    __slots__ = ("keys", "text")

    def __init__(self, text: str, keys: list[str | int]) -> None:
        self.text = text
        self.keys = keys

    def put(self, data: Any, value: Any) -> Any:
        """A copy of `data` with the value at this path; what is off the path is shared.

        Objects that are missing on the way are made.

        Raises:
            TypeError: the path leads through something that cannot hold it.
            IndexError: an index is past the end.
        """
        return _put(data, self.keys, 0, value)


def compile_reference(text: str) -> ReferencePath:
    """Compile a reference path.

    Raises:
        InvalidPath: the text is no path, or may name several values.
    """
    parsed = parse_path(text)
    if parsed.root != "$":
        raise InvalidPath(f"Reference path must start with '$': {text}")
    keys: list[str | int] = []
    for step in parsed.steps:
        if isinstance(step, Names) and len(step.names) == 1:
            keys.append(step.names[0])
        elif isinstance(step, Indexes) and len(step.indexes) == 1:
            keys.append(step.indexes[0])
        else:
            raise InvalidPath(f"Reference path may name one value only: {text}")
    return ReferencePath(text, keys)


def _put(data: Any, keys: list[str | int], at: int, value: Any) -> Any:
    if at == len(keys):
        return value
    key = keys[at]
    if isinstance(key, int):
        if not isinstance(data, list):
            raise TypeError("not an array")
        copied = list(data)
        copied[key] = _put(data[key], keys, at + 1, value)
        return copied
    if not isinstance(data, dict):
        if at == 0 or data is not None:
            raise TypeError("not an object")
        data = {}
    changed = dict(data)
    inner = data.get(key, {}) if at + 1 < len(keys) else None
    changed[key] = _put(inner, keys, at + 1, value)
    return changed

"""Errors of JSONPaths."""

from __future__ import annotations


class InvalidPath(ValueError):
    """This text is no JSONPath."""


class PathNotFound(Exception):
    """A definite path leads nowhere.

    Attributes:
        detail: Jayway's text: `No results for path: $['x']`.
        past_end: an array index was past the end.
    """

    def __init__(self, detail: str, *, past_end: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.past_end = past_end

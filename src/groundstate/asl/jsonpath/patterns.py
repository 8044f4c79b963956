"""Regular expressions of filters (`=~`), which end in time whatever they are.

The standard library's cannot be stopped, and a definition comes from outside.
"""

from __future__ import annotations

import importlib
from typing import Any

from groundstate.asl.jsonpath.document import Document
from groundstate.asl.jsonpath.errors import InvalidPath

MATCH_S_MAX = 0.1
"""For one text; all of them have the time of the whole evaluation."""


class Pattern:
    """A regular expression.

    Args:
        text: as written between the slashes.
        flags: the letters after them; `i`, `m` and `s` have a meaning.

    Raises:
        InvalidPath: the text is no regular expression.
    """

    __slots__ = ("_pattern",)

    def __init__(self, text: str, flags: str) -> None:
        # The module costs much to import, and few definitions have a filter with `=~`.
        regex: Any = importlib.import_module("regex")
        options = 0
        for flag in flags:
            options |= {"i": regex.I, "m": regex.M, "s": regex.S}.get(flag, 0)
        try:
            self._pattern = regex.compile(text, options)
        except regex.error as error:
            raise InvalidPath(f"Invalid regular expression: {error}") from error

    def matches(self, text: str, document: Document) -> bool:
        """Whether the whole text matches.

        Raises:
            StateError, StepTooLong: finding out takes longer than it may.
        """
        try:
            return (
                self._pattern.fullmatch(text, timeout=min(document.left_s, MATCH_S_MAX)) is not None
            )
        except TimeoutError:
            raise document.too_long() from None

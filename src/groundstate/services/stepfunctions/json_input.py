"""JSON that callers send, and what AWS's parser (Jackson) says of text that is none."""

from __future__ import annotations

import re

import orjson

_TOKEN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SPACE = re.compile(r"[ \t\r\n]*")

_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


def find_json_error(text: str) -> str | None:
    """What is wrong with a text that should be JSON, in Jackson's words; None if it is JSON."""
    try:
        orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return _Scanner(text).describe()
    return None


class _Scanner:
    """Finds the first error in a text that is known to have one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def describe(self) -> str:
        try:
            self._value(0)
            self._skip()
            if self._at < len(self._text):
                self._value(0)
        except _FoundError as error:
            return str(error)
        return "Invalid JSON"

    def _value(self, depth: int) -> None:
        self._skip()
        char = self._peek("No content to map due to end-of-input")
        if depth > 1000:
            raise _FoundError("Document nesting depth (1001) exceeds the maximum allowed (1000)")
        if char == "{":
            self._members(depth)
        elif char == "[":
            self._elements(depth)
        elif char == '"':
            self._match(
                _STRING, "Unexpected end-of-input: was expecting closing quote for a string value"
            )
        elif char == "-" or char.isdigit():
            self._match(_NUMBER, f"Unexpected character {_name(char)}: expected digit (0-9)")
        elif char.isalpha() or char in "_$":
            match = _TOKEN.match(self._text, self._at)
            assert match is not None
            if match[0] not in ("true", "false", "null"):
                raise _FoundError(f"Unrecognized token '{match[0]}': was expecting {_VALUE}")
            self._at = match.end()
        else:
            raise _FoundError(
                f"Unexpected character {_name(char)}: expected a valid value {_VALUE}"
            )

    def _members(self, depth: int) -> None:
        self._at += 1
        if self._next_is("}"):
            return
        while True:
            self._skip()
            char = self._peek("Unexpected end-of-input: expected close marker for Object")
            if char != '"':
                raise _FoundError(
                    f"Unexpected character {_name(char)}:"
                    " was expecting double-quote to start field name"
                )
            self._match(_STRING, "Unexpected end-of-input in field name")
            self._skip()
            char = self._peek("Unexpected end-of-input within/between Object entries")
            if char != ":":
                raise _FoundError(
                    f"Unexpected character {_name(char)}: was expecting a colon to separate field"
                    " name and value"
                )
            self._at += 1
            self._value(depth + 1)
            if self._ends("}", "Object"):
                return

    def _elements(self, depth: int) -> None:
        self._at += 1
        if self._next_is("]"):
            return
        while True:
            self._value(depth + 1)
            if self._ends("]", "Array"):
                return

    def _ends(self, close: str, kind: str) -> bool:
        self._skip()
        char = self._peek(f"Unexpected end-of-input: expected close marker for {kind}")
        self._at += 1
        if char not in (",", close):
            raise _FoundError(
                f"Unexpected character {_name(char)}:"
                f" was expecting comma to separate {kind} entries"
            )
        return char == close

    def _next_is(self, char: str) -> bool:
        self._skip()
        if self._text[self._at : self._at + 1] == char:
            self._at += 1
            return True
        return False

    def _match(self, pattern: re.Pattern[str], otherwise: str) -> None:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise _FoundError(otherwise)
        self._at = match.end()

    def _peek(self, otherwise: str) -> str:
        if self._at >= len(self._text):
            raise _FoundError(otherwise)
        return self._text[self._at]

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._at)
        assert match is not None
        self._at = match.end()


class _FoundError(Exception):
    pass


def _name(char: str) -> str:
    return f"('{char}' (code {ord(char)}))"

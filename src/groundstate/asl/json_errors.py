"""JSON that callers send, and what AWS's parser (Jackson) says of text that is none."""

from __future__ import annotations

import re

import orjson

_TOKEN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SPACE = re.compile(r"[ \t\r\n]*")

# How deep Jackson goes.
DEPTH_MAX = 1000

_CLOSE = {"{": "}", "[": "]"}
_KIND = {"{": "Object", "[": "Array"}
_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


def find_json_error(text: str) -> str | None:
    """What is wrong with a text that should be JSON, in Jackson's words; None if it is JSON."""
    try:
        orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return _Scanner(text).describe()
    return None


def find_json_error_in_place(text: str) -> str:
    """The same for a text that is no JSON, with the place of the error, as Jackson adds it."""
    scanner = _Scanner(text)
    problem = scanner.describe()
    return f"{problem}\n at {_place(text, scanner.end)}"


def _place(text: str, at: int) -> str:
    line_begin = text.rfind("\n", 0, at) + 1
    line = text.count("\n", 0, at) + 1
    return (
        "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled);"
        f" line: {line}, column: {at - line_begin + 1}]"
    )


class _Scanner:
    """Finds the first error in a text that is known to have one, without recursion."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        # Where Jackson has read to when it finds the error.
        self.end = 0
        # The containers that are open: `{` or `[`, and where each begins.
        self._open: list[str] = []
        self._begins: list[int] = []

    def describe(self) -> str:
        """The first error."""
        try:
            self._value()
            self._skip()
            if self._at < len(self._text):
                self._value()
        except _FoundError as error:
            self.end = self._at if error.end is None else error.end
            return str(error)
        return "Invalid JSON"

    def _value(self) -> None:
        while True:
            self._skip()
            char = self._peek()
            if char in "{[":
                self._begins.append(self._at)
                self._at += 1
                self._open.append(char)
                if len(self._open) > DEPTH_MAX:
                    raise _FoundError(
                        f"Document nesting depth ({len(self._open)}) exceeds the maximum allowed"
                        f" ({DEPTH_MAX})"
                    )
                self._skip()
                if self._text[self._at : self._at + 1] != _CLOSE[char]:
                    if char == "{":
                        self._field()
                    continue
            else:
                self._scalar(char)
            if not self._goes_on():
                return

    def _goes_on(self) -> bool:
        """After a value: close what ends here; True if another value must follow."""
        while self._open:
            container = self._open[-1]
            self._skip()
            char = self._peek()
            if char not in (",", _CLOSE[container]):
                raise _FoundError(
                    f"Unexpected character {_name(char)}:"
                    f" was expecting comma to separate {_KIND[container]} entries"
                )
            self._at += 1
            if char == ",":
                if container == "{":
                    self._field()
                return True
            self._open.pop()
            self._begins.pop()
        return False

    def _field(self) -> None:
        self._skip()
        char = self._peek()
        if char != '"':
            raise _FoundError(
                f"Unexpected character {_name(char)}:"
                " was expecting double-quote to start field name"
            )
        self._match(_STRING, "Unexpected end-of-input in field name")
        self._skip()
        char = self._peek()
        if char != ":":
            raise _FoundError(
                f"Unexpected character {_name(char)}:"
                " was expecting a colon to separate field name and value"
            )
        self._at += 1

    def _scalar(self, char: str) -> None:
        if char == '"':
            self._match(
                _STRING, "Unexpected end-of-input: was expecting closing quote for a string value"
            )
        elif char == "-" or char.isdigit():
            self._match(_NUMBER, f"Unexpected character {_name(char)}: expected digit (0-9)")
        elif (match := _TOKEN.match(self._text, self._at)) is not None:
            if match[0] not in ("true", "false", "null"):
                raise _FoundError(
                    f"Unrecognized token '{match[0]}': was expecting {_VALUE}", match.end()
                )
            self._at = match.end()
        else:
            raise _FoundError(
                f"Unexpected character {_name(char)}: expected a valid value {_VALUE}"
            )

    def _match(self, pattern: re.Pattern[str], otherwise: str) -> None:
        match = pattern.match(self._text, self._at)
        if match is None:
            # A text that never ends is read to the end; other characters are told where they are.
            raise _FoundError(otherwise, len(self._text) if "end-of-input" in otherwise else None)
        self._at = match.end()

    def _peek(self) -> str:
        if self._at < len(self._text):
            return self._text[self._at]
        if self._open:
            kind = _KIND[self._open[-1]]
            begin = _place(self._text, self._begins[-1])
            raise _FoundError(
                f"Unexpected end-of-input: expected close marker for {kind}"
                f" (start marker at {begin})"
            )
        raise _FoundError("No content to map due to end-of-input")

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._at)
        assert match is not None, self._at
        self._at = match.end()


class _FoundError(Exception):
    def __init__(self, text: str, end: int | None = None) -> None:
        super().__init__(text)
        self.end = end


def _name(char: str) -> str:
    return f"('{char}' (code {ord(char)}))"

"""The text of a JSONPath taken apart into its root and its steps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from groundstate.asl.jsonpath.errors import InvalidPath
from groundstate.asl.jsonpath.patterns import Pattern

_DEPTH_MAX = 100
"""Ours: of brackets and negations inside of one another."""

_NAME = re.compile(r"[^\s.\[\](),?@$'\"*!=<>&|]+")
_VARIABLE = re.compile(r"[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*")
_INTEGER = re.compile(r"-?\d+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_LAST_INDEX = re.compile(r"\(\s*@\.length(?:\(\))?\s*-\s*(\d+)\s*\)")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([a-zA-Z]*)")
_OPERATOR = re.compile(
    r"===|!==|==|!=|<=|>=|=~|<|>|\b(?:in|nin|subsetof|anyof|noneof|size|empty|contains)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Names:
    """`.a`, `['a']` or `['a','b']`."""

    names: list[str]


@dataclass(slots=True)
class Indexes:
    """`[0]`, `[-1]` or `[0,2]`."""

    indexes: list[int]


@dataclass(slots=True)
class Slice:
    """`[1:3]`, `[-2:]`, `[::2]`."""

    start: int | None
    stop: int | None
    stride: int | None


@dataclass(slots=True)
class Wildcard:
    """`.*` or `[*]`."""


@dataclass(slots=True)
class Descendants:
    """`..`: the value itself and all that is inside; the next step is applied to each."""


@dataclass(slots=True)
class Filter:
    """`[?(...)]`."""

    expression: Any


@dataclass(slots=True)
class Function:
    """`.length()` and its relatives."""

    name: str
    arguments: list[Any] = field(default_factory=list)


Step = Names | Indexes | Slice | Wildcard | Descendants | Filter | Function


@dataclass(slots=True)
class ParsedPath:
    """A path's root (`$`, `$$`, `$name`, or `@` in filters) and steps."""

    root: str
    steps: list[Step]


@dataclass(slots=True)
class Literal:
    value: Any


@dataclass(slots=True)
class Regex:
    pattern: Pattern


@dataclass(slots=True)
class Comparison:
    left: Any
    operator: str
    right: Any


@dataclass(slots=True)
class Exists:
    path: ParsedPath


@dataclass(slots=True)
class Not:
    operand: Any


@dataclass(slots=True)
class Logical:
    """All (`&&`) or any (`||`) of the operands."""

    operator: str
    operands: list[Any]


def parse_path(text: str) -> ParsedPath:
    """Take a whole path apart.

    Raises:
        InvalidPath: the text is not one.
    """
    if _is_too_deep(text):
        raise InvalidPath(f"Too deeply nested: {text}")
    parser = _Parser(text)
    path = parser.path()
    if parser.at < len(text):
        raise InvalidPath(f"Unexpected characters at position {parser.at}: {text}")
    return path


def _is_too_deep(text: str) -> bool:
    """Whether it nests so deeply that walks over it could run out of stack."""
    depth = 0
    for character in text.replace("!=", ""):
        if character in "([!":
            depth += 1
            if depth > _DEPTH_MAX:
                return True
        elif character in ")]":
            depth = max(0, depth - 1)
    return False


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def path(self) -> ParsedPath:
        root = self._root()
        steps: list[Step] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == ".":
                self._after_dot(steps)
            elif character == "[":
                steps.append(self._bracket())
            else:
                break
        if steps and isinstance(steps[-1], Descendants):
            raise InvalidPath(f"Path must not end with a '.' or '..': {self.text}")
        return ParsedPath(root, steps)

    def _root(self) -> str:
        text, at = self.text, self.at
        if text.startswith("$$", at):
            self.at += 2
            return "$$"
        if text.startswith("@", at):
            self.at += 1
            return "@"
        if not text.startswith("$", at):
            raise InvalidPath(f"Path must start with '$': {text}")
        self.at += 1
        if name := _VARIABLE.match(text, self.at):
            self.at = name.end()
            return "$" + name.group()
        return "$"

    def _after_dot(self, steps: list[Step]) -> None:
        text = self.text
        self.at += 1
        if text.startswith(".", self.at):
            self.at += 1
            steps.append(Descendants())
            if text.startswith("[", self.at):
                return
        if text.startswith("*", self.at):
            self.at += 1
            steps.append(Wildcard())
            return
        if text.startswith("[", self.at):
            return
        name = _NAME.match(text, self.at)
        if name is None:
            raise InvalidPath(f"Expected a name at position {self.at}: {text}")
        self.at = name.end()
        if text.startswith("(", self.at):
            steps.append(Function(name.group(), self._arguments()))
        else:
            steps.append(Names([name.group()]))

    def _arguments(self) -> list[Any]:
        self.at += 1
        arguments: list[Any] = []
        self._blank()
        while not self._take(")"):
            arguments.append(self._operand())
            self._blank()
            if not self._take(","):
                self._expect(")")
                break
            self._blank()
        return arguments

    def _bracket(self) -> Step:
        self.at += 1
        self._blank()
        text = self.text
        if self._take("*"):
            step: Step = Wildcard()
        elif self._take("?"):
            self._blank()
            self._expect("(")
            step = Filter(self._or())
            self._blank()
            self._expect(")")
        elif last := _LAST_INDEX.match(text, self.at):
            self.at = last.end()
            step = Indexes([-int(last.group(1))])
        elif text[self.at : self.at + 1] in ("'", '"'):
            step = Names(self._names())
        else:
            step = self._numbers()
        self._blank()
        self._expect("]")
        return step

    def _names(self) -> list[str]:
        names = [self._string()]
        self._blank()
        while self._take(","):
            self._blank()
            names.append(self._string())
            self._blank()
        return names

    def _numbers(self) -> Step:
        first = self._integer()
        self._blank()
        if self._take(":"):
            self._blank()
            stop = self._integer()
            self._blank()
            stride = None
            if self._take(":"):
                self._blank()
                stride = self._integer()
            return Slice(first, stop, stride)
        if first is None:
            raise InvalidPath(f"Expected an index at position {self.at}: {self.text}")
        indexes = [first]
        while self._take(","):
            self._blank()
            index = self._integer()
            if index is None:
                raise InvalidPath(f"Expected an index at position {self.at}: {self.text}")
            indexes.append(index)
            self._blank()
        return Indexes(indexes)

    # ------------------------------------------------------------------------------- filters

    def _or(self) -> Any:
        operands = [self._and()]
        while self._take_blank("||"):
            operands.append(self._and())
        return operands[0] if len(operands) == 1 else Logical("||", operands)

    def _and(self) -> Any:
        operands = [self._unary()]
        while self._take_blank("&&"):
            operands.append(self._unary())
        return operands[0] if len(operands) == 1 else Logical("&&", operands)

    def _unary(self) -> Any:
        self._blank()
        if self.text.startswith("!", self.at) and not self.text.startswith("!=", self.at):
            self.at += 1
            return Not(self._unary())
        if self._take("("):
            inside = self._or()
            self._blank()
            self._expect(")")
            return inside
        return self._comparison()

    def _comparison(self) -> Any:
        left = self._operand()
        self._blank()
        operator = _OPERATOR.match(self.text, self.at)
        if operator is None:
            if isinstance(left, ParsedPath):
                return Exists(left)
            return left
        self.at = operator.end()
        self._blank()
        return Comparison(left, operator.group().lower(), self._operand())

    def _operand(self) -> Any:
        self._blank()
        text, at = self.text, self.at
        character = text[at : at + 1]
        if character in ("$", "@"):
            return self.path()
        if character in ("'", '"'):
            return Literal(self._string())
        if character == "/" and (regex := _REGEX.match(text, at)):
            self.at = regex.end()
            return Regex(Pattern(regex.group(1), regex.group(2)))
        if character == "[":
            return Literal(self._list())
        if number := _NUMBER.match(text, at):
            self.at = number.end()
            written = number.group()
            return Literal(int(written) if _INTEGER.fullmatch(written) else float(written))
        for word, value in (("true", True), ("false", False), ("null", None)):
            if text.startswith(word, at):
                self.at += len(word)
                return Literal(value)
        raise InvalidPath(f"Unexpected characters at position {at}: {text}")

    def _list(self) -> list[Any]:
        self._expect("[")
        values: list[Any] = []
        self._blank()
        while not self._take("]"):
            operand = self._operand()
            values.append(operand.value if isinstance(operand, Literal) else operand)
            self._blank()
            if not self._take(","):
                self._expect("]")
                break
            self._blank()
        return values

    # --------------------------------------------------------------------------------- tokens

    def _string(self) -> str:
        quote = self.text[self.at : self.at + 1]
        if quote not in ("'", '"') or not quote:
            raise InvalidPath(f"Expected a quote at position {self.at}: {self.text}")
        self.at += 1
        characters = []
        while self.at < len(self.text):
            character = self.text[self.at]
            self.at += 1
            if character == "\\" and self.text[self.at : self.at + 1] in (quote, "\\"):
                # Other characters keep their backslash (observed for `\"` in single quotes).
                characters.append(self.text[self.at])
                self.at += 1
            elif character == quote:
                return "".join(characters)
            else:
                characters.append(character)
        raise InvalidPath(f"A string is not closed: {self.text}")

    def _integer(self) -> int | None:
        number = _INTEGER.match(self.text, self.at)
        if number is None:
            return None
        self.at = number.end()
        return int(number.group())

    def _blank(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def _take(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def _take_blank(self, token: str) -> bool:
        self._blank()
        return self._take(token)

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise InvalidPath(f"Expected '{token}' at position {self.at}: {self.text}")

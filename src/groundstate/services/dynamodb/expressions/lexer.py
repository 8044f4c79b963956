"""Cuts an expression into tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from groundstate.services.dynamodb.expressions.errors import ExpressionError, syntax_error

END = "<EOF>"
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<name>\#[A-Za-z0-9_]+)"
    r"|(?P<value>:[A-Za-z0-9_]+)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<operator><>|<=|>=|[=<>+\-*/()\[\].,])"
)


class Token(NamedTuple):
    """A token.

    Attributes:
        kind: `word`, `name`, `value`, `number`, `operator` or `end`.
        start, end: where it stands.
    """

    kind: str
    text: str
    start: int
    end: int


class Tokens:
    """The tokens of an expression, read one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _cut(text)
        self._at = 0
        self._closing: dict[int, int] | None = None
        self._forbidden: list[int] = []
        self.current = self._tokens[0]
        self.keyword = _upper(self.current)

    def advance(self) -> Token:
        """Go on to the next token; the one that was passed."""
        passed = self.current
        self._at += 1
        self.current = self._tokens[self._at]
        self.keyword = _upper(self.current)
        return passed

    def peek(self) -> Token:
        """The token after the current one."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def take_operator(self, *texts: str) -> str | None:
        """Pass the current token if it is one of these operators."""
        if self.current.kind == "operator" and self.current.text in texts:
            return self.advance().text
        return None

    def expect_operator(self, text: str) -> None:
        """Pass this operator. Raises ExpressionError if another token stands there."""
        if self.take_operator(text) is None:
            raise self.error()

    def mark(self) -> int:
        """Where we are, for `back`."""
        return self._at

    def back(self, mark: int) -> None:
        """Go back to where `mark` was taken."""
        self._at = mark
        self.current = self._tokens[mark]
        self.keyword = _upper(self.current)

    def after_parenthesis(self, forbids: Callable[[Token], bool]) -> Token | None:
        """The token after the parenthesis that matches the current one.

        None if there is no such, or if a token between them is one that `forbids` names.
        """
        if self._closing is None:
            self._closing, self._forbidden = _match(self._tokens, forbids)
        closing = self._closing.get(self._at)
        if closing is None or self._forbidden[closing] != self._forbidden[self._at]:
            return None
        return self._tokens[closing + 1]

    def error(self) -> ExpressionError:
        """The current token may not stand here."""
        return error_at(self._text, self._tokens, self._at)


def _match(
    tokens: list[Token], forbids: Callable[[Token], bool]
) -> tuple[dict[int, int], list[int]]:
    """Where each parenthesis closes, and how many forbidden tokens stand up to each token."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    counts: list[int] = []
    count = 0
    for at, token in enumerate(tokens):
        count += forbids(token)
        counts.append(count)
        if token.text == "(":
            opened.append(at)
        elif token.text == ")" and opened:
            closing[opened.pop()] = at
    return closing, counts


def error_at(text: str, tokens: list[Token], at: int) -> ExpressionError:
    """The syntax error at a token, with its neighbours."""
    token = tokens[at]
    first = tokens[at - 1] if at > 0 else token
    last = tokens[min(at + 1, len(tokens) - 1)]
    if last.kind == "end":
        last = token if token.kind != "end" else first
    return syntax_error(token.text, text[first.start : last.end])


def _upper(token: Token) -> str:
    return token.text.upper() if token.kind == "word" else ""


def _cut(text: str) -> list[Token]:
    tokens: list[Token] = []
    strange: int | None = None
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            token = Token("strange", text[at], at, at + 1)
        else:
            token = Token(str(match.lastgroup), match.group(), at, match.end())
        at = token.end
        if token.kind == "space":
            continue
        tokens.append(token)
        if strange is not None:
            raise error_at(text, tokens, strange)
        if token.kind == "strange":
            # The error shows the token after it, too.
            strange = len(tokens) - 1
    tokens.append(Token("end", END, len(text), len(text)))
    if strange is not None:
        raise error_at(text, tokens, strange)
    return tokens

"""Cuts a PartiQL statement into tokens, and reads them one after the other."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from groundstate.services.dynamodb.partiql.statements import PartiqlError

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z_$][A-Za-z0-9_$]*)"
    r"|(?P<name>\"(?:[^\"]|\"\")*\")"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<operator><<|>>|<=|>=|<>|!=|[=<>()\[\]{},.:?*+;-])"
)
NESTING_MAX = 100


class Token(NamedTuple):
    """A token.

    Attributes:
        kind: `word`, `name`, `text`, `number`, `operator` or `end`.
        text: without quotes.
        start, end: where it stands in the statement.
        keyword: a word in capitals; nothing for the others.
    """

    kind: str
    text: str
    start: int
    end: int
    keyword: str


@lru_cache(maxsize=256)
def cut(statement: str) -> tuple[Token, ...]:
    """The tokens of a statement, ended by one of kind `end`. Raises PartiqlError."""
    tokens: list[Token] = []
    at = 0
    while at < len(statement):
        match = _TOKEN.match(statement, at)
        if match is None:
            # Of what it cannot cut, DynamoDB says no more (observed).
            raise malformed("")
        kind = match.lastgroup
        assert kind is not None, match
        text = match.group()
        if kind == "name":
            text = text[1:-1].replace('""', '"')
        elif kind == "text":
            text = text[1:-1].replace("''", "'")
        if kind != "space":
            keyword = text.upper() if kind == "word" else ""
            tokens.append(Token(kind, text, at, match.end(), keyword))
        at = match.end()
    tokens.append(Token("end", "<EOF>", at, at, ""))
    return tuple(tokens)


def malformed(detail: str) -> PartiqlError:
    """What DynamoDB says of statements that it cannot read."""
    return PartiqlError(f"Statement wasn't well formed, can't be processed: {detail}")


class Reader:
    """A statement's tokens, and how to go through them.

    Attributes:
        current: the token that is to be read.
    """

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._tokens = cut(statement)
        self._at = 0
        self._depth = 0
        self.current = self._tokens[0]

    def peek(self) -> Token:
        """The token after it."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def advance(self) -> Token:
        """Go on to the next token; the one that was passed."""
        token = self.current
        self._at = min(self._at + 1, len(self._tokens) - 1)
        self.current = self._tokens[self._at]
        return token

    def stands(self, text: str) -> bool:
        """Whether this operator is to be read."""
        return self.current.text == text and self.current.kind == "operator"

    def take(self, text: str) -> bool:
        """Pass this operator, if it stands here."""
        found = self.stands(text)
        if found:
            self.advance()
        return found

    def expect(self, text: str) -> None:
        """Pass this operator. Raises PartiqlError if another token stands here."""
        if not self.take(text):
            raise self.unexpected()

    def stands_word(self, *words: str) -> bool:
        """Whether one of these words is to be read."""
        return self.current.keyword in words

    def word(self, word: str) -> bool:
        """Pass this word, if it stands here."""
        found = self.current.keyword == word
        if found:
            self.advance()
        return found

    def expect_word(self, word: str) -> None:
        """Pass this word. Raises PartiqlError if another token stands here."""
        if not self.word(word):
            raise self.unexpected()

    def enter(self) -> None:
        """Go a level deeper. Raises PartiqlError if that is too deep."""
        self._depth += 1
        if self._depth > NESTING_MAX:
            raise malformed("The statement is nested too deeply")

    def leave(self) -> None:
        """Come back from a level."""
        self._depth -= 1

    def unexpected(self) -> PartiqlError:
        """The current token may not stand here."""
        return malformed(f"Unexpected token: {self.current.text}")

    def place(self, token: Token) -> str:
        """Where a token stands, as AWS's messages tell it: `line:column:length`."""
        before = self._statement[: token.start]
        column = token.start - (before.rfind("\n") + 1) + 1
        return f"{before.count(chr(10)) + 1}:{column}:{token.end - token.start}"

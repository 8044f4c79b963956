"""Cuts a PartiQL statement into tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from groundstate.services.dynamodb.partiql.statements import PartiqlError

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z_$][A-Za-z0-9_$]*)"
    r"|(?P<name>\"(?:[^\"]|\"\")*\")"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<operator><<|>>|<=|>=|<>|!=|[=<>()\[\]{},.:?*+;-])"
)


class Token(NamedTuple):
    """A token. Attributes: kind: `word`, `name`, `text`, `number`, `operator` or `end`."""

    kind: str
    text: str


def cut(statement: str) -> list[Token]:
    """The tokens of a statement, ended by one of kind `end`. Raises PartiqlError."""
    tokens: list[Token] = []
    at = 0
    while at < len(statement):
        match = _TOKEN.match(statement, at)
        if match is None:
            raise malformed(f"Unexpected character {statement[at]!r} at position {at}")
        kind = match.lastgroup
        assert kind is not None, match
        text = match.group()
        if kind == "name":
            text = text[1:-1].replace('""', '"')
        elif kind == "text":
            text = text[1:-1].replace("''", "'")
        if kind != "space":
            tokens.append(Token(kind, text))
        at = match.end()
    tokens.append(Token("end", "<EOF>"))
    return tokens


def malformed(detail: str) -> PartiqlError:
    """What DynamoDB says of statements that it cannot read."""
    return PartiqlError(f"Statement wasn't well formed, can't be processed: {detail}")

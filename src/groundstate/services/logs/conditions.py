"""The conditions inside of filter patterns: tokens, `&&` and `||`, comparisons with wildcards."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Condition = Callable[[Any], bool]

_TOKEN = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)+%|&&|\|\||!=|<=|>=|[=<>{}()]|[^\s"=<>!{}()&|]+)'
)
_OPERATORS = ("=", "!=", "<", ">", "<=", ">=")


class PatternError(Exception):
    """The pattern cannot be understood."""


def tokenize(text: str) -> list[str]:
    """Cut a condition into its tokens.

    Raises:
        PatternError: something is no token.
    """
    tokens: list[str] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            raise PatternError(f"unexpected {text[position:].strip()[:20]}")
        tokens.append(found.group(1))
        position = found.end()
    return tokens


class Tokens:
    """The tokens of a condition, taken one after the other."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._position = 0

    @property
    def is_empty(self) -> bool:
        """All tokens are taken."""
        return self._position >= len(self._tokens)

    def peek(self) -> str:
        """The next token, which stays; empty at the end."""
        return "" if self.is_empty else self._tokens[self._position]

    def take(self) -> str:
        """The next token.

        Raises:
            PatternError: there is none.
        """
        if self.is_empty:
            raise PatternError("it ends too early")
        self._position += 1
        return self._tokens[self._position - 1]

    def take_word(self, word: str) -> bool:
        """Take the next token if it is this word."""
        if self.peek().upper() != word.upper():
            return False
        self._position += 1
        return True

    def take_operator(self) -> str:
        """The next token, a comparison.

        Raises:
            PatternError: it is none.
        """
        operator = self.take()
        if operator not in _OPERATORS:
            raise PatternError(f"{operator} is not a comparison")
        return operator

    def expect(self, token: str) -> None:
        """Take the next token, which must be this one.

        Raises:
            PatternError: it is another one.
        """
        found = self.take()
        if found != token:
            raise PatternError(f"{token} expected, not {found}")

    def expect_word(self, word: str) -> None:
        """Take the next token, which must be this word, in whatever case.

        Raises:
            PatternError: it is another one.
        """
        if not self.take_word(word):
            raise PatternError(f"{word} expected, not {self.peek()}")

    def expect_end(self) -> None:
        """All tokens must be taken.

        Raises:
            PatternError: they are not.
        """
        if not self.is_empty:
            raise PatternError(f"unexpected {self.peek()}")


def parse_disjunction(tokens: Tokens, parse_one: Callable[[Tokens], Condition]) -> Condition:
    """`a && b || (c)`: `&&` binds closer."""
    parts = [_parse_conjunction(tokens, parse_one)]
    while tokens.take_word("||"):
        parts.append(_parse_conjunction(tokens, parse_one))
    return parts[0] if len(parts) == 1 else lambda value: any(part(value) for part in parts)


def _parse_conjunction(tokens: Tokens, parse_one: Callable[[Tokens], Condition]) -> Condition:
    parts = [_parse_operand(tokens, parse_one)]
    while tokens.take_word("&&"):
        parts.append(_parse_operand(tokens, parse_one))
    return parts[0] if len(parts) == 1 else lambda value: all(part(value) for part in parts)


def _parse_operand(tokens: Tokens, parse_one: Callable[[Tokens], Condition]) -> Condition:
    if tokens.peek() != "(":
        return parse_one(tokens)
    tokens.take()
    condition = parse_disjunction(tokens, parse_one)
    tokens.expect(")")
    return condition


def compare(operator: str, operand: str) -> Condition:
    """A comparison with a text, as fields have them."""
    number = _number(operand)
    if operator in ("<", ">", "<=", ">="):
        if number is None:
            raise PatternError(f"{operand} is not a number")
        return lambda text: (
            (value := _number(text)) is not None and _ordered(operator, value, number)
        )
    matches = _text_test(operand)
    if number is not None and not operand.startswith('"'):
        numeric = number

        def same(text: Any) -> bool:
            return bool(matches(str(text))) or _number(str(text)) == numeric
    else:

        def same(text: Any) -> bool:
            return bool(matches(str(text)))

    return same if operator == "=" else lambda text: not same(text)


def value_test(operator: str, operand: str) -> Condition:
    """A comparison with a JSON value: numbers with numbers, texts with texts."""
    number = None if operand.startswith('"') else _number(operand)
    if operator in ("<", ">", "<=", ">="):
        if number is None:
            raise PatternError(f"{operand} is not a number")
        return lambda value: _is_number(value) and _ordered(operator, value, number)
    if number is not None:
        wanted = number
        if operator == "=":
            return lambda value: _is_number(value) and value == wanted
        return lambda value: not (_is_number(value) and value == wanted)
    matches = _text_test(operand)

    def same(value: Any) -> bool:
        return isinstance(value, str) and matches(value)

    return same if operator == "=" else lambda value: not same(value)


def _text_test(operand: str) -> Callable[[str], bool]:
    if operand.startswith("%"):
        search = re.compile(operand[1:-1]).search
        return lambda text: search(text) is not None
    if operand.startswith('"'):
        operand = re.sub(r"\\(.)", r"\1", operand[1:-1])
    if "*" not in operand:
        return lambda text: text == operand
    full = re.compile(".*".join(map(re.escape, operand.split("*"))), re.DOTALL).fullmatch
    return lambda text: full(text) is not None


def _ordered(operator: str, value: float, number: float) -> bool:
    if operator == "<":
        return value < number
    if operator == ">":
        return value > number
    return value <= number if operator == "<=" else value >= number


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None

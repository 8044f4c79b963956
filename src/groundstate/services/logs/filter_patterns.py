"""Filter patterns: which log events match. Compiled once into a function of the message.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/FilterAndPatternSyntax.html

Three kinds: terms (`ERROR -info "two words" ?this ?that %regex%`), JSON (`{ $.level = "ERROR" }`),
and fields separated by spaces (`[ip, user, ..., status = 4*]`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson

from groundstate.services.logs.conditions import (
    Condition,
    PatternError,
    Tokens,
    compare,
    parse_disjunction,
    tokenize,
    value_test,
)
from groundstate.services.logs.errors import InvalidParameterException

Matches = Callable[[str], bool]

_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)+)%|(\S+))')
_FIELD = re.compile(r'"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)')
_ELLIPSIS = "..."


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Matches:
    """The function that says whether a message matches.

    Raises:
        InvalidParameterException: it is not a filter pattern.
    """
    text = pattern.strip()
    try:
        if text.startswith("{"):
            return _json_pattern(text)
        if text.startswith("["):
            return _fields_pattern(text)
        return _terms_pattern(text)
    except (PatternError, re.error) as error:
        raise InvalidParameterException(f"Invalid filter pattern: {error}") from error


def _terms_pattern(text: str) -> Matches:
    wanted: list[Matches] = []
    excluded: list[Matches] = []
    optional: list[Matches] = []
    position = 0
    while position < len(text):
        found = _TERM.match(text, position)
        if found is None:
            position += 1
            continue
        position = found.end()
        sign, quoted, regex, plain = found.groups()
        if plain is not None and not re.search(r"\w", plain):
            raise PatternError(f"{plain} must be put in double quotes")
        kind = {"": wanted, "-": excluded, "?": optional}[sign]
        kind.append(_term(quoted, regex, plain))
    if not wanted and not excluded:
        return lambda message: not optional or any(matches(message) for matches in optional)
    # AWS ignores optional terms beside others (documented).
    return lambda message: (
        all(matches(message) for matches in wanted)
        and not any(matches(message) for matches in excluded)
    )


def _term(quoted: str | None, regex: str | None, plain: str | None) -> Matches:
    if regex is not None:
        search = re.compile(regex).search
        return lambda message: search(message) is not None
    term = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
    assert term is not None
    return lambda message: term in message


def _json_pattern(text: str) -> Matches:
    tokens = Tokens(tokenize(text))
    tokens.expect("{")
    condition = parse_disjunction(tokens, _parse_json_condition)
    tokens.expect("}")
    tokens.expect_end()

    def matches(message: str) -> bool:
        begin = message.find("{")
        if begin < 0:
            return False
        try:
            document = orjson.loads(message[begin:])
        except orjson.JSONDecodeError:
            return False
        return condition(document)

    return matches


def _parse_json_condition(tokens: Tokens) -> Condition:
    path = _parse_path(tokens.take())
    if tokens.take_word("NOT"):
        tokens.expect_word("EXISTS")
        return lambda document: not _select(document, path)
    if tokens.take_word("IS"):
        name = tokens.take().upper()
        if name not in ("NULL", "TRUE", "FALSE"):
            raise PatternError(f"IS {name} is unknown")
        wanted = {"NULL": None, "TRUE": True, "FALSE": False}[name]
        return lambda document: any(value is wanted for value in _select(document, path))
    operator = tokens.take_operator()
    test = value_test(operator, tokens.take())
    if operator == "!=":
        # A selector that finds nothing is not unequal to anything.
        return lambda document: (
            all(map(test, found)) if (found := _select(document, path)) else False
        )
    return lambda document: any(map(test, _select(document, path)))


def _parse_path(text: str) -> list[str | int]:
    if not text.startswith("$"):
        raise PatternError(f"{text} must begin with $.")
    steps: list[str | int] = []
    for name, quoted, index in re.findall(
        r"\.([^.\[\]]+)|\[['\"]([^'\"]+)['\"]\]|\[(\d+|\*)\]", text[1:]
    ):
        if index:
            steps.append("*" if index == "*" else int(index))
        else:
            steps.append(name or quoted)
    return steps


def _select(document: Any, path: list[str | int]) -> list[Any]:
    found = [document]
    for step in path:
        following: list[Any] = []
        for value in found:
            if step == "*":
                following += value if isinstance(value, list) else []
            elif isinstance(step, int):
                if isinstance(value, list) and step < len(value):
                    following.append(value[step])
            elif isinstance(value, dict) and step in value:
                following.append(value[step])
        found = following
    return found


def _fields_pattern(text: str) -> Matches:
    if not text.endswith("]"):
        raise PatternError("] is missing")
    names: list[str] = []
    conditions: list[tuple[int, Condition]] = []
    for index, part in enumerate(_split_fields(text[1:-1])):
        tokens = Tokens(tokenize(part))
        name = tokens.take()
        names.append(name)
        if not tokens.is_empty:
            conditions.append((index, _field_condition(tokens, name)))
    ellipsis = names.index(_ELLIPSIS) if _ELLIPSIS in names else -1
    if names.count(_ELLIPSIS) > 1:
        raise PatternError("... may be there once")

    def matches(message: str) -> bool:
        fields = [
            quoted or bracketed or plain for quoted, bracketed, plain in _FIELD.findall(message)
        ]
        if ellipsis < 0 and len(fields) != len(names):
            return False
        if len(fields) < len(names) - (ellipsis >= 0):
            return False
        shift = len(fields) - len(names)
        return all(
            condition(fields[index if ellipsis < 0 or index < ellipsis else index + shift])
            for index, condition in conditions
        )

    return matches


def _split_fields(text: str) -> list[str]:
    parts, depth, quoted, begin = [], 0, False, 0
    for index, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
        elif character == "," and not quoted and depth == 0:
            parts.append(text[begin:index])
            begin = index + 1
    return [part.strip() for part in (*parts, text[begin:])]


def _field_condition(tokens: Tokens, name: str) -> Condition:
    """`status = 4*`, or `status = 4* && status != 404`; the name comes before each comparison."""

    def parse_one(tokens: Tokens) -> Condition:
        tokens.take_word(name)
        return compare(tokens.take_operator(), tokens.take())

    condition = parse_disjunction(tokens, parse_one)
    tokens.expect_end()
    return condition

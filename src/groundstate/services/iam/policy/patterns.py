"""Wildcards and policy variables in the values of a policy.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

A value is taken apart once into tokens: literal text, `*`, `?`, and variables. What has no variable
becomes a regular expression (or a plain text) at once; the others do when a request gives them
values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from typing import NamedTuple

# Gives a context key's one value, or None: the key is absent or has several values.
Resolve = Callable[[str], str | None]

# ${key} or ${key, 'default'}; ${*}, ${?} and ${$} stand for the characters themselves.
_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")


class Wild(Enum):
    """The wildcards."""

    MANY = "*"
    ONE = "?"


class Variable(NamedTuple):
    """A policy variable: the context key in lower case, and the text to use without it."""

    key: str
    default: str | None


Token = str | Wild | Variable


class Pattern:
    """One value of a policy, taken apart.

    Attributes:
        literal: its text if it has neither wildcards nor variables, else None.
        has_variables: it can only be matched against the values of a request.
    """

    __slots__ = ("_tokens", "has_variables", "literal")

    def __init__(self, text: str, *, variables: bool, wildcards: bool = True) -> None:
        self._tokens = tuple(_tokens(text, variables=variables, wildcards=wildcards))
        self.has_variables = any(isinstance(token, Variable) for token in self._tokens)
        texts = [token for token in self._tokens if isinstance(token, str)]
        self.literal = "".join(texts) if len(texts) == len(self._tokens) else None

    def expression(self, resolve: Resolve, *, as_arn: bool = False) -> str | None:
        """The regular expression that stands for it; None if a variable has no value.

        With `as_arn`, a `*` inside of one of the first five parts of an ARN stays in that part,
        unless it ends the part: then it may stand for what follows, too.
        """
        parts: list[str] = []
        colons = 0
        tokens = self._tokens
        for position, token in enumerate(tokens):
            if isinstance(token, Variable):
                value = resolve(token.key)
                value = token.default if value is None else value
                if value is None:
                    return None
                parts.append(re.escape(value))
            elif isinstance(token, str):
                colons += token.count(":")
                parts.append(re.escape(token))
            elif token is Wild.ONE:
                parts.append(".")
            else:
                following = tokens[position + 1] if position + 1 < len(tokens) else ":"
                ends_part = isinstance(following, str) and following.startswith(":")
                parts.append(".*" if not as_arn or colons >= 5 or ends_part else "[^:]*")
        return "".join(parts)

    def text(self, resolve: Resolve) -> str | None:
        """Its text, where wildcards mean themselves; None if a variable has no value."""
        parts: list[str] = []
        for token in self._tokens:
            if isinstance(token, Variable):
                value = resolve(token.key)
                value = token.default if value is None else value
                if value is None:
                    return None
                parts.append(value)
            else:
                parts.append(token if isinstance(token, str) else token.value)
        return "".join(parts)


class Matcher:
    """Matches a text against a list of values of a policy: any of them will do."""

    __slots__ = ("_dynamic", "_exact", "_expression", "as_arn", "everything")

    def __init__(self, texts: Iterable[str], *, variables: bool, as_arn: bool = False) -> None:
        patterns = [Pattern(text, variables=variables) for text in texts]
        self.as_arn = as_arn
        self.everything = any(pattern._tokens == (Wild.MANY,) for pattern in patterns)
        self._exact = frozenset(
            pattern.literal for pattern in patterns if pattern.literal is not None
        )
        fixed = [
            pattern.expression(_no_value, as_arn=as_arn)
            for pattern in patterns
            if pattern.literal is None and not pattern.has_variables
        ]
        self._expression = (
            re.compile("|".join(f"(?:{part})" for part in fixed), re.DOTALL).fullmatch
            if fixed
            else None
        )
        self._dynamic = tuple(pattern for pattern in patterns if pattern.has_variables)

    def matches(self, text: str, resolve: Resolve) -> bool:
        """Whether any of the values stands for this text, in a request with these values."""
        if self.everything or text in self._exact:
            return True
        if self._expression is not None and self._expression(text) is not None:
            return True
        for pattern in self._dynamic:
            expression = pattern.expression(resolve, as_arn=self.as_arn)
            if expression is not None and re.fullmatch(expression, text, re.DOTALL) is not None:
                return True
        return False


def variable_keys(text: str) -> list[str]:
    """The context keys of the variables in a text, as they are written."""
    keys = (found.group(1) for found in _VARIABLE.finditer(text))
    return [key for key in keys if key not in ("*", "?", "$")]


def _no_value(key: str) -> str | None:
    return None


def _tokens(text: str, *, variables: bool, wildcards: bool) -> Iterable[Token]:
    position = 0
    for found in _VARIABLE.finditer(text) if variables else ():
        yield from _wild_tokens(text[position : found.start()], wildcards)
        key, default = found.group(1), found.group(2)
        yield key if key in ("*", "?", "$") else Variable(key.lower(), default)
        position = found.end()
    yield from _wild_tokens(text[position:], wildcards)


def _wild_tokens(text: str, wildcards: bool) -> Iterable[Token]:
    if not wildcards:
        if text:
            yield text
        return
    for part in re.split(r"([*?])", text):
        if part in ("*", "?"):
            yield Wild(part)
        elif part:
            yield part

"""What is wrong with an expression."""

from __future__ import annotations


class ExpressionError(ValueError):
    """An expression that DynamoDB refuses; the message is AWS's, without its `Invalid ...:`."""


def syntax_error(token: str, near: str) -> ExpressionError:
    """A token where none like it may stand; `near` is the text around it."""
    return ExpressionError(f'Syntax error; token: "{token}", near: "{near}"')

"""JSONata in the Step Functions dialect.

This package stays cheap to import: the JSONata library is imported by `adapter.py`, and that only
when the first expression is compiled.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundstate.asl.jsonata.adapter import Expression


class InvalidExpression(ValueError):
    """This text is no JSONata.

    Attributes:
        code: JSONata's error code, or '' where the dialect alone refuses.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class EvaluationThrew(Exception):
    """Evaluating an expression threw.

    Attributes:
        code: JSONata's error code, or '' (limits of memory and depth).
        message: jsonata-js's text, or the id of an internal error.
        internal: AWS's implementation broke, which it says without a reason.
    """

    def __init__(self, code: str, message: str, *, internal: bool = False) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.internal = internal
        self.code = code
        self.message = message


def is_expression(value: object) -> bool:
    """Whether a string of a JSONata state is an expression rather than a plain text."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def expression_text(value: str) -> str:
    """The expression inside `{% %}`."""
    return value[2:-2].strip()


def compile_jsonata(text: str) -> Expression:
    """Compile an expression, without its `{% %}`.

    Raises:
        InvalidExpression: with jsonata-js's text.
    """
    # The library costs some 60 ms to import, which machines without JSONata do not pay.
    adapter = importlib.import_module("groundstate.asl.jsonata.adapter")
    expression: Expression = adapter.compile_expression(text)
    return expression

"""What a command says when it cannot do its work: what happened, and what to do next."""

from __future__ import annotations


class CommandError(Exception):
    """The command failed.

    Args:
        message: what happened, as a sentence.
        hint: what to do next; may have several lines.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NoRuntime(CommandError):
    """Nothing answers at the endpoint."""


class Refused(CommandError):
    """A service refused the call.

    Attributes:
        code: AWS's error code.
        text: AWS's message.
    """

    def __init__(self, service: str, operation: str, code: str, text: str) -> None:
        super().__init__(f"{service} refused {operation}: {code}: {text}")
        self.code = code
        self.text = text

"""What a command says when it cannot do its work: what happened, and what to do next."""

from __future__ import annotations

# What the services' protocols call a signature by a key, or with a secret, that is not known.
_SIGNATURE_CODES = frozenset(
    {
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_WRONG_KEY = (
    "The runtime was started with another key. Set the same one here:\n"
    "export GROUNDSTATE_ACCESS_KEY_ID=... GROUNDSTATE_SECRET_ACCESS_KEY=..."
)

_NO_CODE = (
    "An answer without an error code of AWS's: something else may have the runtime's port.\n"
    "Name the runtime's address:  export AWS_ENDPOINT_URL=http://..."
)


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
        hint = _WRONG_KEY if code in _SIGNATURE_CODES else ""
        if code.startswith("HTTP "):
            hint = _NO_CODE
        told = f": {text}" if text else ""
        super().__init__(f"{service} refused {operation}: {code}{told}", hint)
        self.code = code
        self.text = text

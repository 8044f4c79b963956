"""Tokens that say where a reader stands: opaque to clients, plain to us."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

from groundstate.services.logs.errors import InvalidParameterException


def make_token(value: Any) -> str:
    """A token that carries a JSON value."""
    return urlsafe_b64encode(orjson.dumps(value)).decode()


def parse_token(token: str) -> Any:
    """The value that a token carries.

    Raises:
        InvalidParameterException: it is not one of ours.
    """
    try:
        return orjson.loads(urlsafe_b64decode(token.encode()))
    except ValueError:
        raise InvalidParameterException("The specified nextToken is invalid.") from None

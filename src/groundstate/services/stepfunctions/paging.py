"""Pages of lists: page sizes, and tokens that say where the next page begins."""

from __future__ import annotations

import base64
import binascii

import orjson

from groundstate.operation import Shape
from groundstate.services.stepfunctions.errors import InvalidToken

PAGE_DEFAULT = 100
PAGE_MAX = 1000


def page_size(request: Shape, default: int = PAGE_DEFAULT) -> int:
    """How many results a page has; 0 in the request means the default."""
    return min(request.get("maxResults") or default, PAGE_MAX)


def make_token(kind: str, position: int | str) -> str:
    """A token for the page that begins after this position."""
    return base64.urlsafe_b64encode(orjson.dumps([kind, position])).decode()


def read_token(kind: str, token: str | None) -> int | str | None:
    """The position in a token; None without a token.

    Raises:
        InvalidToken: the token is not one of this kind.
    """
    if token is None:
        return None
    try:
        found_kind, position = orjson.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError, binascii.Error):
        raise InvalidToken("Invalid Token: 'Invalid token'") from None
    if found_kind != kind or not isinstance(position, int | str):
        raise InvalidToken("Invalid Token: 'Invalid token'")
    return position

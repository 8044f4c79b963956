"""Pages of lists: a token is the number of entries that came before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from groundstate.operation import Shape
from groundstate.services.ssm.errors import InvalidNextToken

Entry = TypeVar("Entry")


def take_page(
    request: Shape, entries: Sequence[Entry], *, size: int
) -> tuple[Sequence[Entry], Shape]:
    """The page that a request asks for, and the answer's `NextToken` if there are more.

    Args:
        size: of a page, unless the request has MaxResults.

    Raises:
        InvalidNextToken: the token is not one of ours.
    """
    token = request.get("NextToken") or "0"
    if not token.isdecimal():
        raise InvalidNextToken("The specified token isn't valid.")
    begin = int(token)
    end = begin + request.get("MaxResults", size)
    return entries[begin:end], {"NextToken": str(end)} if end < len(entries) else {}

"""Pages of lists: a token is the number of entries that came before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from groundstate.services.cloudformation.errors import ValidationError

Entry = TypeVar("Entry")


def page(
    entries: Sequence[Entry], token: str | None, size: int
) -> tuple[Sequence[Entry], str | None]:
    """A page of a list, and the token of the next one (None after the last)."""
    if token and not token.isdigit():
        raise ValidationError("The NextToken is not valid.")
    begin = int(token) if token else 0
    end = begin + size
    return entries[begin:end], str(end) if end < len(entries) else None

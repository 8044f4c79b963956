"""Markers of listings: where the next page begins."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any

from groundstate.operation import Shape
from groundstate.services.lambda_.errors import InvalidParameterValueException

# AWS gives at most 50 items a page, whatever MaxItems says.
PAGE_MAX = 50


def make_marker(last: str) -> str:
    """The marker of the page that begins behind `last`."""
    return urlsafe_b64encode(last.encode()).decode()


def parse_marker(marker: str) -> str:
    """What a marker stands for; an empty marker is the beginning.

    Raises:
        InvalidParameterValueException: it is not one of ours.
    """
    try:
        return urlsafe_b64decode(marker.encode()).decode()
    except ValueError:
        raise InvalidParameterValueException("Invalid Marker") from None


def make_page(
    items: Sequence[Any], request: Shape, name_of: Callable[[Any], str], member: str
) -> Shape:
    """A page of a list that is short enough to be read whole.

    Args:
        items: all of them, in an order that does not change.
        name_of: what tells an item from the others.
        member: under which the answer has the items.
    """
    after = parse_marker(request.get("Marker", ""))
    begin = 0
    if after:
        names = [name_of(item) for item in items]
        begin = names.index(after) + 1 if after in names else len(names)
    limit = min(request.get("MaxItems", PAGE_MAX), PAGE_MAX)
    page = items[begin : begin + limit]
    answer: Shape = {member: list(page)}
    if begin + limit < len(items):
        answer["NextMarker"] = make_marker(name_of(page[-1]))
    return answer


def parse_number(marker: str) -> int | None:
    """The number that a marker stands for, or None if it is empty.

    Raises:
        InvalidParameterValueException: it is not one of ours.
    """
    text = parse_marker(marker)
    if not text:
        return None
    if not text.isdecimal():
        raise InvalidParameterValueException("Invalid Marker")
    return int(text)

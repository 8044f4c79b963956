"""The items in the JSON document that an ItemReader read.

PURE. AWS: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

from typing import Any


class NotIterable(Exception):
    """There is nothing to go through where the pointer points."""

    def __init__(self) -> None:
        super().__init__("Attempting to map over non-iterable node.")


def find_items(document: Any, pointer: str) -> list[Any]:
    """The members of a list, or the keys and values of an object.

    Args:
        pointer: where it is in the document (RFC 6901); empty for the document itself.

    Raises:
        NotIterable: it is neither.
    """
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            document = document[int(name)] if isinstance(document, list) else document[name]
        except (KeyError, IndexError, ValueError, TypeError):
            raise NotIterable from None
    if isinstance(document, dict):
        return [{"Key": key, "Value": value} for key, value in document.items()]
    if not isinstance(document, list):
        raise NotIterable
    return document

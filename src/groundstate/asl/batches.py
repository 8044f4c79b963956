"""ItemBatcher: the items of a Distributed Map, put together for its children.

PURE. AWS: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

# An execution's input, and so a batch, has at most this many bytes.
INPUT_BYTES_MAX = 262_144


class ItemTooLarge(Exception):
    """An item does not fit into any batch."""

    def __init__(self) -> None:
        super().__init__("The size of an item exceeds the maximum number of bytes of a batch.")


def put_into_batches(
    texts: Iterable[str | None], max_items: int, max_bytes: int, *batch_input: Any
) -> Iterator[tuple[str, int] | None]:
    """The children's inputs, each with how many items are in it.

    Args:
        texts: the items, as JSON; None is passed on, between two.
        max_items: how many may be in a batch; 0 for any number.
        max_bytes: how large a batch may be; 0 for as large as an input may be.
        batch_input: what each gets as `BatchInput`, if anything.

    Raises:
        ItemTooLarge: an item is larger than an input may be.
    """
    head = "{"
    if batch_input:
        head += f'"BatchInput":{orjson.dumps(batch_input[0]).decode()},'
    head += '"Items":['
    limit = min(max_bytes or INPUT_BYTES_MAX, INPUT_BYTES_MAX)
    members: list[str] = []
    size = fixed = len(head.encode()) + 2
    for text in texts:
        if text is None:
            yield None
            continue
        length = len(text.encode()) + 1
        is_full = (max_items and len(members) >= max_items) or size + length > limit
        if members and is_full:
            yield f"{head}{','.join(members)}]}}", len(members)
            members, size = [], fixed
        if size + length > INPUT_BYTES_MAX:
            raise ItemTooLarge
        members.append(text)
        size += length
    if members:
        yield f"{head}{','.join(members)}]}}", len(members)

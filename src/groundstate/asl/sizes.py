"""Whether a value could be written at all, found out without writing it.

A template may name its input ten thousand times. That costs no memory until it becomes text.
"""

from __future__ import annotations

from typing import Any

TEXT_LENGTH_MAX = 4 * 1024 * 1024
"""Ours: far more than AWS's limit for any data; what is longer need not be written to know that."""

LEVELS_MAX = 200
"""Ours: levels of what has to be written down inside of something else."""

FEW = 16
"""So many parts of a template are at most so many inputs long, and need no look."""


def is_huge(value: Any) -> bool:
    """Whether a value's text is longer than TEXT_LENGTH_MAX."""
    left = TEXT_LENGTH_MAX
    waiting = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is str:
            left -= len(item)
        elif kind is dict:
            # Each member takes a separator and a value: two characters at the least.
            left -= 2 * len(item) + sum(map(len, item))
            waiting.extend(item.values())
        elif kind is list:
            left -= 2 * len(item)
            waiting.extend(item)
        if left < 0:
            return True
    return False


def is_deeper(value: Any, levels: int) -> bool:
    """Whether objects and arrays are nested in more levels than these."""
    level = [value]
    for _ in range(levels + 1):
        level = [
            child
            for found in level
            if isinstance(found, dict | list)
            for child in (found.values() if isinstance(found, dict) else found)
        ]
        if not level:
            return False
    return True

"""Looks at the clock, put into the code that the library generates.

The library looks at its deadline in calls of user-defined functions and in some loops, but not
where a path or a filter goes through arrays inside of arrays. So each function and each loop of the
generated code begins with a call of `check_time`, which looks at the clock now and then.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from jsonata2py.runtime import context

CHECK = "check_time"

_EVERY = 16
"""A look costs as much as a simple step of a path."""


def with_checks(source: str) -> str:
    """The generated code with its checks."""
    inserted: list[tuple[int, int, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Lambda):
            body = node.body
            assert body.end_lineno is not None, "parsed nodes have an end"
            assert body.end_col_offset is not None, "parsed nodes have an end"
            # What check_time gives is false, so that the body's value is the function's.
            inserted.append((body.lineno, body.col_offset, f"{CHECK}() or ("))
            inserted.append((body.end_lineno, body.end_col_offset, ")"))
        elif isinstance(node, ast.FunctionDef | ast.For | ast.While):
            first = node.body[0]
            if first.lineno > node.lineno:
                indent = " " * first.col_offset
                inserted.append((first.lineno, first.col_offset, f"{CHECK}()\n{indent}"))
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    for line, column, text in sorted(inserted, key=lambda place: place[:2], reverse=True):
        old = lines[line - 1]
        lines[line - 1] = old[:column] + text.encode() + old[column:]
    return b"".join(lines).decode()


def make_check() -> Callable[[], None]:
    """A `check_time` for one expression; it raises the library's error when time is over."""
    calls = 0

    def check_time() -> None:
        nonlocal calls
        calls += 1
        if calls % _EVERY == 0:
            context.check_timeout()

    return check_time

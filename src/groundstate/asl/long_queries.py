"""Whether a definition has queries whose evaluation may take long.

Those that may are JSONata's expressions and the JSONPaths with wildcards, filters, `..` or a
function. A machine without any is stepped with no look at the clock, and its executions need not be
kept as they were before each step (`effort.py`).
"""

from __future__ import annotations

import re
from typing import Any

_EXPRESSION = "{%"
_LONG_PATH = re.compile(r"\.\.|\[\?|\*|\w\(\)")


def has_long_queries(definition: Any) -> bool:
    """Whether a definition, or a part of one, has a query that may take long.

    A state's name or a comment is no query, whatever it looks like: `wait...` was taken for one.
    """
    waiting = [definition]
    while waiting:
        part = waiting.pop()
        if type(part) is dict:
            for name, value in part.items():
                if type(value) is not str:
                    waiting.append(value)
                elif _EXPRESSION in value or (_holds_path(name) and _LONG_PATH.search(value)):
                    return True
        elif type(part) is list:
            waiting += part
        elif type(part) is str and _EXPRESSION in part:
            return True
    return False


def _holds_path(member: str) -> bool:
    return member.endswith((".$", "Path")) or member == "Variable"

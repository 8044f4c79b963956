"""Which workflow variables each state reads, as DescribeStateMachine answers it.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from groundstate.asl.jsonata import compile_jsonata, expression_text, is_expression

_VARIABLE = re.compile(r"(?<!\$)\$([^\W\d]\w*)")
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'")

_INNER = ("Branches", "ItemProcessor", "Iterator")


def find_variable_references(definition: dict[str, Any]) -> dict[str, list[str]]:
    """By state name, the variables that the state reads, sorted; states without any are left out.

    Args:
        definition: a valid definition; states of inner scopes are included.
    """
    found: dict[str, list[str]] = {}
    waiting = [definition]
    while waiting:
        scope = waiting.pop(0)
        for name, state in scope["States"].items():
            language = state.get("QueryLanguage", definition.get("QueryLanguage", "JSONPath"))
            own = {field: value for field, value in state.items() if field not in _INNER}
            find = _jsonata_names if language == "JSONata" else _jsonpath_names
            if names := sorted(set(find(own))):
                found[name] = names
            waiting.extend(state.get("Branches", ()))
            waiting.extend(state[field] for field in _INNER[1:] if field in state)
    return found


def _jsonata_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _jsonata_names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _jsonata_names(item)
    elif is_expression(value):
        yield from compile_jsonata(expression_text(value)).references.variables - {"states"}


def _jsonpath_names(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _jsonpath_names(item)
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if not isinstance(item, str):
            yield from _jsonpath_names(item)
        elif name.endswith((".$", "Path")) or name == "Variable":
            yield from _VARIABLE.findall(_LITERAL.sub("''", item))

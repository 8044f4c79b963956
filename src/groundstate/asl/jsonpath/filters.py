"""Filter expressions, `[?(@.price < 10)]`, as closures."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from groundstate.asl.jsonpath.errors import InvalidPath, PathNotFound
from groundstate.asl.jsonpath.parser import (
    Comparison,
    Descendants,
    Exists,
    Filter,
    Literal,
    Logical,
    Not,
    ParsedPath,
    Regex,
    Slice,
    Wildcard,
)
from groundstate.asl.jsonpath.patterns import Pattern

Accepts = Callable[[Any, Any], bool]
"""Whether an item is wanted: from the item and the document's root."""

Operand = Callable[[Any, Any], Any]

MISSING = object()

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compile_filter(expression: Any, compile_path: Callable[[ParsedPath], Operand]) -> Accepts:
    """Compile a filter's expression.

    Args:
        compile_path: makes a closure of a path inside the filter.
    """
    match expression:
        case Logical(operator="||", operands=operands):
            parts = [compile_filter(operand, compile_path) for operand in operands]
            return lambda item, root: any(part(item, root) for part in parts)
        case Logical(operands=operands):
            parts = [compile_filter(operand, compile_path) for operand in operands]
            return lambda item, root: all(part(item, root) for part in parts)
        case Not(operand):
            inner = compile_filter(operand, compile_path)
            return lambda item, root: not inner(item, root)
        case Exists(path):
            find = _compile_operand(path, compile_path)
            definite = not _is_indefinite(path)
            return lambda item, root: _exists(find(item, root), definite)
        case Comparison(left, operator_text, right):
            return _compile_comparison(
                _compile_operand(left, compile_path),
                operator_text,
                _compile_operand(right, compile_path),
            )
        case Literal(value):
            return lambda item, root: bool(value)
    raise InvalidPath(f"Not a filter: {expression}")


def _is_indefinite(path: ParsedPath) -> bool:
    return any(isinstance(step, Wildcard | Slice | Filter | Descendants) for step in path.steps)


def _exists(value: Any, definite: bool) -> bool:
    return value is not MISSING if definite else value is not MISSING and value != []


def _compile_operand(operand: Any, compile_path: Callable[[ParsedPath], Operand]) -> Operand:
    match operand:
        case ParsedPath():
            find = compile_path(operand)
            return lambda item, root: _find_or_missing(find, item, root)
        case Literal(value):
            return lambda item, root: value
        case Regex(pattern):
            return lambda item, root: pattern
    raise InvalidPath(f"Not an operand: {operand}")


def _find_or_missing(find: Operand, item: Any, root: Any) -> Any:
    try:
        return find(item, root)
    except PathNotFound:
        return MISSING


def _compile_comparison(left: Operand, operator_text: str, right: Operand) -> Accepts:
    if operator_text in _ORDERS:
        compare = _ORDERS[operator_text]
        return lambda item, root: _ordered(compare, left(item, root), right(item, root))
    test = _TESTS.get(operator_text)
    if test is None:
        raise InvalidPath(f"Filter operator {operator_text} is not supported")
    return lambda item, root: test(left(item, root), right(item, root))


def _ordered(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if _is_number(left) and _is_number(right):
        return compare(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return compare(left, right)
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _matches(left: Any, right: Any) -> bool:
    if isinstance(right, Pattern) and isinstance(left, str):
        return right.matches(left)
    if isinstance(left, Pattern) and isinstance(right, str):
        return left.matches(right)
    return False


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return isinstance(left, list) and any(_equal(item, right) for item in left)


def _in(left: Any, right: Any) -> bool:
    return isinstance(right, list) and any(_equal(left, item) for item in right)


def _size(left: Any, right: Any) -> bool:
    return isinstance(left, str | list) and len(left) == right


def _empty(left: Any, right: Any) -> bool:
    return isinstance(left, str | list | dict) and (len(left) == 0) == bool(right)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "===": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "!==": lambda left, right: not _equal(left, right),
    "=~": _matches,
    "contains": _contains,
    "in": _in,
    "nin": lambda left, right: not _in(left, right),
    "subsetof": lambda left, right: isinstance(left, list) and all(_in(x, right) for x in left),
    "anyof": lambda left, right: isinstance(left, list) and any(_in(x, right) for x in left),
    "noneof": lambda left, right: isinstance(left, list) and not any(_in(x, right) for x in left),
    "size": _size,
    "empty": _empty,
}

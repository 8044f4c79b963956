"""Filter expressions, `[?(@.price < 10)]`, as closures."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from groundstate.asl.jsonpath.document import Document
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

Accepts = Callable[[Any, Document], bool]
"""Whether an item of a document is wanted."""

Operand = Callable[[Any, Document], Any]

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
            return lambda item, document: any(part(item, document) for part in parts)
        case Logical(operands=operands):
            parts = [compile_filter(operand, compile_path) for operand in operands]
            return lambda item, document: all(part(item, document) for part in parts)
        case Not(operand):
            inner = compile_filter(operand, compile_path)
            return lambda item, document: not inner(item, document)
        case Exists(path):
            find = _compile_operand(path, compile_path)
            definite = not _is_indefinite(path)
            return lambda item, document: _exists(find(item, document), definite)
        case Comparison(left, operator_text, right):
            return _compile_comparison(
                _compile_operand(left, compile_path),
                operator_text,
                _compile_operand(right, compile_path),
            )
        case Literal(value):
            return lambda item, document: bool(value)
    raise InvalidPath(f"Not a filter: {expression}")


def _is_indefinite(path: ParsedPath) -> bool:
    return any(isinstance(step, Wildcard | Slice | Filter | Descendants) for step in path.steps)


def _exists(value: Any, definite: bool) -> bool:
    return value is not MISSING if definite else value is not MISSING and value != []


def _compile_operand(operand: Any, compile_path: Callable[[ParsedPath], Operand]) -> Operand:
    match operand:
        case ParsedPath():
            find = compile_path(operand)
            return lambda item, document: _find_or_missing(find, item, document)
        case Literal(value):
            return lambda item, document: value
        case Regex(pattern):
            return lambda item, document: pattern
    raise InvalidPath(f"Not an operand: {operand}")


def _find_or_missing(find: Operand, item: Any, document: Document) -> Any:
    try:
        return find(item, document)
    except PathNotFound:
        return MISSING


def _compile_comparison(left: Operand, operator_text: str, right: Operand) -> Accepts:
    if operator_text in _ORDERS:
        compare = _ORDERS[operator_text]
        return lambda item, document: _ordered(compare, left(item, document), right(item, document))
    if operator_text == "=~":
        return lambda item, document: _matches(
            left(item, document), right(item, document), document
        )
    test = _TESTS.get(operator_text)
    if test is None:
        raise InvalidPath(f"Filter operator {operator_text} is not supported")
    if operator_text not in _WALKS:
        return lambda item, document: test(left(item, document), right(item, document))

    def walk(item: Any, document: Document) -> bool:
        one, other = left(item, document), right(item, document)
        document.look_at(_length(other) * (_length(one) if operator_text.endswith("of") else 1))
        document.look_at(_length(one))
        return test(one, other)

    return walk


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 1


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


def _matches(left: Any, right: Any, document: Document) -> bool:
    if isinstance(right, Pattern) and isinstance(left, str):
        return right.matches(left, document)
    if isinstance(left, Pattern) and isinstance(right, str):
        return left.matches(right, document)
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
    "contains": _contains,
    "in": _in,
    "nin": lambda left, right: not _in(left, right),
    "subsetof": lambda left, right: isinstance(left, list) and all(_in(x, right) for x in left),
    "anyof": lambda left, right: isinstance(left, list) and any(_in(x, right) for x in left),
    "noneof": lambda left, right: isinstance(left, list) and not any(_in(x, right) for x in left),
    "size": _size,
    "empty": _empty,
}

_WALKS = frozenset(("contains", "in", "nin", "subsetof", "anyof", "noneof"))
"""Tests that go through a list for each item."""

"""The rules of JSONPath Choice states as closures: `holds(data, turn) -> bool`.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import runtime_error
from groundstate.asl.jsonpath import PathNotFound, compile_path
from groundstate.asl.paths import Evaluate, looking_first
from groundstate.asl.times import parse_timestamp

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

Rule = Callable[[Any, "Turn"], bool]

_MISSING = object()


def compile_rule(definition: dict[str, Any]) -> Rule:
    """Compile a rule: And, Or, Not or a comparison.

    Raises:
        InvalidPath: a path in it is malformed.
        KeyError: it is no rule; validation refuses it before.
    """
    if "And" in definition:
        rules = [compile_rule(part) for part in definition["And"]]
        return lambda data, turn: all(rule(data, turn) for rule in rules)
    if "Or" in definition:
        rules = [compile_rule(part) for part in definition["Or"]]
        return lambda data, turn: any(rule(data, turn) for rule in rules)
    if "Not" in definition:
        inner = compile_rule(definition["Not"])
        return lambda data, turn: not inner(data, turn)
    return _compile_comparison(definition)


def _compile_comparison(definition: dict[str, Any]) -> Rule:
    variable = definition["Variable"]
    find = _finder(variable)
    if "IsPresent" in definition:
        wanted = definition["IsPresent"]
        return lambda data, turn: (find(data, turn) is not _MISSING) == wanted
    for name, test in _TYPE_TESTS.items():
        if name in definition:
            return _compile_type_test(name, test, find, variable, definition[name])
    name = next(name for name in COMPARISONS if name in definition)
    compare = COMPARISONS[name]
    if name.endswith("Path"):
        return _compile_with_path(name, compare, find, variable, definition[name])
    constant = definition[name]

    def holds(data: Any, turn: Turn) -> bool:
        value = find(data, turn)
        if value is _MISSING:
            raise _invalid_path(variable)
        return compare(value, constant)

    return holds


def _compile_type_test(
    name: str, test: Callable[[Any], bool], find: Evaluate, variable: str, wanted: bool
) -> Rule:
    def holds(data: Any, turn: Turn) -> bool:
        value = find(data, turn)
        if value is _MISSING:
            raise _invalid_path(variable)
        return test(value) == wanted

    return holds


def _compile_with_path(
    name: str,
    compare: Callable[[Any, Any], bool],
    find: Evaluate,
    variable: str,
    other: str,
) -> Rule:
    find_other = _finder(other)

    def holds(data: Any, turn: Turn) -> bool:
        value = find(data, turn)
        if value is _MISSING:
            raise _invalid_path(variable)
        bound = find_other(data, turn)
        if bound is _MISSING:
            raise _invalid_path(other)
        return compare(value, bound)

    return holds


def _finder(text: str) -> Evaluate:
    path = compile_path(text)
    find, name = path.find if path.plain else None, path.variable
    if find is not None and path.root == "$":

        def evaluate_plain(data: Any, turn: Turn) -> Any:
            try:
                return find(data)
            except PathNotFound:
                return _MISSING

        return looking_first(path, evaluate_plain)

    def evaluate(data: Any, turn: Turn) -> Any:
        if path.root == "$":
            root = data
        elif path.root == "$$":
            root = turn.context()
        else:
            root = turn.variables().get(name, _MISSING)
            if root is _MISSING:
                return _MISSING
        try:
            return path.search(root, turn.effort) if find is None else find(root)
        except PathNotFound:
            return _MISSING

    return evaluate


def _invalid_path(path: str) -> Exception:
    return runtime_error(
        f"Invalid path '{path}': The choice state's condition path references an invalid value."
    )


def _is_number(value: Any) -> bool:
    # Data is JSON: there are no other numbers, and `bool`, which extends int, is none.
    return type(value) is int or type(value) is float


def _boolean_equals(value: Any, bound: Any) -> bool:
    return isinstance(value, bool) and isinstance(bound, bool) and value is bound


def _numeric(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def holds(value: Any, bound: Any) -> bool:
        # As `_is_number` does, without the calls.
        kind, other = type(value), type(bound)
        if (kind is int or kind is float) and (other is int or other is float):
            return compare(value, bound)
        return False

    return holds


def _string(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def holds(value: Any, bound: Any) -> bool:
        if not isinstance(value, str) or not isinstance(bound, str):
            return False
        return compare(_utf16(value), _utf16(bound))

    return holds


def _utf16(text: str) -> Any:
    """Java orders strings by UTF-16 units; for ASCII the text itself does."""
    return text if text.isascii() else text.encode("utf-16-be", "surrogatepass").decode("latin-1")


def _timestamp(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def holds(value: Any, bound: Any) -> bool:
        left, right = parse_timestamp(value), parse_timestamp(bound)
        return left is not None and right is not None and compare(left, right)

    return holds


def _matches(value: Any, pattern: Any) -> bool:
    if not (isinstance(value, str) and isinstance(pattern, str)):
        return False
    first, *middle = _pieces(pattern)
    if not middle:
        return value == first
    last = middle.pop()
    if len(value) < len(first) + len(last):
        return False
    if not (value.startswith(first) and value.endswith(last)):
        return False
    # Each piece at its first place leaves most for the others: no going back, linear in time.
    at, end = len(first), len(value) - len(last)
    for piece in middle:
        at = value.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


@lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[str, ...]:
    r"""What stands between the `*` of a pattern; `\\` before `*` and `\\` makes them plain."""
    pieces, at = [""], 0
    while at < len(pattern):
        if pattern[at] == "\\" and pattern[at + 1 : at + 2] in ("*", "\\"):
            at += 1
            pieces[-1] += pattern[at]
        elif pattern[at] == "*":
            pieces.append("")
        else:
            pieces[-1] += pattern[at]
        at += 1
    return tuple(pieces)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}

_TYPE_TESTS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": _is_number,
    "IsString": lambda value: isinstance(value, str),
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: parse_timestamp(value) is not None,
}

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "BooleanEquals": _boolean_equals,
    "BooleanEqualsPath": _boolean_equals,
    "StringMatches": _matches,
    **{
        f"{kind}{order}{suffix}": wrap(compare)
        for kind, wrap in (("Numeric", _numeric), ("String", _string), ("Timestamp", _timestamp))
        for order, compare in _ORDERS.items()
        for suffix in ("", "Path")
    },
}

OPERATORS = frozenset((*COMPARISONS, *_TYPE_TESTS, "IsPresent"))

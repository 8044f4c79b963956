"""Compiles conditions and filters to functions; what AWS refuses is in `condition_checks.py`.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from groundstate.services.dynamodb import numbers
from groundstate.services.dynamodb.expressions.binding import Path
from groundstate.services.dynamodb.expressions.condition_checks import ConditionAnalysis
from groundstate.services.dynamodb.expressions.parser import parse_condition
from groundstate.services.dynamodb.expressions.tree import (
    ArithmeticNode,
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    LogicNode,
    OperandNode,
    ParsedCondition,
    PathNode,
    ValueNode,
)
from groundstate.services.dynamodb.model import Item, Value, Values
from groundstate.services.dynamodb.values import (
    begins_with,
    compare,
    contains,
    equal,
    size_of,
)

Condition = Callable[[Item, Values], bool]
Operand = Callable[[Item, Values], "Value | None"]


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition, ready to be asked.

    Attributes:
        holds: whether an item (or none: `{}`) meets it, given the values.
        value_checks: each raises ExpressionError for values that it cannot be asked with.
        parsed: its tree, for key conditions.
        names_used, values_used: placeholders.
        heads, nested_heads: attributes that its paths begin with; that they go into.
    """

    holds: Condition
    value_checks: tuple[Callable[[Values], None], ...]
    parsed: ParsedCondition
    names_used: frozenset[str]
    values_used: frozenset[str]
    heads: frozenset[str]
    nested_heads: frozenset[str]


def compile_condition(
    text: str, names: Mapping[str, str] | None, values: Values | None
) -> CompiledCondition:
    """Compile a condition for these names and values, or take it from the cache.

    Raises:
        ExpressionError: with AWS's words.
    """
    names_key = tuple(names.items()) if names else ()
    kinds_key = tuple((key, next(iter(value))) for key, value in values.items()) if values else ()
    compiled = _compile(text, names_key, kinds_key)
    for check in compiled.value_checks:
        check(values or {})
    return compiled


@lru_cache(maxsize=4096)
def _compile(
    text: str, names: tuple[tuple[str, str], ...], kinds: tuple[tuple[str, str], ...]
) -> CompiledCondition:
    return _compile_parsed(_parse(text), dict(names), dict(kinds))


def _compile_parsed(
    parsed: ParsedCondition, names: Mapping[str, str], kinds: Mapping[str, str]
) -> CompiledCondition:
    analysis = ConditionAnalysis(parsed, names, kinds)
    binder = analysis.binder
    return CompiledCondition(
        holds=_build(parsed.root, analysis),
        value_checks=tuple(analysis.value_checks),
        parsed=parsed,
        names_used=frozenset(binder.names_used),
        values_used=frozenset(binder.values_used),
        heads=frozenset(binder.heads),
        nested_heads=frozenset(binder.nested_heads),
    )


def compile_condition_tree(
    root: ConditionNode, names: Mapping[str, str], values: Values
) -> CompiledCondition:
    """Compile a condition that another parser made. Raises ExpressionError."""
    kinds = {key: next(iter(value)) for key, value in values.items()}
    compiled = _compile_parsed(ParsedCondition(root, False, 0), names, kinds)
    for check in compiled.value_checks:
        check(values)
    return compiled


_parse = lru_cache(maxsize=4096)(parse_condition)


def _build(root: ConditionNode, analysis: ConditionAnalysis) -> Condition:
    # Conditions may nest deeper than calls may: inner ones first, without recursion.
    nodes = [root]
    for node in nodes:
        if isinstance(node, LogicNode):
            nodes.extend(node.conditions)
    built: dict[int, Condition] = {}
    for node in reversed(nodes):
        if isinstance(node, LogicNode):
            parts = tuple(built[id(inner)] for inner in node.conditions)
            built[id(node)] = _join(node.operator, parts)
        elif isinstance(node, FunctionNode):
            built[id(node)] = _build_function(node, analysis)
        else:
            built[id(node)] = _build_comparison_of(node, analysis)
    return built[id(root)]


def _build_comparison_of(node: ComparisonNode, analysis: ConditionAnalysis) -> Condition:
    operands = [_build_operand(operand, analysis) for operand in node.operands]
    if node.operator == "BETWEEN":
        return _build_between(*operands)
    if node.operator == "IN":
        return _build_in(operands[0], tuple(operands[1:]))
    return _build_comparison(node.operator, operands[0], operands[1])


def _join(operator: str, parts: tuple[Condition, ...]) -> Condition:
    if operator == "NOT":
        (part,) = parts
        return lambda item, values: not part(item, values)
    if len(parts) == 2:
        one, other = parts
        if operator == "AND":
            return lambda item, values: one(item, values) and other(item, values)
        return lambda item, values: one(item, values) or other(item, values)
    decisive = operator == "OR"

    def holds(item: Item, values: Values) -> bool:
        for part in parts:
            if part(item, values) is decisive:
                return decisive
        return not decisive

    return holds


def _build_comparison(operator: str, left: Operand, right: Operand) -> Condition:
    def is_equal(item: Item, values: Values) -> bool:
        one, other = left(item, values), right(item, values)
        return one is not None and other is not None and (one == other or equal(one, other))

    if operator == "=":
        return is_equal
    if operator == "<>":
        return lambda item, values: not is_equal(item, values)
    wanted = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}[operator]

    def is_ordered(item: Item, values: Values) -> bool:
        one, other = left(item, values), right(item, values)
        return one is not None and other is not None and compare(one, other) in wanted

    return is_ordered


def _build_between(operand: Operand, low: Operand, high: Operand) -> Condition:
    def is_between(item: Item, values: Values) -> bool:
        value, least, most = operand(item, values), low(item, values), high(item, values)
        if value is None or least is None or most is None:
            return False
        return compare(least, value) in (-1, 0) and compare(value, most) in (-1, 0)

    return is_between


def _build_in(operand: Operand, options: tuple[Operand, ...]) -> Condition:
    def is_in(item: Item, values: Values) -> bool:
        value = operand(item, values)
        if value is None:
            return False
        for option in options:
            other = option(item, values)
            if other is not None and equal(value, other):
                return True
        return False

    return is_in


def _build_function(node: FunctionNode, analysis: ConditionAnalysis) -> Condition:
    operands = [_build_operand(argument, analysis) for argument in node.arguments]
    first = operands[0]
    if node.name == "attribute_exists":
        return lambda item, values: first(item, values) is not None
    if node.name == "attribute_not_exists":
        return lambda item, values: first(item, values) is None
    second = operands[1]
    test: Callable[[Value, Value], bool]
    if node.name == "attribute_type":
        test = _has_kind
    else:
        test = begins_with if node.name == "begins_with" else contains

    def holds(item: Item, values: Values) -> bool:
        one, other = first(item, values), second(item, values)
        return one is not None and other is not None and test(one, other)

    return holds


def _has_kind(value: Value, kind: Value) -> bool:
    return kind["S"] in value


def _build_operand(node: OperandNode, analysis: ConditionAnalysis) -> Operand:
    if isinstance(node, PathNode):
        return build_path(analysis.binder.path(node))
    if isinstance(node, ValueNode):
        placeholder = node.placeholder
        return lambda _, values: values[placeholder]
    if isinstance(node, ArithmeticNode):
        return _build_arithmetic(
            numbers.add if node.operator == "+" else numbers.subtract,
            _build_operand(node.left, analysis),
            _build_operand(node.right, analysis),
        )
    inner = _build_operand(node.arguments[0], analysis)

    def size(item: Item, values: Values) -> Value | None:
        value = inner(item, values)
        count = None if value is None else size_of(value)
        return None if count is None else {"N": str(count)}

    return size


def _build_arithmetic(
    calculate: Callable[[str, str], str], left: Operand, right: Operand
) -> Operand:
    """A sum, which PartiQL alone has in conditions; there is none of what is no number."""

    def result(item: Item, values: Values) -> Value | None:
        one, other = left(item, values), right(item, values)
        if one is None or other is None or "N" not in one or "N" not in other:
            return None
        try:
            return {"N": calculate(one["N"], other["N"])}
        except numbers.NumberError:
            return None

    return result


def build_path(path: Path) -> Operand:
    """A function that finds what a path leads to."""
    if len(path) == 1:
        name: Any = path[0]
        return lambda item, _: item.get(name)
    return lambda item, _: find_path(path, item)


def find_path(path: Path, item: Item) -> Value | None:
    """What a path leads to in an item; None if nothing is there."""
    value: Any = {"M": item}
    for step in path:
        if type(step) is int:
            inside = value.get("L")
            value = inside[step] if inside is not None and step < len(inside) else None
        else:
            inside = value.get("M")
            value = inside.get(step) if inside is not None else None
        if value is None:
            return None
    found: Value = value
    return found

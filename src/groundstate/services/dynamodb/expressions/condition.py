"""Compiles conditions and filters to functions.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from groundstate.services.dynamodb.expressions.binding import (
    ALL_KINDS_SHOWN,
    Binder,
    Faults,
    Path,
    show_path,
)
from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.parser import parse_condition
from groundstate.services.dynamodb.expressions.tree import (
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    LogicNode,
    OperandNode,
    ParsedCondition,
    PathNode,
    ValueNode,
)
from groundstate.services.dynamodb.model import Item, Value
from groundstate.services.dynamodb.values import (
    KINDS,
    begins_with,
    compare,
    contains,
    equal,
    size_of,
)

Values = Mapping[str, Value]
Condition = Callable[[Item, Values], bool]
Operand = Callable[[Item, Values], "Value | None"]

IN_OPERANDS_MAX = 100
_ARGUMENTS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
_UPDATE_FUNCTIONS = ("if_not_exists", "list_append")
_KIND_NAMES_SHOWN = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
_FAULT_ORDER = ("parens", "unknownFunction", "misusedFunction", "reserved", "condition")
_CONDITION_FAULTS = ("attrNameVal", "operand", "distinct", "function")
_ORDERED_KINDS = frozenset(("S", "N", "B"))


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
    analysis = _Analysis(parsed, names, kinds)
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


class _Analysis:
    """Looks at a whole condition for what AWS refuses, and remembers resolved paths."""

    def __init__(
        self, parsed: ParsedCondition, names: Mapping[str, str], kinds: Mapping[str, str]
    ) -> None:
        self.faults = Faults(*_FAULT_ORDER)
        self.binder = Binder(
            names, kinds, self.faults, name_sort="attrNameVal", value_sort="attrNameVal"
        )
        self.value_checks: list[Callable[[Values], None]] = []
        if parsed.redundant:
            self.faults.add("parens", "The expression has redundant parentheses;")
        self._look_at(parsed.root)
        self.faults.check()

    def _look_at(self, root: ConditionNode) -> None:
        """Look at all conditions in their order in the text; they may nest deeply."""
        pending = [root]
        while pending:
            node = pending.pop()
            if isinstance(node, LogicNode):
                pending.extend(reversed(node.conditions))
            else:
                self._condition(node)

    def _condition(self, node: ComparisonNode | FunctionNode) -> None:
        if isinstance(node, ComparisonNode):
            self._comparison(node)
        else:
            self._function(node)
            if node.name == "size":
                self._misused(node)
        message = self.faults.take(*_CONDITION_FAULTS)
        if message is not None:
            self.faults.add("condition", message)

    def _comparison(self, node: ComparisonNode) -> None:
        for operand in node.operands:
            self._operand(operand)
            if isinstance(operand, FunctionNode) and operand.name != "size":
                self._misused(operand)
        if node.operator == "BETWEEN":
            self._check_between(node)
        elif node.operator == "IN":
            if len(node.operands) - 1 > IN_OPERANDS_MAX:
                self.faults.add(
                    "operand",
                    "The IN operator is provided with too many operands;"
                    f" number of operands: {len(node.operands) - 1}",
                )
        else:
            self._check_distinct(node.operator, node.operands)
        if node.operator in ("<", "<=", ">", ">="):
            for operand in node.operands:
                kind = self.binder.kind_of(operand)
                if kind is not None and kind not in _ORDERED_KINDS:
                    self._type_fault(node.operator, kind)

    def _operand(self, node: OperandNode) -> None:
        if isinstance(node, FunctionNode):
            self._function(node)
        else:
            self.binder.visit(node)

    def _function(self, node: FunctionNode) -> None:
        for argument in node.arguments:
            self._operand(argument)
            if isinstance(argument, FunctionNode) and argument.name != "size":
                self._misused(argument)
        expected = _ARGUMENTS.get(node.name)
        if expected is None:
            what = (
                "The function is not allowed in a condition expression"
                if node.name in _UPDATE_FUNCTIONS
                else "Invalid function name"
            )
            self.faults.add("unknownFunction", f"{what}; function: {node.name}")
            return
        if expected != len(node.arguments):
            self._count_fault(node.name, len(node.arguments))
            return
        self._check_distinct(node.name, node.arguments)
        self._check_arguments(node)

    def _check_arguments(self, node: FunctionNode) -> None:
        first = node.arguments[0]
        if node.name in ("attribute_exists", "attribute_not_exists"):
            if not isinstance(first, PathNode):
                self.faults.add(
                    "function",
                    "Operator or function requires a document path;"
                    f" operator or function: {node.name}",
                )
        elif node.name == "begins_with":
            for argument in node.arguments:
                kind = self._type_of(argument)
                if kind is not None and kind not in ("S", "B"):
                    self._type_fault(node.name, kind)
        elif node.name == "attribute_type":
            second = node.arguments[1]
            kind = self._type_of(second)
            if kind != "S":
                self._type_fault(node.name, kind or ALL_KINDS_SHOWN)
            elif isinstance(second, ValueNode):
                self.value_checks.append(_check_kind_name(second.placeholder))
        elif node.name == "size":
            kind = self._type_of(first)
            if kind in ("N", "BOOL", "NULL"):
                self._type_fault(node.name, kind)

    def _check_between(self, node: ComparisonNode) -> None:
        _, low, high = node.operands
        low_kind, high_kind = self.binder.kind_of(low), self.binder.kind_of(high)
        for kind in (low_kind, high_kind):
            if kind is not None and kind not in _ORDERED_KINDS:
                self._type_fault("BETWEEN", kind)
        if isinstance(low, ValueNode) and isinstance(high, ValueNode) and low_kind and high_kind:
            self.value_checks.append(_check_bounds(low.placeholder, high.placeholder))

    def _check_distinct(self, name: str, operands: tuple[OperandNode, ...]) -> None:
        if len(operands) != 2:
            return
        one, other = operands
        if isinstance(one, PathNode) and isinstance(other, PathNode):
            path = self.binder.path(one)
            if path == self.binder.path(other):
                self.faults.add(
                    "distinct",
                    "The first operand must be distinct from the remaining operands for this"
                    f" operator or function; operator: {name}, first operand: {show_path(path)}",
                )

    def _type_of(self, node: OperandNode) -> str | None:
        if isinstance(node, FunctionNode):
            return "N" if node.name == "size" else "BOOL"
        return self.binder.kind_of(node)

    def _misused(self, node: FunctionNode) -> None:
        self.faults.add(
            "misusedFunction",
            "The function is not allowed to be used this way in an expression;"
            f" function: {node.name}",
        )

    def _count_fault(self, name: str, count: int) -> None:
        self.faults.add(
            "operand",
            "Incorrect number of operands for operator or function;"
            f" operator or function: {name}, number of operands: {count}",
        )

    def _type_fault(self, name: str, kind: str) -> None:
        self.faults.add(
            "function",
            "Incorrect operand type for operator or function;"
            f" operator or function: {name}, operand type: {kind}",
        )


def _check_kind_name(placeholder: str) -> Callable[[Values], None]:
    from_kinds = frozenset(KINDS)

    def check(values: Values) -> None:
        name = values[placeholder]["S"]
        if name not in from_kinds:
            raise ExpressionError(
                f"Invalid attribute type name found; type: {name}, valid types: {_KIND_NAMES_SHOWN}"
            )

    return check


def _check_bounds(low_name: str, high_name: str) -> Callable[[Values], None]:
    def check(values: Values) -> None:
        low, high = values[low_name], values[high_name]
        order = compare(low, high)
        if order is None:
            rule = "requires same data type for lower and upper bounds"
        elif order > 0:
            rule = "requires upper bound to be greater than or equal to lower bound"
        else:
            return
        raise ExpressionError(
            f"The BETWEEN operator {rule};"
            f" lower bound operand: AttributeValue: {_show_value(low)},"
            f" upper bound operand: AttributeValue: {_show_value(high)}"
        )

    return check


def _show_value(value: Value) -> str:
    ((kind, content),) = value.items()
    return f"{{{kind}:{content}}}"


def _build(root: ConditionNode, analysis: _Analysis) -> Condition:
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


def _build_comparison_of(node: ComparisonNode, analysis: _Analysis) -> Condition:
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


def _build_function(node: FunctionNode, analysis: _Analysis) -> Condition:
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


def _build_operand(node: OperandNode, analysis: _Analysis) -> Operand:
    if isinstance(node, PathNode):
        return build_path(analysis.binder.path(node))
    if isinstance(node, ValueNode):
        placeholder = node.placeholder
        return lambda _, values: values[placeholder]
    assert isinstance(node, FunctionNode), node
    inner = _build_operand(node.arguments[0], analysis)

    def size(item: Item, values: Values) -> Value | None:
        value = inner(item, values)
        count = None if value is None else size_of(value)
        return None if count is None else {"N": str(count)}

    return size


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

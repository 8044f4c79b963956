"""What AWS refuses in a condition or filter, and in which order it tells.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groundstate.services.dynamodb.expressions.binding import (
    ALL_KINDS_SHOWN,
    Binder,
    Faults,
    show_path,
)
from groundstate.services.dynamodb.expressions.errors import ExpressionError
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
from groundstate.services.dynamodb.model import Value, Values
from groundstate.services.dynamodb.values import KINDS, compare

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


class ConditionAnalysis:
    """Looks at a whole condition for what AWS refuses, and remembers resolved paths.

    Attributes:
        binder: knows the names and values that it uses.
        value_checks: each raises ExpressionError for values that it cannot be asked with.

    Raises:
        ExpressionError: with AWS's words.
    """

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

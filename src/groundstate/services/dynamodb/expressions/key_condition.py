"""Takes key conditions apart: which key attribute is compared how, with what.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from groundstate.services.dynamodb.expressions.condition import CompiledCondition
from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.tree import (
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    LogicNode,
    NameReference,
    OperandNode,
    PathNode,
    ValueNode,
)
from groundstate.services.dynamodb.model import Value, Values

_OPERATORS = {"=": "EQ", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE", "BETWEEN": "BETWEEN"}
_FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class KeyCondition(NamedTuple):
    """A condition on a key attribute, in the words of the legacy parameter KeyConditions."""

    operator: str
    values: tuple[Value, ...]


def find_key_conditions(
    condition: CompiledCondition, names: Mapping[str, str] | None, values: Values | None
) -> dict[str, KeyCondition]:
    """The conditions by attribute.

    Raises:
        ExpressionError: whose message is whole, without `Invalid KeyConditionExpression:`.
    """
    found: dict[str, KeyCondition] = {}
    _collect(condition.parsed.root, names or {}, values or {}, found)
    return found


def _collect(
    node: ConditionNode,
    names: Mapping[str, str],
    values: Values,
    found: dict[str, KeyCondition],
) -> None:
    if isinstance(node, LogicNode):
        if node.operator != "AND":
            raise _wrong_operator(node.operator)
        for inner in node.conditions:
            _collect(inner, names, values, found)
        return
    if isinstance(node, ComparisonNode):
        if node.operator in ("IN", "<>"):
            raise _wrong_operator(node.operator)
        operands, operator = node.operands, node.operator
        first_named = operator == "BETWEEN"
    else:
        if node.name != "begins_with":
            raise _wrong_operator(node.name)
        operands, operator = node.arguments, node.name
        first_named = True
    if first_named and not isinstance(operands[0], PathNode):
        raise ExpressionError(
            f"Invalid condition in KeyConditionExpression: {operator} operator must have the key"
            " attribute as its first operand"
        )
    _add(operands, operator, names, values, found)


def _add(
    operands: tuple[OperandNode, ...],
    operator: str,
    names: Mapping[str, str],
    values: Values,
    found: dict[str, KeyCondition],
) -> None:
    attribute, at = "", 0
    for position, operand in enumerate(operands):
        if isinstance(operand, FunctionNode):
            raise ExpressionError("KeyConditionExpressions cannot contain nested operations")
        if not isinstance(operand, PathNode):
            continue
        if attribute:
            raise ExpressionError(
                "Invalid condition in KeyConditionExpression:"
                " Multiple attribute names used in one condition"
            )
        if len(operand.steps) > 1:
            raise ExpressionError(
                "KeyConditionExpressions cannot have conditions on nested attributes"
            )
        step = operand.steps[0]
        attribute = names[step.placeholder] if isinstance(step, NameReference) else str(step)
        at = position
    if not attribute:
        raise ExpressionError(
            "Invalid condition in KeyConditionExpression: No key attribute specified"
        )
    if attribute in found:
        raise ExpressionError("KeyConditionExpressions must only contain one condition per key")
    if at != 0:
        operator = _FLIPPED[operator]
    constants = tuple(
        values[operand.placeholder] for operand in operands if isinstance(operand, ValueNode)
    )
    found[attribute] = KeyCondition(_OPERATORS.get(operator, "BEGINS_WITH"), constants)


def _wrong_operator(name: str) -> ExpressionError:
    return ExpressionError(f"Invalid operator used in KeyConditionExpression: {name}")

"""What expressions are parsed into. Plain nodes; the compilers give them meaning."""

from __future__ import annotations

from typing import NamedTuple


class NameReference(NamedTuple):
    """A placeholder for an attribute name: `#n`."""

    placeholder: str


Step = str | int | NameReference
"""One step of a path: an attribute's name, a list's index, or a placeholder for a name."""


class PathNode(NamedTuple):
    """A document path: `a.b[1].#c`."""

    steps: tuple[Step, ...]


class ValueNode(NamedTuple):
    """A placeholder for a value: `:v`."""

    placeholder: str


class FunctionNode(NamedTuple):
    """A function with its arguments: `size(a)`."""

    name: str
    arguments: tuple[OperandNode, ...]


class ArithmeticNode(NamedTuple):
    """A sum or difference: `a + :v`."""

    operator: str
    left: OperandNode
    right: OperandNode


OperandNode = PathNode | ValueNode | FunctionNode | ArithmeticNode


class ComparisonNode(NamedTuple):
    """A comparison. Attributes: operator: `=`, `<>`, `<`, `<=`, `>`, `>=`, `BETWEEN` or `IN`."""

    operator: str
    operands: tuple[OperandNode, ...]


class LogicNode(NamedTuple):
    """`AND`, `OR` or `NOT` of conditions."""

    operator: str
    conditions: tuple[ConditionNode, ...]


ConditionNode = ComparisonNode | LogicNode | FunctionNode


class ParsedCondition(NamedTuple):
    """A condition's tree. Attributes: redundant: it has `((...))` somewhere."""

    root: ConditionNode
    redundant: bool
    operators: int


class Action(NamedTuple):
    """One action of an update. Attributes: clause: `SET`, `REMOVE`, `ADD` or `DELETE`."""

    clause: str
    path: PathNode
    operand: OperandNode | None


class ParsedUpdate(NamedTuple):
    """An update's actions. Attributes: repeated: a clause that stands more than once, or ""."""

    actions: tuple[Action, ...]
    repeated: str
    operators: int

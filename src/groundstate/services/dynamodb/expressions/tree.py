"""What expressions are parsed into. Plain frozen nodes; the compilers give them meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class NameReference(NamedTuple):
    """A placeholder for an attribute name: `#n`."""

    placeholder: str


Step = str | int | NameReference
"""One step of a path: an attribute's name, a list's index, or a placeholder for a name."""


@dataclass(frozen=True, slots=True)
class PathNode:
    """A document path: `a.b[1].#c`."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A placeholder for a value: `:v`."""

    placeholder: str


@dataclass(frozen=True, slots=True)
class FunctionNode:
    """A function with its arguments: `size(a)`."""

    name: str
    arguments: tuple[OperandNode, ...]


@dataclass(frozen=True, slots=True)
class ArithmeticNode:
    """A sum or difference: `a + :v`."""

    operator: str
    left: OperandNode
    right: OperandNode


OperandNode = PathNode | ValueNode | FunctionNode | ArithmeticNode


@dataclass(frozen=True, slots=True)
class ComparisonNode:
    """A comparison. Attributes: operator: `=`, `<>`, `<`, `<=`, `>`, `>=`, `BETWEEN` or `IN`."""

    operator: str
    operands: tuple[OperandNode, ...]


@dataclass(frozen=True, slots=True)
class LogicNode:
    """`AND`, `OR` or `NOT` of conditions."""

    operator: str
    conditions: tuple[ConditionNode, ...]


ConditionNode = ComparisonNode | LogicNode | FunctionNode


@dataclass(frozen=True, slots=True)
class ParsedCondition:
    """A condition's tree. Attributes: redundant: it has `((...))` somewhere."""

    root: ConditionNode
    redundant: bool
    operators: int


@dataclass(frozen=True, slots=True)
class Action:
    """One action of an update. Attributes: clause: `SET`, `REMOVE`, `ADD` or `DELETE`."""

    clause: str
    path: PathNode
    operand: OperandNode | None


@dataclass(frozen=True, slots=True)
class ParsedUpdate:
    """An update's actions. Attributes: repeated: a clause that stands more than once, or ""."""

    actions: tuple[Action, ...]
    repeated: str
    operators: int

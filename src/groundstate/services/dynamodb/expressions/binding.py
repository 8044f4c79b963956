"""Placeholders and attribute names: what `#n` and `:v` stand for, and what may not stand alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.reserved import RESERVED_WORDS
from groundstate.services.dynamodb.expressions.tree import (
    ArithmeticNode,
    FunctionNode,
    NameReference,
    OperandNode,
    PathNode,
    ValueNode,
)

Path = tuple[str | int, ...]
"""A document path whose placeholders have been replaced."""

# The order in which DynamoDB names types where it lists them all (observed).
ALL_KINDS_SHOWN = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"


class Faults:
    """The first fault of each sort in an expression; AWS reports sorts in an order of its own."""

    def __init__(self, *order: str) -> None:
        self._order = order
        self._found: dict[str, str] = {}

    def add(self, sort: str, message: str) -> None:
        """Note a fault, unless there is one of its sort."""
        self._found.setdefault(sort, message)

    def take(self, *sorts: str) -> str | None:
        """The first fault of these sorts, in their order."""
        for sort in sorts:
            if sort in self._found:
                return self._found[sort]
        return None

    def check(self) -> None:
        """Raise ExpressionError for the fault that AWS would report."""
        message = self.take(*self._order)
        if message is not None:
            raise ExpressionError(message)


class Binder:
    """Replaces placeholders, and notes which were used and what is wrong.

    Attributes:
        names_used, values_used: placeholders.
        heads: the first steps of all paths; nested_heads: of those that go on.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        kinds: Mapping[str, str],
        faults: Faults,
        *,
        name_sort: str,
        value_sort: str,
    ) -> None:
        self._names = names
        self._kinds = kinds
        self._faults = faults
        self._name_sort = name_sort
        self._value_sort = value_sort
        self.names_used: set[str] = set()
        self.values_used: set[str] = set()
        self.heads: set[str] = set()
        self.nested_heads: set[str] = set()

    def path(self, node: PathNode) -> Path:
        """A path with its names in place."""
        steps: list[str | int] = []
        for step in node.steps:
            if isinstance(step, NameReference):
                steps.append(self._name(step.placeholder))
                continue
            if isinstance(step, str) and step.upper() in RESERVED_WORDS:
                self._faults.add(
                    "reserved", f"Attribute name is a reserved keyword; reserved keyword: {step}"
                )
            steps.append(step)
        head = steps[0]
        assert isinstance(head, str), steps
        self.heads.add(head)
        if len(steps) > 1:
            self.nested_heads.add(head)
        return tuple(steps)

    def kind_of(self, node: OperandNode) -> str | None:
        """The type of a constant operand; None for others, and for undefined placeholders."""
        return self._kinds.get(node.placeholder) if isinstance(node, ValueNode) else None

    def use_value(self, node: ValueNode) -> None:
        """Note that a value is used."""
        if node.placeholder in self._kinds:
            self.values_used.add(node.placeholder)
        else:
            self._faults.add(
                self._value_sort,
                "An expression attribute value used in expression is not defined;"
                f" attribute value: {node.placeholder}",
            )

    def visit(self, node: OperandNode) -> None:
        """Note all names and values inside of an operand."""
        if isinstance(node, PathNode):
            self.path(node)
        elif isinstance(node, ValueNode):
            self.use_value(node)
        elif isinstance(node, FunctionNode):
            for argument in node.arguments:
                self.visit(argument)
        elif isinstance(node, ArithmeticNode):
            self.visit(node.left)
            self.visit(node.right)

    def _name(self, placeholder: str) -> str:
        found = self._names.get(placeholder)
        if not found:
            self._faults.add(
                self._name_sort,
                "An expression attribute name used in the document path is not defined;"
                f" attribute name: {placeholder}",
            )
            return placeholder
        self.names_used.add(placeholder)
        return found


def show_path(path: Sequence[str | int]) -> str:
    """A path as AWS's messages show it: `[a, b, [1]]`."""
    return "[" + ", ".join(f"[{step}]" if isinstance(step, int) else step for step in path) + "]"


def check_overlap(paths: Sequence[Path], faults: Faults) -> None:
    """Note the first two paths of which one lies inside of the other, or contradicts it."""
    tree: dict[Any, Any] = {}
    for at, path in enumerate(paths):
        if not _plant(tree, path):
            for earlier in paths[:at]:
                _compare_paths(earlier, path, faults)
            return


def _plant(tree: dict[Any, Any], path: Path) -> bool:
    """Add a path to the tree of all; False if it does not go with those that are there."""
    inside = tree
    last = len(path) - 1
    for at, step in enumerate(path):
        if inside and type(next(iter(inside))) is not type(step):
            return False
        if at == last:
            if step in inside:
                return False
            inside[step] = None
            return True
        following = inside.setdefault(step, {})
        if following is None:
            return False
        inside = following
    return True


def _compare_paths(earlier: Path, path: Path, faults: Faults) -> None:
    for one, other in zip(earlier, path, strict=False):
        if type(one) is not type(other):
            _note(faults, "pathConflict", "conflict", earlier, path)
            return
        if one != other:
            return
    _note(faults, "pathOverlap", "overlap", earlier, path)


def _note(faults: Faults, sort: str, verb: str, one: Path, other: Path) -> None:
    faults.add(
        sort,
        f"Two document paths {verb} with each other; must remove or rewrite one of these paths;"
        f" path one: {show_path(one)}, path two: {show_path(other)}",
    )

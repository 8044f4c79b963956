"""What an expression reads: variables, members of `$states`, and names at the top level."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from jsonata2py.parser import ast_nodes as ast


@dataclass(slots=True)
class References:
    """What an expression reads from outside of itself.

    Attributes:
        variables: `$name`s that it does not bind itself, `states` included.
        functions: `$name(...)` likewise.
        states: the members of `$states` that it names; '' for `$states` as a whole.
        top_level: names and paths read from the (empty) root, which AWS refuses.
        root: it reads `$$`, or `$` where that is the root.
    """

    variables: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    top_level: list[str] = field(default_factory=list)
    root: bool = False


def find_references(tree: Any) -> References:
    """Walk the syntax tree of an expression."""
    found = References()
    _Walk(found).visit(tree, frozenset(), at_root=True)
    return found


class _Walk:
    def __init__(self, found: References) -> None:
        self.found = found

    def visit(self, node: Any, bound: frozenset[str], *, at_root: bool) -> frozenset[str]:
        """Visit a node; returns the names bound after it, for the rest of its block."""
        if isinstance(node, ast.Block):
            inner = bound
            for expression in node.expressions:
                inner = self.visit(expression, inner, at_root=at_root)
        elif isinstance(node, ast.VariableBinding):
            # A function may name itself.
            bound = bound | {node.name}
            self.visit(node.value, bound, at_root=at_root)
        elif isinstance(node, ast.Lambda):
            self.visit(node.body, bound | set(node.params), at_root=at_root)
        elif isinstance(node, ast.PathExpr):
            self._path(node, bound, at_root=at_root)
        elif isinstance(node, ast.VariableRef):
            self._variable(node.name, bound, "")
        elif isinstance(node, ast.FunctionCall | ast.PartialApplication):
            if node.name not in bound:
                self.found.functions.add(node.name)
            for argument in node.args:
                self.visit(argument, bound, at_root=at_root)
        elif isinstance(node, ast.FieldRef):
            if at_root:
                self.found.top_level.append(node.name)
        elif isinstance(node, ast.WildcardStep):
            if at_root:
                self.found.top_level.append("*")
        elif isinstance(node, ast.DescendantStep):
            if at_root:
                self.found.top_level.append("**")
        elif isinstance(node, ast.RootRef):
            self.found.root = True
        elif isinstance(node, ast.PredicateExpr | ast.ArraySubscript):
            self.visit(node.source, bound, at_root=at_root)
            inner_node = node.predicate if isinstance(node, ast.PredicateExpr) else node.index
            self.visit(inner_node, bound, at_root=False)
        elif isinstance(node, ast.SortExpr | ast.GroupByExpr | ast.TransformExpr):
            self.visit(node.source, bound, at_root=at_root)
            self._others(node, bound, skip="source", at_root=False)
        elif isinstance(node, ast.TransformLambda):
            self._others(node, bound, skip="", at_root=False)
        else:
            self._others(node, bound, skip="", at_root=at_root)
        return bound

    def _others(self, node: Any, bound: frozenset[str], *, skip: str, at_root: bool) -> None:
        if not dataclasses.is_dataclass(node):
            return
        for member in dataclasses.fields(node):
            if member.name == skip:
                continue
            value = getattr(node, member.name)
            for child in value if isinstance(value, list) else [value]:
                if dataclasses.is_dataclass(child):
                    self.visit(child, bound, at_root=at_root)

    def _path(self, node: Any, bound: frozenset[str], *, at_root: bool) -> None:
        steps = node.steps
        first = steps[0]
        if isinstance(first, ast.VariableRef):
            second = steps[1] if len(steps) > 1 else None
            name = second.name if isinstance(second, ast.FieldRef) else ""
            self._variable(first.name, bound, name)
        else:
            self.visit(first, bound, at_root=at_root)
        inner = bound
        for step in steps[1:]:
            if isinstance(step, ast.PositionBinding | ast.ContextBinding):
                inner = inner | {step.var_name}
            else:
                self.visit(step, inner, at_root=False)

    def _variable(self, name: str, bound: frozenset[str], member: str) -> None:
        if name in bound:
            return
        self.found.variables.add(name)
        if name == "states":
            self.found.states.add(member)

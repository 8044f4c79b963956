"""Compiles projections: which parts of an item to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from groundstate.services.dynamodb.expressions.binding import Binder, Faults, Path, check_overlap
from groundstate.services.dynamodb.expressions.parser import parse_projection
from groundstate.services.dynamodb.expressions.tree import PathNode
from groundstate.services.dynamodb.model import Item

_FAULT_ORDER = ("reserved", "attrNameVal", "pathOverlap", "pathConflict")
Tree = dict[Any, Any]
"""Paths put together: from each step to the tree below it, or to None where a path ends."""


@dataclass(frozen=True, slots=True)
class CompiledProjection:
    """A projection. Attributes: tree: for `project`; the others as in CompiledCondition."""

    tree: Tree
    names_used: frozenset[str]
    heads: frozenset[str]
    nested_heads: frozenset[str]


def compile_projection(text: str, names: Mapping[str, str] | None) -> CompiledProjection:
    """Compile a projection, or take it from the cache. Raises ExpressionError."""
    return _compile(text, tuple(names.items()) if names else ())


@lru_cache(maxsize=2048)
def _compile(text: str, names: tuple[tuple[str, str], ...]) -> CompiledProjection:
    return compile_projection_tree(parse_projection(text), dict(names))


def compile_projection_tree(
    nodes: Sequence[PathNode], names: Mapping[str, str]
) -> CompiledProjection:
    """Compile a projection that was parsed already. Raises ExpressionError."""
    faults = Faults(*_FAULT_ORDER)
    binder = Binder(names, {}, faults, name_sort="attrNameVal", value_sort="attrNameVal")
    paths: list[Path] = [binder.path(node) for node in nodes]
    check_overlap(paths, faults)
    faults.check()
    return CompiledProjection(
        make_tree(paths),
        frozenset(binder.names_used),
        frozenset(binder.heads),
        frozenset(binder.nested_heads),
    )


def make_tree(paths: Sequence[Path]) -> Tree:
    """Put paths together for `project`."""
    tree: Tree = {}
    for path in paths:
        inside = tree
        for step in path[:-1]:
            inside = inside.setdefault(step, {})
        inside[path[-1]] = None
    return tree


def project(tree: Tree, item: Item) -> Item:
    """The parts of an item that the paths lead to, in the documents that they are in."""
    chosen: Item = {}
    for name, below in tree.items():
        value = item.get(name)
        if value is None:
            continue
        if below is not None:
            value = _project_value(below, value)
        if value is not None:
            chosen[name] = value
    return chosen


def _project_value(tree: Tree, value: dict[str, Any]) -> dict[str, Any] | None:
    if type(next(iter(tree))) is int:
        elements = value.get("L")
        if elements is None:
            return None
        found = []
        for index in sorted(tree):
            if index >= len(elements):
                break
            below = tree[index]
            element = elements[index] if below is None else _project_value(below, elements[index])
            if element is not None:
                found.append(element)
        return {"L": found} if found else None
    inside = value.get("M")
    if inside is None:
        return None
    chosen = project(tree, inside)
    return {"M": chosen} if chosen else None

"""Compiles updates: what they change in an item.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html

All operands are read from the item as it was before the update, and list indexes are those of the
lists as they were: elements are removed, and new ones moved up to the end, when all is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from groundstate.services.dynamodb import numbers
from groundstate.services.dynamodb.expressions.binding import Binder, Faults, Path, check_overlap
from groundstate.services.dynamodb.expressions.condition import Operand, build_path
from groundstate.services.dynamodb.expressions.parser import parse_update
from groundstate.services.dynamodb.expressions.projection import Tree, make_tree
from groundstate.services.dynamodb.expressions.tree import (
    Action,
    ArithmeticNode,
    FunctionNode,
    OperandNode,
    ParsedUpdate,
    PathNode,
    ValueNode,
)
from groundstate.services.dynamodb.model import Item, Value, Values
from groundstate.services.dynamodb.values import SET_KINDS, merge_sets, without

_FAULT_ORDER = (
    "reserved",
    "unknownFunction",
    "section",
    "attrName",
    "attrVal",
    "pathOverlap",
    "pathConflict",
    "operand",
    "function",
)
_ARGUMENTS = {"if_not_exists": 2, "list_append": 2}
_CONDITION_FUNCTIONS = (
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "size",
)
_KIND_WORDS = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "NULL": "NULL",
    "BOOL": "BOOLEAN",
    "L": "LIST",
    "M": "MAP",
}
WRONG_TYPE = "An operand in the update expression has an incorrect data type"
NO_ATTRIBUTE = "The provided expression refers to an attribute that does not exist in the item"
WRONG_PATH = "The document path provided in the update expression is invalid for update"


class UpdateProblem(ValueError):
    """The update does not fit the item; the message is AWS's."""


@dataclass(frozen=True, slots=True)
class CompiledAction:
    """An action. Attributes: kind: the constant type that it sets, if that is known before."""

    clause: str
    path: Path
    operand: Operand | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class CompiledUpdate:
    """An update. Attributes: tree: its paths, for `project`; others as in CompiledCondition."""

    actions: tuple[CompiledAction, ...]
    tree: Tree
    names_used: frozenset[str]
    values_used: frozenset[str]
    heads: frozenset[str]
    nested_heads: frozenset[str]


def compile_update(
    text: str, names: Mapping[str, str] | None, values: Values | None
) -> CompiledUpdate:
    """Compile an update for names and values, or take it from the cache. Raises ExpressionError."""
    names_key = tuple(names.items()) if names else ()
    kinds_key = tuple((key, next(iter(value))) for key, value in values.items()) if values else ()
    return _compile(text, names_key, kinds_key)


def compile_update_tree(
    actions: Sequence[Action], names: Mapping[str, str], values: Values
) -> CompiledUpdate:
    """Compile an update that another parser made. Raises ExpressionError."""
    kinds = {key: next(iter(value)) for key, value in values.items()}
    return _compile_parsed(ParsedUpdate(tuple(actions), "", 0), names, kinds)


_parse = lru_cache(maxsize=2048)(parse_update)


@lru_cache(maxsize=2048)
def _compile(
    text: str, names: tuple[tuple[str, str], ...], kinds: tuple[tuple[str, str], ...]
) -> CompiledUpdate:
    return _compile_parsed(_parse(text), dict(names), dict(kinds))


def _compile_parsed(
    parsed: ParsedUpdate, names: Mapping[str, str], kinds: Mapping[str, str]
) -> CompiledUpdate:
    analysis = _Analysis(parsed, names, kinds)
    return CompiledUpdate(
        actions=tuple(analysis.actions),
        tree=make_tree([action.path for action in analysis.actions]),
        names_used=frozenset(analysis.binder.names_used),
        values_used=frozenset(analysis.binder.values_used),
        heads=frozenset(
            action.path[0] for action in analysis.actions if type(action.path[0]) is str
        ),
        nested_heads=frozenset(
            action.path[0]
            for action in analysis.actions
            if len(action.path) > 1 and type(action.path[0]) is str
        ),
    )


class _Analysis:
    """Looks at a whole update for what AWS refuses, and builds its actions."""

    def __init__(
        self, parsed: ParsedUpdate, names: Mapping[str, str], kinds: Mapping[str, str]
    ) -> None:
        self._faults = Faults(*_FAULT_ORDER)
        self.binder = Binder(names, kinds, self._faults, name_sort="attrName", value_sort="attrVal")
        if parsed.repeated:
            self._faults.add(
                "section",
                f'The "{parsed.repeated}" section can only be used once in an update expression;',
            )
        checked: list[tuple[Action, Path]] = []
        for action in parsed.actions:
            path = self.binder.path(action.path)
            if action.operand is not None:
                self._operand(action.operand)
                self._check_clause(action)
            checked.append((action, path))
        check_overlap([path for _, path in checked], self._faults)
        self._faults.check()
        self.actions = [self._compile_action(action, path) for action, path in checked]

    def _compile_action(self, action: Action, path: Path) -> CompiledAction:
        if action.operand is None:
            return CompiledAction(action.clause, path, None, None)
        operand = _build_operand(action.operand, self.binder)
        return CompiledAction(action.clause, path, operand, self._kind_of(action.operand))

    def _kind_of(self, node: OperandNode) -> str | None:
        if isinstance(node, ArithmeticNode):
            return "N"
        if isinstance(node, FunctionNode):
            return "L" if node.name == "list_append" else self._kind_of(node.arguments[1])
        return self.binder.kind_of(node)

    def _check_clause(self, action: Action) -> None:
        if action.clause not in ("ADD", "DELETE"):
            return
        assert action.operand is not None, action
        kind = self.binder.kind_of(action.operand)
        if kind in _KIND_WORDS and not (action.clause == "ADD" and kind == "N"):
            self._faults.add(
                "operand",
                "Incorrect operand type for operator or function;"
                f" operator: {action.clause}, operand type: {_KIND_WORDS[kind]}",
            )

    def _operand(self, node: OperandNode) -> None:
        if isinstance(node, ArithmeticNode):
            for side in (node.left, node.right):
                self._operand(side)
            self._check_kinds(node.operator, (node.left, node.right), "N")
        elif isinstance(node, FunctionNode):
            self._function(node)
        else:
            self.binder.visit(node)

    def _function(self, node: FunctionNode) -> None:
        for argument in node.arguments:
            self._operand(argument)
        expected = _ARGUMENTS.get(node.name)
        if expected is None:
            what = (
                "The function is not allowed in an update expression"
                if node.name in _CONDITION_FUNCTIONS
                else "Invalid function name"
            )
            self._faults.add("unknownFunction", f"{what}; function: {node.name}")
        elif expected != len(node.arguments):
            self._faults.add(
                "function",
                "Incorrect number of operands for operator or function;"
                f" operator or function: {node.name}, number of operands: {len(node.arguments)}",
            )
        elif node.name == "list_append":
            self._check_kinds(node.name, node.arguments, "L")
        elif not isinstance(node.arguments[0], PathNode):
            self._faults.add(
                "function",
                f"Operator or function requires a document path; operator or function: {node.name}",
            )

    def _check_kinds(self, name: str, operands: tuple[OperandNode, ...], wanted: str) -> None:
        for operand in operands:
            kind = self.binder.kind_of(operand)
            if kind is not None and kind != wanted:
                self._faults.add(
                    "function",
                    "Incorrect operand type for operator or function;"
                    f" operator or function: {name}, operand type: {kind}",
                )


def _build_operand(node: OperandNode, binder: Binder) -> Operand:
    if isinstance(node, PathNode):
        return _require(build_path(binder.path(node)))
    if isinstance(node, ValueNode):
        placeholder = node.placeholder
        return lambda _, values: values[placeholder]
    if isinstance(node, ArithmeticNode):
        calculate = numbers.add if node.operator == "+" else numbers.subtract
        return _build_arithmetic(
            calculate, _build_operand(node.left, binder), _build_operand(node.right, binder)
        )
    if node.name == "if_not_exists":
        path = node.arguments[0]
        assert isinstance(path, PathNode), node
        find, otherwise = build_path(binder.path(path)), _build_operand(node.arguments[1], binder)
        return lambda item, values: find(item, values) or otherwise(item, values)
    return _build_append(*(_build_operand(argument, binder) for argument in node.arguments))


def _require(find: Operand) -> Operand:
    def found(item: Item, values: Values) -> Value:
        value = find(item, values)
        if value is None:
            raise UpdateProblem(NO_ATTRIBUTE)
        return value

    return found


def _build_arithmetic(
    calculate: Callable[[str, str], str], left: Operand, right: Operand
) -> Operand:
    def result(item: Item, values: Values) -> Value:
        one, other = left(item, values), right(item, values)
        if one is None or other is None or "N" not in one or "N" not in other:
            raise UpdateProblem(WRONG_TYPE)
        try:
            return {"N": calculate(one["N"], other["N"])}
        except numbers.NumberError as error:
            raise UpdateProblem(str(error)) from None

    return result


def _build_append(left: Operand, right: Operand) -> Operand:
    def result(item: Item, values: Values) -> Value:
        one, other = left(item, values), right(item, values)
        if one is None or other is None or "L" not in one or "L" not in other:
            raise UpdateProblem(WRONG_TYPE)
        return {"L": [*one["L"], *other["L"]]}

    return result


def apply_update(update: CompiledUpdate, item: Item, values: Values) -> Item:
    """The item as the update leaves it; the one given is not touched.

    Raises:
        UpdateProblem: a path leads nowhere, or an operand has the wrong type.
    """
    operands = [
        None if action.operand is None else action.operand(item, values)
        for action in update.actions
    ]
    if not update.nested_heads:
        return _apply_flat(update, operands, item)
    changing = _Changing(item)
    for action, operand in zip(update.actions, operands, strict=True):
        changing.apply(action, operand)
    return changing.finish()


def _apply_flat(update: CompiledUpdate, operands: list[Value | None], item: Item) -> Item:
    changed = dict(item)
    for action, operand in zip(update.actions, operands, strict=True):
        name: Any = action.path[0]
        value = operand if action.clause == "SET" else _resulting(action, operand, item.get(name))
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = value
    return changed


def _resulting(
    action: CompiledAction, operand: Value | None, existing: Value | None
) -> Value | None:
    """What an action leaves in the place of a value; None for nothing."""
    if action.clause == "REMOVE":
        return None
    assert operand is not None, action
    if action.clause == "SET":
        return operand
    ((kind, content),) = operand.items()
    if existing is not None and kind not in existing:
        raise UpdateProblem(WRONG_TYPE)
    if action.clause == "ADD":
        if existing is None:
            return operand
        if kind == "N":
            try:
                return {"N": numbers.add(existing["N"], content)}
            except numbers.NumberError as error:
                raise UpdateProblem(str(error)) from None
        return {kind: merge_sets(existing[kind], content)}
    assert kind in SET_KINDS, operand
    if existing is None:
        return None
    left = without(existing[kind], content)
    return {kind: left} if left else None


class _Changing:
    """An item under change: containers on the way of a path are copied once, then written to."""

    def __init__(self, item: Item) -> None:
        self._item = dict(item)
        self._own: set[int] = {id(self._item)}
        self._lists: dict[int, tuple[list[Any], set[int], dict[int, Value]]] = {}

    def apply(self, action: CompiledAction, operand: Value | None) -> None:
        """Carry out one action."""
        container = self._container(action.path[:-1])
        last = action.path[-1]
        if type(last) is int:
            if not isinstance(container, list):
                raise UpdateProblem(WRONG_PATH)
            self._change_list(container, last, action, operand)
            return
        if not isinstance(container, dict):
            raise UpdateProblem(WRONG_PATH)
        value = _resulting(action, operand, container.get(last))
        if value is None:
            container.pop(last, None)
        else:
            container[last] = value

    def finish(self) -> Item:
        """The changed item, once all actions are carried out."""
        for elements, removed, added in self._lists.values():
            kept = [value for at, value in enumerate(elements) if at not in removed]
            elements[:] = kept + [added[at] for at in sorted(added)]
        return self._item

    def _change_list(
        self, elements: list[Any], index: int, action: CompiledAction, operand: Value | None
    ) -> None:
        _, removed, added = self._lists.setdefault(id(elements), (elements, set(), {}))
        existing = elements[index] if index < len(elements) else None
        value = _resulting(action, operand, existing)
        if value is None:
            if existing is not None:
                removed.add(index)
        elif existing is None:
            added[index] = value
        else:
            elements[index] = value

    def _container(self, path: Path) -> Any:
        """The map or list that a path leads to, made ours to write to."""
        container: Any = self._item
        for step in path:
            if type(step) is int:
                inside = isinstance(container, list) and step < len(container)
            else:
                inside = isinstance(container, dict) and step in container
            if not inside:
                raise UpdateProblem(WRONG_PATH)
            ((kind, content),) = container[step].items()
            if kind not in ("M", "L"):
                raise UpdateProblem(WRONG_PATH)
            if id(content) not in self._own:
                content = content.copy()
                container[step] = {kind: content}
                self._own.add(id(content))
            container = content
        return container

"""Carries out PartiQL statements, by themselves, in batches and in transactions.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html

A SELECT is a walk: over the partitions that its WHERE clause names, or over everything. The others
are actions on one item, whose key the WHERE clause must name; what else it says is the condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from groundstate.operation import Call
from groundstate.services.dynamodb import arns, key_ranges, keys
from groundstate.services.dynamodb.errors import (
    ResourceNotFoundException,
    ValidationException,
)
from groundstate.services.dynamodb.expressions.condition import (
    compile_condition_tree,
    find_path,
)
from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.key_condition import KeyCondition
from groundstate.services.dynamodb.expressions.tree import (
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    LogicNode,
    NameReference,
    PathNode,
    ValueNode,
)
from groundstate.services.dynamodb.expressions.update import compile_update_tree
from groundstate.services.dynamodb.model import Index, Item, KeyAttribute, Table, Value
from groundstate.services.dynamodb.parameters import Expressions
from groundstate.services.dynamodb.partiql.parser import parse_statement
from groundstate.services.dynamodb.partiql.statements import (
    Bindings,
    Delete,
    Exists,
    Insert,
    PartiqlError,
    Select,
    Statement,
    Update,
)
from groundstate.services.dynamodb.reading import (
    Walk,
    check_all_attributes,
    check_filled,
    check_filtered,
)
from groundstate.services.dynamodb.tables import get_table
from groundstate.services.dynamodb.transactions import Action
from groundstate.services.dynamodb.values import ValueProblem, explain

_OPERATORS = {"=": "EQ", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE", "BETWEEN": "BETWEEN"}
_PERMISSIONS = {
    Select: "dynamodb:PartiQLSelect",
    Insert: "dynamodb:PartiQLInsert",
    Update: "dynamodb:PartiQLUpdate",
    Delete: "dynamodb:PartiQLDelete",
    Exists: "dynamodb:ConditionCheckItem",
}
NO_KEY = "Where clause does not contain a mandatory equality on all key attributes"


def read_statement(text: str, parameters: Sequence[Value]) -> Statement:
    """Parse a statement. Raises ValidationException."""
    checked = check_parameters(parameters)
    try:
        return parse_statement(text, checked)
    except PartiqlError as error:
        raise ValidationException(str(error)) from None


def check_parameters(parameters: Sequence[Value]) -> list[Value]:
    """Parameters, numbers in normal form. Raises ValidationException."""
    try:
        return [explain({"v": value}).item["v"] for value in parameters]
    except ValueProblem as error:
        raise ValidationException(str(error)) from None


def find_table_of(call: Call, statement: Statement) -> Table:
    """The statement's table, if the caller may do this with it.

    Raises:
        AccessDeniedException: the caller may not.
        ResourceNotFoundException: there is no such table.
    """
    select = statement.select if isinstance(statement, Exists) else statement
    try:
        table = get_table(call, select.table)
    except ResourceNotFoundException:
        # What is wrong with the statement itself is told first (observed).
        _compile(statement)
        raise
    if not call.principal.administrator:
        resource = table.arn
        if isinstance(select, Select) and select.index is not None:
            resource = arns.index_arn(resource, select.index)
        context = _permission_context(table, select)
        call.authorize(_PERMISSIONS[type(statement)], resource, context)
    return table


def _permission_context(
    table: Table, statement: Select | Insert | Update | Delete
) -> dict[str, Any]:
    """Condition keys: which partitions a statement is about, and whether it reads all of them."""
    hash_key = table.keys[0]
    if isinstance(statement, Insert):
        values = [statement.item.get(hash_key.name, {})]
    else:
        found = [_simple(node, statement.bindings) for node in _conjuncts(statement.where)]
        values = [
            value
            for simple in found
            if simple is not None and simple[0] == hash_key.name and simple[1] in ("EQ", "IN")
            for value in simple[2]
        ]
    texts = [str(content) for value in values for content in value.values()]
    context: dict[str, Any] = {}
    if texts:
        context["dynamodb:LeadingKeys"] = texts
    if isinstance(statement, Select):
        context["dynamodb:FullTableScan"] = "false" if texts or statement.index else "true"
    return context


def _compile(statement: Statement) -> None:
    """Look for faults of a statement's own. Raises ValidationException."""
    if isinstance(statement, Insert):
        return
    select = statement.select if isinstance(statement, Exists) else statement
    try:
        if select.where is not None:
            values = _check_bindings(select.bindings)
            compile_condition_tree(select.where, select.bindings.names, values)
    except ExpressionError as error:
        raise ValidationException(str(error)) from None


def make_walks(table: Table, select: Select, *, consistent: bool) -> list[Walk]:
    """What a SELECT reads: a walk for each partition that it names, or one over everything.

    Raises:
        ValidationException: it is wrong, or asks an index for what that does not hold.
    """
    index = _find_index(table, select, consistent=consistent)
    hash_keys, range_keys = key_ranges.key_parts(table, index)
    ranges, keyed = _ranges(select, hash_keys, range_keys)
    heads = [select.bindings.names[_head(path)] for path in select.paths]
    fetches = check_all_attributes({}, index, heads)
    walk = Walk(table, index, b"", b"", fetches=fetches, consistent=consistent)
    if select.where is not None:
        values = _check_bindings(select.bindings)
        try:
            compiled = compile_condition_tree(select.where, select.bindings.names, values)
        except ExpressionError as error:
            raise ValidationException(str(error)) from None
        if keyed:
            check_filtered(index, compiled.heads)
        walk.filter = lambda item: compiled.holds(item, values)
    if select.paths:
        walk.chosen = dict.fromkeys(heads)
    for attribute, descending in select.order:
        if attribute not in {key.name for key in (*hash_keys, *range_keys)}:
            raise ValidationException(
                f"Variable reference {attribute} in ORDER BY clause must be part of the primary key"
            )
        walk.descending = descending
    return [replace(walk, low=low, high=high) for low, high in ranges]


def _find_index(table: Table, select: Select, *, consistent: bool) -> Index | None:
    if select.index is None:
        return None
    index = table.indexes.get(select.index)
    # PartiQL's own wording (observed): Query names the index, and says it otherwise.
    if index is None:
        raise ValidationException("The table does not have the specified index")
    check_index(index)
    check_filled(index)
    if index.is_global and consistent:
        raise ValidationException(
            "Strongly consistent read is not supported on Global Secondary Indexes"
        )
    return index


def check_index(index: Index) -> None:
    """Check that PartiQL reads this index at all. Raises ValidationException."""
    if len(index.hash_keys) > 1 or len(index.range_keys) > 1:
        raise ValidationException(
            "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or"
            " multi-attribute RANGE keys."
        )


def _head(path: PathNode) -> str:
    step = path.steps[0]
    assert isinstance(step, NameReference), path
    return step.placeholder


def pick(select: Select, item: Item) -> Item:
    """What a SELECT's list leaves of an item: each part under its path from its last name on."""
    if not select.paths:
        return item
    picked: Item = {}
    names = select.bindings.names
    for node in select.paths:
        path = tuple(
            names[step.placeholder] if isinstance(step, NameReference) else step
            for step in node.steps
        )
        value = find_path(path, item)
        if value is not None:
            # Of `a.b[0]`, it is `b[0]` (reported of AWS).
            shown = ""
            for step in path:
                shown = step if isinstance(step, str) else f"{shown}[{step}]"
            picked[shown] = value
    return picked


def _ranges(
    select: Select, hash_keys: tuple[KeyAttribute, ...], range_keys: tuple[KeyAttribute, ...]
) -> tuple[list[tuple[bytes, bytes]], bool]:
    """The ranges of keys to read, and whether the WHERE clause names partitions."""
    conditions, options, wrong = _key_conditions(select, hash_keys, range_keys)
    if wrong and all(key.name in (*conditions, *options, *wrong) for key in hash_keys):
        raise ValidationException(
            "Key attribute's data type should match its data type in table's schema:"
            f" Key {wrong[0]}"
        )
    if len(hash_keys) == 1 and hash_keys[0].name in options:
        key = hash_keys[0]
        contents = [value[key.kind] for value in options[key.name]]
        if len(set(contents)) < len(contents):
            raise ValidationException(
                "Overlapping conditions with range keys are not supported in where clause"
            )
        found = []
        for value in options[key.name]:
            one = {**conditions, key.name: KeyCondition("EQ", (value,))}
            found.append(key_ranges.find_range(one, hash_keys, range_keys))
        return (found, True)
    if all(conditions.get(key.name, KeyCondition("", ())).operator == "EQ" for key in hash_keys):
        return ([key_ranges.find_range(conditions, hash_keys, range_keys)], True)
    if select.order:
        raise ValidationException(
            "Must have at least one non-optional hash key condition in WHERE clause when using"
            " ORDER BY clause."
        )
    return ([(b"", b"\xff" * (keys.HASH_BYTES + 1))], False)


def _key_conditions(
    select: Select, hash_keys: tuple[KeyAttribute, ...], range_keys: tuple[KeyAttribute, ...]
) -> tuple[dict[str, KeyCondition], dict[str, list[Value]], list[str]]:
    """Conditions on key attributes that every item must meet; the options of an IN on them.

    The third are attributes that are compared with what they cannot be.
    """
    kinds = {key.name: key.kind for key in (*hash_keys, *range_keys)}
    conditions: dict[str, KeyCondition] = {}
    options: dict[str, list[Value]] = {}
    wrong: list[str] = []
    for node in _conjuncts(select.where):
        found = _simple(node, select.bindings)
        if found is None or found[0] not in kinds:
            continue
        name, operator, values = found
        if any(kinds[name] not in value for value in values):
            wrong.append(name)
        elif operator == "IN":
            options.setdefault(name, values)
        elif name not in conditions and (
            operator == "EQ" or name not in {key.name for key in hash_keys}
        ):
            conditions[name] = KeyCondition(operator, tuple(values))
    return (conditions, options, wrong)


def _conjuncts(node: ConditionNode | None) -> list[ConditionNode]:
    if node is None:
        return []
    if isinstance(node, LogicNode) and node.operator == "AND":
        return [inner for part in node.conditions for inner in _conjuncts(part)]
    return [node]


def _simple(node: ConditionNode, bindings: Bindings) -> tuple[str, str, list[Value]] | None:
    """An attribute compared with constants: its name, the operator and the constants."""
    if isinstance(node, FunctionNode) and node.name == "begins_with":
        operator, operands = "BEGINS_WITH", node.arguments
    elif isinstance(node, ComparisonNode) and node.operator in (*_OPERATORS, "IN"):
        operator, operands = _OPERATORS.get(node.operator, "IN"), node.operands
    else:
        return None
    first, rest = operands[0], operands[1:]
    if operator == "EQ" and isinstance(first, ValueNode):
        first, rest = operands[1], operands[:1]
    if not isinstance(first, PathNode) or len(first.steps) != 1:
        return None
    step = first.steps[0]
    assert isinstance(step, NameReference), first
    values = []
    for operand in rest:
        if not isinstance(operand, ValueNode):
            return None
        values.append(bindings.values[operand.placeholder])
    return (bindings.names[step.placeholder], operator, values)


def _check_bindings(bindings: Bindings) -> dict[str, Value]:
    try:
        return {
            placeholder: explain({"v": value}).item["v"]
            for placeholder, value in bindings.values.items()
        }
    except ValueProblem as error:
        raise ValidationException(str(error)) from None


def find_key(table: Table, where: ConditionNode | None, bindings: Bindings) -> Item:
    """The key of the one item that a WHERE clause is about.

    Raises:
        ValidationException: it names none.
    """
    key: Item = {}
    names = {attribute.name for attribute in table.keys}
    for node in _conjuncts(where):
        found = _simple(node, bindings)
        if found is not None and found[0] in names and found[1] == "EQ":
            key[found[0]] = found[2][0]
    if len(key) != len(table.keys):
        raise ValidationException(NO_KEY)
    try:
        return explain(key).item
    except ValueProblem as error:
        raise ValidationException(str(error)) from None


def find_whole_key(table: Table, select: Select) -> Item | None:
    """The key that a SELECT's WHERE clause names, if it names that and nothing else."""
    if select.index is not None or len(_conjuncts(select.where)) != len(table.keys):
        return None
    try:
        return find_key(table, select.where, select.bindings)
    except ValidationException:
        return None


def make_action(
    table: Table, statement: Insert | Update | Delete | Exists, *, returns_old: bool
) -> Action:
    """The action that a statement stands for.

    Raises:
        ValidationException: the statement is wrong.
    """
    try:
        if isinstance(statement, Insert):
            given = explain(statement.item)
            return Action("Put", table, given, Expressions(), returns_old, inserts=True)
        select = statement.select if isinstance(statement, Exists) else statement
        key = explain(find_key(table, select.where, select.bindings))
        expressions = Expressions(select.bindings.names, _check_bindings(select.bindings))
        assert expressions.values is not None, statement
        kind = {Update: "Update", Delete: "Delete"}.get(type(statement), "ConditionCheck")
        where = _condition(table, select.where, select.bindings, kind)
        if where is not None:
            expressions.condition = compile_condition_tree(
                where, select.bindings.names, expressions.values
            )
        if isinstance(statement, Update):
            expressions.update = compile_update_tree(
                statement.actions, select.bindings.names, expressions.values
            )
    except (ExpressionError, ValueProblem) as error:
        raise ValidationException(str(error)) from None
    return Action(kind, table, key, expressions, returns_old)


def _condition(
    table: Table, where: ConditionNode | None, bindings: Bindings, kind: str
) -> ConditionNode | None:
    """What must hold besides the key: updates and checks also need the item to be there."""
    names = {attribute.name for attribute in table.keys}
    parts: list[ConditionNode] = []
    for node in _conjuncts(where):
        found = _simple(node, bindings)
        if found is None or found[0] not in names or found[1] != "EQ":
            parts.append(node)
    if kind != "Delete":
        first = table.keys[0].name
        placeholder = next(alias for alias, name in bindings.names.items() if name == first)
        exists = FunctionNode("attribute_exists", (PathNode((NameReference(placeholder),)),))
        parts.append(exists)
    if len(parts) > 1:
        return LogicNode("AND", tuple(parts))
    return parts[0] if parts else None


def is_read(statement: Statement) -> bool:
    """Whether a statement only reads."""
    return isinstance(statement, Select)

"""The expressions of a request: which were given, which exclude each other, what they compile to.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundstate.services.dynamodb.errors import ValidationException, invalid
from groundstate.services.dynamodb.expressions.condition import CompiledCondition, compile_condition
from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.projection import (
    CompiledProjection,
    compile_projection,
)
from groundstate.services.dynamodb.expressions.update import CompiledUpdate, compile_update
from groundstate.services.dynamodb.model import Item, Table, Value, Values
from groundstate.services.dynamodb.validation.checker import Checked
from groundstate.services.dynamodb.values import Measured, ValueProblem, check_name, explain

_NAME = re.compile(r"#[0-9a-zA-Z_]+")
_VALUE = re.compile(r":[0-9a-zA-Z_]+")
PLACEHOLDER_BYTES_MAX = 255
SUBSTITUTIONS_BYTES_MAX = 2 * 1024 * 1024
_NO_VALUES: dict[str, Value] = {}


@dataclass(slots=True)
class Expressions:
    """A request's compiled expressions; None for those that it does not have.

    Attributes:
        values: what ExpressionAttributeValues gives, numbers in normal form.
        rules: what each of them asks of the values, by the member that it was given in.
    """

    names: Mapping[str, str] | None = None
    values: dict[str, Value] | None = None
    update: CompiledUpdate | None = None
    condition: CompiledCondition | None = None
    key_condition: CompiledCondition | None = None
    filter: CompiledCondition | None = None
    projection: CompiledProjection | None = None
    rules: tuple[tuple[str, tuple[Callable[[Values], None], ...]], ...] = ()

    def with_values(
        self, names: Mapping[str, str] | None, values: dict[str, Value] | None
    ) -> Expressions:
        """The same expressions in another request."""
        return Expressions(
            names,
            values,
            self.update,
            self.condition,
            self.key_condition,
            self.filter,
            self.projection,
            self.rules,
        )

    def holds(self, compiled: CompiledCondition | None, item: Item | None) -> bool:
        """Whether an item, or its absence, meets a condition; true if there is no condition."""
        if compiled is None:
            return True
        return compiled.holds(item or {}, self.values or _NO_VALUES)


NONE = Expressions()

_CONDITIONS = (
    ("ConditionExpression", "condition"),
    ("KeyConditionExpression", "key_condition"),
    ("FilterExpression", "filter"),
)
_TEXTS = ("UpdateExpression", *(member for member, _ in _CONDITIONS), "ProjectionExpression")
_MEMBERS = frozenset((*_TEXTS, "ExpressionAttributeNames", "ExpressionAttributeValues"))
# How many requests' expressions are remembered, and with how many characters of names: texts are
# 4 KB at most, but names may be long.
KNOWN_MAX = 2048
KNOWN_NAMES_MAX = 4096
_Key = tuple[tuple["str | None", ...], "tuple[Any, ...] | None", "tuple[Any, ...] | None"]
_known: dict[_Key, Expressions] = {}


def check_mixture(
    request: Mapping[str, Any], expressions: Sequence[str], others: Sequence[str]
) -> None:
    """Check that expressions do not stand beside the older parameters that they replace.

    Raises:
        ValidationException: they do, or there are names or values without expressions.
    """
    if _MEMBERS.isdisjoint(request):
        return
    for name in expressions:
        if name in request:
            for other in others:
                if other in request:
                    _refuse_mixture(request, expressions, others)
            break
    else:
        if "ExpressionAttributeNames" in request:
            raise ValidationException(
                "ExpressionAttributeNames can only be specified when using expressions"
            )
    if "ExpressionAttributeValues" in request:
        for name in expressions:
            if name in request and name != "ProjectionExpression":
                return
        _refuse_values(expressions)


def _refuse_mixture(
    request: Mapping[str, Any], expressions: Sequence[str], others: Sequence[str]
) -> None:
    if "KeyConditions" in request and "KeyConditionExpression" not in request:
        others = [name for name in others if name != "KeyConditions"]
    mixed = [name for name in others if name in request]
    if mixed:
        given = [name for name in expressions if name in request]
        raise ValidationException(
            "Can not use both expression and non-expression parameters in the same request:"
            f" Non-expression parameters: {{{', '.join(mixed)}}}"
            f" Expression parameters: {{{', '.join(given)}}}"
        )


def _refuse_values(expressions: Sequence[str]) -> None:
    takers = [name for name in expressions if name != "ProjectionExpression"]
    if takers:
        verb = "are" if len(takers) > 1 else "is"
        raise ValidationException(
            "ExpressionAttributeValues can only be specified when using expressions:"
            f" {' and '.join(takers)} {verb} null"
        )


def check_values(checked: Checked, member: str) -> Measured:
    """A request's map of attributes, numbers in normal form.

    Raises:
        ValidationException: a value in it is wrong.
    """
    found = checked.found.get(id(checked.request.get(member)))
    if found is not None:
        return found
    try:
        found = checked.attributes(member)
    except ValueProblem as error:
        raise ValidationException(str(error)) from None
    assert found is not None, member
    return found


def compile_expressions(checked: Checked) -> Expressions:
    """Compile all expressions of a request.

    Clients send the same expressions again and again, with other values: what was compiled and
    found right once, with the same names and types, is only asked for what depends on the values.

    Raises:
        ValidationException: one is wrong, or names or values are unused or wrong.
    """
    request = checked.request
    if _MEMBERS.isdisjoint(request):
        return NONE
    names: Mapping[str, str] | None = request.get("ExpressionAttributeNames")
    key, measured = None, None
    if "ExpressionAttributeValues" not in request:
        key = _make_key(request, names, None)
    else:
        measured = checked.was_measured("ExpressionAttributeValues")
        if measured is not None:
            key = _make_key(request, names, measured.item)
    known = _known.get(key) if key is not None else None
    if known is None:
        found = _compile_new(checked, names)
        if key is not None and sum(map(len, (names or {}).values())) <= KNOWN_NAMES_MAX:
            if len(_known) >= KNOWN_MAX:
                _known.clear()
            _known[key] = found.with_values(None, None)
        return found
    values = None
    if measured is not None:
        values = measured.item
        _check_size("ExpressionAttributeValues", measured.size)
    found = known.with_values(names, values)
    if found.rules:
        _check_value_rules(found)
    return found


def _make_key(
    request: Mapping[str, Any], names: Mapping[str, str] | None, values: Item | None
) -> _Key:
    """What makes expressions the same but for their values, which were found right."""
    return (
        tuple(map(request.get, _TEXTS)),
        None if names is None else tuple(names.items()),
        None
        if values is None
        else tuple([(name, kind) for name, value in values.items() for kind in value]),
    )


def _compile_new(checked: Checked, names: Mapping[str, str] | None) -> Expressions:
    request = checked.request
    if names is not None:
        _check_placeholders("ExpressionAttributeNames", names, _NAME)
        _check_names(names)
    values: dict[str, Value] | None = None
    if "ExpressionAttributeValues" in request:
        _check_placeholders(
            "ExpressionAttributeValues", request["ExpressionAttributeValues"], _VALUE
        )
        values = _take_values(checked)
    found = Expressions(names, values)
    if "UpdateExpression" in request:
        try:
            found.update = compile_update(request["UpdateExpression"], names, values)
        except ExpressionError as error:
            raise ValidationException(f"Invalid UpdateExpression: {error}") from None
    for member, attribute in _CONDITIONS:
        text = request.get(member)
        if text is not None:
            try:
                setattr(found, attribute, compile_condition(text, names, values))
            except ExpressionError as error:
                raise ValidationException(f"Invalid {member}: {error}") from None
    if "ProjectionExpression" in request:
        try:
            found.projection = compile_projection(request["ProjectionExpression"], names)
        except ExpressionError as error:
            raise ValidationException(f"Invalid ProjectionExpression: {error}") from None
    if names or values:
        _check_unused(found)
    found.rules = tuple(
        (member, compiled.value_checks)
        for member, attribute in _CONDITIONS
        if (compiled := getattr(found, attribute)) is not None and compiled.value_checks
    )
    return found


def _check_value_rules(found: Expressions) -> None:
    for member, checks in found.rules:
        try:
            for check in checks:
                check(found.values or _NO_VALUES)
        except ExpressionError as error:
            raise ValidationException(f"Invalid {member}: {error}") from None


def _check_placeholders(
    member: str, placeholders: Mapping[str, Any], pattern: re.Pattern[str]
) -> None:
    if not placeholders:
        raise ValidationException(f"{member} must not be empty")
    for key in placeholders:
        if pattern.fullmatch(key) is None:
            raise ValidationException(f'{member} contains invalid key: Syntax error; key: "{key}"')
        if len(key) > PLACEHOLDER_BYTES_MAX:
            raise ValidationException(
                f"{member} contains invalid key: The expression attribute map contains a key that"
                f' is too long; key: "{key}"'
            )


def _take_values(checked: Checked) -> dict[str, Value]:
    measured = checked.was_measured("ExpressionAttributeValues")
    if measured is not None:
        _check_size("ExpressionAttributeValues", measured.size)
        return measured.item
    taken: dict[str, Value] = {}
    size = 0
    for key, value in checked.request["ExpressionAttributeValues"].items():
        try:
            found = explain({key: value})
        except ValueProblem as error:
            raise ValidationException(
                f"ExpressionAttributeValues contains invalid value: {error} for key {key}"
            ) from None
        taken[key] = found.item[key]
        size += found.size
    _check_size("ExpressionAttributeValues", size)
    return taken


def _check_names(names: Mapping[str, str]) -> None:
    for key, name in names.items():
        try:
            check_name(name)
        except ValueProblem as error:
            raise ValidationException(
                f"ExpressionAttributeNames contains invalid value: {error} for key {key}"
            ) from None
    _check_size("ExpressionAttributeNames", sum(map(len, names.values())))


def _check_size(member: str, size: int) -> None:
    if size > SUBSTITUTIONS_BYTES_MAX:
        raise ValidationException(f"{member} exceeds max size")


def _check_unused(found: Expressions) -> None:
    parts = [
        part
        for part in (found.update, found.condition, found.key_condition, found.filter)
        if part is not None
    ]
    if not parts and found.projection is None:
        # Only actions of transactions come here so; they may have names and values for nothing
        # (observed), other operations are refused before.
        return
    if found.names:
        used: set[str] = set().union(*(part.names_used for part in parts))
        if found.projection is not None:
            used |= found.projection.names_used
        _refuse_unused("ExpressionAttributeNames", [key for key in found.names if key not in used])
    if found.values:
        used = set().union(*(part.values_used for part in parts))
        _refuse_unused(
            "ExpressionAttributeValues", [key for key in found.values if key not in used]
        )


def _refuse_unused(member: str, unused: list[str]) -> None:
    if unused:
        raise ValidationException(
            f"Value provided in {member} unused in expressions: keys: {{{', '.join(unused)}}}"
        )


def check_nested_heads(table: Table, heads: frozenset[str]) -> None:
    """Check that no path goes into a key attribute, which is a scalar.

    Raises:
        ValidationException: one does.
    """
    if not heads:
        return
    rule = (
        "Key attributes must be scalars;"
        " list random access '[]' and map lookup '.' are not allowed: "
    )
    for key in table.keys:
        if key.name in heads:
            raise ValidationException(f"{rule}Key: {key.name}")
    for _, key in table.index_keys:
        if key.name in heads:
            raise ValidationException(f"{rule}IndexKey: {key.name}")


def check_attribute_name(name: str) -> None:
    """Check a name in one of the older parameters. Raises ValidationException."""
    try:
        check_name(name)
    except ValueProblem as error:
        raise ValidationException(str(error)) from None


def check_duplicates(names: Sequence[str]) -> None:
    """Check AttributesToGet. Raises ValidationException: a name is wrong, or there twice."""
    seen: set[str] = set()
    for name in names:
        check_attribute_name(name)
        if name in seen:
            raise invalid(f"Duplicate value in attribute name: {name}")
        seen.add(name)

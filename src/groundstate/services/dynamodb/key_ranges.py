"""Key conditions as ranges of key bytes: what a Query walks.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Mapping

from groundstate.services.dynamodb import keys
from groundstate.services.dynamodb.errors import ValidationException, invalid, not_valid
from groundstate.services.dynamodb.expressions.key_condition import KeyCondition
from groundstate.services.dynamodb.items import check_key_size, empty_key
from groundstate.services.dynamodb.model import Index, Item, KeyAttribute, Table
from groundstate.services.dynamodb.values import begins_with, compare

_NOT_INDEXABLE = frozenset(("NULL", "NOT_NULL", "NE", "CONTAINS", "NOT_CONTAINS", "IN"))
NOT_SUPPORTED = "Query key condition not supported"

Conditions = Mapping[str, KeyCondition]


def key_parts(
    table: Table, index: Index | None
) -> tuple[tuple[KeyAttribute, ...], tuple[KeyAttribute, ...]]:
    """The partition and the sort attributes of what is queried."""
    if index is None:
        return (table.keys[:1], table.keys[1:])
    return (index.hash_keys, index.range_keys)


def check_key_conditions(
    conditions: Conditions,
    hash_keys: tuple[KeyAttribute, ...],
    range_keys: tuple[KeyAttribute, ...],
) -> None:
    """Check that conditions are ones that an index walk can answer.

    Raises:
        ValidationException: a key attribute lacks one, or has one that it cannot have.
    """
    if len(hash_keys) > 1 or len(range_keys) > 1:
        _check_multiple(conditions, hash_keys, range_keys)
        return
    for at, key in enumerate((*hash_keys, *range_keys)):
        if at == 0 and not range_keys and len(conditions) > 1:
            raise ValidationException(NOT_SUPPORTED)
        condition = conditions.get(key.name)
        if condition is None:
            if at == 0 or len(conditions) > 1:
                raise ValidationException(f"Query condition missed key schema element: {key.name}")
            return
        _check_condition(condition, key)
        if at > 0:
            continue
        if condition.operator != "EQ":
            raise ValidationException(NOT_SUPPORTED)
        if key.kind != "N":
            check_key_size(key, condition.values[0][key.kind], is_hash=True)


def _check_condition(condition: KeyCondition, key: KeyAttribute) -> None:
    if condition.operator in _NOT_INDEXABLE:
        raise ValidationException("Attempted conditional constraint is not an indexable operation")
    for value in condition.values:
        content = value.get(key.kind)
        if content is None:
            raise invalid("Condition parameter type does not match schema type")
        if not content and key.kind != "N":
            raise not_valid(empty_key(key))


def _check_multiple(
    conditions: Conditions,
    hash_keys: tuple[KeyAttribute, ...],
    range_keys: tuple[KeyAttribute, ...],
) -> None:
    """A key of several attributes: all HASH ones equal; RANGE ones from the left, without a gap."""
    names = {key.name for key in (*hash_keys, *range_keys)}
    for name in conditions:
        if name not in names:
            raise ValidationException(NOT_SUPPORTED)
    for key in hash_keys:
        condition = conditions.get(key.name)
        if condition is None or condition.operator != "EQ":
            raise ValidationException(
                f"HASH key attributes {key.name} must have equality conditions specified in the"
                " query"
            )
        _check_condition(condition, key)
    ended = ""
    for key in range_keys:
        condition = conditions.get(key.name)
        if condition is None:
            ended = ended or key.name
            continue
        if ended:
            raise ValidationException(
                f"RANGE key attributes {ended} must have equality conditions specified in the query"
                f" because a condition is present on key attribute {key.name}"
            )
        _check_condition(condition, key)
        if condition.operator != "EQ":
            ended = key.name


def find_range(
    conditions: Conditions,
    hash_keys: tuple[KeyAttribute, ...],
    range_keys: tuple[KeyAttribute, ...],
) -> tuple[bytes, bytes]:
    """The half-open range of key bytes that checked conditions leave."""
    values = [conditions[key.name].values[0][key.kind] for key in hash_keys]
    prefix = keys.partition_bytes(hash_keys, values)
    for key in range_keys:
        condition = conditions.get(key.name)
        if condition is None:
            break
        operator = condition.operator
        first = condition.values[0][key.kind]
        if operator == "EQ":
            prefix += keys.encode(key.kind, first)
            continue
        whole = (prefix, keys.successor(prefix))
        if operator == "BEGINS_WITH":
            start = prefix + keys.encode_prefix(key.kind, first)
            return (start, keys.successor(start))
        at = prefix + keys.encode(key.kind, first)
        if operator == "LT":
            return (whole[0], at)
        if operator == "LE":
            return (whole[0], keys.successor(at))
        if operator == "GT":
            return (keys.successor(at), whole[1])
        if operator == "GE":
            return (at, whole[1])
        assert operator == "BETWEEN", operator
        last = prefix + keys.encode(key.kind, condition.values[1][key.kind])
        return (at, keys.successor(last))
    return (prefix, keys.successor(prefix))


def check_start(
    conditions: Conditions,
    start: Item,
    hash_keys: tuple[KeyAttribute, ...],
    range_keys: tuple[KeyAttribute, ...],
) -> None:
    """Check that a start key lies in what the conditions leave.

    Raises:
        ValidationException: it does not.
    """
    partition_matches = all(start[key.name] == conditions[key.name].values[0] for key in hash_keys)
    with_range = [key for key in range_keys if key.name in conditions]
    if not with_range:
        if not partition_matches:
            raise ValidationException(
                "The provided starting key is outside query boundaries based on provided conditions"
            )
        return
    for key in with_range:
        if not _meets(conditions[key.name], start[key.name]):
            raise ValidationException(
                "The provided starting key does not match the range key predicate"
            )
    if not partition_matches:
        raise ValidationException("The query can return at most one row and cannot be restarted")


def _meets(condition: KeyCondition, value: dict[str, str]) -> bool:
    operator, arguments = condition.operator, condition.values
    if operator == "BEGINS_WITH":
        return begins_with(value, arguments[0])
    if operator == "BETWEEN":
        return compare(arguments[0], value) in (-1, 0) and compare(value, arguments[1]) in (-1, 0)
    wanted = {"EQ": (0,), "LT": (-1,), "LE": (-1, 0), "GT": (1,), "GE": (0, 1)}[operator]
    return compare(value, arguments[0]) in wanted

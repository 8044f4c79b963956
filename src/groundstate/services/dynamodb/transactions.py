"""Transactions: several writes of which all happen or none.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html

Theory. All operations here run one after the other, so a transaction meets no other one. It first
looks at every action's item and condition; only if nothing stands against any does it write. What
stands against one becomes its cancellation reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundstate.operation import Call, ServiceError
from groundstate.services.dynamodb.capacity import Consumed, read_units, write_cost, write_units
from groundstate.services.dynamodb.errors import (
    ConditionalCheckFailedException,
    DuplicateItemException,
    EmptyIndexKeyException,
    TransactionCanceledException,
    ValidationException,
    condition_failed,
)
from groundstate.services.dynamodb.items import (
    ITEM_BYTES_MAX,
    Stored,
    check_item_keys,
    check_key,
    find_item,
    item_collection_metrics,
    refuse_empty_key,
    write_item,
)
from groundstate.services.dynamodb.model import Item, Table
from groundstate.services.dynamodb.parameters import Expressions, check_nested_heads
from groundstate.services.dynamodb.updating import check_update, updated_item
from groundstate.services.dynamodb.values import Measured

_PERMISSIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
REQUEST_BYTES_MAX = 4 * 1024 * 1024
_REASON_CODES = {
    ConditionalCheckFailedException: "ConditionalCheckFailed",
    DuplicateItemException: "DuplicateItem",
    ValidationException: "ValidationError",
}


@dataclass(slots=True)
class Action:
    """One action of a transaction.

    Attributes:
        kind: `Put`, `Update`, `Delete` or `ConditionCheck`.
        given: the item of a put; the key of the others.
        returns_old: its reason is to show the item if the condition fails.
        inserts: a PartiQL INSERT: the item must not be there.
    """

    kind: str
    table: Table
    given: Measured
    expressions: Expressions
    returns_old: bool = False
    inserts: bool = False


@dataclass(slots=True)
class Prepared:
    """An action that can be carried out."""

    action: Action
    key: bytes
    old: Stored | None
    new: Measured | None


def carry_out(call: Call, actions: Sequence[Action], *, every_key: bool = False) -> list[Prepared]:
    """Carry out all actions, or none.

    Args:
        every_key: of keys that do not fit their tables, tell all and not only the first.

    Raises:
        TransactionCanceledException: with a reason for each action.
        ValidationException: two actions are about one item, or a key value is empty.
    """
    keys = _find_keys(actions, every_key=every_key)
    errors: list[ServiceError | None] = [None] * len(actions)
    prepared: list[Prepared] = []
    for at, (action, key) in enumerate(zip(actions, keys, strict=True)):
        try:
            prepared.append(_prepare(call, action, key))
        except EmptyIndexKeyException:
            raise
        except tuple(_REASON_CODES) as error:
            errors[at] = error
    if any(error is not None for error in errors):
        raise _cancelled(errors)
    for part in prepared:
        if part.action.kind != "ConditionCheck":
            write_item(call, part.action.table, part.key, part.old, part.new)
    return prepared


def prepare_action(call: Call, action: Action) -> Prepared:
    """Look whether one action can be carried out by itself.

    Raises:
        ConditionalCheckFailedException: its condition does not hold.
        DuplicateItemException: it inserts an item that is there.
        ValidationException: it does not fit the table or the item.
    """
    check = check_item_keys if action.kind == "Put" else check_key
    return _prepare(call, action, check(action.table, action.given.item))


def _find_keys(actions: Sequence[Action], *, every_key: bool) -> list[bytes]:
    """The key bytes of each action's item, which are looked at before anything else (observed)."""
    for action in actions:
        refuse_empty_key(action.table, action.given.item)
    keys: list[bytes] = []
    reasons: list[ServiceError | None] = [None] * len(actions)
    for at, action in enumerate(actions):
        check = check_item_keys if action.kind == "Put" else check_key
        try:
            keys.append(check(action.table, action.given.item))
        except EmptyIndexKeyException:
            raise
        except ValidationException as error:
            reasons[at] = error
            if not every_key:
                break
    if any(reason is not None for reason in reasons):
        raise _cancelled(reasons)
    named = [(action.table.table_id, key) for action, key in zip(actions, keys, strict=True)]
    if len(set(named)) < len(named):
        raise ValidationException(
            "Transaction request cannot include multiple operations on one item"
        )
    return keys


def _prepare(call: Call, action: Action, key: bytes) -> Prepared:
    table, expressions = action.table, action.expressions
    if expressions.update is not None:
        check_update(table, expressions.update)
    if expressions.condition is not None:
        check_nested_heads(table, expressions.condition.nested_heads)
    old = find_item(call, table, key)
    if action.inserts and old is not None:
        raise DuplicateItemException("Duplicate primary key exists in table")
    if not expressions.holds(expressions.condition, None if old is None else old.item):
        if action.returns_old and old is not None:
            raise condition_failed(Item=old.item)
        raise condition_failed()
    new: Measured | None = None
    if action.kind == "Put":
        if action.given.size > ITEM_BYTES_MAX:
            raise ValidationException("Item size has exceeded the maximum allowed size")
        new = action.given
    elif action.kind == "Update":
        new = updated_item(table, action.given.item, old, expressions, None)
    return Prepared(action, key, old, new)


def _cancelled(errors: Sequence[ServiceError | None]) -> TransactionCanceledException:
    reasons: list[dict[str, Any]] = []
    for error in errors:
        if error is None:
            reasons.append({"Code": "None"})
            continue
        reasons.append(
            {"Code": _REASON_CODES[type(error)], "Message": error.message, **error.members}
        )
    codes = ", ".join(reason["Code"] for reason in reasons)
    return TransactionCanceledException(
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        CancellationReasons=reasons,
    )


def authorize(call: Call, actions: Sequence[Action]) -> None:
    """Check that the caller may carry out each action. Raises AccessDeniedException."""
    if call.principal.administrator:
        return
    for action in actions:
        key = action.given.item.get(action.table.keys[0].name, {})
        context = {"dynamodb:LeadingKeys": [str(content) for content in key.values()]}
        call.authorize(_PERMISSIONS[action.kind], action.table.arn, context)


def check_size(total: int) -> None:
    """Check the size of all items of a transaction. Raises ValidationException."""
    if total > REQUEST_BYTES_MAX:
        raise ValidationException(
            "Collection size of items in the transaction exceeds the maximum allowed size of 4 MB"
        )


def consumed_shapes(prepared: Sequence[Prepared], wanted: str) -> list[dict[str, Any]]:
    """What a transaction cost, by table."""
    by_table: dict[str, tuple[Table, Consumed]] = {}
    for part in prepared:
        table = part.action.table
        old = (None, 0) if part.old is None else (part.old.item, part.old.size)
        new = (None, 0) if part.new is None else (part.new.item, part.new.size)
        if part.action.kind == "ConditionCheck":
            cost = Consumed(write_units(old[1]))
        else:
            cost = write_cost(table, *old, *new)
        by_table.setdefault(table.name, (table, Consumed()))[1].add(cost.doubled())
    return [consumed.shape(table, wanted, split="Write") for table, consumed in by_table.values()]


def replay_units(prepared: Sequence[Prepared]) -> dict[str, float]:
    """What a transaction costs, by table, that is sent again under its token: reading its items.

    They are measured as they were when it was carried out (observed).
    """
    units: dict[str, float] = {}
    for part in prepared:
        old_size = 0 if part.old is None else part.old.size
        new_size = 0 if part.new is None else part.new.size
        name = part.action.table.name
        read = 2 * read_units(max(old_size, new_size), consistent=True)
        units[name] = units.get(name, 0.0) + read
    return units


def replayed_shapes(
    actions: Sequence[Action], units: dict[str, float], wanted: str
) -> list[dict[str, Any]]:
    """What a transaction costs that was carried out before under its token."""
    tables = {action.table.name: action.table for action in actions}
    return [
        Consumed(units.get(name, 0.0)).shape(table, wanted, split="Read")
        for name, table in tables.items()
    ]


def collection_metrics(prepared: Sequence[Prepared]) -> dict[str, list[dict[str, Any]]]:
    """ItemCollectionMetrics by table, for those with local indexes."""
    metrics: dict[str, list[dict[str, Any]]] = {}
    for part in prepared:
        table = part.action.table
        if table.has_local_indexes and part.action.kind != "ConditionCheck":
            item: Item = part.action.given.item
            found = metrics.setdefault(table.name, [])
            entry = item_collection_metrics(table, item)
            if entry not in found:
                found.append(entry)
    return metrics

"""What PartiQL statements are parsed into.

Conditions and updates become the trees of DynamoDB's own expressions, with a placeholder for each
name and value, so that one compiler serves both languages.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from groundstate.services.dynamodb.expressions.tree import Action, ConditionNode, PathNode
from groundstate.services.dynamodb.model import Item, Value


class PartiqlError(ValueError):
    """A statement that DynamoDB refuses; the message is what it says."""


@dataclass(slots=True)
class Bindings:
    """What the placeholders of a statement's trees stand for. Attributes: bound: values so far."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    bound: int = 0


@dataclass(slots=True)
class Select:
    """SELECT. Attributes: paths: empty for `*`; order: (attribute, descending) of each."""

    table: str
    index: str | None
    paths: list[PathNode]
    where: ConditionNode | None
    order: list[tuple[str, bool]]
    bindings: Bindings


@dataclass(slots=True)
class Insert:
    """INSERT. Attributes: quietly: an item that is there already is left alone, not refused."""

    table: str
    item: Item
    quietly: bool
    bindings: Bindings


@dataclass(slots=True)
class Update:
    """UPDATE. Attributes: returning: as `ALL NEW` or `MODIFIED OLD`, or ""."""

    table: str
    actions: list[Action]
    where: ConditionNode | None
    returning: str
    bindings: Bindings


@dataclass(slots=True)
class Delete:
    """DELETE. Attributes: returning: `ALL OLD`, or ""."""

    table: str
    where: ConditionNode | None
    returning: str
    bindings: Bindings


@dataclass(slots=True)
class Exists:
    """EXISTS(SELECT ...): a check in a transaction."""

    select: Select


Statement = Select | Insert | Update | Delete | Exists

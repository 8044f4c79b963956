"""Capacity units: what reads and writes cost.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from groundstate.services.dynamodb.model import Index, Item, Table
from groundstate.services.dynamodb.values import equal, measure

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024


def read_units(size: int, *, consistent: bool) -> float:
    """What reading so many bytes costs; nothing that is read costs a unit, or half."""
    units = max(1, -(-size // READ_UNIT_BYTES))
    return float(units) if consistent else units / 2


def write_units(size: int) -> float:
    """What writing so many bytes costs."""
    return float(max(1, -(-size // WRITE_UNIT_BYTES)))


@dataclass(slots=True)
class Consumed:
    """What operations on one table cost, by part of it."""

    table: float = 0.0
    indexes: dict[str, float] = field(default_factory=dict)

    def add(self, other: Consumed) -> None:
        """Count another operation's cost too."""
        self.table += other.table
        for name, units in other.indexes.items():
            self.indexes[name] = self.indexes.get(name, 0.0) + units

    def doubled(self) -> Consumed:
        """What the same costs in a transaction: the table's part twice, the indexes' once."""
        return Consumed(self.table * 2, dict(self.indexes))

    def shape(
        self, table: Table, wanted: str, *, name: str | None = None, split: str = ""
    ) -> dict[str, Any]:
        """The cost as a response's ConsumedCapacity.

        Args:
            wanted: `TOTAL` or `INDEXES`.
            name: the table's name as the request gave it.
            split: `Read` or `Write`, to tell that kind of units besides (in transactions).
        """
        total = self.table + sum(self.indexes.values())
        shape: dict[str, Any] = {"TableName": name or table.name, **_units(total, split)}
        if wanted == "INDEXES":
            shape["Table"] = _units(self.table, split)
            for member, is_global in (
                ("LocalSecondaryIndexes", False),
                ("GlobalSecondaryIndexes", True),
            ):
                parts = {
                    index: _units(units, split)
                    for index, units in self.indexes.items()
                    if table.indexes[index].is_global is is_global
                }
                if parts:
                    shape[member] = parts
        return shape


def _units(units: float, split: str) -> dict[str, float]:
    shape = {"CapacityUnits": units}
    if split:
        shape[f"{split}CapacityUnits"] = units
    return shape


def write_cost(
    table: Table, old: Item | None, old_size: int, new: Item | None, new_size: int
) -> Consumed:
    """What replacing an item by another costs, indexes included.

    Args:
        old, new: None where there is no item.
    """
    consumed = Consumed(write_units(max(old_size, new_size)))
    for index in table.index_list:
        units = _index_units(index, old, new)
        if units:
            consumed.indexes[index.name] = units
    return consumed


def _index_units(index: Index, old: Item | None, new: Item | None) -> float:
    was, now = _entry(index, old), _entry(index, new)
    if was is None or now is None:
        entry = now if was is None else was
        return 0.0 if entry is None else write_units(measured_size(entry))
    if any(not equal(was[key.name], now[key.name]) for key in index.keys):
        return write_units(measured_size(was)) + write_units(measured_size(now))
    if was == now:
        return 0.0
    return write_units(max(measured_size(was), measured_size(now)))


def _entry(index: Index, item: Item | None) -> Item | None:
    """What an index holds of an item; None if nothing."""
    if item is None or any(key.kind not in item.get(key.name, ()) for key in index.keys):
        return None
    return project_entry(index, item)


def project_entry(index: Index, item: Item) -> Item:
    """The attributes of an item that an index holds."""
    if index.projected is None:
        return item
    projected = index.projected
    return {name: value for name, value in item.items() if name in projected}


def measured_size(item: Item) -> int:
    """The size of an item that was checked before."""
    measured = measure(item)
    assert measured is not None, item
    return measured.size

"""DynamoDB's nouns: a table's description as the data plane needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundstate.services.dynamodb import keys

Value = dict[str, Any]
"""An attribute value: one entry, from its type to its value, as on the wire: `{"N": "1"}`."""
Item = dict[str, Value]
Values = Mapping[str, Value]
"""ExpressionAttributeValues, numbers in normal form."""


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    """An attribute that is part of a key. Attributes: name; kind: `S`, `N` or `B`."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index.

    Attributes:
        index_id: names its rows in the store.
        hash_keys, range_keys: one each at most for a local one; up to four for a global one.
        projection: `ALL`, `KEYS_ONLY` or `INCLUDE`.
        included: the non-key attributes that `INCLUDE` names.
        projected: all attributes that it holds, or None if it holds every one.
        backfilled_to: while it is being filled, the number of the last row that is in it.
    """

    name: str
    index_id: int
    is_global: bool
    hash_keys: tuple[KeyAttribute, ...]
    range_keys: tuple[KeyAttribute, ...]
    projection: str
    included: frozenset[str]
    projected: frozenset[str] | None
    backfilled_to: int | None = None

    @property
    def keys(self) -> tuple[KeyAttribute, ...]:
        """All key attributes, in their order."""
        return self.hash_keys + self.range_keys


@dataclass(frozen=True, slots=True)
class Table:
    """A table as its stored definition says, read once and then kept.

    Attributes:
        definition: what DescribeTable answers, but for what changes with each write.
        keys: the partition key, and the sort key if there is one.
        key_names: their names.
        indexes: by name.
        index_keys: for each attribute that is a key of an index, that index and attribute; errors
            name the first index by name.
        time_to_live: the attribute that tells when an item expires, if TTL is enabled.
        stream_label: the label of the enabled stream, or "".
        stream_view: its StreamViewType.
        find_key: `keys.make_finder` of its key.
        is_plain: nothing hangs on a write but the item's row: no index, no stream, no expiry and
            no way back in time.
    """

    table_id: int
    name: str
    arn: str
    region: str
    account: str
    definition: dict[str, Any]
    settings: dict[str, Any]
    keys: tuple[KeyAttribute, ...]
    key_names: frozenset[str]
    indexes: dict[str, Index]
    index_list: tuple[Index, ...]
    index_keys: tuple[tuple[Index, KeyAttribute], ...]
    time_to_live: str | None = None
    stream_label: str = ""
    stream_view: str = ""
    find_key: Callable[[Item], bytes | None] = field(init=False)
    is_plain: bool = field(init=False)

    def __post_init__(self) -> None:
        is_plain = not (
            self.index_list
            or self.stream_label
            or self.time_to_live is not None
            or "PointInTimeRecovery" in self.settings
        )
        # What follows from the rest is asked for by each request.
        object.__setattr__(self, "find_key", keys.make_finder(self.keys))
        object.__setattr__(self, "is_plain", is_plain)

    @property
    def has_local_indexes(self) -> bool:
        """Items with one partition key value form an item collection only if so."""
        return any(not index.is_global for index in self.index_list)


def make_table(
    table_id: int, account: str, region: str, definition: dict[str, Any], settings: dict[str, Any]
) -> Table:
    """Read a stored definition.

    Args:
        definition: in the shape of TableDescription; each index has an `IndexId` beside.
        settings: what TableDescription does not tell: `TimeToLive`, `Tags`, ...
    """
    kinds = {
        entry["AttributeName"]: entry["AttributeType"]
        for entry in definition.get("AttributeDefinitions", ())
    }
    keys = tuple(
        KeyAttribute(entry["AttributeName"], kinds[entry["AttributeName"]])
        for entry in definition["KeySchema"]
    )
    key_names = frozenset(key.name for key in keys)
    indexes = [
        _make_index(entry, is_global, kinds, key_names)
        for member, is_global in (
            ("GlobalSecondaryIndexes", True),
            ("LocalSecondaryIndexes", False),
        )
        for entry in definition.get(member, ())
    ]
    stream = definition.get("StreamSpecification") or {}
    time_to_live = settings.get("TimeToLive") or {}
    return Table(
        table_id=table_id,
        name=definition["TableName"],
        arn=definition["TableArn"],
        region=region,
        account=account,
        definition=definition,
        settings=settings,
        keys=keys,
        key_names=key_names,
        indexes={index.name: index for index in indexes},
        index_list=tuple(indexes),
        index_keys=tuple(
            (index, key)
            for index in sorted(indexes, key=lambda index: index.name)
            for key in index.keys
        ),
        time_to_live=time_to_live["AttributeName"] if time_to_live.get("Enabled") else None,
        stream_label=definition.get("LatestStreamLabel", "") if stream.get("StreamEnabled") else "",
        stream_view=stream.get("StreamViewType", "") if stream.get("StreamEnabled") else "",
    )


def _make_index(
    entry: dict[str, Any], is_global: bool, kinds: dict[str, str], key_names: frozenset[str]
) -> Index:
    hash_keys, range_keys = (
        tuple(
            KeyAttribute(element["AttributeName"], kinds[element["AttributeName"]])
            for element in entry["KeySchema"]
            if element["KeyType"] == key_type
        )
        for key_type in ("HASH", "RANGE")
    )
    projection = entry["Projection"]["ProjectionType"]
    included = frozenset(entry["Projection"].get("NonKeyAttributes", ()))
    own = {key.name for key in hash_keys + range_keys}
    return Index(
        name=entry["IndexName"],
        index_id=entry["IndexId"],
        is_global=is_global,
        hash_keys=hash_keys,
        range_keys=range_keys,
        projection=projection,
        included=included,
        projected=None if projection == "ALL" else key_names | own | included,
        backfilled_to=entry.get("BackfilledTo"),
    )

"""Query and Scan: walks over a table or index, a page at a time.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html

Theory. Both walk a half-open range of key bytes. A page ends after `Limit` items or once 1 MB was
read, before any filter; LastEvaluatedKey is then the last item read. Rows are fetched in growing
chunks, so that a page of few items reads few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from groundstate.operation import Call
from groundstate.services.dynamodb import capacity, keys
from groundstate.services.dynamodb.capacity import Consumed
from groundstate.services.dynamodb.errors import ValidationException, invalid
from groundstate.services.dynamodb.expressions.projection import Tree, project
from groundstate.services.dynamodb.items import check_key, load
from groundstate.services.dynamodb.model import Index, Item, KeyAttribute, Table
from groundstate.services.dynamodb.values import measure, page_size
from groundstate.store.dynamodb_items import PageRow

PAGE_BYTES_MAX = 1024 * 1024
_CHUNK_FIRST = 64
_CHUNK_MAX = 1024
START_KEY_INVALID = "The provided starting key is invalid"

Filter = Callable[[Item], bool]


@dataclass(slots=True)
class Walk:
    """What to read.

    Attributes:
        index: None for the table itself.
        low, high: the range of key bytes.
        fetches: ALL_ATTRIBUTES of a local index that does not hold them all: read from the table.
        filter: which items to answer; None for all.
        chosen: which parts of them; None for whole ones.
    """

    table: Table
    index: Index | None
    low: bytes
    high: bytes
    limit: int | None = None
    descending: bool = False
    fetches: bool = False
    consistent: bool = False
    filter: Filter | None = None
    chosen: Tree | None = None

    @property
    def is_whole(self) -> bool:
        """Items are answered as they are stored."""
        if self.filter is not None or self.chosen is not None:
            return False
        return self.index is None or self.index.projected is None


@dataclass(slots=True)
class Page:
    """What was read.

    Attributes:
        scanned: how many items, before the filter.
        last_key: where to go on; None at the end.
    """

    items: list[Any] = field(default_factory=list)
    scanned: int = 0
    last_key: Item | None = None
    consumed: Consumed = field(default_factory=Consumed)


def read_page(call: Call, walk: Walk) -> Page:
    """Read one page. Items that nobody looks into go to a JSON client as the stored bytes."""
    page = Page()
    reader = _Reader(walk, raw=call.takes_fragments and walk.is_whole)
    low, high, chunk = walk.low, walk.high, _CHUNK_FIRST
    rows_of = _rows(call, walk)
    while True:
        wanted = chunk if walk.limit is None else min(chunk, walk.limit - page.scanned)
        rows = rows_of.page(low, high, wanted, descending=walk.descending)
        last = reader.read(rows, page)
        full = reader.page_bytes >= PAGE_BYTES_MAX or page.scanned == walk.limit
        if full or len(rows) < wanted:
            break
        if walk.descending:
            high = rows[-1][0]
        else:
            low = keys.after(rows[-1][0])
        # What the page has room for yet, by the size of the items so far.
        room = (PAGE_BYTES_MAX - reader.page_bytes) * page.scanned // reader.page_bytes + 1
        chunk = min(room, _CHUNK_MAX)
    if full and last is not None:
        item = load(last[1])
        page.last_key = {name: item[name] for name in _key_names(walk.table, walk.index)}
    page.consumed = _consumed(walk, reader)
    return page


class _Reader:
    """Takes rows into a page, until it is full.

    Attributes:
        table_size, index_size: bytes that were read, as capacity counts them.
        fetched: what the items cost that were read from the table for an index, each by itself.
        page_bytes: bytes that were read, as the page's 1 MB counts them.
    """

    def __init__(self, walk: Walk, *, raw: bool) -> None:
        self._walk = walk
        self._raw = raw
        self._projected = None if walk.index is None else walk.index.projected
        self.table_size = 0
        self.index_size = 0
        self.fetched = 0.0
        self.page_bytes = 0

    def read(self, rows: list[PageRow], page: Page) -> PageRow | None:
        """Take rows; the last one that was taken."""
        if self._raw:
            return self._read_raw(rows, page)
        walk, projected = self._walk, self._projected
        loaded: list[Item] = orjson.loads(b"[" + b",".join([row[1] for row in rows]) + b"]")
        last = None
        for row, whole in zip(rows, loaded, strict=True):
            item = whole
            _, _, size, in_page = row
            if projected is not None:
                entry = {name: value for name, value in item.items() if name in projected}
                size, in_page = _measure_entry(walk.table, entry)
                if walk.fetches:
                    self.fetched += capacity.read_units(row[2], consistent=walk.consistent)
                else:
                    item = entry
            self._count(size)
            page.scanned += 1
            self.page_bytes += in_page
            if walk.filter is None or walk.filter(item):
                page.items.append(item if walk.chosen is None else project(walk.chosen, item))
            last = row
            if self.page_bytes >= PAGE_BYTES_MAX:
                break
        return last

    def _read_raw(self, rows: list[PageRow], page: Page) -> PageRow | None:
        page_bytes = self.page_bytes + sum([row[3] for row in rows])
        if page_bytes < PAGE_BYTES_MAX:
            page.items += [orjson.Fragment(row[1]) for row in rows]
            page.scanned += len(rows)
            self.page_bytes = page_bytes
            self._count(sum([row[2] for row in rows]))
            return rows[-1] if rows else None
        last = None
        for row in rows:
            _, item, size, in_page = row
            page.items.append(orjson.Fragment(item))
            page.scanned += 1
            self._count(size)
            self.page_bytes += in_page
            last = row
            if self.page_bytes >= PAGE_BYTES_MAX:
                break
        return last

    def _count(self, size: int) -> None:
        if self._walk.index is None:
            self.table_size += size
        else:
            self.index_size += size


def _rows(call: Call, walk: Walk) -> Any:
    rows = call.tx.dynamodb
    if walk.index is None:
        return rows.items(walk.table.table_id)
    return rows.index(walk.index.index_id, walk.table.table_id)


def _measure_entry(table: Table, entry: Item) -> tuple[int, int]:
    measured = measure(entry)
    assert measured is not None, entry
    range_key = entry[table.keys[1].name] if len(table.keys) > 1 else None
    return (measured.size, page_size(measured, range_key))


def _consumed(walk: Walk, reader: _Reader) -> Consumed:
    consistent = walk.consistent
    if walk.index is None:
        return Consumed(capacity.read_units(reader.table_size, consistent=consistent))
    consumed = Consumed(reader.fetched)
    units = capacity.read_units(reader.index_size, consistent=consistent)
    consumed.indexes[walk.index.name] = units
    return consumed


def _key_names(table: Table, index: Index | None) -> list[str]:
    names = [key.name for key in table.keys]
    for key in () if index is None else index.keys:
        if key.name not in names:
            names.append(key.name)
    return names


def find_index(table: Table, request: dict[str, Any]) -> Index | None:
    """The index that a request names; None for the table.

    Raises:
        ValidationException: there is none, or it cannot be read consistently.
    """
    name = request.get("IndexName")
    if name is None:
        return None
    index = table.indexes.get(name)
    if index is None:
        raise ValidationException(f"The table does not have the specified index: {name}")
    check_filled(index)
    if index.is_global and request.get("ConsistentRead"):
        raise ValidationException("Consistent reads are not supported on global secondary indexes")
    return index


def check_filled(index: Index) -> None:
    """Check that an index is not being filled. Raises ValidationException."""
    if index.backfilled_to is not None:
        raise ValidationException(
            f"Cannot read from backfilling global secondary index: {index.name}"
        )


def check_select(request: dict[str, Any], prefix: str = "") -> None:
    """Check that Select goes with what else says which attributes are wanted.

    Args:
        prefix: what Query, and Query alone, puts before the message (observed).

    Raises:
        ValidationException: it does not.
    """
    select = request.get("Select")
    if select is None:
        return
    projecting = [name for name in ("AttributesToGet", "ProjectionExpression") if name in request]
    if projecting and select != "SPECIFIC_ATTRIBUTES":
        what = "only the Count" if select == "COUNT" else select
        raise ValidationException(
            f"{prefix}Cannot specify the {projecting[0]} when choosing to get {what}"
        )
    if select == "SPECIFIC_ATTRIBUTES" and not projecting:
        raise ValidationException(
            f"{prefix}Must specify the AttributesToGet or ProjectionExpression when choosing to get"
            " SPECIFIC_ATTRIBUTES"
        )
    if select == "ALL_PROJECTED_ATTRIBUTES" and "IndexName" not in request:
        raise ValidationException(
            f"{prefix}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
        )


def check_all_attributes(
    request: dict[str, Any], index: Index | None, wanted: Sequence[str]
) -> bool:
    """Whether items must be fetched from the table, as the index does not hold all that is asked.

    Args:
        wanted: the attributes that a projection names.

    Raises:
        ValidationException: a global index cannot do that.
    """
    if index is None or index.projected is None:
        return False
    missing = [name for name in wanted if name not in index.projected]
    if request.get("Select") != "ALL_ATTRIBUTES" and not missing:
        return False
    if index.is_global:
        if missing:
            raise invalid(
                f"Global secondary index {index.name} does not project [{', '.join(missing)}]"
            )
        raise invalid(
            "Select type ALL_ATTRIBUTES is not supported for global secondary index"
            f" {index.name} because its projection type is not ALL"
        )
    return True


def check_filtered(index: Index | None, heads: Iterable[str]) -> None:
    """Check that an index whose partition is read holds what the filter looks at.

    Raises:
        ValidationException: it does not (observed; a Scan finds nothing there instead).
    """
    if index is None or index.projected is None:
        return
    missing = sorted(name for name in heads if name not in index.projected)
    if missing:
        raise invalid(
            f"Secondary index {index.name} does not project one or more filter attributes:"
            f" [{', '.join(missing)}]"
        )


def start_position(table: Table, index: Index | None, start: Item) -> bytes:
    """The key bytes that an ExclusiveStartKey stands for, whose attributes' types were checked.

    Raises:
        ValidationException: one of them is empty or too large.
    """
    table_key = check_key(table, {key.name: start[key.name] for key in table.keys})
    if index is None:
        return table_key
    found = keys.index_key(index.hash_keys, index.range_keys, table.keys, start, table_key)
    if found is None:
        raise ValidationException(START_KEY_INVALID)
    return found


def check_start_attributes(start: Item, attributes: Sequence[KeyAttribute]) -> None:
    """Check that a start key has these attributes, with their types.

    Raises:
        ValidationException: it has not.
    """
    for attribute in attributes:
        value = start.get(attribute.name)
        if value is None:
            raise ValidationException(START_KEY_INVALID)
        if attribute.kind not in value:
            raise ValidationException("The provided key element does not match the schema")


def response_of(request: dict[str, Any], walk: Walk, page: Page) -> dict[str, Any]:
    """A page as the operation answers it."""
    response: dict[str, Any] = {"Count": len(page.items), "ScannedCount": page.scanned}
    if request.get("Select") != "COUNT":
        response["Items"] = page.items
    if page.last_key is not None:
        response["LastEvaluatedKey"] = page.last_key
    wanted = request.get("ReturnConsumedCapacity", "NONE")
    if wanted != "NONE":
        shape = page.consumed.shape(walk.table, wanted, name=request["TableName"])
        response["ConsumedCapacity"] = shape
    return response

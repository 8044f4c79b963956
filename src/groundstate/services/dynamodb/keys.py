"""Key bytes: where an item lies in its table and in each index, so that walks are in AWS's order.

Theory. A table is ordered by a hash of the partition key, then by the key itself. The hash is the
MD5 of the text "Outliers" and the partition key's bytes (observed, and published by the author of
dynalite); three bytes of it are enough to give the order, as the key follows them.

    table:  hash(3)  partition key  sort key
    index:  hash(3)  index partition keys  index sort keys  tie(3)  the table's key bytes

Every key value is encoded so that bytes sort as values do, and that no value's bytes begin
another's: text and binary escape their zero bytes and end in two, numbers end themselves.
Items that tie in an index are ordered by a hash of their whole table key (observed likewise).
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from hashlib import md5
from typing import TYPE_CHECKING, Any

from groundstate.services.dynamodb import numbers

if TYPE_CHECKING:
    from groundstate.services.dynamodb.model import KeyAttribute, Value

HASH_KEY_BYTES_MAX = 2048
RANGE_KEY_BYTES_MAX = 1024
HASH_BYTES = 3
_HASH_SEED = b"Outliers"
# Parallel scans cut the hash's first twelve bits among their segments (observed).
_SEGMENT_BITS = 12


def raw_bytes(kind: str, value: str) -> bytes:
    """The bytes of a key value that its hash is made of, and that its size is counted in."""
    if kind == "S":
        return value.encode()
    if kind == "N":
        return numbers.hash_bytes(value)
    return b64decode(value)


def encode(kind: str, value: str) -> bytes:
    """A key value as bytes that sort as the values do, none the beginning of another's."""
    if kind == "N":
        return numbers.order_bytes(value)
    raw = value.encode() if kind == "S" else b64decode(value)
    if b"\0" in raw:
        raw = raw.replace(b"\0", b"\0\xff")
    return raw + b"\0\0"


def encode_prefix(kind: str, value: str) -> bytes:
    """What the bytes of every value that begins with this one begin with."""
    return encode(kind, value)[:-2]


def hash_of(*raw: bytes) -> bytes:
    """The three bytes of hash that order partitions."""
    return md5(_HASH_SEED + b"".join(raw), usedforsecurity=False).digest()[:HASH_BYTES]


def partition_bytes(attributes: Sequence[KeyAttribute], values: Sequence[str]) -> bytes:
    """The beginning of the keys of all items with these partition key values."""
    if len(attributes) == 1:
        kind = attributes[0].kind
        if kind == "S":
            return _text_partition(values[0])
    raws = [raw_bytes(key.kind, value) for key, value in zip(attributes, values, strict=True)]
    encoded = [encode(key.kind, value) for key, value in zip(attributes, values, strict=True)]
    return hash_of(*raws) + b"".join(encoded)


@lru_cache(maxsize=4096)
def _text_partition(value: str) -> bytes:
    """`partition_bytes` of one text: an item is often written, changed and read in a row."""
    raw = value.encode()
    return hash_of(raw) + (raw.replace(b"\0", b"\0\xff") if b"\0" in raw else raw) + b"\0\0"


def table_key(attributes: Sequence[KeyAttribute], item: dict[str, Value]) -> bytes:
    """The key bytes of an item in its table; the key attributes must be right."""
    first = attributes[0]
    key = partition_bytes(attributes[:1], (item[first.name][first.kind],))
    if len(attributes) > 1:
        second = attributes[1]
        key += encode(second.kind, item[second.name][second.kind])
    return key


def make_finder(attributes: Sequence[KeyAttribute]) -> Callable[[dict[str, Any]], bytes | None]:
    """A function that gives what `table_key` does for an item, and looks whether it has the key.

    It gives None where that needs a closer look: for a key attribute that is not there, of another
    type, empty, or so long that it may be too large.
    """
    name, kind = attributes[0].name, attributes[0].kind
    longest = _plain_length(kind, HASH_KEY_BYTES_MAX)
    make_partition = _text_partition if kind == "S" else partial(_scalar_partition, kind)

    def find_one(item: dict[str, Any]) -> bytes | None:
        value = item.get(name)
        content = None if value is None else value.get(kind)
        if not content or len(content) > longest:
            return None
        return make_partition(content)

    if len(attributes) == 1:
        return find_one
    sort_name, sort_kind = attributes[1].name, attributes[1].kind
    sort_longest = _plain_length(sort_kind, RANGE_KEY_BYTES_MAX)
    make_sort = numbers.order_bytes if sort_kind == "N" else partial(encode, sort_kind)

    def find_both(item: dict[str, Any]) -> bytes | None:
        value, sort_value = item.get(name), item.get(sort_name)
        if value is None or sort_value is None:
            return None
        content, sort = value.get(kind), sort_value.get(sort_kind)
        if not content or len(content) > longest or not sort or len(sort) > sort_longest:
            return None
        return make_partition(content) + make_sort(sort)

    return find_both


def _scalar_partition(kind: str, content: str) -> bytes:
    return hash_of(raw_bytes(kind, content)) + encode(kind, content)


def _plain_length(kind: str, limit: int) -> int:
    """How many characters a key attribute may have that is not too large at first sight."""
    # See `is_too_large`. A number is never too large.
    return limit if kind == "N" else limit // 4


def index_key(
    hash_keys: Sequence[KeyAttribute],
    range_keys: Sequence[KeyAttribute],
    table_keys: Sequence[KeyAttribute],
    item: dict[str, Value],
    item_key: bytes,
) -> bytes | None:
    """The key bytes of an item in an index; None if it is not in it.

    An item is not in an index that it lacks an attribute for. It may also have one that cannot be
    a key, from before there was the index: of another type, empty, or too large.
    """
    values = []
    for attribute in hash_keys:
        value = item.get(attribute.name)
        content = None if value is None else value.get(attribute.kind)
        if not content or is_too_large(attribute.kind, content, HASH_KEY_BYTES_MAX):
            return None
        values.append(content)
    sort = b""
    for attribute in range_keys:
        value = item.get(attribute.name)
        content = None if value is None else value.get(attribute.kind)
        if not content or is_too_large(attribute.kind, content, RANGE_KEY_BYTES_MAX):
            return None
        sort += encode(attribute.kind, content)
    tie = hash_of(*(raw_bytes(key.kind, item[key.name][key.kind]) for key in table_keys))
    return partition_bytes(hash_keys, values) + sort + tie + item_key


def is_too_large(kind: str, content: str, limit: int) -> bool:
    """Whether a key attribute's value takes more bytes than this."""
    # A character takes four bytes at most, and those of base64 stand for less than one.
    return len(content) > limit // 4 and kind != "N" and len(raw_bytes(kind, content)) > limit


def successor(prefix: bytes) -> bytes:
    """The smallest bytes that sort after everything that begins with `prefix`."""
    stripped = prefix.rstrip(b"\xff")
    if not stripped:
        return b"\xff" * (len(prefix) + 8)
    return stripped[:-1] + bytes([stripped[-1] + 1])


def after(key: bytes) -> bytes:
    """The smallest bytes that sort after exactly this key."""
    return key + b"\0"


def segment_bounds(segment: int, total: int) -> tuple[bytes, bytes]:
    """The half-open range of keys that a segment of a parallel scan covers."""
    bits = _SEGMENT_BITS if total <= 1 << _SEGMENT_BITS else 8 * HASH_BYTES
    return (_cut(segment, total, bits), _cut(segment + 1, total, bits))


def _cut(part: int, total: int, bits: int) -> bytes:
    at = -(-(part << bits) // total) << (8 * HASH_BYTES - bits)
    if at >= 1 << (8 * HASH_BYTES):
        return b"\xff" * (HASH_BYTES + 1)
    return at.to_bytes(HASH_BYTES, "big")

"""java.util.HashSet: the order in which Step Functions gives the members of a set (observed).

https://docs.oracle.com/javase/8/docs/api/java/util/HashMap.html
"""

from __future__ import annotations

import struct
from typing import Any

from groundstate.asl.json_text import to_text

_MASK = 0xFFFFFFFF
_LEAST_BUCKETS = 16


def hash_set(values: list[Any]) -> list[Any]:
    """The values, each once, in the order of a `HashSet` made of them."""
    buckets = _LEAST_BUCKETS
    while buckets * 3 // 4 < len(values):
        buckets *= 2
    unique: dict[str, Any] = {}
    for value in values:
        unique.setdefault(_key(value), value)
    found = [(hash_code(value), value) for value in unique.values()]
    found.sort(key=lambda each: (each[0] ^ each[0] >> 16) & buckets - 1)
    return [value for _, value in found]


def hash_code(value: Any) -> int:
    """What `hashCode()` of a JSON value is as Java holds it, without a sign."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return 1231 if value else 1237
    if isinstance(value, int):
        low = value & 0xFFFFFFFFFFFFFFFF
        return low & _MASK if -(1 << 31) <= value < 1 << 31 else (low ^ low >> 32) & _MASK
    if isinstance(value, float):
        (bits,) = struct.unpack(">Q", struct.pack(">d", value))
        return int(bits ^ bits >> 32) & _MASK
    if isinstance(value, str):
        units = struct.iter_unpack(">H", value.encode("utf-16-be", "surrogatepass"))
        return _fold(0, (unit for (unit,) in units))
    if isinstance(value, list):
        return _fold(1, map(hash_code, value))
    return sum(hash_code(name) ^ hash_code(item) for name, item in value.items()) & _MASK


def _fold(code: int, parts: Any) -> int:
    for part in parts:
        code = (31 * code + part) & _MASK
    return code


def _key(value: Any) -> str:
    """Equal for equal values: the order of an object's members does not count."""
    return to_text(_sorted(value))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return list(map(_sorted, value)) if isinstance(value, list) else value

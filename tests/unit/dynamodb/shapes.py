"""Pieces of CreateTable requests, and items for the tables of the fixtures."""

from __future__ import annotations

from typing import Any

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


def key_schema(*names: str) -> list[dict[str, str]]:
    """HASH, then RANGE."""
    kinds = ("HASH", "RANGE")
    return [
        {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, kinds, strict=False)
    ]


def definitions(**kinds: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in kinds.items()]


def index(name: str, *names: str, projection: str = "ALL", included: Any = None) -> dict[str, Any]:
    shape: dict[str, Any] = {"ProjectionType": projection}
    if included:
        shape["NonKeyAttributes"] = included
    return {"IndexName": name, "KeySchema": key_schema(*names), "Projection": shape}


def fill(client: Any, table: str, count: int) -> None:
    """Put items with keys ("a", 0) to ("a", count - 1); those with odd keys are in the index."""
    for at in range(count):
        item = {"p": {"S": "a"}, "c": {"N": str(at)}, "l": {"S": f"l{9 - at}"}, "x": {"S": "x"}}
        if at % 2:
            item |= {"g": {"S": "odd"}, "h": {"N": str(-at)}}
        client.put_item(TableName=table, Item=item)

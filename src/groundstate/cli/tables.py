"""List DynamoDB tables, or show the items of one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from groundstate.cli.client import Client
from groundstate.cli.connection import add_connection_arguments, connect, parse_count
from groundstate.cli.errors import Refused
from groundstate.cli.names import find_meant
from groundstate.cli.output import Console

ITEMS_SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The table, and how much of it."""
    parser.add_argument(
        "table",
        metavar="TABLE",
        nargs="?",
        help="show this table's items; a part of its name will do",
    )
    parser.add_argument(
        "--limit",
        metavar="NUMBER",
        type=parse_count,
        default=ITEMS_SHOWN,
        help=f"show at most so many items [{ITEMS_SHOWN}]",
    )
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """List, or show one."""
    client = connect(arguments)
    if arguments.table is None:
        _list_tables(client, console)
    else:
        _show_items(client, console, _find_table(client, arguments.table), arguments.limit)
    return 0


def find_item(client: Client, table: str, key: dict[str, Any]) -> dict[str, Any] | None:
    """An item by its key, both in DynamoDB's JSON; None if there is none."""
    answer = client.call("dynamodb", "GetItem", TableName=table, Key=key, ConsistentRead=True)
    item: dict[str, Any] | None = answer.get("Item")
    return item


def format_item(item: dict[str, Any]) -> str:
    """An item on one line, as a person would write it: without DynamoDB's type names."""
    return "{" + ", ".join(f"{name}: {_format(value)}" for name, value in item.items()) + "}"


def _list_tables(client: Client, console: Console) -> None:
    tables = [
        client.call("dynamodb", "DescribeTable", TableName=name)["Table"]
        for name in _table_names(client)
    ]
    console.show(tables)
    if not tables:
        console.say("There is no table yet.")
        return
    rows = [
        [table["TableName"], table["TableStatus"], table["ItemCount"], _format_keys(table)]
        for table in tables
    ]
    console.table(["TABLE", "STATUS", "ITEMS", "KEY"], rows)


def _find_table(client: Client, name: str) -> dict[str, Any]:
    """Describe the table that a name, an ARN, or a part of a name means."""
    try:
        found = client.call("dynamodb", "DescribeTable", TableName=name)
    except Refused as refused:
        # A part of a name may be too short for a name.
        if refused.code not in ("ResourceNotFoundException", "ValidationException"):
            raise
        names = list(_table_names(client))
        meant = find_meant(name, names)
        if meant is None:
            refused.hint = (
                f"These are there: {', '.join(names)}" if names else "There is no table yet."
            )
            raise
        found = client.call("dynamodb", "DescribeTable", TableName=meant)
    table: dict[str, Any] = found["Table"]
    return table


def _show_items(client: Client, console: Console, described: dict[str, Any], limit: int) -> None:
    table = described["TableName"]
    keys = [part["AttributeName"] for part in described["KeySchema"]]
    items, more = _scan(client, table, limit)
    console.show(items)
    others = {name: None for item in items for name in item if name not in keys}
    columns = [*keys, *others]
    if not items:
        console.say(f"{table} is empty.")
        return
    rows = [[_format(item[name]) if name in item else "" for name in columns] for item in items]
    console.table(columns, rows)
    if more:
        console.note(f"There are more; --limit shows more than {limit}.")


def _scan(client: Client, table: str, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """The first items of a table, and whether there are more."""
    items: list[dict[str, Any]] = []
    start: dict[str, Any] = {}
    while len(items) < limit:
        page = client.call("dynamodb", "Scan", TableName=table, Limit=limit - len(items), **start)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items, False
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    return items, True


def _table_names(client: Client) -> Iterator[str]:
    start: dict[str, str] = {}
    while True:
        page = client.call("dynamodb", "ListTables", **start)
        yield from page["TableNames"]
        if "LastEvaluatedTableName" not in page:
            return
        start = {"ExclusiveStartTableName": page["LastEvaluatedTableName"]}


def _format_keys(table: dict[str, Any]) -> str:
    types = {part["AttributeName"]: part["AttributeType"] for part in table["AttributeDefinitions"]}
    return ", ".join(
        f"{part['AttributeName']} ({types[part['AttributeName']]})" for part in table["KeySchema"]
    )


def _format(value: dict[str, Any]) -> str:
    """An attribute value, `{"S": "text"}` and its like, without the type."""
    ((kind, content),) = value.items()
    if kind == "N":
        return str(content)
    if kind == "L":
        return "[" + ", ".join(_format(entry) for entry in content) + "]"
    if kind == "M":
        return format_item(content)
    if kind == "NULL":
        return "null"
    if kind == "NS":
        return "{" + ", ".join(content) + "}"
    if kind in ("SS", "BS"):
        return "{" + ", ".join(json.dumps(entry, ensure_ascii=False) for entry in content) + "}"
    return json.dumps(content, ensure_ascii=False) if kind != "S" else str(content)

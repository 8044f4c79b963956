"""Tables as operations find them: by name or ARN, read once and kept until they change."""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call
from groundstate.services.dynamodb import arns, statuses
from groundstate.services.dynamodb.errors import ValidationException, not_found, table_not_found
from groundstate.services.dynamodb.model import Table, make_table


def find_table(call: Call, given: str) -> Table | None:
    """A table of the call's account and region, by name or ARN."""
    name = given
    if given.startswith("arn:"):
        name = _name_in_arn(call, given)
    key = (call.account, call.region, name)
    rows = call.tx.dynamodb.tables
    table: Table | None = rows.cache.get(key)
    if table is None:
        row = rows.find(*key)
        if row is None:
            return None
        table = make_table(row.table_id, row.account, row.region, row.definition, row.settings)
        rows.cache[key] = table
    return table


def get_table(call: Call, given: str) -> Table:
    """A table for an operation on items.

    Raises:
        ResourceNotFoundException: there is none.
    """
    # An ARN is no table's name, so it is not there.
    table = call.tx.dynamodb.tables.cache.get((call.account, call.region, given))
    if table is None:
        table = find_table(call, given)
    if table is None or ("Changing" in table.definition and not statuses.has_items(call, table)):
        raise not_found()
    return table


def read_table(call: Call, name: str) -> Table:
    """A table that is there, whatever happens to it."""
    table = find_table(call, name)
    assert table is not None, name
    return table


def get_table_to_manage(call: Call, given: str) -> Table:
    """A table for an operation on tables, whose refusal names it.

    Raises:
        ResourceNotFoundException: there is none.
    """
    table = find_table(call, given)
    if table is None:
        raise table_not_found(arns.table_name(given))
    return table


def save_table(
    call: Call, table: Table, definition: dict[str, Any], settings: dict[str, Any] | None = None
) -> Table:
    """Write a changed definition; the table as it is now."""
    settings = table.settings if settings is None else settings
    call.tx.dynamodb.tables.change(table.table_id, definition, settings)
    forget(call, table.name)
    return read_table(call, table.name)


def forget(call: Call, name: str) -> None:
    """Read this table anew when it is next asked for, also if what is done now is undone."""
    cache, key = call.tx.dynamodb.tables.cache, (call.account, call.region, name)
    cache.pop(key, None)
    call.tx.on_undo(lambda: cache.pop(key, None))


def _name_in_arn(call: Call, arn: str) -> str:
    name = arns.find_table_name(arn)
    if name is None:
        raise ValidationException(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")
    if arn != arns.table_arn(call.region, call.account, name):
        # A table of another account or region: there is no such thing here.
        raise not_found()
    return name

"""DynamoDB's ARNs: tables, their indexes, streams and backups.

AWS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

from __future__ import annotations

import re
from typing import Any

from groundstate.arn import partition_of

_TABLE = re.compile(r"arn:[^:]+:dynamodb:([^:]*):(\d*):table/([a-zA-Z0-9_.-]{3,255})")


def table_arn(region: str, account: str, name: str) -> str:
    """The ARN of a table."""
    return f"arn:{partition_of(region)}:dynamodb:{region}:{account}:table/{name}"


def index_arn(table: str, index: str) -> str:
    """The ARN of an index."""
    return f"{table}/index/{index}"


def find_table_name(text: str) -> str | None:
    """The name in a table's ARN; None if the text is none."""
    match = _TABLE.fullmatch(text)
    return None if match is None else match[3]


_BACKUP = re.compile(r"arn:([^:]*):([^:]*):([^:]*):([^:]*):table/[^/]+/backup/[^/]+")


def find_backup_parts(text: str) -> tuple[str, str, str, str] | None:
    """Partition, service, region and account in the ARN of a backup; None if the text is none."""
    match = _BACKUP.fullmatch(text)
    return None if match is None else (match[1], match[2], match[3], match[4])


def find_table_parts(text: str) -> tuple[str, str, str] | None:
    """Region, account and name in a table's ARN; None if the text is none."""
    match = _TABLE.fullmatch(text)
    return None if match is None else (match[1], match[2], match[3])


def table_name(text: str) -> str:
    """What a TableName member names, be it a name or an ARN."""
    return (find_table_name(text) or text) if text.startswith("arn:") else text


def replace_table_arn(request: dict[str, Any]) -> dict[str, Any]:
    """The request with the table's name where it gives the table's ARN."""
    given = request.get("TableName")
    if isinstance(given, str) and given.startswith("arn:"):
        name = find_table_name(given)
        if name is not None:
            return {**request, "TableName": name}
    return request

"""Exports of DynamoDB tables to S3, and imports from it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import orjson

_COLUMNS = "transfer_id, kind, arn, subject, token, created_at, description, progress"


@dataclass(slots=True)
class TransferRow:
    """An export or import.

    Attributes:
        kind: `export` or `import`.
        subject: what lists are of: an export's table by its TableId, an import's by its ARN.
        description: ExportDescription or ImportTableDescription.
        progress: what its next turn goes on with.
    """

    transfer_id: int
    kind: str
    arn: str
    subject: str
    token: str
    created_at: float
    description: dict[str, Any]
    progress: dict[str, Any]


class TransferRows:
    """The table of exports and imports."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def add(self, account: str, region: str, row: TransferRow) -> None:
        """Add an export or import."""
        self._execute(
            "INSERT INTO dynamodb_transfers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.transfer_id,
                row.kind,
                account,
                region,
                row.arn,
                row.subject,
                row.token,
                row.created_at,
                orjson.dumps(row.description),
                orjson.dumps(row.progress),
            ),
        )

    def update(self, row: TransferRow) -> None:
        """Write what is told of it, and how far it is."""
        self._execute(
            "UPDATE dynamodb_transfers SET description = ?, progress = ? WHERE transfer_id = ?",
            (orjson.dumps(row.description), orjson.dumps(row.progress), row.transfer_id),
        )

    def find(self, transfer_id: int) -> TransferRow | None:
        """One by its number."""
        return self._find_one("transfer_id = ?", transfer_id)

    def find_by_arn(self, kind: str, arn: str) -> TransferRow | None:
        """One by its ARN."""
        return self._find_one("kind = ? AND arn = ?", kind, arn)

    def find_by_token(
        self, kind: str, account: str, region: str, token: str, since: float
    ) -> TransferRow | None:
        """The latest one that was asked for with a client token after a time."""
        return self._find_one(
            "kind = ? AND account = ? AND region = ? AND token = ? AND created_at >= ?",
            *(kind, account, region, token, since),
        )

    def list_page(
        self, kind: str, account: str, region: str, subject: str | None, below: int, limit: int
    ) -> list[TransferRow]:
        """The newest first, those with smaller numbers than `below`; of one table, or of all."""
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM dynamodb_transfers WHERE kind = ? AND account = ?"
            " AND region = ? AND (? IS NULL OR subject = ?) AND transfer_id < ?"
            " ORDER BY transfer_id DESC LIMIT ?",
            (kind, account, region, subject, subject, below, limit),
        )
        return [_read(row) for row in rows.fetchall()]

    def _find_one(self, condition: str, *values: Any) -> TransferRow | None:
        row = self._execute(
            f"SELECT {_COLUMNS} FROM dynamodb_transfers WHERE {condition}"
            " ORDER BY transfer_id DESC LIMIT 1",
            values,
        ).fetchone()
        return None if row is None else _read(row)


def _read(row: tuple[Any, ...]) -> TransferRow:
    number, kind, arn, subject, token, created_at, description, progress = row
    return TransferRow(
        *(number, kind, arn, subject, token, created_at),
        description=orjson.loads(description),
        progress=orjson.loads(progress),
    )

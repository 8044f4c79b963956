"""Streams of DynamoDB tables and their records."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

import orjson

_COLUMNS = (
    "stream_id, arn, account, region, table_name, description, created_at, closed_at,"
    " first_sequence"
)


class StreamRow(NamedTuple):
    """A stream.

    Attributes:
        description: `StreamLabel`, `StreamViewType`, `KeySchema`.
        closed_at: when it was disabled; None while it takes records.
        first_sequence: no record of it has a smaller sequence.
    """

    stream_id: int
    arn: str
    account: str
    region: str
    table_name: str
    description: dict[str, Any]
    created_at: float
    closed_at: float | None
    first_sequence: int


class StreamRows:
    """The tables of streams and records."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def add(
        self,
        arn: str,
        account: str,
        region: str,
        table_name: str,
        description: dict[str, Any],
        created_at: float,
    ) -> None:
        """Add an enabled stream."""
        self._execute(
            "INSERT INTO dynamodb_streams (arn, account, region, table_name, description,"
            " created_at, first_sequence) VALUES (?, ?, ?, ?, ?, ?, 1 + coalesce("
            "(SELECT seq FROM sqlite_sequence WHERE name = 'dynamodb_stream_records'), 0))",
            (arn, account, region, table_name, orjson.dumps(description), created_at),
        )

    def find(self, arn: str) -> StreamRow | None:
        """A stream by its ARN."""
        row = self._execute(
            f"SELECT {_COLUMNS} FROM dynamodb_streams WHERE arn = ?", (arn,)
        ).fetchone()
        return None if row is None else _make(row)

    def list_streams(
        self, account: str, region: str, table_name: str | None, after: int, limit: int
    ) -> list[StreamRow]:
        """Streams in the order in which they were made, of one table or of all."""
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM dynamodb_streams WHERE account = ? AND region = ?"
            " AND (? IS NULL OR table_name = ?) AND stream_id > ? ORDER BY stream_id LIMIT ?",
            (account, region, table_name, table_name, after, limit),
        )
        return [_make(row) for row in rows.fetchall()]

    def close(self, arn: str, closed_at: float) -> None:
        """Disable a stream; its records stay for a day."""
        self._execute(
            "UPDATE dynamodb_streams SET closed_at = ? WHERE arn = ? AND closed_at IS NULL",
            (closed_at, arn),
        )

    def append(self, arn: str, created_at: float, record: bytes) -> int:
        """Add a record to an enabled stream; its sequence."""
        cursor = self._execute(
            "INSERT INTO dynamodb_stream_records (stream_id, created_at, record)"
            " SELECT stream_id, ?, ? FROM dynamodb_streams WHERE arn = ?",
            (created_at, record, arn),
        )
        assert cursor.rowcount == 1, f"there is no stream {arn}"
        sequence = cursor.lastrowid
        assert sequence is not None
        return sequence

    def records(
        self, stream_id: int, first: int, not_before: float, limit: int
    ) -> list[tuple[int, float, bytes]]:
        """Records (sequence, time, JSON) from sequence `first` on, not older than `not_before`."""
        return self._execute(
            "SELECT sequence, created_at, record FROM dynamodb_stream_records"
            " WHERE stream_id = ? AND sequence >= ? AND created_at >= ? ORDER BY sequence LIMIT ?",
            (stream_id, first, not_before, limit),
        ).fetchall()

    def first_sequence_since(self, stream_id: int, not_before: float) -> int | None:
        """The sequence of the oldest record that is not older; None if there is none."""
        row = self._execute(
            "SELECT sequence FROM dynamodb_stream_records WHERE stream_id = ? AND created_at >= ?"
            " ORDER BY sequence LIMIT 1",
            (stream_id, not_before),
        ).fetchone()
        return None if row is None else int(row[0])

    def last_sequence(self, stream_id: int) -> int | None:
        """The sequence of the newest record; None if there is none."""
        row = self._execute(
            "SELECT max(sequence) FROM dynamodb_stream_records WHERE stream_id = ?", (stream_id,)
        ).fetchone()
        found: int | None = row[0]
        return found

    def next_sequence(self) -> int:
        """A sequence that no record has yet."""
        row = self._execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'dynamodb_stream_records'"
        ).fetchone()
        return 1 if row is None else int(row[0]) + 1

    def trim(self, not_before: float, limit: int) -> None:
        """Forget old records, so many at most, and streams that were closed as long ago."""
        # Sequences go with time, so the old records are those before the first young one.
        young = self._execute(
            "SELECT sequence FROM dynamodb_stream_records WHERE created_at >= ?"
            " ORDER BY sequence LIMIT 1",
            (not_before,),
        ).fetchone()
        if young is not None:
            self._execute(
                "DELETE FROM dynamodb_stream_records WHERE sequence < ? AND sequence <"
                " (SELECT min(sequence) FROM dynamodb_stream_records) + ?",
                (young[0], limit),
            )
        self._execute(
            "DELETE FROM dynamodb_streams WHERE closed_at IS NOT NULL AND closed_at < ?",
            (not_before,),
        )


def _make(row: tuple[Any, ...]) -> StreamRow:
    stream_id, arn, account, region, table_name, description, created_at, closed_at, first = row
    return StreamRow(
        stream_id,
        arn,
        account,
        region,
        table_name,
        orjson.loads(description),
        created_at,
        closed_at,
        first,
    )

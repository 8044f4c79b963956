"""The tables of CloudWatch Logs: groups, streams, and events in batches."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

# Below this size compressing costs more time than the disk space is worth.
PACK_FROM_BYTES = 2048

Event = tuple[int, str]


class LogGroupRow(NamedTuple):
    """A log group. `settings` holds tags, class, key and the like."""

    group_id: int
    region: str
    name: str
    created_at: float
    retention_days: int | None
    retention_timer: int | None
    settings: dict[str, Any]


class LogStreamRow(NamedTuple):
    """A log stream. Times of events are epoch milliseconds, None while it has no event."""

    stream_id: int
    group_id: int
    name: str
    created_at: float
    first_event_ms: int | None
    last_event_ms: int | None
    last_ingestion_ms: int | None


class LogBatch(NamedTuple):
    """The events of one PutLogEvents call, in the order of their times."""

    batch_id: int
    stream_id: int
    first_ms: int
    last_ms: int
    ingestion_ms: int
    event_count: int
    packed: int
    body: bytes

    def events(self) -> list[tuple[int, str]]:
        """The events: time in epoch milliseconds, message."""
        body = zlib.decompress(self.body) if self.packed else self.body
        return orjson.loads(body)  # type: ignore[no-any-return]


_GROUP = "group_id, region, name, created_at, retention_days, retention_timer, settings"
_STREAM = "stream_id, group_id, name, created_at, first_event_ms, last_event_ms, last_ingestion_ms"
_BATCH = "batch_id, stream_id, first_ms, last_ms, ingestion_ms, count, packed, events"


class LogTable:
    """Log groups, streams and events."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    # Groups

    def add_group(self, region: str, name: str, created_at: float, settings: dict[str, Any]) -> int:
        """Add a group; its id."""
        cursor = self._execute(
            "INSERT INTO log_groups (region, name, created_at, settings) VALUES (?,?,?,?)",
            (region, name, created_at, orjson.dumps(settings).decode()),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def find_group(self, region: str, name: str) -> LogGroupRow | None:
        """The group of this name."""
        row = self._execute(
            f"SELECT {_GROUP} FROM log_groups WHERE region = ? AND name = ?", (region, name)
        ).fetchone()
        return None if row is None else _group(row)

    def list_groups(self, region: str, prefix: str, after: str, limit: int) -> list[LogGroupRow]:
        """Groups whose names begin with `prefix`, in their order, from behind `after`."""
        rows = self._execute(
            f"SELECT {_GROUP} FROM log_groups WHERE region = ? AND name > ? AND name >= ?"
            " AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?",
            (region, after, prefix, prefix, prefix, limit),
        )
        return [_group(row) for row in rows]

    def remove_group(self, group_id: int) -> None:
        """Remove a group with its streams and events."""
        for table in ("log_groups", "log_streams", "log_batches", "log_filters"):
            self._execute(f"DELETE FROM {table} WHERE group_id = ?", (group_id,))

    def set_retention(self, group_id: int, days: int | None, timer_id: int | None) -> None:
        """Keep events for so many days (None: for ever); the timer that deletes older ones."""
        self._execute(
            "UPDATE log_groups SET retention_days = ?, retention_timer = ? WHERE group_id = ?",
            (days, timer_id, group_id),
        )

    def set_settings(self, group_id: int, settings: dict[str, Any]) -> None:
        """Replace the settings."""
        self._execute(
            "UPDATE log_groups SET settings = ? WHERE group_id = ?",
            (orjson.dumps(settings).decode(), group_id),
        )

    def sum_sizes(self, group_id: int) -> int:
        """Bytes of the events that a group holds."""
        row = self._execute(
            "SELECT coalesce(sum(stored_bytes), 0) FROM log_streams WHERE group_id = ?",
            (group_id,),
        ).fetchone()
        return int(row[0])

    # Streams

    def add_stream(self, group_id: int, name: str, created_at: float) -> int:
        """Add a stream; its id."""
        cursor = self._execute(
            "INSERT INTO log_streams (group_id, name, created_at) VALUES (?,?,?)",
            (group_id, name, created_at),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def find_stream(self, group_id: int, name: str) -> LogStreamRow | None:
        """The stream of this name."""
        row = self._execute(
            f"SELECT {_STREAM} FROM log_streams WHERE group_id = ? AND name = ?", (group_id, name)
        ).fetchone()
        return None if row is None else LogStreamRow(*row)

    def list_streams(self, group_id: int) -> list[LogStreamRow]:
        """All streams of a group, in the order of their names."""
        rows = self._execute(
            f"SELECT {_STREAM} FROM log_streams WHERE group_id = ? ORDER BY name", (group_id,)
        )
        return [LogStreamRow(*row) for row in rows]

    def remove_stream(self, stream_id: int) -> None:
        """Remove a stream with its events."""
        for table in ("log_streams", "log_batches"):
            self._execute(f"DELETE FROM {table} WHERE stream_id = ?", (stream_id,))

    # Events

    def append(
        self, stream: LogStreamRow, events: list[Event], size_bytes: int, ingestion_ms: int
    ) -> None:
        """Write events (in the order of their times) to a stream."""
        first_ms, last_ms = events[0][0], events[-1][0]
        body = orjson.dumps(events)
        packed = len(body) >= PACK_FROM_BYTES
        self._execute(
            "INSERT INTO log_batches (group_id, stream_id, first_ms, last_ms, ingestion_ms, count,"
            " size_bytes, packed, events) VALUES (?,?,?,?,?,?,?,?,?)",
            (
                stream.group_id,
                stream.stream_id,
                first_ms,
                last_ms,
                ingestion_ms,
                len(events),
                size_bytes,
                packed,
                zlib.compress(body, 1) if packed else body,
            ),
        )
        self._execute(
            "UPDATE log_streams SET first_event_ms = min(coalesce(first_event_ms, ?), ?),"
            " last_event_ms = max(coalesce(last_event_ms, ?), ?), last_ingestion_ms = ?,"
            " stored_bytes = stored_bytes + ? WHERE stream_id = ?",
            (first_ms, first_ms, last_ms, last_ms, ingestion_ms, size_bytes, stream.stream_id),
        )

    def read_stream(self, stream_id: int, start_ms: int, end_ms: int) -> Iterator[LogBatch]:
        """The batches of a stream that touch [start, end), by the time of their first event."""
        rows = self._execute(
            f"SELECT {_BATCH} FROM log_batches"
            " WHERE stream_id = ? AND first_ms < ? AND last_ms >= ? ORDER BY first_ms, batch_id",
            (stream_id, end_ms, start_ms),
        )
        return (LogBatch(*row) for row in rows)

    def read_stream_backward(
        self, stream_id: int, start_ms: int, end_ms: int
    ) -> Iterator[LogBatch]:
        """The same from the end: by the time of their last event, newest first."""
        rows = self._execute(
            f"SELECT {_BATCH} FROM log_batches WHERE stream_id = ? AND first_ms < ?"
            " AND last_ms >= ? ORDER BY last_ms DESC, batch_id DESC",
            (stream_id, end_ms, start_ms),
        )
        return (LogBatch(*row) for row in rows)

    def read_group(self, group_id: int, start_ms: int, end_ms: int) -> Iterator[LogBatch]:
        """The batches of all streams of a group that touch [start, end), by their first event."""
        rows = self._execute(
            f"SELECT {_BATCH} FROM log_batches"
            " WHERE group_id = ? AND first_ms < ? AND last_ms >= ? ORDER BY first_ms, batch_id",
            (group_id, end_ms, start_ms),
        )
        return (LogBatch(*row) for row in rows)

    def remove_before(self, group_id: int, before_ms: int) -> int:
        """Delete the batches whose last event is older; how many they were."""
        cursor = self._execute(
            "DELETE FROM log_batches WHERE group_id = ? AND last_ms < ?", (group_id, before_ms)
        )
        if cursor.rowcount:
            self._execute(
                "UPDATE log_streams SET stored_bytes = (SELECT coalesce(sum(size_bytes), 0)"
                " FROM log_batches b WHERE b.stream_id = log_streams.stream_id)"
                " WHERE group_id = ?",
                (group_id,),
            )
        return cursor.rowcount

    # Filters

    def put_filter(self, group_id: int, kind: str, name: str, document: dict[str, Any]) -> None:
        """Write a metric or subscription filter, over the one that has its name."""
        self._execute(
            "INSERT OR REPLACE INTO log_filters (group_id, kind, name, document) VALUES (?,?,?,?)",
            (group_id, kind, name, orjson.dumps(document)),
        )

    def list_filters(self, group_id: int, kind: str) -> list[dict[str, Any]]:
        """The filters of a kind, in the order of their names."""
        rows = self._execute(
            "SELECT document FROM log_filters WHERE group_id = ? AND kind = ? ORDER BY name",
            (group_id, kind),
        )
        return [orjson.loads(row[0]) for row in rows]

    def remove_filter(self, group_id: int, kind: str, name: str) -> bool:
        """Remove a filter; False if there was none."""
        cursor = self._execute(
            "DELETE FROM log_filters WHERE group_id = ? AND kind = ? AND name = ?",
            (group_id, kind, name),
        )
        return cursor.rowcount == 1

    # Resource policies

    def put_policy(self, region: str, name: str, document: dict[str, Any]) -> None:
        """Write a region's resource policy, over the one that has its name."""
        self._execute(
            "INSERT OR REPLACE INTO log_policies (region, name, document) VALUES (?,?,?)",
            (region, name, orjson.dumps(document)),
        )

    def list_policies(self, region: str) -> list[dict[str, Any]]:
        """A region's resource policies, in the order of their names."""
        rows = self._execute(
            "SELECT document FROM log_policies WHERE region = ? ORDER BY name", (region,)
        )
        return [orjson.loads(row[0]) for row in rows]

    def remove_policy(self, region: str, name: str) -> bool:
        """Remove a resource policy; False if there was none."""
        cursor = self._execute(
            "DELETE FROM log_policies WHERE region = ? AND name = ?", (region, name)
        )
        return cursor.rowcount == 1


def _group(row: tuple[Any, ...]) -> LogGroupRow:
    group = LogGroupRow(*row)
    return group._replace(settings=orjson.loads(row[6]))

"""The table of event source mappings, and how far each has read."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

import orjson


class EventSourceRow(NamedTuple):
    """A mapping.

    Attributes:
        function_name: without a qualifier.
        document: the EventSourceMappingConfiguration that clients see.
        progress: where each shard stands, in the poller's own terms.
    """

    uuid: str
    region: str
    function_name: str
    source_arn: str
    document: dict[str, Any]
    progress: dict[str, Any]


_COLUMNS = "uuid, region, function_name, source_arn, document, progress"


class EventSourceTable:
    """Event source mappings by their UUID."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def put(self, row: EventSourceRow) -> None:
        """Write a mapping, over the one that has its UUID."""
        self._execute(
            f"INSERT OR REPLACE INTO lambda_event_sources ({_COLUMNS}) VALUES (?,?,?,?,?,?)",
            (*row[:4], orjson.dumps(row.document), orjson.dumps(row.progress)),
        )

    def set_progress(self, uuid: str, progress: dict[str, Any]) -> None:
        """Note how far a mapping has read."""
        self._execute(
            "UPDATE lambda_event_sources SET progress = ? WHERE uuid = ?",
            (orjson.dumps(progress), uuid),
        )

    def find(self, uuid: str) -> EventSourceRow | None:
        """The mapping of this UUID."""
        row = self._execute(
            f"SELECT {_COLUMNS} FROM lambda_event_sources WHERE uuid = ?", (uuid,)
        ).fetchone()
        return None if row is None else _row(row)

    def list_all(self) -> list[EventSourceRow]:
        """All mappings of all regions, by their UUIDs."""
        rows = self._execute(f"SELECT {_COLUMNS} FROM lambda_event_sources ORDER BY uuid")
        return [_row(row) for row in rows]

    def list_region(self, region: str) -> list[EventSourceRow]:
        """The mappings of a region, by their UUIDs."""
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM lambda_event_sources WHERE region = ? ORDER BY uuid",
            (region,),
        )
        return [_row(row) for row in rows]

    def remove(self, uuid: str) -> None:
        """Remove a mapping."""
        self._execute("DELETE FROM lambda_event_sources WHERE uuid = ?", (uuid,))


def _row(row: tuple[Any, ...]) -> EventSourceRow:
    found = EventSourceRow(*row)
    return found._replace(document=orjson.loads(row[4]), progress=orjson.loads(row[5]))

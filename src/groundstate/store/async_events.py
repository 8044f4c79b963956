"""The table of asynchronous invocations that were acknowledged and are not finished."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

import orjson


class EventRow(NamedTuple):
    """An asynchronous invocation that is not finished."""

    event_id: int
    request_id: str
    region: str
    function_name: str
    qualifier: str
    payload: bytes
    headers: dict[str, str]
    accepted_at: float
    attempts: int
    timer_id: int | None


_EVENT = (
    "event_id, request_id, region, function_name, qualifier, payload, headers, accepted_at,"
    " attempts, timer_id"
)


class AsyncEventTable:
    """Asynchronous invocations that were acknowledged and are not finished."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def add(
        self,
        request_id: str,
        region: str,
        function_name: str,
        qualifier: str,
        payload: bytes,
        headers: dict[str, str],
        accepted_at: float,
    ) -> int:
        """Write an event; its id."""
        cursor = self._execute(
            "INSERT INTO lambda_events (request_id, region, function_name, qualifier, payload,"
            " headers, accepted_at) VALUES (?,?,?,?,?,?,?)",
            (
                request_id,
                region,
                function_name,
                qualifier,
                payload,
                orjson.dumps(headers).decode(),
                accepted_at,
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def find(self, event_id: int) -> EventRow | None:
        """An event that is not finished."""
        row = self._execute(
            f"SELECT {_EVENT} FROM lambda_events WHERE event_id = ?", (event_id,)
        ).fetchone()
        return None if row is None else _event(row)

    def list_ready(self) -> list[tuple[int, str]]:
        """The events that wait for no timer, oldest first: ids and regions."""
        rows = self._execute(
            "SELECT event_id, region FROM lambda_events WHERE timer_id IS NULL ORDER BY event_id"
        )
        return rows.fetchall()

    def set_attempts(self, event_id: int, attempts: int, timer_id: int | None) -> None:
        """Note how often an event was tried, and the timer that it waits for."""
        self._execute(
            "UPDATE lambda_events SET attempts = ?, timer_id = ? WHERE event_id = ?",
            (attempts, timer_id, event_id),
        )

    def remove(self, event_id: int) -> None:
        """Forget a finished event."""
        self._execute("DELETE FROM lambda_events WHERE event_id = ?", (event_id,))


def _event(row: tuple[Any, ...]) -> EventRow:
    event = EventRow(*row)
    return event._replace(headers=orjson.loads(row[6]))

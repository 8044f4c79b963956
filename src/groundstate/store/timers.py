"""The table of timers: what is to happen later, in the order in which it is due."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class Timer(NamedTuple):
    """A timer that is due.

    Attributes:
        timer_id: its number.
        due_at: epoch seconds.
        service, kind: who handles it (`Service.timers`).
        subject: what it is about, in the handler's own terms.
        data: whatever else the handler needs.
        region: the region of the job that handles it.
    """

    timer_id: int
    due_at: float
    service: str
    kind: str
    subject: str
    data: bytes
    region: str


class TimerTable:
    """Timers on disk. A waiting timer costs a row, no memory.

    Attributes:
        set_before: the earliest time for which a timer was set since somebody last looked for what
            is due, in epoch seconds; infinite if none was.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self.set_before: float = float("inf")

    def set(
        self,
        due_at: float,
        service: str,
        kind: str,
        subject: str,
        data: bytes = b"",
        *,
        region: str,
    ) -> int:
        """Set a timer for `due_at` (epoch seconds); its id lets it be cancelled."""
        cursor = self._execute(
            "INSERT INTO timers (due_at, service, kind, subject, data, region)"
            " VALUES (?,?,?,?,?,?)",
            (due_at, service, kind, subject, data, region),
        )
        self.set_before = min(self.set_before, due_at)
        timer_id = cursor.lastrowid
        assert timer_id is not None
        return timer_id

    def cancel(self, timer_id: int) -> None:
        """Forget a timer; nothing happens if it is gone."""
        self._execute("DELETE FROM timers WHERE timer_id = ?", (timer_id,))

    def move(self, timer_id: int, due_at: float) -> None:
        """Set a timer to another time."""
        self._execute("UPDATE timers SET due_at = ? WHERE timer_id = ?", (due_at, timer_id))
        self.set_before = min(self.set_before, due_at)

    def find_due(self, now: float, limit: int) -> list[Timer]:
        """The first timers that are due at `now`, in their order."""
        rows = self._execute(
            "SELECT timer_id, due_at, service, kind, subject, data, region FROM timers"
            " WHERE due_at <= ? ORDER BY due_at, timer_id LIMIT ?",
            (now, limit),
        )
        return [Timer(*row) for row in rows]

    def take(self, timer_id: int) -> bool:
        """Remove a timer that is being handled; False if it was cancelled meanwhile."""
        return self._execute("DELETE FROM timers WHERE timer_id = ?", (timer_id,)).rowcount == 1

    def find_earliest(self) -> float | None:
        """When the next timer is due, in epoch seconds."""
        row = self._execute("SELECT due_at FROM timers ORDER BY due_at LIMIT 1").fetchone()
        return None if row is None else float(row[0])

"""The tables of activities and of their tasks that no worker has taken yet."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activity:
    """A queue for workers."""

    activity_id: int
    arn: str
    region: str
    name: str
    created_at: float


@dataclass(frozen=True, slots=True)
class ActivityTask:
    """A task that waits for a worker."""

    execution_id: int
    task_id: int
    token: str
    input_text: str


class ActivityTables:
    """Activities and their queues on disk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def find(self, arn: str) -> Activity | None:
        """The activity of this ARN."""
        row = self._execute("SELECT * FROM activities WHERE arn = ?", (arn,)).fetchone()
        return None if row is None else Activity(*row)

    def create(self, arn: str, region: str, name: str, now: float) -> None:
        """Add an activity."""
        self._execute(
            "INSERT INTO activities (arn, region, name, created_at) VALUES (?,?,?,?)",
            (arn, region, name, now),
        )

    def delete(self, activity_id: int) -> None:
        """Forget an activity and the tasks that wait for its workers."""
        self._execute("DELETE FROM activities WHERE activity_id = ?", (activity_id,))
        self._execute("DELETE FROM activity_tasks WHERE activity_id = ?", (activity_id,))

    def list_page(self, region: str, after: str, limit: int) -> list[Activity]:
        """The region's activities in the order of their ARNs."""
        rows = self._execute(
            "SELECT * FROM activities WHERE region = ? AND arn > ? ORDER BY arn LIMIT ?",
            (region, after, limit),
        )
        return [Activity(*row) for row in rows]

    def add_task(
        self, activity_id: int, *, execution_id: int, task_id: int, token: str, input_text: str
    ) -> None:
        """Put a task behind those that wait."""
        self._execute(
            "INSERT INTO activity_tasks (activity_id, execution_id, task_id, token, input)"
            " VALUES (?,?,?,?,?)",
            (activity_id, execution_id, task_id, token, input_text),
        )

    def take_task(self, activity_id: int) -> ActivityTask | None:
        """Take the task that has waited longest."""
        row = self._execute(
            "DELETE FROM activity_tasks WHERE activity_task_id ="
            " (SELECT min(activity_task_id) FROM activity_tasks WHERE activity_id = ?)"
            " RETURNING execution_id, task_id, token, input",
            (activity_id,),
        ).fetchone()
        return None if row is None else ActivityTask(*row)

    def delete_tasks(self, execution_id: int, task_id: int) -> None:
        """Take back a task that its execution no longer waits for."""
        self._execute(
            "DELETE FROM activity_tasks WHERE execution_id = ? AND task_id = ?",
            (execution_id, task_id),
        )

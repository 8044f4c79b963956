"""The tables of executions and their histories.

Theory. An execution is one row, written when a burst of its steps ends: with its final values if it
ended in that burst; then its events are in that row as well. All other events are rows of their
own, a chunk for each burst. A chunk's key is `execution_id * 32768 + id of its first event`, so the
chunks of one execution lie side by side in one tree without a second index. Input, output, error
and cause are in the events alone.

What holds at every commit: the events of an execution have the ids 1, 2, 3 ... without a gap; its
`state` is the one after the last of them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from groundstate import ids

# The history of an execution ends at 25,000 events, so that an event's id needs 15 bits.
_EVENT_BITS = 15
_EVENT_MASK = (1 << _EVENT_BITS) - 1

# Names that we make up are UUIDs whose last 48 bits are the execution's number, mixed by an odd
# factor: they are found without an index, which would cost each execution a page of the log.
_NODE_BITS = 48
_NODE_MASK = (1 << _NODE_BITS) - 1
_MIX = 0x9E3779B97F4B
_UNMIX = pow(_MIX, -1, 1 << _NODE_BITS)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-([0-9a-f]{12})")

STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE")
RUNNING, SUCCEEDED = 0, 1

_COLUMNS = (
    "execution_id, machine_id, name, named, status, revision, started_at, stopped_at, work,"
    " map_run_id, extra, state"
)


@dataclass(slots=True)
class ExecutionRow:
    """An execution as it is on disk.

    Attributes:
        named: the name was given by the caller, not made by `make_name`.
        status: an index into STATUSES.
        work: what the next start goes on with: `executor.WORK_*`, or None.
        map_run_id: of the map run whose child it is.
        extra: JSON of what few executions have (version, alias, redrives, trace header).
        state: what the executor and the language core need to go on; None if nothing can go on.
    """

    execution_id: int
    machine_id: int
    name: str
    named: bool
    status: int
    revision: int
    started_at: float
    stopped_at: float | None = None
    work: int | None = None
    map_run_id: int | None = None
    extra: bytes | None = None
    state: bytes | None = None

    @property
    def status_name(self) -> str:
        """AWS's word for the status."""
        return STATUSES[self.status]


class RecentEnds(dict[tuple[int, str], tuple[ExecutionRow, Any]]):
    """Executions that ended lately, by machine and name: each one's row, and what tells its ends.

    They are what is asked for most. As with items, what is remembered is what the open transaction
    holds: a savepoint that is taken back forgets all of it.
    """

    COUNT_MAX = 2048

    def note(self, row: ExecutionRow, ends: Any) -> None:
        """Remember an execution as it is now."""
        if len(self) >= self.COUNT_MAX:
            self.clear()
        self[row.machine_id, row.name] = (row, ends)


class ExecutionTables:
    """Executions and histories on disk. Attributes: recent: those that ended lately."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self.recent = RecentEnds()
        (last,) = self._execute("SELECT max(execution_id) FROM executions").fetchone()
        # Numbers of executions that were taken back are not given again while this process lives.
        self._last_id: int = last or 0

    def make_id(self) -> int:
        """A number for a new execution."""
        self._last_id += 1
        return self._last_id

    def make_name(self, execution_id: int) -> str:
        """A name for an execution whose caller gave none: a UUID that holds its number."""
        chance = ids.make_entropy()
        node = execution_id * _MIX & _NODE_MASK
        return (
            f"{chance & 0xFFFFFFFF:08x}-{chance >> 32 & 0xFFFF:04x}-4{chance >> 48 & 0xFFF:03x}"
            f"-{0x8000 | chance >> 60 & 0x3FFF:04x}-{node:012x}"
        )

    def insert(self, row: ExecutionRow, chunk: bytes | None = None) -> None:
        """Add an execution.

        Args:
            chunk: its whole history, if it has ended.
        """
        self._execute(
            "INSERT INTO executions VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                row.execution_id,
                row.machine_id,
                row.name,
                row.named,
                row.status,
                row.revision,
                row.started_at,
                row.stopped_at,
                row.work,
                row.map_run_id,
                row.extra,
                row.state,
                chunk,
            ),
        )

    def update(self, row: ExecutionRow) -> None:
        """Write what changes in an execution's life."""
        self.recent.pop((row.machine_id, row.name), None)
        changed = self._execute(
            "UPDATE executions SET status = ?, stopped_at = ?, work = ?, extra = ?, state = ?"
            " WHERE execution_id = ?",
            (row.status, row.stopped_at, row.work, row.extra, row.state, row.execution_id),
        ).rowcount
        assert changed == 1, f"execution {row.execution_id} is gone"

    def find(self, execution_id: int) -> ExecutionRow | None:
        """An execution by its number."""
        row = self._execute(
            f"SELECT {_COLUMNS} FROM executions WHERE execution_id = ?", (execution_id,)
        ).fetchone()
        return None if row is None else ExecutionRow(*row)

    def find_by_name(self, machine_id: int, name: str) -> ExecutionRow | None:
        """A machine's execution of this name."""
        recent = self.recent.get((machine_id, name))
        if recent is not None:
            return recent[0]
        match = _UUID.fullmatch(name)
        if match is not None:
            found = self.find(int(match[1], 16) * _UNMIX & _NODE_MASK)
            if found is not None and (found.machine_id, found.name) == (machine_id, name):
                return found
        row = self._execute(
            f"SELECT {_COLUMNS} FROM executions WHERE machine_id = ? AND name = ? AND named = 1",
            (machine_id, name),
        ).fetchone()
        return None if row is None else ExecutionRow(*row)

    def delete(self, execution_id: int) -> None:
        """Forget an execution and its history."""
        self.recent.clear()
        self._execute("DELETE FROM executions WHERE execution_id = ?", (execution_id,))
        self._execute(
            "DELETE FROM execution_history WHERE chunk_id BETWEEN ? AND ?", _chunks(execution_id)
        )

    def list_page(
        self,
        machine_id: int,
        *,
        before: int,
        limit: int,
        status: int | None = None,
        map_run_id: int | None = None,
    ) -> list[ExecutionRow]:
        """A machine's or a map run's executions, the newest first, those below `before`."""
        owner, number = (
            ("machine_id", machine_id) if map_run_id is None else ("map_run_id", map_run_id)
        )
        wanted = range(len(STATUSES)) if status is None else (status,)
        found: list[ExecutionRow] = []
        for each in wanted:
            rows = self._execute(
                f"SELECT {_COLUMNS} FROM executions WHERE {owner} = ? AND status = ?"
                " AND execution_id < ? ORDER BY execution_id DESC LIMIT ?",
                (number, each, before, limit),
            )
            found.extend(ExecutionRow(*row) for row in rows)
        found.sort(key=lambda row: -row.execution_id)
        return found[:limit]

    def has_running(self, machine_id: int) -> bool:
        """Whether an execution of the machine has not ended."""
        row = self._execute(
            "SELECT 1 FROM executions WHERE machine_id = ? AND status = 0 LIMIT 1", (machine_id,)
        ).fetchone()
        return row is not None

    def count(self, machine_id: int, status: int) -> int:
        """How many executions of a machine have a status."""
        (number,) = self._execute(
            "SELECT count(*) FROM executions WHERE machine_id = ? AND status = ?",
            (machine_id, status),
        ).fetchone()
        return int(number)

    def list_running(self, machine_id: int, limit: int) -> list[int]:
        """Numbers of a machine's executions that have not ended."""
        rows = self._execute(
            "SELECT execution_id FROM executions WHERE machine_id = ? AND status = 0 LIMIT ?",
            (machine_id, limit),
        )
        return [number for (number,) in rows]

    def list_work(self, work: int) -> list[tuple[int, str]]:
        """Numbers and regions of the executions that a start goes on with for this reason."""
        rows = self._execute(
            "SELECT execution_id, region FROM executions JOIN state_machines USING (machine_id)"
            " WHERE work = ? ORDER BY execution_id",
            (work,),
        )
        return rows.fetchall()

    # -- history

    def append(self, execution_id: int, first_id: int, chunk: bytes) -> None:
        """Add the events of a burst to the history; the first of them has this id."""
        self._execute(
            "INSERT INTO execution_history VALUES (?,?)",
            ((execution_id << _EVENT_BITS) + first_id, chunk),
        )

    def find_first_chunk(self, execution_id: int) -> bytes | None:
        """The chunk whose first event has the id 1."""
        row = self._execute(
            "SELECT events FROM execution_history WHERE chunk_id = ?",
            ((execution_id << _EVENT_BITS) + 1,),
        ).fetchone()
        return self._find_chunk_in_row(execution_id) if row is None else row[0]

    def _find_chunk_in_row(self, execution_id: int) -> bytes | None:
        row = self._execute(
            "SELECT events FROM executions WHERE execution_id = ?", (execution_id,)
        ).fetchone()
        return None if row is None else row[0]

    def find_last_chunk(self, execution_id: int) -> tuple[int, bytes] | None:
        """The newest chunk, behind the id of its first event."""
        row = self._execute(
            "SELECT chunk_id, events FROM execution_history WHERE chunk_id BETWEEN ? AND ?"
            " ORDER BY chunk_id DESC LIMIT 1",
            _chunks(execution_id),
        ).fetchone()
        if row is not None:
            return row[0] & _EVENT_MASK, row[1]
        chunk = self._find_chunk_in_row(execution_id)
        return None if chunk is None else (1, chunk)

    def chunks_from(
        self, execution_id: int, event_id: int, *, reverse: bool
    ) -> Iterator[tuple[int, bytes]]:
        """The chunks from the one with this event on, upwards, or downwards with `reverse`.

        One that ends before this event may come first.
        """
        low, high = _chunks(execution_id)
        in_row = self._find_chunk_in_row(execution_id)
        if in_row is not None and not reverse:
            yield 1, in_row
        key = low + min(event_id, _EVENT_MASK)
        if reverse:
            rows = self._execute(
                "SELECT chunk_id, events FROM execution_history WHERE chunk_id BETWEEN ? AND ?"
                " ORDER BY chunk_id DESC",
                (low, key),
            )
        else:
            # The chunk that holds the event begins at or before it.
            rows = self._execute(
                "SELECT chunk_id, events FROM execution_history WHERE chunk_id BETWEEN"
                " (SELECT coalesce(max(chunk_id), ?) FROM execution_history"
                "  WHERE chunk_id BETWEEN ? AND ?) AND ? ORDER BY chunk_id",
                (low, low, key, high),
            )
        for chunk_id, chunk in rows:
            yield chunk_id & _EVENT_MASK, chunk
        if in_row is not None and reverse:
            yield 1, in_row

    # -- task tokens

    def put_token(self, token: str, execution_id: int, task_id: int) -> None:
        """Remember which task a token is for."""
        self._execute("INSERT INTO task_tokens VALUES (?,?,?)", (token, execution_id, task_id))

    def find_token(self, token: str) -> tuple[int, int] | None:
        """The execution and the task of an open token."""
        row = self._execute(
            "SELECT execution_id, task_id FROM task_tokens WHERE token = ?", (token,)
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def delete_tokens(self, execution_id: int, task_id: int | None = None) -> None:
        """Close the tokens of an execution, or of one of its tasks."""
        self._execute(
            "DELETE FROM task_tokens WHERE execution_id = ? AND (? IS NULL OR task_id = ?)",
            (execution_id, task_id, task_id),
        )


def _chunks(execution_id: int) -> tuple[int, int]:
    low = execution_id << _EVENT_BITS
    return low, low + (1 << _EVENT_BITS) - 1

"""The open transaction: its tables, its savepoints, and what waits for its commit."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable

from groundstate.store.activities import ActivityTables
from groundstate.store.async_events import AsyncEventTable
from groundstate.store.cloudformation import StackTables
from groundstate.store.durable_executions import DurableTables
from groundstate.store.dynamodb import Dynamodb
from groundstate.store.event_sources import EventSourceTable
from groundstate.store.executions import ExecutionTables
from groundstate.store.function_code import CodeTable, LayerTable
from groundstate.store.functions import FunctionTable
from groundstate.store.iam import IamTables
from groundstate.store.logs import LogTable
from groundstate.store.map_runs import MapRunTables
from groundstate.store.s3 import BucketTables
from groundstate.store.ssm import ParameterTable
from groundstate.store.state_machines import StateMachineTables
from groundstate.store.timers import TimerTable

Callback = Callable[[], None]

logger = logging.getLogger(__name__)


class Transaction:
    """The one transaction that is open at a time.

    The object lives as long as the store; `begin` and `commit` open and close what it stands for.
    Its attributes are the tables. Services reach the database through those alone.

    Attributes:
        is_open: something may have been written since the last commit.
        commits: how many transactions were committed; the crash tests count in it.
        on_commit: called after the next commit, while somebody waits for one.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # A cursor of its own, so that none is made for each of these.
        self._execute = connection.cursor().execute
        self.is_open = False
        self.commits = 0
        self.on_crash_point: Callback | None = None
        self.on_commit: Callback | None = None
        self._depth = 0
        self._is_late = False
        self._effects: list[Callback] = []
        self._before_commit: list[Callback] = []
        self._undo: list[Callback] = []
        self.timers = TimerTable(connection)
        self.dynamodb = Dynamodb(connection, self.before_commit, self.on_undo)
        self.stacks = StackTables(connection)
        self.buckets = BucketTables(connection)
        self.parameters = ParameterTable(connection)
        self.state_machines = StateMachineTables(connection, self.on_undo)
        self.executions = ExecutionTables(connection)
        self.activities = ActivityTables(connection)
        self.map_runs = MapRunTables(connection)
        self.functions = FunctionTable(connection)
        self.function_code = CodeTable(connection)
        self.layers = LayerTable(connection)
        self.event_sources = EventSourceTable(connection)
        self.async_events = AsyncEventTable(connection)
        self.durable = DurableTables(connection)
        self.logs = LogTable(connection)
        self.iam = IamTables(connection, self.on_undo)

    def begin(self) -> None:
        """Open the transaction, unless it is."""
        if not self.is_open:
            self._execute("BEGIN IMMEDIATE")
            self.is_open = True

    def enter(self) -> tuple[int, int, int]:
        """Begin a savepoint; give what it returns to `leave` or `undo`."""
        self.protect()
        self.begin()
        self._depth += 1
        self._execute("SAVEPOINT s")
        return (len(self._effects), len(self._undo), len(self._before_commit))

    def enter_late(self) -> tuple[int, int, int]:
        """Begin a savepoint that SQLite does not know before `protect` is called.

        For operations that refuse before they write anything, and whose writes may be a single
        statement with which they end. SQLite itself takes such a statement back if it fails, so
        that one needs `begin` alone.
        """
        assert self._depth == 0, "a late savepoint inside another one"
        self._depth = 1
        self._is_late = True
        return (len(self._effects), len(self._undo), len(self._before_commit))

    def protect(self) -> None:
        """See that what is written from now on can be taken back, if `enter_late` was called."""
        if self._is_late:
            self._is_late = False
            self.begin()
            self._execute("SAVEPOINT s")

    def leave(self) -> None:
        """Keep what was written since the innermost `enter`."""
        assert self._depth > 0, "leave without enter"
        if self._is_late:
            self._is_late = False
        else:
            # Names nest: each of these means the innermost one.
            self._execute("RELEASE s")
        self._depth -= 1

    def undo(self, mark: tuple[int, int, int]) -> None:
        """Take back what was written since the innermost `enter`, and what was to follow."""
        assert self._depth > 0, "undo without enter"
        self._depth -= 1
        if self._is_late:
            self._is_late = False
        else:
            self._execute("ROLLBACK TO s")
            self._execute("RELEASE s")
            self.dynamodb.recent.clear()
            self.executions.recent.clear()
        effects, undo, before_commit = mark
        del self._effects[effects:]
        del self._before_commit[before_commit:]
        taken_back = self._undo[undo:]
        del self._undo[undo:]
        for callback in reversed(taken_back):
            callback()

    def after_commit(self, effect: Callback) -> None:
        """Call this once everything written so far is on disk: at the barrier."""
        self._effects.append(effect)

    def before_commit(self, callback: Callback) -> None:
        """Call this just before the commit: for what is gathered in memory during a tick."""
        self._before_commit.append(callback)

    def on_undo(self, callback: Callback) -> None:
        """Call this if the innermost savepoint is taken back: for memory that mirrors tables."""
        self._undo.append(callback)

    @property
    def is_in_savepoint(self) -> bool:
        """An operation is under way."""
        return self._depth > 0

    @property
    def has_effects(self) -> bool:
        """Something waits for the next commit."""
        return bool(self._effects)

    def commit(self) -> list[Callback]:
        """Write the transaction to the log; what waited for it, to be let out when it is on disk.

        Effects may begin new operations; what those write and want goes into the next commit.
        """
        assert self._depth == 0, f"commit inside {self._depth} savepoints"
        while self._before_commit:
            callbacks, self._before_commit = self._before_commit, []
            for callback in callbacks:
                callback()
        if self.is_open:
            if self.on_crash_point is not None:
                self.on_crash_point()
            self._execute("COMMIT")
            self.is_open = False
            self.commits += 1
            if self.on_crash_point is not None:
                self.on_crash_point()
            if self.on_commit is not None:
                self.on_commit()
        self._undo.clear()
        effects, self._effects = self._effects, []
        return effects


def let_out(effects: Iterable[Callback]) -> None:
    """Do what waited for a commit."""
    for effect in effects:
        try:
            effect()
        except Exception:
            # One effect that fails must not keep the others' acknowledged work from being told.
            logger.exception("An effect after the commit failed.")

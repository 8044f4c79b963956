"""The commit barrier: decides when a tick ends, and commits once for everything in it.

Theory. Operations run inside callbacks of the loop. The first one of a tick asks for a turn at the
end of the loop's queue. Each turn looks whether anything was performed since the last one: if so,
the loop may have more that is ready, and the barrier asks for another turn; if not, or if the tick
has lasted `TICK_MAX_S`, it commits. So a lone request is committed at once, and requests that come
together share a commit.

Then the log is put on disk (`sync.py`), and only then are the tick's effects let out. Where the
disk is slow that happens beside the loop: the next tick goes on meanwhile, and whatever it wants
to let out, an answer to a mere read too, waits for a sync of its own or for the one under way: it
may know of writes that are not on disk yet. One sync is under way at a time; the tick that comes
meanwhile is committed when it ends.

If the commit or the sync fails, nothing that waited for it may be seen: the runtime stops.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from functools import partial

from groundstate.store.connection import Store
from groundstate.store.transaction import Callback, let_out

TICK_MAX_S = 0.004

logger = logging.getLogger(__name__)


class Barrier:
    """Ends ticks. Belongs to the loop that runs when it is made.

    Args:
        store: the store to commit.
        on_failure: called when a commit failed; it must end the process's service.

    Attributes:
        on_quiet: called after a commit that left nothing to do; virtual time moves then.
    """

    def __init__(self, store: Store, on_failure: Callable[[BaseException], None]) -> None:
        self._store = store
        self._tx = store.tx
        self._on_failure = on_failure
        self._loop = asyncio.get_running_loop()
        self._turn_asked = False
        self._activity = 0
        self._seen = 0
        self._tick_began_at = 0.0
        # What waits for the sync that is under way, and its number; None if none is.
        self._waiting: list[Callback] | None = None
        self._sync_number = 0
        self.failed = False
        self.on_quiet: Callable[[], None] | None = None

    @property
    def is_busy(self) -> bool:
        """A tick is under way, or not on disk yet."""
        return self._turn_asked or self._waiting is not None

    def touch(self) -> None:
        """Say that something was performed; the tick that it is in will be committed."""
        self._activity += 1
        if not self._turn_asked:
            self._turn_asked = True
            self._tick_began_at = time.perf_counter()
            self._loop.call_soon(self._turn)

    def when_durable(self, effect: Callable[[], None]) -> None:
        """Do this once what was written so far is on disk: at once if all of it is."""
        if self.failed:
            return
        if self._tx.is_open or self._tx.has_effects:
            self._tx.after_commit(effect)
            self.touch()
        elif self._waiting is not None:
            self._waiting.append(effect)
        else:
            effect()

    def commit(self) -> None:
        """End the tick now, and wait until everything is on disk."""
        waiting, self._waiting = self._waiting or [], None
        self._sync_number += 1
        if self._write(waiting):
            self._sync_now(waiting)

    def _turn(self) -> None:
        lasted_s = time.perf_counter() - self._tick_began_at
        if self._activity != self._seen and lasted_s < TICK_MAX_S:
            self._seen = self._activity
            self._loop.call_soon(self._turn)
            return
        self._turn_asked = False
        self._seen = self._activity
        if self._waiting is None:
            self._end_tick()

    def _end_tick(self) -> None:
        effects: list[Callback] = []
        was_open = self._tx.is_open
        if not self._write(effects):
            return
        if was_open and self._store.is_slow:
            self._waiting = effects
            self._sync_number += 1
            self._store.sync_soon(partial(self._sync_ended, self._sync_number))
        elif was_open:
            self._sync_now(effects)
        else:
            self._let_out(effects)

    def _write(self, effects: list[Callback]) -> bool:
        """Commit, and add what waited for it to `effects`. Returns whether that went well."""
        if self.failed:
            return False
        try:
            effects += self._tx.commit()
        except BaseException as error:  # noqa: BLE001 - it is logged, and the service ends
            self._fail(error)
            return False
        return True

    def _sync_now(self, effects: list[Callback]) -> None:
        try:
            self._store.sync()
        except OSError as error:
            self._fail(error)
        else:
            self._let_out(effects)

    def _sync_ended(self, number: int, error: OSError | None) -> None:
        """Called by the store's thread."""
        self._loop.call_soon_threadsafe(self._go_on, number, error)

    def _go_on(self, number: int, error: OSError | None) -> None:
        if error is not None:
            self._fail(error)
            return
        if number != self._sync_number:  # `commit` was called meanwhile, and waited.
            return
        effects, self._waiting = self._waiting or [], None
        let_out(effects)
        # What came meanwhile has waited long enough to go without another turn.
        if self._tx.is_open or self._tx.has_effects:
            self._end_tick()
        elif self.on_quiet is not None and not self.is_busy:
            self.on_quiet()

    def _let_out(self, effects: list[Callback]) -> None:
        let_out(effects)
        if self._tx.is_open or self._tx.has_effects:
            self.touch()
        elif self.on_quiet is not None:
            self.on_quiet()

    def _fail(self, error: BaseException) -> None:
        self.failed = True
        self._waiting = None
        # A disk that is full, or that fails, is nothing that a traceback explains.
        is_ours = not isinstance(error, (sqlite3.OperationalError, OSError))
        logger.critical(
            "The commit failed, so the runtime stops: %s",
            error,
            exc_info=error if is_ours else None,
        )
        self._on_failure(error)

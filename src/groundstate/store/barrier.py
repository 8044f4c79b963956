"""The commit barrier: decides when a tick ends, and commits once for everything in it.

Theory. Operations run inside callbacks of the loop. The first one of a tick asks for a turn at the
end of the loop's queue. Each turn looks whether anything was performed since the last one: if so,
the loop may have more that is ready, and the barrier asks for another turn; if not, or if the tick
has lasted `TICK_MAX_S`, it commits. So a lone request is committed at once, and requests that come
together share a commit.

If the commit fails, nothing that waited for it may be seen: the runtime stops.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from groundstate.store.connection import Store

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
        self.failed = False
        self.on_quiet: Callable[[], None] | None = None

    @property
    def is_busy(self) -> bool:
        """A tick is under way."""
        return self._turn_asked

    def touch(self) -> None:
        """Say that something was performed; the tick that it is in will be committed."""
        self._activity += 1
        if not self._turn_asked:
            self._turn_asked = True
            self._tick_began_at = time.perf_counter()
            self._loop.call_soon(self._turn)

    def when_durable(self, effect: Callable[[], None]) -> None:
        """Do this once what was written so far is on disk: at once if nothing is open."""
        if self.failed:
            return
        if self._tx.is_open or self._tx.has_effects:
            self._tx.after_commit(effect)
            self.touch()
        else:
            effect()

    def _turn(self) -> None:
        lasted_s = time.perf_counter() - self._tick_began_at
        if self._activity != self._seen and lasted_s < TICK_MAX_S:
            self._seen = self._activity
            self._loop.call_soon(self._turn)
            return
        self._turn_asked = False
        self._seen = self._activity
        self.commit()

    def commit(self) -> None:
        """End the tick now."""
        if self.failed:
            return
        try:
            self._store.commit()
        except BaseException as error:
            self.failed = True
            logger.critical("The commit failed; the runtime stops.", exc_info=True)
            self._on_failure(error)
            return
        if self._tx.is_open or self._tx.has_effects:
            self.touch()
        elif self.on_quiet is not None:
            self.on_quiet()

"""Tells open pages that something on disk has changed; costs nothing while none is open.

A page asks with the version that it knows, and is answered when there is a newer one, or after
`HOLD_S`. The version is the database's own count of changed rows. The store is asked to call at its
next commit only while somebody waits here, and is asked anew for each answer: under load, a page
costs a look every `GATHER_S` and no commit anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from groundstate.store import Store

# Browsers and proxies give a request up after a minute or more.
HOLD_S = 25.0
# What is committed in quick succession is told once.
GATHER_S = 0.03
WAITING_MAX = 100

Tell = Callable[[int], None]


class Changes:
    """Who waits for the next change. Belongs to the loop that runs when it is made."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[Tell, tuple[int, asyncio.TimerHandle]] = {}
        self._gathering: asyncio.TimerHandle | None = None

    def wait(self, known_version: int, tell: Tell) -> None:
        """Call `tell` with the version as soon as it is another one, or when time is up."""
        version = self._store.version
        if version != known_version:
            tell(version)
            return
        if len(self._waiting) >= WAITING_MAX:
            self._answer(next(iter(self._waiting)))
        handle = self._loop.call_later(HOLD_S, self._answer, tell)
        self._waiting[tell] = (known_version, handle)
        self._store.tx.on_commit = self._gather

    def stop(self) -> None:
        """Answer all who wait, so that no connection keeps the runtime from ending."""
        if self._gathering is not None:
            self._gathering.cancel()
        self._store.tx.on_commit = None
        for tell in list(self._waiting):
            self._answer(tell)

    def _gather(self) -> None:
        self._store.tx.on_commit = None
        self._gathering = self._loop.call_later(GATHER_S, self._look)

    def _look(self) -> None:
        self._gathering = None
        version = self._store.version
        for tell, (known_version, _) in list(self._waiting.items()):
            # A commit may be of an operation that wrote nothing.
            if version != known_version:
                self._answer(tell)
        if self._waiting:
            self._store.tx.on_commit = self._gather

    def _answer(self, tell: Tell) -> None:
        _, handle = self._waiting.pop(tell)
        handle.cancel()
        if not self._waiting:
            self._store.tx.on_commit = None
        tell(self._store.version)

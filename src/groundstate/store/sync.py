"""Put the write-ahead log on disk: at once, or in a thread while the loop goes on.

Theory. SQLite writes a commit's pages to the end of its log and, with `synchronous=FULL`, has the
kernel put them on disk before COMMIT returns. Here SQLite runs with NORMAL, which leaves out just
that step, and the step is done by us, on the same file: before anything that waited for the commit
is told (`barrier.py`). What is acknowledged is on disk as with FULL. Frames of a later commit may
lie in the log meanwhile; if the power fails they are torn or lost, nobody has heard of them, and
SQLite's checksums end the log before them. Before a checkpoint, and when it begins the log anew,
SQLite still syncs by itself.

A log that grows with each commit has its length and the place of its new blocks put on disk as
well, which takes two to four times as long (measured: 0.38 against 0.12 ms). So zeros are written
behind it in large steps, which are put on disk once for many commits. SQLite writes over them, and
takes them for the end of the log, as it does what an older and longer log left there. It begins the
log anew after `WAL_PAGES_PER_CHECKPOINT` pages; from there on nothing grows.

A disk that answers in a fraction of a millisecond is waited for: a thread costs as much. A slower
one is left to a thread, so that the loop reads, checks and performs the next requests meanwhile.
https://www.sqlite.org/pragma.html#pragma_synchronous
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

# Up to this a thread costs more than it saves: it must be woken, and must wake the loop.
WAIT_MAX_S = 0.0008
# How much the latest sync that was waited for counts in the average that decides. In the thread,
# time is not measured: it waits for the interpreter as well. So now and then the loop does it.
_WEIGHT = 0.2
_THREAD_IN_A_ROW_MAX = 50

# What is written behind the log at a time: larger steps make syncs that others have to wait for.
_STEP_BYTES = 512 * 1024
_ZEROS = bytes(_STEP_BYTES)

Done = Callable[[OSError | None], None]

_sync_file = getattr(os, "fdatasync", os.fsync)


class LogSync:
    """Syncs the log of one database.

    Args:
        database: the database's file; its log lies beside it.
        length_bytes: how long the log becomes.

    Attributes:
        is_slow: the disk takes so long that it should be left to the thread.
    """

    def __init__(self, database: Path, length_bytes: int) -> None:
        self._path = database.with_name(f"{database.name}-wal")
        self._fd = -1
        self._length_bytes = length_bytes
        self._lengthened_to = 0
        self._average_s = 0.0
        self._in_a_row = 0
        self._asked: queue.SimpleQueue[Done | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def is_slow(self) -> bool:
        return self._average_s > WAIT_MAX_S and self._in_a_row < _THREAD_IN_A_ROW_MAX

    def now(self) -> None:
        """Put the log on disk; returns when it is. Raises OSError if the disk refuses."""
        began_at = time.perf_counter()
        self._lengthen()
        self._sync()
        self._average_s += _WEIGHT * (time.perf_counter() - began_at - self._average_s)
        self._in_a_row = 0

    def soon(self, done: Done) -> None:
        """Put the log on disk in the thread, which calls `done` with what went wrong, or None."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="log-sync", daemon=True)
            self._thread.start()
        self._lengthen()
        self._in_a_row += 1
        self._asked.put(done)

    def close(self) -> None:
        """End the thread, when it has done what it was asked."""
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join()
            self._thread = None
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _serve(self) -> None:
        while (done := self._asked.get()) is not None:
            try:
                self._sync()
            except OSError as error:
                done(error)
            else:
                done(None)

    def _lengthen(self) -> None:
        """Write zeros behind the log if SQLite has come to the end of those that are there.

        SQLite writes within the file or at its end, and in this thread alone: zeros that are put
        behind the end are never over anything.
        """
        if self._fd < 0:
            # SQLite makes the log at the first write and keeps it while it has the database open.
            self._fd = os.open(self._path, os.O_RDWR)
        if self._lengthened_to >= self._length_bytes:
            return
        size = os.fstat(self._fd).st_size
        if size <= self._lengthened_to:
            return
        # A full disk is SQLite's to report.
        with contextlib.suppress(OSError):
            os.pwrite(self._fd, _ZEROS, size)
        self._lengthened_to = size + _STEP_BYTES

    def _sync(self) -> None:
        _sync_file(self._fd)

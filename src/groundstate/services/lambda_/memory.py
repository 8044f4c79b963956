"""How much memory a process uses, as the kernel counts it."""

from __future__ import annotations

import contextlib
import os
import time

_STATUS_BYTES = 4096
# Reading takes longer than a short invocation's whole report. In so short a time a process cannot
# have taken much more memory, and what it took is seen at the next reading.
_SHORT_S, _FRESH_S = 0.002, 0.1


class MemoryGauge:
    """Reads a process's peak. The file is kept open: reading it for each invocation is cheap."""

    def __init__(self) -> None:
        self._status = -1
        self._peak_mb = 0
        self._read_at = float("-inf")

    def open(self, pid: int) -> None:
        """Look at this process from now on."""
        with contextlib.suppress(OSError):
            self._status = os.open(f"/proc/{pid}/status", os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        """Look at nothing any more."""
        if self._status >= 0:
            os.close(self._status)
            self._status = -1

    def note(self, peak_kb: int) -> None:
        """Take over what the kernel said at the process's end."""
        self._peak_mb = max(self._peak_mb, -(-peak_kb // 1024))

    def peak_mb(self, duration_s: float) -> int:
        """The most memory that the process has used, in MB; 0 where the kernel does not tell.

        Args:
            duration_s: of the invocation that ended.
        """
        now = time.perf_counter()
        if self._status < 0 or (duration_s < _SHORT_S and now - self._read_at < _FRESH_S):
            return self._peak_mb
        self._read_at = now
        try:
            status = os.pread(self._status, _STATUS_BYTES, 0)
        except OSError:
            return self._peak_mb
        found = status.find(b"VmHWM:")
        if found >= 0:
            self._peak_mb = -(-int(status[found + 6 :].split(None, 1)[0]) // 1024)
        return self._peak_mb

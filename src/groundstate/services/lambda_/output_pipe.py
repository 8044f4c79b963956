"""The pipe that a function's process writes to, read into lines on the loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from groundstate.services.lambda_.output import Line, OutputParser

_READ_BYTES = 64 * 1024
# What may still be in the pipe when an answer comes: its capacity, with room to spare.
_DRAIN_READS_MAX = 64


class OutputPipe:
    """Reads what comes, and hands it on line by line. Keeps one incomplete line at most.

    Args:
        on_line: takes each line.
        on_read: called after each piece that was read.
    """

    def __init__(self, on_line: Callable[[Line], None], on_read: Callable[[], None]) -> None:
        self._on_line = on_line
        self._on_read = on_read
        self._loop = asyncio.get_running_loop()
        self._parser = OutputParser()
        self._descriptor = -1

    def open(self) -> int:
        """Open the pipe; the end that the process writes to, which is the caller's to close."""
        self._descriptor, theirs = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(theirs, True)
        self._loop.add_reader(self._descriptor, self._read)
        return theirs

    def drain(self) -> None:
        """Take all that was written until now, with a last line that has no end."""
        for _ in range(_DRAIN_READS_MAX):
            if self._descriptor < 0 or not self._read():
                break
        for line in self._parser.finish():
            self._on_line(line)

    def close(self) -> None:
        """Read no more."""
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def _read(self) -> bool:
        """Read a piece; False if there is none."""
        try:
            data = os.read(self._descriptor, _READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self._loop.remove_reader(self._descriptor)
            return False
        for line in self._parser.feed(data):
            self._on_line(line)
        self._on_read()
        return True

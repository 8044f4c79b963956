"""How far a mapping has got in a shard whose records are not done with in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable


class Progress:
    """The records that are read and not all done with, by their sequence numbers.

    What counts is the last number up to which everything is done: reading may begin behind it
    after a crash without losing a record. Those beyond it that are done come again then.
    """

    def __init__(self) -> None:
        # Each record that was read, and the last one that goes with it: filters may have left out
        # those that follow.
        self._open: deque[tuple[str, str]] = deque()
        self._done: set[str] = set()
        self._reached = ""

    def __len__(self) -> int:
        """How many records are read beyond what is wholly done."""
        return len(self._open)

    def add(self, sequence: str) -> None:
        """A record was read."""
        self._open.append((sequence, sequence))

    def skip(self, sequence: str) -> None:
        """A record was read that the function need not see."""
        if self._open:
            self._open.append((self._open.pop()[0], sequence))
        else:
            self._reached = sequence

    def finish(self, sequences: Iterable[str]) -> None:
        """These records are done with."""
        self._done.update(sequences)

    def advance(self) -> str:
        """The number up to which everything is done by now; empty if that has not changed."""
        while self._open and self._open[0][0] in self._done:
            sequence, self._reached = self._open.popleft()
            self._done.remove(sequence)
        reached, self._reached = self._reached, ""
        return reached

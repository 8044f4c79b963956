"""Where contents are: small ones in the database, large ones in files below the data directory.

Theory. A file is written and flushed before the row that names it is committed, and removed after
the row is gone. So at every commit each row's file is there and whole; a file that no row names can
only be left by a crash in between, and the next start removes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from groundstate.config import Config
from groundstate.ids import make_uuid
from groundstate.operation import Call, Runner

# Up to here a content costs less in the database than a file of its own does.
INLINE_BYTES_MAX = 256 * 1024


class Parts(NamedTuple):
    """A content in parts, each made when it is written.

    Attributes:
        size_bytes: of all together.
    """

    size_bytes: int
    contents: Iterable[bytes]


class ObjectFiles:
    """The folder of the contents. In memory there is none: all goes into the database."""

    def __init__(self, runner: Runner, config: Config) -> None:
        self._folder = None if config.in_memory else Path(config.data_dir) / "objects"

    def start(self) -> None:
        """Make the folder."""
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)

    async def stop(self) -> None:
        """Nothing to stop."""

    def write(self, call: Call, content: bytes) -> tuple[bytes | None, str | None]:
        """Keep a content: what goes into its row, and the name of its file."""
        return self.write_parts(call, Parts(len(content), (content,)))

    def write_parts(self, call: Call, parts: Parts) -> tuple[bytes | None, str | None]:
        """As `write`, of a content in parts."""
        if self._folder is None or parts.size_bytes <= INLINE_BYTES_MAX:
            return b"".join(parts.contents), None
        name = make_uuid()
        path = self._folder / name
        call.tx.on_undo(lambda: path.unlink(missing_ok=True))
        with path.open("wb") as file:
            for content in parts.contents:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return None, name

    def read(self, name: str, begin: int, end: int) -> bytes:
        """A stretch of a file's content."""
        assert self._folder is not None, name
        with (self._folder / name).open("rb") as file:
            file.seek(begin)
            return file.read(end - begin)

    def remove(self, call: Call, name: str | None) -> None:
        """Remove a content's file once its row is gone for good."""
        if name is not None and self._folder is not None:
            path = self._folder / name
            call.after_commit(lambda: path.unlink(missing_ok=True))

    def sweep(self, known: set[str]) -> None:
        """Remove the files that no row names."""
        if self._folder is None or not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if path.name not in known:
                path.unlink(missing_ok=True)


def recover(call: Call) -> None:
    """At the start: remove what a crash left."""
    call.host.sweep(call.tx.buckets.list_files())

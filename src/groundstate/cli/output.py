"""What a command prints: results on standard output, progress on standard error.

With `--json` standard output holds one JSON document and nothing else, and progress is left out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from groundstate.clock import wall_time


class Console:
    """Prints for people or, with `as_json`, for programs.

    Args:
        as_json: the user said `--json`.
        out: where results go; standard output unless a test wants them.
        progress: where progress goes; standard error.
    """

    def __init__(
        self, *, as_json: bool = False, out: TextIO | None = None, progress: TextIO | None = None
    ) -> None:
        self.as_json = as_json
        self._out = out or sys.stdout
        self._progress = progress or sys.stderr

    def say(self, text: str = "") -> None:
        """A line of the result, for people alone."""
        if not self.as_json:
            print(text, file=self._out, flush=True)

    def show(self, value: Any) -> None:
        """The result, for programs alone."""
        if self.as_json:
            print(json.dumps(value, indent=2, default=_as_text), file=self._out, flush=True)

    def note(self, text: str) -> None:
        """A line about what goes on."""
        if not self.as_json:
            print(text, file=self._progress, flush=True)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Rows in columns as wide as their widest value. Headings may all be left empty."""
        cells = [[str(cell) for cell in row] for row in rows]
        widths = [
            max(len(heading), *(len(row[column]) for row in cells)) if cells else len(heading)
            for column, heading in enumerate(headings)
        ]
        for row in [list(headings), *cells] if any(headings) else cells:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.say(line.rstrip())

    @contextmanager
    def work(self, text: str) -> Iterator[None]:
        """Say what is being done, and how long it took once it is."""
        began_at = wall_time()
        self.note(f"{text} ...")
        yield
        self.note(f"{text}: {wall_time() - began_at:.1f} s")


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)

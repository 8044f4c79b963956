"""A runtime in a process of its own, as a user would start it, for tests that come from outside."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def start_runtime(*options: str) -> Iterator[str]:
    """Serve on a free port, in memory unless the options say otherwise; gives the endpoint."""
    where = () if "--data-dir" in options else ("--in-memory",)
    process = subprocess.Popen(
        [sys.executable, "-m", "groundstate.cli", "serve", "--port", "0", *where, *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        words = [word for word in line.split() if word.startswith("http://")]
        assert words, f"the runtime did not say its address but {line!r}"
        yield words[0]
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()

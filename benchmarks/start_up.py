"""The start, from the command to the first answer, with an existing data directory."""

from __future__ import annotations

import tempfile
import time

from benchmarks.load import percentile
from benchmarks.servers import start_groundstate

ROUNDS = 10


def main() -> None:
    """Start and stop a number of times; print the times."""
    with tempfile.TemporaryDirectory() as folder:
        start_groundstate(folder).stop()
        times = []
        for _ in range(ROUNDS):
            began_at = time.perf_counter()
            server = start_groundstate(folder)
            times.append(time.perf_counter() - began_at)
            server.stop()
    p50_ms, worst_ms = percentile(times, 0.5) * 1000, max(times) * 1000
    print(f"start to first answer: p50 {p50_ms:.0f} ms, worst {worst_ms:.0f} ms")


if __name__ == "__main__":
    main()

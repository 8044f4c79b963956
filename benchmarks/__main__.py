"""Run the benchmarks that are named, or those that compare with rivals: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import importlib
import sys

COMPARISONS = ("tasks_workflow",)

for name in sys.argv[1:] or COMPARISONS:
    print(f"== {name}", flush=True)
    importlib.import_module(f"benchmarks.{name}").main()

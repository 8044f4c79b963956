"""Run benchmarks: `python -m benchmarks [NAME ...]`; without a name, those beside rivals."""

from __future__ import annotations

import importlib
import sys

COMPARISONS = ("tasks_workflow", "dynamodb_items", "cdk_deploy", "start_up")

for name in sys.argv[1:] or COMPARISONS:
    print(f"== {name}", flush=True)
    importlib.import_module(f"benchmarks.{name}").main()

"""`make conformance`: counts what comes out as on AWS, and fails if it is less than it was.

The counts are in counts.json beside this file. `--update` writes better ones there; worse ones have
to be written by hand, with a reason in the commit. Options behind `--` go to the runner of the
recordings: `python -m tests.conformance.counts -- --only map -v` shows what differs in a group.
"""

import argparse
import json
import sys
from pathlib import Path

from tests.conformance import asl_cases
from tests.conformance.data import VARIABLE, find_data

COUNTS = Path(__file__).with_name("counts.json")


def main() -> int:
    """Count; the exit status is 1 if a count fell."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.counts")
    parser.description = __doc__
    parser.add_argument("--update", action="store_true", help="write counts that rose")
    parser.add_argument("options", nargs="*", help="for the runner; what it counts is not kept")
    arguments = parser.parse_args()
    data = find_data()
    if data is None:
        print(f"The recorded answers of AWS are not here. {VARIABLE} names their folder.")
        return 0
    found = asl_cases.count(data / "asl", arguments.options)
    if arguments.options:
        return 0
    known = read_counts()
    for name, number in found.items():
        print(f"{name}: {number} (known: {known[name]})")
    if arguments.update:
        better = {name: max(number, known[name]) for name, number in found.items()}
        COUNTS.write_text(json.dumps(better, indent=2) + "\n", encoding="utf-8")
    if found_less(found, known):
        print("Less than before. Mend it, or say in counts.json and in its commit why.")
        return 1
    return 0


def read_counts() -> dict[str, int]:
    """The counts that there were."""
    known: dict[str, int] = json.loads(COUNTS.read_text(encoding="utf-8"))
    return known


def found_less(found: dict[str, int], known: dict[str, int]) -> dict[str, int]:
    """The counts that fell."""
    return {name: number for name, number in found.items() if number < known[name]}


if __name__ == "__main__":
    sys.exit(main())

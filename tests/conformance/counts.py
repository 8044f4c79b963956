"""`make conformance`: counts what comes out as on AWS, and fails if it is less than it was.

The counts are in counts.json beside this file. `--update` writes better ones there; worse ones
have to be written by hand, with a reason in the commit. `--only asl -- --only base -v` gives the
options behind `--` to the suite.
"""

import argparse
import json
import sys
from pathlib import Path

from tests.conformance import asl_cases, dynamodb_errors
from tests.conformance.data import VARIABLE, find_data

COUNTS = Path(__file__).with_name("counts.json")
SUITES = {"asl": asl_cases.count, "dynamodb": dynamodb_errors.count}


def main() -> int:
    """Run the suites; the exit status is 1 if a count fell."""
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("--only", choices=SUITES, help="run this suite alone")
    parser.add_argument("--update", action="store_true", help="write counts that rose")
    parser.add_argument("options", nargs="*", help="given to the suite; what it counts is not kept")
    arguments = parser.parse_args()
    data = find_data()
    if data is None:
        print(f"The recorded answers of AWS are not here. {VARIABLE} names their folder.")
        return 0
    known = json.loads(COUNTS.read_text(encoding="utf-8"))
    fallen = False
    for name, count in SUITES.items():
        if arguments.only in (None, name):
            found = count(data / name, arguments.options)
            if not arguments.options:
                fallen |= not _report(name, known.setdefault(name, {}), found, arguments.update)
    if arguments.update:
        COUNTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 1 if fallen else 0


def _report(name: str, known: dict[str, int], found: dict[str, int], update: bool) -> bool:
    """Print counts beside the known ones; False if one fell."""
    good = True
    for key, number in found.items():
        before = known.get(key, 0)
        good &= number >= before
        print(f"{name} {key}: {number} (known: {before})")
        if update and number > before:
            known[key] = number
    if not good:
        print(f"{name}: fewer than before. Mend it, or say in counts.json and its commit why.")
    return good


if __name__ == "__main__":
    sys.exit(main())

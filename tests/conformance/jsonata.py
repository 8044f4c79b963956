"""JSONata's own test suite, run through our adapter: `python -m tests.conformance.jsonata FOLDER`.

FOLDER is a checkout of JSONata, or its `test/test-suite`: `groups/*/*.json` with the cases and
`datasets/*.json` with their data. Nothing is fetched. Step Functions speaks a dialect, so some
groups are left out, each for a reason that is printed; `--all` runs these, too.

https://github.com/jsonata-js/jsonata/tree/master/test/test-suite
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundstate.asl import Execution, Machine, compile_machine
from groundstate.asl.interface import ExecutionInfo
from groundstate.asl.jsonata import EvaluationThrew, InvalidExpression, compile_jsonata
from groundstate.asl.jsonata.results import ResultTooLarge
from groundstate.asl.turn import Turn

LEFT_OUT = {
    "coalescing-operator": "`??` came after JSONata 2.0.6, and Step Functions refuses it",
    "default-operator": "`?:` came after JSONata 2.0.6, and Step Functions refuses it",
    "function-eval": "Step Functions has no `$eval`",
}
"""Groups of which Step Functions lacks the subject."""


@dataclass
class Case:
    """One case of the suite.

    Attributes:
        name: `group/file` or `group/file#index`.
        text: the expression.
        data: what it is evaluated with.
        bindings: variables by name.
        expected: the case itself: `result`, `undefinedResult`, or a code of an error.
    """

    name: str
    text: str
    data: Any
    bindings: dict[str, Any]
    expected: dict[str, Any]

    @property
    def group(self) -> str:
        """The group that it is in."""
        return self.name.partition("/")[0]


def main(arguments: list[str] | None = None) -> int:
    """Run the suite and print the rate; the exit status is 2 if there is no suite."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.jsonata")
    parser.description = "Run JSONata's own test suite through the adapter of Groundstate."
    parser.add_argument("folder", type=Path, help="a checkout of JSONata, or its test/test-suite")
    parser.add_argument("--all", action="store_true", help="run what the dialect lacks, too")
    parser.add_argument("--only", default="", help="groups whose name has this in it")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what each failure gave")
    options = parser.parse_args(arguments)
    suite = find_suite(options.folder)
    if suite is None:
        print(f"There is no suite in {options.folder}: no folder groups/ with cases.")
        return 2
    counted = run(suite, only=options.only, everything=options.all, verbose=options.verbose)
    total = counted["passed"] + counted["failed"]
    print(f"{counted['passed']} of {total} cases pass: {100 * counted['passed'] / total:.1f} %")
    return 0


def find_suite(folder: Path) -> Path | None:
    """The folder with `groups`, in a checkout or by itself."""
    for candidate in (folder, folder / "test" / "test-suite", folder / "test-suite"):
        if any(candidate.glob("groups/*/*.json")):
            return candidate
    return None


def run(suite: Path, *, only: str, everything: bool, verbose: bool) -> Counter[str]:
    """Run the cases: how many `passed`, `failed` and were `left out`."""
    counted: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for case in read_cases(suite):
        if only not in case.group:
            continue
        if case.group in LEFT_OUT and not everything:
            left_out[case.group] += 1
            continue
        given = describe(case)
        if given is None:
            counted["passed"] += 1
            continue
        counted["failed"] += 1
        failed[case.group] += 1
        if verbose:
            print(f"{case.name}: {case.text!r}\n    {given}")
    for group, number in sorted(failed.items()):
        print(f"failed    {number:4} of {group}")
    for group, number in sorted(left_out.items()):
        print(f"left out  {number:4} of {group}: {LEFT_OUT[group]}")
    counted["left out"] = left_out.total()
    return counted


def read_cases(suite: Path) -> Iterator[Case]:
    """The cases in the order of their names."""
    for path in sorted(suite.glob("groups/*/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        cases = content if isinstance(content, list) else [content]
        for index, case in enumerate(cases):
            name = f"{path.parent.name}/{path.stem}" + (f"#{index}" if len(cases) > 1 else "")
            if "expr-file" in case:
                text = (path.parent / case["expr-file"]).read_text(encoding="utf-8")
            else:
                text = case["expr"]
            yield Case(name, text, _data(suite, case), case.get("bindings") or {}, case)


def _data(suite: Path, case: dict[str, Any]) -> Any:
    if case.get("dataset"):
        path = suite / "datasets" / f"{case['dataset']}.json"
        return json.loads(path.read_text(encoding="utf-8"))
    return case.get("data", _NOTHING)


_NOTHING = object()

_CODELESS = {"U1001": "", "S0301": "", "S0302": ""}
"""Errors that AWS's texts have no code for, or that the adapter finds before the library does."""


def describe(case: Case) -> str | None:
    """What a case gave if that is not what it should; None if it is."""
    wanted = _wanted_code(case)
    try:
        expression = compile_jsonata(case.text)
        root = () if case.data is _NOTHING else (case.data,)
        value = expression.evaluate(_turn(), case.bindings, *root)
    except (EvaluationThrew, InvalidExpression) as error:
        if wanted is not None and error.code in (wanted, _CODELESS.get(wanted)):
            return None
        return f"threw {error.code} {error}, wanted {wanted or _wanted(case)}"
    except ResultTooLarge:
        return "the result is too large"
    if wanted is not None:
        return f"gave {_shown(value)}, wanted error {wanted}"
    if "undefinedResult" in case.expected:
        return None if expression.is_undefined(value) else f"gave {_shown(value)}, wanted nothing"
    if expression.is_undefined(value):
        return f"gave nothing, wanted {_wanted(case)}"
    if equal(value, case.expected["result"], unordered=bool(case.expected.get("unordered"))):
        return None
    return f"gave {_shown(value)}, wanted {_wanted(case)}"


def equal(value: Any, wanted: Any, *, unordered: bool = False) -> bool:
    """Whether a value is what the suite says; numbers as JSON has them."""
    if isinstance(value, bool) or isinstance(wanted, bool) or value is None or wanted is None:
        return value is wanted
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        return math.isclose(value, wanted, rel_tol=1e-12)
    if isinstance(value, list) and isinstance(wanted, list):
        if unordered:
            value, wanted = sorted(value, key=_shown), sorted(wanted, key=_shown)
        return len(value) == len(wanted) and all(map(equal, value, wanted))
    if isinstance(value, dict) and isinstance(wanted, dict):
        return value.keys() == wanted.keys() and all(equal(value[k], wanted[k]) for k in wanted)
    return bool(type(value) is type(wanted) and value == wanted)


def _wanted_code(case: Case) -> str | None:
    if "code" in case.expected:
        return str(case.expected["code"])
    error = case.expected.get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else None


def _wanted(case: Case) -> str:
    return "nothing" if "undefinedResult" in case.expected else _shown(case.expected["result"])


def _shown(value: Any) -> str:
    return json.dumps(value, default=repr)[:200]


_MACHINE: Machine = compile_machine(
    '{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}', type="STANDARD"
)


def _turn() -> Turn:
    info = ExecutionInfo("arn:aws:states:us-east-1:000000000000:e", "e", "r", "m", "m", "{}", 0.0)
    return Turn(_MACHINE, Execution(info), now=1_700_000_000.0, entropy=1)


if __name__ == "__main__":
    sys.exit(main())

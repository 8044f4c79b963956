"""Definitions that AWS accepted or refused: the core says the same, in the same words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from groundstate import asl
from groundstate.asl.interface import InvalidDefinition
from tests.unit.asl.recorded import find_data

_FOLDER = find_data()
_CALLS = ("create_state_machine", "update_state_machine", "validate_state_machine_definition")
_NOT_OF_THE_DEFINITION = re.compile(r"test_invalid_logging|version_description|update_state_mach")
_PLACEHOLDERS = (
    (r"@@r\d+\.FunctionArn@@", "arn:aws:lambda:us-east-1:000000000000:function:f"),
    (r"@@r\d+\.activityArn@@", "arn:aws:states:us-east-1:000000000000:activity:f"),
    (r"@@r\d+\.[A-Za-z@.]*[aA]rn@@", "arn:aws:states:us-east-1:000000000000:stateMachine:f"),
    (r"@@now[+-]?\d*@@", "2020-01-01T00:00:00"),
    (r"@@[^@]+@@", "x"),
)

Recorded = tuple[str, str, bool, Any]
"""Definition, type, whether it was refused, and the recorded diagnostics or answers."""


def _load() -> Iterator[tuple[str, Recorded]]:
    if _FOLDER is None:
        return
    for file in sorted(_FOLDER.glob("*.json")):
        for case in json.loads(file.read_text())["cases"]:
            name = case["id"].split("::")[-1]
            if case["kind"] == "execution":
                text = case.get("definition_text") or json.dumps(case["definition"])
                yield name, (text, case.get("type", "STANDARD"), False, None)
            steps = case.get("setup", []) + case.get("steps", [])
            if not _NOT_OF_THE_DEFINITION.search(name):
                yield from ((name, found) for found in _of_steps(steps, case["expected"]))


def _of_steps(steps: list[dict[str, Any]], expected: Any) -> Iterator[Recorded]:
    for step in steps:
        yield from _of_steps(step.get("background", []), expected)
        if not step.get("call", "").endswith(_CALLS):
            continue
        given = step["args"].get("definition")
        text = json.dumps(given["$json"]) if isinstance(given, dict) else given
        if isinstance(text, str):
            only_validated = step["call"].endswith(_CALLS[-1])
            found = next(iter(expected.values())) if only_validated else expected
            refused = found["result"] == "FAIL" if only_validated else step.get("error", False)
            yield text, step["args"].get("type", "STANDARD"), refused, found


_RECORDED = list(_load())


@pytest.mark.skipif(_FOLDER is None, reason="the recordings are not here (GROUNDSTATE_CONFORMANCE)")
@pytest.mark.parametrize("recorded", [pytest.param(found, id=name) for name, found in _RECORDED])
def test_a_definition_is_accepted_or_refused_as_recorded(recorded: Recorded) -> None:
    text, kind, refused, expected = recorded
    for pattern, value in _PLACEHOLDERS:
        text = re.sub(pattern, value, text)
    found: Any = kind
    errors = [
        diagnostic
        for diagnostic in asl.validate_definition(text, type=found)
        if diagnostic.severity == "ERROR"
    ]
    assert bool(errors) is refused, errors
    if isinstance(expected, dict) and "diagnostics" in expected:
        shown = [
            {"code": one.code, "location": one.location, "message": one.message} for one in errors
        ]
        assert shown == [
            {key: one[key] for key in ("code", "location", "message")}
            for one in expected["diagnostics"]
        ]
    elif errors and "LABEL" not in errors[0].code:
        said = json.dumps(expected).replace('\\"', '"')
        assert InvalidDefinition(errors).message in said

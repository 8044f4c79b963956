"""Choice rules: operators, combinations, both languages, and what patterns cost."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.unit.asl.driver import Driver, machine

_DATA = {
    "n": 2,
    "f": 2.0,
    "s": "b",
    "t": "2020-01-01T00:00:00Z",
    "yes": True,
    "nothing": None,
    "big": 3,
    "later": "2021-01-01T00:00:00+01:00",
    "list": [1],
}


def _chosen(rule: dict[str, Any], value: Any = None, **top: Any) -> bool:
    states = {
        "A": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
        "Yes": {"Type": "Pass", "Result": True, "End": True},
        "No": {"Type": "Pass", "Result": False, "End": True},
    }
    if top:
        for name, output in (("Yes", True), ("No", False)):
            states[name] = {"Type": "Pass", "Output": output, "End": True}
    output = Driver(machine(states, **top), _DATA if value is None else value).output
    assert isinstance(output, bool)
    return output


@pytest.mark.parametrize(
    ("variable", "operator", "operand", "expected"),
    [
        ("$.n", "NumericEquals", 2, True),
        ("$.f", "NumericEquals", 2, True),
        ("$.s", "NumericEquals", 2, False),
        ("$.n", "NumericLessThan", 2, False),
        ("$.n", "NumericLessThanEquals", 2, True),
        ("$.n", "NumericGreaterThan", 1.5, True),
        ("$.n", "NumericGreaterThanEquals", 3, False),
        ("$.n", "NumericLessThanPath", "$.big", True),
        ("$.s", "StringEquals", "b", True),
        ("$.n", "StringEquals", "2", False),
        ("$.s", "StringLessThan", "c", True),
        ("$.s", "StringGreaterThanEqualsPath", "$.s", True),
        ("$.t", "TimestampEquals", "2020-01-01T01:00:00+01:00", True),
        ("$.t", "TimestampLessThanPath", "$.later", True),
        ("$.s", "TimestampLessThan", "2020-01-01T00:00:00Z", False),
        ("$.yes", "BooleanEquals", True, True),
        ("$.n", "BooleanEquals", True, False),
        ("$.nothing", "IsNull", True, True),
        ("$.n", "IsNull", False, True),
        ("$.gone", "IsPresent", False, True),
        ("$.nothing", "IsPresent", True, True),
        ("$.n", "IsNumeric", True, True),
        ("$.yes", "IsNumeric", True, False),
        ("$.s", "IsString", True, True),
        ("$.yes", "IsBoolean", True, True),
        ("$.t", "IsTimestamp", True, True),
        ("$.s", "IsTimestamp", False, True),
    ],
)
def test_an_operator(variable: str, operator: str, operand: Any, expected: bool) -> None:
    assert _chosen({"Variable": variable, operator: operand}) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("log-*.txt", "log-1.txt", True),
        ("log-*.txt", "log-1.txt2", False),
        ("*", "", True),
        ("", "", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("*a*b*", "xxaxxbxx", True),
        ("*a*b*", "xxbxxaxx", False),
        ("a\\*b", "a*b", True),
        ("a\\*b", "axb", False),
        ("a\\\\b", "a\\b", True),
        ("a.b", "axb", False),
        ("*\n*", "a\nb", True),
    ],
)
def test_string_matches(pattern: str, text: str, expected: bool) -> None:
    rule = {"Variable": "$.s", "StringMatches": pattern}
    assert _chosen(rule, {"s": text}) is expected


def test_a_pattern_of_many_stars_costs_no_time() -> None:
    before = time.monotonic()
    rule = {"Variable": "$.s", "StringMatches": "*a" * 60 + "b"}
    assert _chosen(rule, {"s": "a" * 100_000}) is False
    assert time.monotonic() - before < 1


def test_rules_combine() -> None:
    two, small = {"Variable": "$.n", "NumericEquals": 2}, {"Variable": "$.n", "NumericLessThan": 2}
    assert _chosen({"And": [two, {"Not": small}]})
    assert _chosen({"Or": [small, two]})
    assert not _chosen({"And": [two, small]})
    # And stops where it knows: the guard keeps the second rule from failing.
    gone = {"Variable": "$.gone", "NumericEquals": 1}
    assert not _chosen({"And": [{"Variable": "$.gone", "IsPresent": True}, gone]})


def test_a_variable_that_is_not_there_fails_the_execution() -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "NumericEquals": 1, "Next": "B"}]},
        "B": {"Type": "Succeed"},
    }
    played = Driver(machine(states), {})
    assert played.finish is not None
    assert played.finish.error == "States.Runtime"
    assert played.finish.cause == (
        "An error occurred while executing the state 'A' (entered at the event id #2). Invalid path"
        " '$.x': The choice state's condition path references an invalid value."
    )


def test_no_rule_and_no_default_fails_the_execution() -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "B"}]},
        "B": {"Type": "Succeed"},
    }
    played = Driver(machine(states), _DATA)
    assert played.finish is not None
    # Measured on AWS, whose documentation names States.NoChoiceMatched.
    assert played.finish.error == "States.Runtime"
    assert played.finish.cause is not None
    assert "Failed to transition out of the state." in played.finish.cause


def test_conditions() -> None:
    assert _chosen({"Condition": "{% $states.input.n = 2 %}"}, QueryLanguage="JSONata")
    assert not _chosen({"Condition": "{% $states.input.n > 2 %}"}, QueryLanguage="JSONata")

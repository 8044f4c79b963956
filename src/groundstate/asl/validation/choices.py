"""The rules of a Choice checked."""

from __future__ import annotations

from typing import Any

from groundstate.asl.choice_rules import OPERATORS
from groundstate.asl.jsonpath import InvalidPath, compile_path
from groundstate.asl.times import parse_timestamp
from groundstate.asl.validation.report import Report

_KINDS = ["And", "Or", "Not", "Variable", "Condition"]

# In the order in which AWS tells them (observed).
_OPERATORS = [
    "StringEquals",
    "IsBoolean",
    "StringLessThan",
    "IsNumeric",
    "BooleanEquals",
    "StringLessThanEqualsPath",
    "NumericLessThan",
    "NumericGreaterThan",
    "NumericLessThanPath",
    "StringMatches",
    "TimestampLessThanEqualsPath",
    "NumericEquals",
    "TimestampGreaterThan",
    "StringGreaterThanEqualsPath",
    "TimestampGreaterThanEqualsPath",
    "TimestampLessThanEquals",
    "NumericLessThanEqualsPath",
    "TimestampEquals",
    "BooleanEqualsPath",
    "IsTimestamp",
    "StringLessThanEquals",
    "NumericLessThanEquals",
    "StringLessThanPath",
    "TimestampGreaterThanPath",
    "StringGreaterThan",
    "StringGreaterThanPath",
    "IsString",
    "StringEqualsPath",
    "TimestampEqualsPath",
    "TimestampLessThan",
    "StringGreaterThanEquals",
    "NumericGreaterThanPath",
    "NumericGreaterThanEquals",
    "NumericEqualsPath",
    "TimestampLessThanPath",
    "IsNull",
    "IsPresent",
    "TimestampGreaterThanEquals",
    "NumericGreaterThanEqualsPath",
]
assert set(_OPERATORS) == OPERATORS, "every operator, once"


def check_choices(state: dict[str, Any], location: str, language: str, report: Report) -> None:
    """Check a Choice state's Choices."""
    if not report.require(state, ["Choices"], location):
        return
    rules, here = state["Choices"], f"{location}/Choices"
    if not report.typed(rules, "Array", here):
        return
    if not rules:
        report.schema("Value cannot be empty", here)
    for index, rule in enumerate(rules):
        at_rule = f"{here}[{index}]"
        if report.typed(rule, "Object", at_rule):
            if report.require(rule, ["Next"], at_rule):
                report.typed(rule["Next"], "String", f"{at_rule}/Next")
            _check_rule(rule, at_rule, language, report, is_inner=False)


def _check_rule(
    rule: dict[str, Any], location: str, language: str, report: Report, *, is_inner: bool
) -> None:
    if is_inner and "Next" in rule:
        report.schema("Field 'Next' is not supported", location)
    kinds = [kind for kind in _KINDS if kind in rule]
    if len(kinds) != 1:
        names = ", ".join(_KINDS)
        report.schema(f"The object must have only one of the following fields, [{names}]", location)
        return
    kind = kinds[0]
    if language == "JSONata" and kind != "Condition":
        report.schema(
            f"The QueryLanguage is set to 'JSONata', but field '{kind}' is only supported for the"
            " 'JSONPath' QueryLanguage",
            location,
        )
    elif kind == "Condition":
        _check_condition(rule, location, language, report)
    elif kind == "Variable":
        _check_comparison(rule, location, report)
    elif kind == "Not":
        if report.typed(rule["Not"], "Object", f"{location}/Not"):
            _check_rule(rule["Not"], f"{location}/Not", language, report, is_inner=True)
    else:
        _check_inner_rules(rule[kind], f"{location}/{kind}", language, report)


def _check_inner_rules(rules: Any, location: str, language: str, report: Report) -> None:
    if not report.typed(rules, "Array", location):
        return
    if not rules:
        report.schema("Value cannot be empty", location)
    for index, rule in enumerate(rules):
        here = f"{location}[{index}]"
        if report.typed(rule, "Object", here):
            _check_rule(rule, here, language, report, is_inner=True)


def _check_condition(rule: dict[str, Any], location: str, language: str, report: Report) -> None:
    if language == "JSONPath":
        report.schema(
            "The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for"
            " the 'JSONata' QueryLanguage",
            location,
        )
        return
    condition = rule["Condition"]
    if not isinstance(condition, bool):
        report.typed(condition, "String", f"{location}/Condition")


def _check_comparison(rule: dict[str, Any], location: str, report: Report) -> None:
    _check_path(rule["Variable"], f"{location}/Variable", report)
    if not report.exactly_one(rule, _OPERATORS, location):
        return
    operator = next(name for name in rule if name in OPERATORS)
    value, here = rule[operator], f"{location}/{operator}"
    if operator.endswith("Path"):
        _check_path(value, here, report)
    elif operator.startswith(("Is", "Boolean")):
        report.typed(value, "Boolean", here)
    elif operator.startswith("Numeric"):
        report.typed(value, "Number", here)
    elif report.typed(value, "String", here) and _is_no_time(operator, value):
        report.schema("String does not match RFC3339 timestamp", here)


def _is_no_time(operator: str, value: str) -> bool:
    return operator.startswith("Timestamp") and parse_timestamp(value) is None


def _check_path(value: Any, location: str, report: Report) -> None:
    if not report.typed(value, "String", location):
        return
    if not value.startswith("$"):
        report.schema(
            "Value is not a Reference Path: Reference path didn't start with '$'", location
        )
        return
    try:
        compile_path(value)
    except InvalidPath:
        report.schema("Value is not a Reference Path", location)

"""Retry and Catch checked."""

from __future__ import annotations

from typing import Any

from groundstate.asl.validation import tables
from groundstate.asl.validation.report import Report

_RETRIER_FIELDS = frozenset(
    (
        "BackoffRate",
        "Comment",
        "ErrorEquals",
        "IntervalSeconds",
        "JitterStrategy",
        "MaxAttempts",
        "MaxDelaySeconds",
    )
)
_CATCHER_FIELDS = frozenset(("Assign", "Comment", "ErrorEquals", "Next", "Output", "ResultPath"))


def check_retriers(state: dict[str, Any], location: str, report: Report) -> None:
    """Check a state's Retry."""
    for retrier, here, is_last in _entries(state, "Retry", location, report):
        report.supported(retrier, _RETRIER_FIELDS, here)
        _check_error_equals(retrier, here, report, is_last=is_last)
        for field, (type_name, least, most) in tables.RETRY_NUMBERS.items():
            if field in retrier and report.typed(retrier[field], type_name, f"{here}/{field}"):
                report.bounded(retrier[field], f"{here}/{field}", least, most)
        report.one_of(retrier, "JitterStrategy", ["NONE", "FULL"], here)


def check_catchers(state: dict[str, Any], location: str, language: str, report: Report) -> None:
    """Check a state's Catch."""
    foreign = "ResultPath" if language == "JSONata" else "Output"
    other = "JSONPath" if language == "JSONata" else "JSONata"
    for catcher, here, is_last in _entries(state, "Catch", location, report):
        report.supported(catcher, _CATCHER_FIELDS, here)
        _check_error_equals(catcher, here, report, is_last=is_last)
        if report.require(catcher, ["Next"], here):
            report.typed(catcher["Next"], "String", f"{here}/Next")
        if foreign in catcher:
            report.schema(
                f"The QueryLanguage is set to '{language}', but field '{foreign}' is only"
                f" supported for the '{other}' QueryLanguage",
                here,
            )


def _entries(
    state: dict[str, Any], field: str, location: str, report: Report
) -> list[tuple[dict[str, Any], str, bool]]:
    entries = state.get(field, [])
    if not report.typed(entries, "Array", f"{location}/{field}"):
        return []
    found = []
    for index, entry in enumerate(entries):
        here = f"{location}/{field}[{index}]"
        if report.typed(entry, "Object", here):
            found.append((entry, here, index == len(entries) - 1))
    return found


def _check_error_equals(
    entry: dict[str, Any], location: str, report: Report, *, is_last: bool
) -> None:
    if not report.require(entry, ["ErrorEquals"], location):
        return
    names, here = entry["ErrorEquals"], f"{location}/ErrorEquals"
    if not report.typed(names, "Array", here):
        return
    if not names:
        report.schema("Value cannot be empty", here)
    for index, name in enumerate(names):
        report.typed(name, "String", f"{here}[{index}]")
    if "States.ALL" in names and (len(names) > 1 or not is_last):
        report.schema("States.ALL must appear alone and at end of list", here)

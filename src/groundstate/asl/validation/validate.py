"""A whole definition checked: its JSON, its top level, its states, its transitions.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from groundstate.asl import limits
from groundstate.asl.interface import Diagnostic, IsKnown, MachineType
from groundstate.asl.json_errors import find_json_error
from groundstate.asl.sizes import is_deeper
from groundstate.asl.validation.report import Report
from groundstate.asl.validation.scopes import check_variable_scopes
from groundstate.asl.validation.states import StateChecker
from groundstate.asl.validation.transitions import check_transitions, targets_of

_TOP_FIELDS = frozenset(
    ("Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version")
)


def validate(
    text: str, type: MachineType, is_known: IsKnown | None = None
) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Parse and check a definition.

    Args:
        is_known: see `compile_machine`.

    Returns:
        The definition as a value (empty if it is no object), and what was found.
    """
    report = Report()
    definition = _parse(text, report)
    if definition is not None:
        _check_machine(definition, type, report, is_known)
    return definition or {}, report.diagnostics


def validate_state(text: str) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Parse and check the definition of a single state, for TestState.

    Returns:
        A machine around it, in which every state that it goes on to exists; and what was found.
    """
    report = Report()
    state = _parse(text, report)
    if state is None:
        return {}, report.diagnostics
    language = state.get("QueryLanguage", "JSONPath")
    StateChecker(report, "STANDARD", "JSONPath").state(TESTED, state, "")
    if report.has_errors:
        return {}, report.diagnostics
    targets = dict.fromkeys(target for target, _ in targets_of(state))
    states = {TESTED: state, **{target: {"Type": "Succeed"} for target in targets}}
    machine = {"QueryLanguage": language, "StartAt": TESTED, "States": states}
    return machine, report.diagnostics


TESTED = "StateName"
"""The name of a state that is tested by itself."""


def _parse(text: str, report: Report) -> dict[str, Any] | None:
    if not text.strip():
        report.error("MISSING_DESCRIPTION", "Received a null or empty workflow input", "")
        return None
    try:
        definition = json.loads(text, parse_constant=_refuse_constant)
        if "\\ud" in text.lower():
            # A half of a surrogate pair alone is no character, and cannot be stored as one.
            orjson.loads(text)
    except RecursionError:
        report.error("TOO_DEEPLY_NESTED", "The states are too deeply nested.", "")
        return None
    except ValueError as error:
        report.error("INVALID_JSON_DESCRIPTION", find_json_error(text) or str(error), "")
        return None
    if not report.typed(definition, "Object", "/"):
        return None
    if is_deeper(definition, limits.DEFINITION_DEPTH_MAX):
        report.error("TOO_DEEPLY_NESTED", "The states are too deeply nested.", "")
        return None
    assert isinstance(definition, dict)
    return definition


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _check_machine(
    definition: dict[str, Any], type: MachineType, report: Report, is_known: IsKnown | None
) -> None:
    report.supported(definition, _TOP_FIELDS, "")
    report.one_of(definition, "QueryLanguage", ["JSONPath", "JSONata"], "")
    report.one_of(definition, "Version", ["1.0"], "")
    if "TimeoutSeconds" in definition:
        value = definition["TimeoutSeconds"]
        if report.typed(value, "Integer", "/TimeoutSeconds"):
            report.bounded(value, "/TimeoutSeconds", 0, limits.WAIT_SECONDS_MAX)
    checker = StateChecker(report, type, definition.get("QueryLanguage", "JSONPath"), is_known)
    checker.scope(definition, "")
    check_transitions(definition, report)
    if not report.has_errors:
        check_variable_scopes(definition, report)

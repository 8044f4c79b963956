"""Transitions: every target exists, every state is reached, and the workflow can end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundstate.asl.validation.report import Report

CODE = "MISSING_TRANSITION_TARGET"

_MAY_END = ("Succeed", "Fail")


def check_transitions(definition: dict[str, Any], report: Report) -> None:
    """Check a machine whose fields are sound, and the machines inside of it."""
    waiting = [(definition, "")]
    while waiting:
        scope, location = waiting.pop(0)
        _check_scope(scope, location, report)
        waiting.extend(_inner_scopes(scope["States"], location))


def _check_scope(scope: dict[str, Any], location: str, report: Report) -> None:
    states, start = scope["States"], scope["StartAt"]
    if start not in states:
        report.error(CODE, f"Missing 'Next' target: {start}", f"{location}/StartAt")
    for name, state in states.items():
        for target, field in targets_of(state):
            if target not in states:
                # AWS says 'Next' whatever the field is called (observed).
                report.error(
                    CODE, f"Missing 'Next' target: {target}", f"{location}/States/{name}/{field}"
                )
    if not any(_ends(state) for state in states.values()):
        # Observed: it has no location, and unreachable states are not reported beside it.
        report.error("MISSING_END_STATE", "Workflow has no terminal state", "")
        return
    reached = _reached(states, start)
    for name in states:
        if name not in reached:
            report.error(CODE, f'State "{name}" is not reachable.', f"{location}/States/{name}")


def targets_of(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The names that a state goes on to, and the field that holds each."""
    if "Next" in state:
        yield state["Next"], "Next"
    for index, rule in enumerate(state.get("Choices", ())):
        yield rule["Next"], f"Choices[{index}]/Next"
    if "Default" in state:
        yield state["Default"], "Default"
    for index, catcher in enumerate(state.get("Catch", ())):
        yield catcher["Next"], f"Catch[{index}]/Next"


def _ends(state: dict[str, Any]) -> bool:
    return state["Type"] in _MAY_END or bool(state.get("End"))


def _reached(states: dict[str, Any], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in states:
            continue
        reached.add(name)
        waiting.extend(target for target, _ in targets_of(states[name]))
    return reached


def _inner_scopes(states: dict[str, Any], location: str) -> Iterator[tuple[dict[str, Any], str]]:
    for name, state in states.items():
        here = f"{location}/States/{name}"
        for index, branch in enumerate(state.get("Branches", ())):
            yield branch, f"{here}/Branches[{index}]"
        for field in ("ItemProcessor", "Iterator"):
            if field in state:
                yield state[field], f"{here}/{field}"

"""Transitions: every target exists, every state is reached, and the workflow can end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundstate.asl.validation.report import Report

CODE = "MISSING_TRANSITION_TARGET"

_MAY_END = ("Succeed", "Fail")


def check_transitions(definition: dict[str, Any], report: Report) -> None:
    """Check a machine and the machines inside of it.

    Fields that are not sound are reported before and passed over here: AWS reports both kinds of
    problems together (observed).
    """
    waiting: list[tuple[Any, str]] = [(definition, "")]
    while waiting:
        scope, location = waiting.pop(0)
        if not isinstance(scope, dict) or not isinstance(scope.get("StartAt"), str):
            continue
        states = scope.get("States")
        if isinstance(states, dict):
            sound = {name: state for name, state in states.items() if isinstance(state, dict)}
            _check_scope(sound, scope["StartAt"], location, report)
            waiting.extend(_inner_scopes(sound, location))


def _check_scope(states: dict[str, Any], start: str, location: str, report: Report) -> None:
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
        yield from _named(state, "Next")
    for index, rule in enumerate(_objects(state, "Choices")):
        yield from _named(rule, f"Choices[{index}]/Next")
    if "Default" in state:
        yield from _named(state, "Default")
    for index, catcher in enumerate(_objects(state, "Catch")):
        yield from _named(catcher, f"Catch[{index}]/Next")


def _named(holder: Any, field: str) -> Iterator[tuple[str, str]]:
    target = holder.get(field.rpartition("/")[2]) if isinstance(holder, dict) else None
    if isinstance(target, str):
        yield target, field


def _objects(state: dict[str, Any], field: str) -> list[Any]:
    found = state.get(field)
    return found if isinstance(found, list) else []


def _ends(state: dict[str, Any]) -> bool:
    # Observed: a state without a type does not end the workflow, whatever its End says.
    return state.get("Type") in _MAY_END or ("Type" in state and bool(state.get("End")))


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


def _inner_scopes(states: dict[str, Any], location: str) -> Iterator[tuple[Any, str]]:
    for name, state in states.items():
        here = f"{location}/States/{name}"
        for index, branch in enumerate(_objects(state, "Branches")):
            yield branch, f"{here}/Branches[{index}]"
        for field in ("ItemProcessor", "Iterator"):
            if field in state:
                yield state[field], f"{here}/{field}"

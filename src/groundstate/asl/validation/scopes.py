"""Scopes of variables: an inner one may not assign a name that is set outside before it is entered.

https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundstate.asl.validation.report import Report
from groundstate.asl.validation.transitions import targets_of

_Names = int
"""A set of variables, one bit for each: there may be thousands, at thousands of states."""


def check_variable_scopes(definition: dict[str, Any], report: Report) -> None:
    """Check a machine whose fields and transitions are sound."""
    language = definition.get("QueryLanguage", "JSONPath")
    bits: dict[str, _Names] = {}
    waiting: list[tuple[dict[str, Any], str, _Names]] = [(definition, "", 0)]
    for scope, location, outer in waiting:
        states = scope["States"]
        assigned: dict[str, _Names] = {}
        for name, state in states.items():
            jsonpath = state.get("QueryLanguage", language) == "JSONPath"
            names = 0
            for member, place in _assigned(state):
                variable = member.removesuffix(".$") if jsonpath else member
                bit = bits.setdefault(variable, 1 << len(bits))
                names |= bit
                if bit & outer:
                    report.error(
                        "DUPLICATE_VARIABLE_NAME",
                        f"The variable name '{variable}' was already defined in a parent scope.",
                        f"{location}/States/{name}/{place}/{member}",
                    )
            assigned[name] = names
        before = _set_before(states, scope["StartAt"], assigned)
        for name, state in states.items():
            for inner, place in _inner_scopes(state):
                config = inner.get("ProcessorConfig", {})
                # The children of a distributed Map are executions of their own. Observed: what
                # the state's own Catch assigns is no reason to refuse.
                seen = 0 if config.get("Mode") == "DISTRIBUTED" else outer | before[name]
                waiting.append((inner, f"{location}/States/{name}/{place}", seen))


def _set_before(
    states: dict[str, Any], start: str, assigned: dict[str, _Names]
) -> dict[str, _Names]:
    """By state, the names that may be set when it is entered."""
    before = {start: 0}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        after = before[name] | assigned[name]
        for target, _ in targets_of(states[name]):
            known = before.get(target)
            if known is None or after | known != known:
                before[target] = after | (known or 0)
                waiting.append(target)
    return before


def _assigned(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The members of every Assign of a state, and where each stands."""
    for member in state.get("Assign", ()):
        yield member, "Assign"
    for field in ("Catch", "Choices"):
        for index, rule in enumerate(state.get(field, ())):
            for member in rule.get("Assign", ()):
                yield member, f"{field}[{index}]/Assign"


def _inner_scopes(state: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for index, branch in enumerate(state.get("Branches", ())):
        yield branch, f"Branches[{index}]"
    for field in ("ItemProcessor", "Iterator"):
        if field in state:
            yield state[field], field

"""Scopes of variables: an inner one may not assign a name that an outer one assigns.

https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundstate.asl.validation.report import Report


def check_variable_scopes(definition: dict[str, Any], report: Report) -> None:
    """Check a machine whose fields are sound."""
    language = definition.get("QueryLanguage", "JSONPath")
    waiting: list[tuple[dict[str, Any], str, frozenset[str]]] = [(definition, "", frozenset())]
    while waiting:
        scope, location, outer = waiting.pop(0)
        own: set[str] = set()
        for name, state in scope["States"].items():
            here = f"{location}/States/{name}"
            jsonpath = state.get("QueryLanguage", language) == "JSONPath"
            for member, place in _assigned(state):
                variable = member.removesuffix(".$") if jsonpath else member
                own.add(variable)
                if variable in outer:
                    report.error(
                        "DUPLICATE_VARIABLE_NAME",
                        f"The variable name '{variable}' was already defined in a parent scope.",
                        f"{here}/{place}/{member}",
                    )
        visible = outer | own
        for name, state in scope["States"].items():
            here = f"{location}/States/{name}"
            for inner, place in _inner_scopes(state):
                config = inner.get("ProcessorConfig", {})
                # The children of a distributed Map are executions of their own.
                seen = frozenset() if config.get("Mode") == "DISTRIBUTED" else visible
                waiting.append((inner, f"{here}/{place}", seen))


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

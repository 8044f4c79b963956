"""A compiled state machine: states that know each other, and no execution."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from groundstate.asl.variable_references import find_variable_references

if TYPE_CHECKING:
    from groundstate.asl.interface import MachineType
    from groundstate.asl.states.state import State


class Machine:
    """A compiled definition; share it among all of its executions.

    Attributes:
        type: STANDARD or EXPRESS.
        definition: its text.
        comment: the definition's Comment, or ''.
        query_language: of the machine: JSONPath or JSONata.
        start: the first state.
        states: all states of all scopes, in the order of the definition; executions name them by
            their index here.
        timeout_s: the machine's TimeoutSeconds, or None.
        processors: the machines of distributed Maps' children, by the Map state's name.
        is_recent: it has variables or JSONata, which came in November 2024. Where AWS's answers
            changed about then, its recorded answers are the later ones.
        activities: ARNs of the activities that its tasks name.
        evaluates: it may have queries that take long (`long_queries.py`).
    """

    __slots__ = (
        "activities",
        "comment",
        "definition",
        "evaluates",
        "is_recent",
        "processors",
        "query_language",
        "start",
        "states",
        "timeout_s",
        "type",
    )

    def __init__(self, definition: str, type: MachineType) -> None:
        self.definition = definition
        self.type: MachineType = type
        self.comment = ""
        self.is_recent = False
        self.activities: set[str] = set()
        self.query_language = "JSONPath"
        self.start: State
        self.states: list[State] = []
        self.timeout_s: float | None = None
        self.processors: dict[str, Machine] = {}
        self.evaluates = True

    def processor(self, state_name: str) -> Machine:
        """The machine that the children of this distributed Map run.

        Raises:
            KeyError: there is no such Map.
        """
        return self.processors[state_name]

    def variable_references(self) -> dict[str, list[str]]:
        """By state name, the workflow variables that the state reads."""
        return find_variable_references(json.loads(self.definition))

    def unlink(self) -> None:
        """Let the states forget each other; nobody may run the machine any more."""
        for state in self.states:
            state.next = None
            state.catchers = []
        for processor in self.processors.values():
            processor.unlink()

    def state(self, name: str) -> State | None:
        """The state of this name in any scope, or None."""
        return next((state for state in self.states if state.name == name), None)

"""From a definition to a `Machine`.

The definition is valid by the time it comes here (`validation/` has seen to that), so a member that
is missing or of a wrong type is a bug. States are made in the order of the definition and linked
afterwards, since a Next may point backwards or forwards.
"""

from __future__ import annotations

from typing import Any

from groundstate.asl.choice_rules import compile_rule
from groundstate.asl.fields import Field
from groundstate.asl.interface import MachineType
from groundstate.asl.jsonpath_query import JsonPathCatch, JsonPathQuery
from groundstate.asl.machine import Machine
from groundstate.asl.map_items import JsonPathMapItems
from groundstate.asl.query import CatchQuery, Query
from groundstate.asl.resources import parse_resource
from groundstate.asl.retry import Catcher, Retrier
from groundstate.asl.states.choice import Branch, ChoiceState
from groundstate.asl.states.fail import FailState
from groundstate.asl.states.map_inline import InlineMapState
from groundstate.asl.states.parallel import ParallelState
from groundstate.asl.states.pass_ import PassState
from groundstate.asl.states.state import State
from groundstate.asl.states.succeed import SucceedState
from groundstate.asl.states.task import TaskState
from groundstate.asl.states.wait import WaitState
from groundstate.asl.task_fields import compile_credentials, compile_seconds, names_token
from groundstate.asl.templates import compile_template

Definition = dict[str, Any]


def compile_valid(text: str, definition: Definition, type: MachineType) -> Machine:
    """Compile a definition that validation found no error in."""
    machine = Machine(text, type)
    machine.comment = definition.get("Comment", "")
    machine.query_language = definition.get("QueryLanguage", "JSONPath")
    machine.timeout_s = definition.get("TimeoutSeconds")
    compiler = _Compiler(machine)
    machine.start = compiler.scope(definition)
    return machine


class _Compiler:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def scope(self, definition: Definition) -> State:
        """Compile a `States` field and what is inside it; returns the state of its StartAt."""
        states: dict[str, State] = {}
        for name, state_definition in definition["States"].items():
            state = self._state(name, state_definition)
            states[name] = state
        for state in states.values():
            _link(state, states)
        return states[definition["StartAt"]]

    def _state(self, name: str, definition: Definition) -> State:
        index = len(self.machine.states)
        # The place is taken before inner scopes are compiled, so that order is the text's.
        self.machine.states.append(None)  # type: ignore[arg-type]
        make = getattr(self, f"_{definition['Type'].lower()}")
        state: State = make(index, name, definition)
        self.machine.states[index] = state
        state.next_name = definition.get("Next")
        state.retriers = [Retrier(retrier) for retrier in definition.get("Retry", ())]
        state.catchers = [
            Catcher(catcher, self._catch_query(definition, catcher))
            for catcher in definition.get("Catch", ())
        ]
        return state

    def _uses_jsonata(self, definition: Definition) -> bool:
        language = definition.get("QueryLanguage", self.machine.query_language)
        return bool(language == "JSONata")

    def _query(self, definition: Definition, parameters: str | None = "Parameters") -> Query:
        return JsonPathQuery(definition, parameters)

    def _catch_query(self, definition: Definition, catcher: Definition) -> CatchQuery:
        return JsonPathCatch(catcher)

    def _field(self, definition: Definition, name: str) -> Field | None:
        return None

    def _pass(self, index: int, name: str, definition: Definition) -> State:
        return PassState(index, name, self._query(definition), definition)

    def _succeed(self, index: int, name: str, definition: Definition) -> State:
        return SucceedState(index, name, self._query(definition))

    def _fail(self, index: int, name: str, definition: Definition) -> State:
        error, cause = self._field(definition, "Error"), self._field(definition, "Cause")
        return FailState(index, name, self._query(definition), definition, error, cause)

    def _wait(self, index: int, name: str, definition: Definition) -> State:
        name_of_field = "Seconds" if "Seconds" in definition else "Timestamp"
        field = self._field(definition, name_of_field)
        return WaitState(index, name, self._query(definition), definition, field)

    def _choice(self, index: int, name: str, definition: Definition) -> State:
        query = self._query(definition)
        branches = []
        for rule in definition["Choices"]:
            assign = compile_template(rule["Assign"]) if "Assign" in rule else None
            branches.append(Branch(compile_rule(rule), rule["Next"], assign, query))
        return ChoiceState(index, name, query, branches, definition.get("Default"))

    def _task(self, index: int, name: str, definition: Definition) -> State:
        query = self._query(definition)
        resource = parse_resource(definition["Resource"])
        assert resource is not None, definition["Resource"]
        waits = resource.pattern == "waitForTaskToken" or resource.kind == "activity"
        return TaskState(
            index,
            name,
            query,
            resource,
            timeout=compile_seconds(definition, "TimeoutSeconds", query),
            heartbeat=compile_seconds(definition, "HeartbeatSeconds", query),
            credentials=compile_credentials(definition, query),
            needs_token=waits or names_token(definition),
        )

    def _parallel(self, index: int, name: str, definition: Definition) -> State:
        state = ParallelState(index, name, self._query(definition))
        state.starts = [self.scope(branch) for branch in definition["Branches"]]
        return state

    def _map(self, index: int, name: str, definition: Definition) -> State:
        processor = definition.get("ItemProcessor", definition.get("Iterator"))
        query = self._query(definition, None)
        state = InlineMapState(index, name, query, JsonPathMapItems(definition))
        state.start = self.scope(processor)
        return state


def _link(state: State, states: dict[str, State]) -> None:
    if state.next_name is not None:
        state.next = states[state.next_name]
    for catcher in state.catchers:
        catcher.next = states[catcher.next_name]
    if isinstance(state, ChoiceState):
        for branch in state.branches:
            branch.next = states[branch.next_name]
        if state.default_name is not None:
            state.default = states[state.default_name]

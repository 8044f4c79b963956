"""From a definition to a `Machine`.

The definition is valid by the time it comes here (`validation/` has seen to that), so a member that
is missing or of a wrong type is a bug. States are made in the order of the definition and linked
afterwards, since a Next may point backwards or forwards.
"""

from __future__ import annotations

from typing import Any

from groundstate.asl.choice_rules import compile_rule
from groundstate.asl.compile_distributed import compile_distributed
from groundstate.asl.fields import Field
from groundstate.asl.interface import MachineType
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonata import is_expression
from groundstate.asl.jsonata_query import JsonataCatch, JsonataQuery, compile_typed
from groundstate.asl.jsonpath_query import JsonPathCatch, JsonPathQuery
from groundstate.asl.long_queries import has_long_queries
from groundstate.asl.machine import Machine
from groundstate.asl.map_items import JsonataMapItems, JsonPathMapItems, MapItems
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
    machine.evaluates = has_long_queries(definition)
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
        self.machine.is_recent |= self._uses_jsonata(definition) or _assigns(definition)
        state.next_name = definition.get("Next")
        state.retriers = [Retrier(retrier) for retrier in definition.get("Retry", ())]
        state.catchers = [
            Catcher(catcher, self._catch_query(definition, number))
            for number, catcher in enumerate(definition.get("Catch", ()))
        ]
        return state

    def _uses_jsonata(self, definition: Definition) -> bool:
        language = definition.get("QueryLanguage", self.machine.query_language)
        return bool(language == "JSONata")

    def _query(self, definition: Definition, parameters: str | None = "Parameters") -> Query:
        if self._uses_jsonata(definition):
            return JsonataQuery(definition)
        return JsonPathQuery(definition, parameters)

    def _catch_query(self, definition: Definition, index: int) -> CatchQuery:
        catcher = definition["Catch"][index]
        if self._uses_jsonata(definition):
            return JsonataCatch(catcher, f"Catch[{index}]")
        return JsonPathCatch(catcher)

    def _field(self, definition: Definition, name: str, type_name: str) -> Field | None:
        """A field of a JSONata state that holds an expression, else None."""
        value = definition.get(name)
        if not self._uses_jsonata(definition) or not is_expression(value):
            return None
        evaluate = compile_typed(value, name, type_name)
        return lambda turn: evaluate(turn, {"input": turn.strand.value})

    def _pass(self, index: int, name: str, definition: Definition) -> State:
        return PassState(index, name, self._query(definition), definition)

    def _succeed(self, index: int, name: str, definition: Definition) -> State:
        return SucceedState(index, name, self._query(definition))

    def _fail(self, index: int, name: str, definition: Definition) -> State:
        error = self._field(definition, "Error", "string")
        cause = self._field(definition, "Cause", "string")
        return FailState(index, name, self._query(definition), definition, error, cause)

    def _wait(self, index: int, name: str, definition: Definition) -> State:
        seconds = self._field(definition, "Seconds", "number")
        field = seconds or self._field(definition, "Timestamp", "string")
        return WaitState(index, name, self._query(definition), definition, field)

    def _choice(self, index: int, name: str, definition: Definition) -> State:
        query = self._query(definition)
        branches = []
        for number, rule in enumerate(definition["Choices"]):
            if self._uses_jsonata(definition):
                branches.append(self._jsonata_branch(rule, number, definition))
                continue
            assign = compile_template(rule["Assign"]) if "Assign" in rule else None
            branches.append(Branch(compile_rule(rule), rule["Next"], assign, query))
        return ChoiceState(index, name, query, branches, definition.get("Default"))

    def _jsonata_branch(self, rule: Definition, number: int, definition: Definition) -> Branch:
        location = f"Choices[{number}]"
        condition = compile_typed(rule["Condition"], f"{location}/Condition", "boolean")
        # The rule's own Output and Assign stand in for the state's (observed for Assign).
        own: Definition = {name: rule[name] for name in ("Output", "Assign") if name in rule}
        query = JsonataQuery({**definition, **own})
        return Branch(
            lambda data, turn: bool(condition(turn, {"input": data})), rule["Next"], None, query
        )

    def _task(self, index: int, name: str, definition: Definition) -> State:
        query = self._query(definition)
        resource = parse_resource(definition["Resource"])
        assert resource is not None, definition["Resource"]
        if resource.kind == "activity":
            self.machine.activities.add(resource.arn)
        waits = resource.pattern == "waitForTaskToken" or resource.kind == "activity"
        jsonata = self._uses_jsonata(definition)
        return TaskState(
            index,
            name,
            query,
            resource,
            timeout=compile_seconds(definition, "TimeoutSeconds", query),
            heartbeat=compile_seconds(definition, "HeartbeatSeconds", query),
            credentials=compile_credentials(definition, query, jsonata=jsonata),
            needs_token=waits or names_token(definition),
        )

    def _parallel(self, index: int, name: str, definition: Definition) -> State:
        state = ParallelState(index, name, self._query(definition))
        state.starts = [self.scope(branch) for branch in definition["Branches"]]
        return state

    def _map(self, index: int, name: str, definition: Definition) -> State:
        jsonata = self._uses_jsonata(definition)
        processor: Definition = definition.get("ItemProcessor") or definition["Iterator"]
        query = self._query(definition, None)
        config = processor.get("ProcessorConfig", {})
        distributed = config.get("Mode") == "DISTRIBUTED"
        items: MapItems
        if jsonata:
            items = JsonataMapItems(definition, takes_objects=distributed)
        else:
            items = JsonPathMapItems(definition)
        if not distributed:
            state = InlineMapState(index, name, query, items)
            state.start = self.scope(processor)
            return state
        execution_type = config.get("ExecutionType", "STANDARD")
        child = Machine(to_text(processor), execution_type)
        child.query_language = self.machine.query_language
        child.evaluates = has_long_queries(processor)
        child.start = _Compiler(child).scope(processor)
        self.machine.processors[name] = child
        return compile_distributed(index, name, query, definition, items, execution_type)


def _assigns(definition: Definition) -> bool:
    rules = (*definition.get("Catch", ()), *definition.get("Choices", ()))
    return "Assign" in definition or any("Assign" in rule for rule in rules)


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

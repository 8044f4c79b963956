"""The same inputs give the same history, whatever a machine is made of, in both query languages.

Machines here go straight on from state to state; what a state does is drawn: every type, both kinds
of Map, tasks that answer, fail, time out, miss heartbeats or wait for a callback, retries with
jitter, catches, variables, chance.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate import asl
from groundstate.asl import interface as i
from tests.unit.asl.driver import Driver, machine

_EXPRESSIONS = st.sampled_from(
    [
        "$states.input",
        "$states.context.State.Name",
        "$states.context.Execution.Name",
        "$uuid()",
        "$random()",
        "$now()",
        "$sum($states.input.items.n)",
        "$shuffle($states.input.items)",
        "$states.input.nothing",
        "{'items': $states.input.items, 'seen': $v}",
        "$v",
    ]
)
_TEMPLATES = st.sampled_from(
    [
        {"items.$": "$.items", "id.$": "States.UUID()"},
        {"items.$": "$.items[?(@.n > 1)]", "seen.$": "$v"},
        {"items.$": "$.items", "at.$": "$$.State.EnteredTime", "n.$": "States.MathRandom(1, 99)"},
        {"items.$": "$.nothing"},
    ]
)
_TASKS = {
    "answer": {"Resource": "arn:aws:states:::lambda:invoke"},
    "callback": {"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"},
    "activity": {"Resource": "arn:aws:states:us-east-1:000000000000:activity:a"},
    "child": {"Resource": "arn:aws:states:::states:startExecution.sync:2"},
}


@st.composite
def _handled(draw: st.DrawFn, jsonata: bool) -> dict[str, Any]:
    """Retry and Catch; what is caught goes to the last state."""
    fields: dict[str, Any] = {}
    errors = st.sampled_from([["Boom"], ["States.Timeout"], ["States.ALL"]])
    if draw(st.booleans()):
        jitter = draw(st.sampled_from(["FULL", "NONE"]))
        retrier = {"IntervalSeconds": 2, "MaxAttempts": 2, "MaxDelaySeconds": 3}
        fields["Retry"] = [{"ErrorEquals": draw(errors), "JitterStrategy": jitter, **retrier}]
    if draw(st.booleans()):
        catcher: dict[str, Any] = {"ErrorEquals": draw(errors), "Next": "last"}
        if jsonata:
            catcher["Output"] = "{% {'items': [], 'why': $states.errorOutput.Error} %}"
            catcher["Assign"] = {"v": "{% $states.errorOutput.Error %}"}
        else:
            catcher["ResultPath"] = "$.why"
        fields["Catch"] = [catcher]
    return fields


@st.composite
def _task(draw: st.DrawFn, jsonata: bool) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(_TASKS)))
    payload: dict[str, Any] = {"FunctionName": "f"}
    if kind == "child":
        payload = {"StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m"}
    if kind == "callback":
        token = {"t": "{% $states.context.Task.Token %}"} if jsonata else {"t.$": "$$.Task.Token"}
        payload["Payload"] = token
    state: dict[str, Any] = {"Type": "Task", **_TASKS[kind]}
    state["Arguments" if jsonata else "Parameters"] = payload
    if draw(st.booleans()):
        state |= {"TimeoutSeconds": 9}
        if kind in ("callback", "activity"):
            state["HeartbeatSeconds"] = 4
    if not jsonata:
        state["ResultPath"] = draw(st.sampled_from(["$.result", None]))
    elif draw(st.booleans()):
        state["Output"] = "{% {'items': $states.input.items, 'r': $states.result} %}"
    return state | draw(_handled(jsonata))


@st.composite
def _map(draw: st.DrawFn, jsonata: bool, level: int) -> dict[str, Any]:
    processor = draw(_scope(jsonata, level - 1))
    state: dict[str, Any] = {"Type": "Map", "MaxConcurrency": draw(st.integers(0, 2))}
    if draw(st.booleans()):
        processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
        state["ToleratedFailurePercentage"] = 50
    if jsonata:
        state["Items"] = "{% $states.input.items %}"
        item = "{% $states.context.Map.Item.Value %}"
        state["ItemSelector"] = {"items": [item], "id": "{% $uuid() %}"}
    else:
        state |= {"ItemsPath": "$.items", "ResultPath": "$.mapped"}
        state["ItemSelector"] = {"items": [{"n": 3}], "i.$": "$$.Map.Item.Index"}
    state["ItemProcessor"] = processor
    return state | draw(_handled(jsonata))


@st.composite
def _state(draw: st.DrawFn, jsonata: bool, level: int) -> dict[str, Any]:
    kinds = ["Pass", "Pass", "Task", "Task", "Wait", "Choice", "Fail"]
    kind = draw(st.sampled_from(kinds + ["Map", "Map", "Parallel"] * bool(level)))
    if kind == "Task":
        return draw(_task(jsonata))
    if kind == "Map":
        return draw(_map(jsonata, level))
    if kind == "Parallel":
        branches = draw(st.lists(_scope(jsonata, level - 1), min_size=1, max_size=3))
        state: dict[str, Any] = {"Type": "Parallel", "Branches": branches}
        if not jsonata:
            state["ResultPath"] = "$.both"
        return state | draw(_handled(jsonata))
    if kind == "Wait":
        return {"Type": "Wait", "Seconds": draw(st.integers(0, 5))}
    if kind == "Fail":
        return {"Type": "Fail", "Error": "Boom", "Cause": "made up"}
    if kind == "Choice":
        rule: dict[str, Any] = {"Variable": "$.items", "IsPresent": True}
        if jsonata:
            rule = {"Condition": "{% $random() < 0.5 %}"}
        return {"Type": "Choice", "Choices": [{**rule, "Next": "last"}], "Default": "last"}
    if jsonata:
        return {"Type": "Pass", "Output": {"items": "{% $states.input.items %}",
                                           "v": "{% " + draw(_EXPRESSIONS) + " %}"},
                "Assign": {"v": "{% $states.context.State.Name %}"}}  # fmt: skip
    state = {"Type": "Pass", "Parameters": draw(_TEMPLATES)}
    return state | ({"Assign": {"v.$": "$$.State.Name"}} if draw(st.booleans()) else {})


@st.composite
def _scope(draw: st.DrawFn, jsonata: bool, level: int) -> dict[str, Any]:
    """States in a row, of which the last one is `last`."""
    states = draw(st.lists(_state(jsonata, level), min_size=1, max_size=3))
    linked: dict[str, Any] = {}
    for number, state in enumerate(states):
        follows = "last" if number == len(states) - 1 else f"s{number + 1}"
        leads = {"Choice": {"Default": follows}, "Fail": {}}.get(state["Type"], {"Next": follows})
        linked[f"s{number}"] = {**state, **leads}
        if state["Type"] == "Fail":
            break
    if any(_leads_to_last(state) for state in linked.values()):
        linked["last"] = {"Type": "Succeed"}
    return {"StartAt": "s0", "States": linked}


def _leads_to_last(state: dict[str, Any]) -> bool:
    rules = [*state.get("Choices", []), *state.get("Catch", []), state]
    return any("last" in (rule.get("Next"), rule.get("Default")) for rule in rules)


def _uniquely_named(scope: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The same with other names in every scope, and variables of the outermost one alone."""
    states: dict[str, Any] = {}
    for name, found in scope["States"].items():
        state = dict(found)
        for field in ("Next", "Default"):
            if field in state:
                state[field] = prefix + state[field]
        for field in ("Choices", "Catch"):
            if field in state:
                state[field] = [{**rule, "Next": prefix + rule["Next"]} for rule in state[field]]
        if prefix:
            state.pop("Assign", None)
            state["Catch"] = [
                {field: value for field, value in catcher.items() if field != "Assign"}
                for catcher in state.pop("Catch", [])
            ]
            if not state["Catch"]:
                del state["Catch"]
        if "Branches" in state:
            state["Branches"] = [
                _uniquely_named(branch, f"{prefix}{name}.{number}.")
                for number, branch in enumerate(state["Branches"])
            ]
        if "ItemProcessor" in state:
            inner = _uniquely_named(state["ItemProcessor"], f"{prefix}{name}.i.")
            state["ItemProcessor"] = {**state["ItemProcessor"], **inner}
        states[prefix + name] = state
    return {"StartAt": prefix + scope["StartAt"], "States": states}


class Player(Driver):
    """A driver whose tasks answer by the numbers of their events, or are late, and map runs too."""

    def _take(self, outcome: i.Outcome) -> None:
        super()._take(outcome)
        for command in outcome.commands:
            if isinstance(command, i.StartMapRun):
                self._run_map(command)

    def _run_map(self, command: i.StartMapRun) -> None:
        if command.task_id not in self.execution.tasks:
            return
        selected = [
            asl.select_item(
                *(self.machine, self.execution, command.task_id, index, item, self.now),
                self.entropy(),
            )
            for index, item in enumerate(command.items or [])
        ]
        failures = [text for text in selected if not isinstance(text, str)]
        if failures or command.task_id % 4 == 3:
            error = failures[0].error if failures else "States.ExceedToleratedFailureThreshold"
            event: i.Input = i.MapRunFailed(
                self.now, self.entropy(), command.task_id, str(error), "made up"
            )
        else:
            event = i.MapRunSucceeded(
                self.now, self.entropy(), command.task_id, [json.loads(str(t)) for t in selected]
            )
        self.feed(event)

    def play(self) -> Player:
        """Run to the end: timers, and tasks that are late."""
        while self.finish is None:
            if self.tasks and self._end_a_task():
                continue
            if not self.timers:
                break
            self.advance(max(0.0, min(self.timers.values()) - self.now))
        return self

    def _end_a_task(self) -> bool:
        task = self.tasks.pop(min(self.tasks))
        number, now = task.task_id, self.now + 1
        if number % 3 == 0 and (task.resource.pattern or task.resource.kind == "activity"):
            started = task.resource.kind == "activity"
            self.feed(
                i.TaskStarted(now, self.entropy(), number, "worker")
                if started
                else i.TaskSubmitted(now, self.entropy(), number, {"submitted": True})
            )
        self.now = now
        if task.heartbeat_s and number % 2:
            self.feed(i.TaskTimedOut(now, self.entropy(), number, heartbeat=True))
        elif task.timeout_s and number % 5 == 1:
            self.feed(i.TaskTimedOut(now, self.entropy(), number))
        elif number % 4 == 2:
            self.feed(i.TaskFailed(now, self.entropy(), number, "Boom", "made up"))
        else:
            self.feed(i.TaskSucceeded(now, self.entropy(), number, {"n": number}))
        return True


def _play(scope: dict[str, Any], *, jsonata: bool, reload: bool = False) -> Player:
    definition = _uniquely_named(scope, "")
    language = "JSONata" if jsonata else "JSONPath"
    compiled = machine(
        definition["States"],
        start=definition["StartAt"],
        QueryLanguage=language,
        TimeoutSeconds=900,
    )
    items = [{"n": number} for number in range(4)]
    played = Player(compiled, {"items": items}, reload=reload)
    return played.play()


_MACHINES = st.booleans().flatmap(lambda jsonata: st.tuples(_scope(jsonata, 2), st.just(jsonata)))
_laws = settings(max_examples=60)


@_laws
@given(_MACHINES)
def test_the_same_inputs_give_the_same_history(made: tuple[dict[str, Any], bool]) -> None:
    scope, jsonata = made
    first, second = _play(scope, jsonata=jsonata), _play(scope, jsonata=jsonata)
    assert first.events == second.events
    assert first.commands == second.commands
    assert first.finish is not None


@_laws
@given(_MACHINES)
def test_storing_and_loading_at_every_step_changes_nothing(
    made: tuple[dict[str, Any], bool],
) -> None:
    scope, jsonata = made
    kept, reloaded = _play(scope, jsonata=jsonata), _play(scope, jsonata=jsonata, reload=True)
    assert kept.events == reloaded.events
    assert kept.commands == reloaded.commands

"""Executions of made-up machines: the laws that hold for every definition and every input."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate import asl
from groundstate.asl import interface as i
from tests.unit.asl.driver import START, Driver, machine

_SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "\u00e9"])
_ODD = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("a"), inner)
)
_SHAPED = st.fixed_dictionaries(
    {
        "a": st.fixed_dictionaries({"b": _SCALARS}) | _SCALARS,
        "b": _SCALARS,
        "items": st.lists(st.fixed_dictionaries({"a": _SCALARS, "items": st.just([])}), max_size=4),
    }
)
_VALUES = st.integers(0, 9).flatmap(lambda choice: _ODD if choice == 0 else _SHAPED)
_PATHS = st.sampled_from(["$", "$", "$.a", "$.b", "$.items", "$.items[0]", "$.a.b", "$..c"])
_ERRORS = st.sampled_from(["States.ALL", "States.TaskFailed", "Boom", "States.Timeout"])
_RESULT_PATHS = st.sampled_from(["$.a", "$.c", "$.c.d", None, "$"])


@st.composite
def _common(draw: st.DrawFn) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if draw(st.integers(0, 11)) == 0:
        fields["InputPath"] = draw(_PATHS)
    if draw(st.integers(0, 11)) == 0:
        fields["OutputPath"] = draw(_PATHS)
    return fields


@st.composite
def _failures(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if draw(st.booleans()):
        fields["Retry"] = [
            {
                "ErrorEquals": [draw(_ERRORS)],
                "IntervalSeconds": draw(st.integers(1, 3)),
                "MaxAttempts": draw(st.integers(0, 2)),
                "BackoffRate": draw(st.sampled_from([1.0, 1.5, 2.0])),
                "JitterStrategy": draw(st.sampled_from(["NONE", "FULL"])),
            }
        ]
    if names and draw(st.booleans()):
        fields["Catch"] = [
            {
                "ErrorEquals": [draw(_ERRORS)],
                "Next": draw(st.sampled_from(names)),
                "ResultPath": draw(_RESULT_PATHS),
            }
        ]
    return fields


@st.composite
def _state(draw: st.DrawFn, later: list[str], level: int) -> dict[str, Any]:
    """A state that goes on to one of those named, or ends; so every machine comes to its end."""
    kinds = ["Pass", "Task", "Task", "Wait", "Succeed", "Choice"]
    if not later:
        kinds.append("Fail")
    if level:
        kinds += ["Parallel", "Map"] * 2
    kind = draw(st.sampled_from(kinds))
    if kind == "Choice" and not later:
        kind = "Pass"
    state: dict[str, Any] = {"Type": kind}
    if kind == "Fail":
        return {**state, "Error": "Boom", "Cause": "as made up"}
    state |= draw(_common())
    if kind == "Choice":
        variable = draw(st.sampled_from(["$.a", "$.b", "$.a.b"]))
        rule = draw(
            st.sampled_from(
                [{"IsPresent": True}, {"NumericGreaterThan": 1}, {"StringMatches": "*a*"}]
            )
        )
        state["Choices"] = [{"Variable": variable, **rule, "Next": draw(st.sampled_from(later))}]
        if draw(st.integers(0, 5)):
            state["Default"] = draw(st.sampled_from(later))
        return state
    if kind == "Succeed":
        return state
    if later and draw(st.integers(0, 4)):
        state["Next"] = draw(st.sampled_from(later))
    else:
        state["End"] = True
    if kind == "Wait":
        return {**state, "Seconds": draw(st.integers(0, 4))}
    state["ResultPath"] = draw(_RESULT_PATHS)
    if kind == "Pass":
        if draw(st.booleans()):
            state["Result"] = draw(_VALUES)
        elif draw(st.booleans()):
            state["Parameters"] = {"a.$": draw(_PATHS), "id.$": "States.UUID()"}
        if draw(st.booleans()):
            state["Assign"] = {f"x{level}.$": "$$.State.Name"}
        return state
    state |= draw(_failures(later))
    if kind == "Task":
        pattern = draw(st.sampled_from(["", ".waitForTaskToken"]))
        state["Resource"] = f"arn:aws:states:::lambda:invoke{pattern}"
        state["Parameters"] = {"FunctionName": "f", "Payload": {"t.$": "$$.Execution.Name"}}
        if pattern:
            state["Parameters"]["Payload"] = {"t.$": "$$.Task.Token"}
        if draw(st.booleans()):
            state["TimeoutSeconds"] = 5
        return state
    if kind == "Parallel":
        state["Branches"] = draw(st.lists(_machine(level - 1), min_size=1, max_size=3))
        return state
    state["ItemsPath"] = draw(st.sampled_from(["$.items"] * 8 + ["$"]))
    state["MaxConcurrency"] = draw(st.integers(0, 2))
    state["ItemProcessor"] = draw(_machine(level - 1))
    return state


@st.composite
def _machine(draw: st.DrawFn, level: int = 2) -> dict[str, Any]:
    names = [f"s{level}{position}" for position in range(draw(st.integers(1, 4)))]
    states: dict[str, Any] = {}
    for position, name in enumerate(names):
        states[name] = draw(_state(names[position + 1 :], level))
    # A state that nothing leads to is refused by CreateStateMachine.
    reached = [names[0]]
    for name in reached:
        state = states[name]
        leads = [state.get("Next"), state.get("Default")]
        leads += [rule["Next"] for rule in state.get("Choices", []) + state.get("Catch", [])]
        reached += [lead for lead in leads if lead and lead not in reached]
    return {
        "StartAt": names[0],
        "States": {name: states[name] for name in names if name in reached},
    }


def _uniquely_named(definition: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The machine with a prefix before the names of each nested one's states."""
    text = {name: f"{prefix}{name}" for name in definition["States"]}
    states: dict[str, Any] = {}
    for name, found in definition["States"].items():
        state = dict(found)
        for field in ("Next", "Default"):
            if field in state:
                state[field] = text[state[field]]
        for field in ("Choices", "Catch"):
            if field in state:
                state[field] = [{**rule, "Next": text[rule["Next"]]} for rule in state[field]]
        if "Branches" in state:
            state["Branches"] = [
                _uniquely_named(branch, f"{text[name]}.{position}.")
                for position, branch in enumerate(state["Branches"])
            ]
        if "ItemProcessor" in state:
            state["ItemProcessor"] = _uniquely_named(state["ItemProcessor"], f"{text[name]}.i.")
        states[text[name]] = state
    return {"StartAt": text[definition["StartAt"]], "States": states}


_MACHINES = _machine().map(_uniquely_named)


def _answer(task: i.ScheduleTask) -> Any:
    """Fails, answers or stays away, by the number of its event."""
    if task.task_id % 13 == 8:
        return None
    if task.task_id % 5 == 4:
        return asl.Failed("Boom", "the task's")
    return json.dumps({"a": task.task_id, "b": 1, "items": [{"a": 1, "items": []}, {}]})


def _play(definition: dict[str, Any], value: Any, *, reload: bool = False) -> Driver:
    compiled = machine(definition["States"], start=definition["StartAt"], TimeoutSeconds=900)
    return Driver(compiled, value, answer=_answer, reload=reload).run()


_laws = settings(max_examples=40)


@_laws
@given(_MACHINES, _VALUES)
def test_every_execution_ends_with_an_unbroken_history(
    definition: dict[str, Any], value: Any
) -> None:
    played = _play(definition, value)
    assert played.finish is not None
    ids = [event["id"] for event in played.events]
    assert ids == list(range(1, len(ids) + 1))
    assert all(0 <= event["previousEventId"] < event["id"] for event in played.events)
    times = [event["timestamp"] for event in played.events]
    assert times == sorted(times)
    assert times[0] == START
    ends = [kind for kind in played.types if kind.startswith("Execution")]
    assert ends[0] == "ExecutionStarted"
    assert len(ends) == 2
    entered = [event for event in played.events if event["type"].endswith("StateEntered")]
    exited = [event for event in played.events if event["type"].endswith("StateExited")]
    assert len(exited) <= len(entered)
    if played.status == "SUCCEEDED":
        json.loads(played.finish.output or "")


@_laws
@given(_MACHINES, _VALUES)
def test_the_same_inputs_give_the_same_history(definition: dict[str, Any], value: Any) -> None:
    first, second = _play(definition, value), _play(definition, value)
    assert first.events == second.events
    assert first.commands == second.commands


@_laws
@given(_MACHINES, _VALUES)
def test_storing_and_loading_at_every_step_changes_nothing(
    definition: dict[str, Any], value: Any
) -> None:
    kept, reloaded = _play(definition, value), _play(definition, value, reload=True)
    assert kept.events == reloaded.events
    assert kept.commands == reloaded.commands


@_laws
@given(_MACHINES, _VALUES, st.integers(1, 40))
def test_late_answers_change_nothing(definition: dict[str, Any], value: Any, number: int) -> None:
    played = _play(definition, value)
    before = played.execution.dump()
    for late in (
        i.TaskSucceeded(played.now, 1, number, "{}"),
        i.TaskFailed(played.now, 1, number, "E", "late"),
        i.TaskTimedOut(played.now, 1, number),
        i.TimerFired(played.now, 1, number),
        i.Stopped(played.now, 1, "E", "late"),
    ):
        outcome = asl.step(played.machine, played.execution, late)
        assert (outcome.accepted, outcome.events, outcome.commands) == (False, [], [])
    assert played.execution.dump() == before


@_laws
@given(_MACHINES, _VALUES, st.integers(0, 12))
def test_stopping_closes_everything(definition: dict[str, Any], value: Any, steps: int) -> None:
    compiled = machine(definition["States"], start=definition["StartAt"])
    played = Driver(compiled, value, answer=_answer)
    for _ in range(steps):
        if played.finish is None and played.timers:
            played.advance(max(0.0, min(played.timers.values()) - played.now))
    if played.finish is None:
        outcome = played.feed(i.Stopped(played.now, 1, "E", "stopped"))
        assert outcome.accepted
        assert outcome.events[-1]["type"] == "ExecutionAborted"
    assert played.finish is not None

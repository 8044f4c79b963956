"""Parallel and inline Map: order, concurrency, failure, nesting, variables."""

from __future__ import annotations

from typing import Any

from groundstate import asl
from groundstate.asl import interface as i
from tests.unit.asl.driver import Driver, machine

PUT = "arn:aws:states:::dynamodb:putItem"


def task(**fields: Any) -> dict[str, Any]:
    parameters = {"TableName": "Table", "Item.$": "$"}
    return {"Type": "Task", "Resource": PUT, "Parameters": parameters, "End": True, **fields}


def each(processor: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "Type": "Map",
        "ItemProcessor": {"StartAt": next(iter(processor)), "States": processor},
        "End": True,
        **fields,
    }


def test_results_keep_the_order_of_the_items_whatever_ends_first() -> None:
    driver = Driver(machine({"M": each({"T": task()})}), ["a", "b", "c"])
    open_tasks = dict(driver.tasks)
    for task_id, scheduled in reversed(open_tasks.items()):
        driver.feed(i.TaskSucceeded(driver.now, 1, task_id, scheduled.parameters["Item"].upper()))
    assert driver.output == ["A", "B", "C"]


def test_concurrency_is_kept() -> None:
    driver = Driver(machine({"M": each({"T": task()}, MaxConcurrency=2)}), [1, 2, 3, 4, 5])
    assert len(driver.tasks) == 2
    first = next(iter(driver.tasks))
    driver.tasks.pop(first)
    driver.feed(i.TaskSucceeded(driver.now, 1, first, 0))
    assert [scheduled.parameters["Item"] for scheduled in driver.tasks.values()] == [2, 3]


def test_inline_map_runs_forty_at_most() -> None:
    driver = Driver(machine({"M": each({"T": task()})}), list(range(100)))
    assert len(driver.tasks) == 40


def test_empty_map_succeeds_at_once() -> None:
    driver = Driver(machine({"M": each({"T": task()})}), [])
    assert driver.output == []
    assert driver.types[2:5] == ["MapStateStarted", "MapStateSucceeded", "MapStateExited"]


def test_failed_iteration_cancels_the_others() -> None:
    driver = Driver(machine({"M": each({"T": task()})}), [1, 2, 3])
    first, second, third = driver.tasks
    driver.feed(i.TaskFailed(driver.now, 1, second, "E", "c"))
    cancelled = {c.task_id for c in driver.commands if isinstance(c, i.CancelTask)}
    assert cancelled == {first, third}
    assert driver.status == "FAILED"
    assert driver.types[-8:] == [
        "MapIterationAborted",
        "TaskStateAborted",
        "MapIterationFailed",
        "TaskStateAborted",
        "MapIterationAborted",
        "TaskStateAborted",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    failed = next(e["id"] for e in driver.events if e["type"] == "TaskFailed")
    tail = driver.events[-8:-1]
    assert {event["previousEventId"] for event in tail} == {failed}


def test_failed_branch_cancels_waits_of_the_others() -> None:
    branches = [
        {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": True}}},
        {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}},
    ]
    states = {"P": {"Type": "Parallel", "Branches": branches, "End": True}}
    driver = Driver(machine(states), {})
    assert driver.status == "FAILED"
    assert any(isinstance(command, i.CancelTimer) for command in driver.commands)
    assert "WaitStateAborted" in driver.types


def test_parallel_is_retried_as_a_whole() -> None:
    count = iter(range(10))
    branches = [{"StartAt": "T", "States": {"T": task()}}]
    states = {
        "P": {
            "Type": "Parallel",
            "Branches": branches,
            "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 3}],
            "End": True,
        }
    }
    driver = Driver(
        machine(states), {}, answer=lambda _: asl.Failed("E") if next(count) < 2 else "ok"
    ).run()
    assert driver.output == ["ok"]
    assert driver.types.count("ParallelStateStarted") == 3
    assert "ParallelStateFailed" not in driver.types


def test_error_inside_is_caught_outside() -> None:
    inner = each({"F": {"Type": "Fail", "Error": "Deep", "Cause": "down here"}})
    branches = [{"StartAt": "M", "States": {"M": inner}}]
    states = {
        "P": {
            "Type": "Parallel",
            "Branches": branches,
            "Catch": [{"ErrorEquals": ["Deep"], "Next": "C"}],
            "End": True,
        },
        "C": {"Type": "Succeed"},
    }
    driver = Driver(machine(states), [1, 2])
    assert driver.output == {"Error": "Deep", "Cause": "down here"}


def test_deep_nesting() -> None:
    state: dict[str, Any] = {"S0": {"Type": "Pass", "End": True}}
    for level in range(1, 40):
        name = f"S{level}"
        if level % 2:
            state = {name: each(state)}
        else:
            start = next(iter(state))
            branches = [{"StartAt": start, "States": state}]
            state = {name: {"Type": "Parallel", "Branches": branches, "End": True}}
    value: Any = 1
    for level in range(1, 40):
        value = [value] if level % 2 else value
    expected: Any = 1
    for _ in range(39):
        expected = [expected]
    assert Driver(machine(state), value, reload=True).output == expected


def test_variables_of_a_scope_stay_in_it() -> None:
    inner = {
        "I": {"Type": "Pass", "Assign": {"own.$": "$", "seen.$": "$outer"}, "Next": "J"},
        "J": {"Type": "Pass", "Parameters": {"o.$": "$own", "s.$": "$seen"}, "End": True},
    }
    states = {
        "A": {"Type": "Pass", "Assign": {"outer": "x"}, "Next": "M"},
        "M": each(inner) | {"Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"r.$": "$", "o.$": "$outer"}, "End": True},
    }
    del states["M"]["End"]
    driver = Driver(machine(states), [1, 2], reload=True)
    assert driver.output == {"r": [{"o": 1, "s": "x"}, {"o": 2, "s": "x"}], "o": "x"}


def test_assign_and_output_see_the_values_before_either() -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"x": 1, "y": 2}, "Next": "B"},
        "B": {
            "Type": "Pass",
            "Assign": {"x": "{% $y %}", "y": "{% $x %}"},
            "Output": "{% [$x, $y] %}",
            "Next": "C",
        },
        "C": {
            "Type": "Pass",
            "Output": {"before": "{% $states.input %}", "x": "{% $x %}", "y": "{% $y %}"},
            "End": True,
        },
    }
    driver = Driver(machine(states, QueryLanguage="JSONata"), {})
    assert driver.output == {"before": [1, 2], "x": 2, "y": 1}


def test_item_selector_that_leads_nowhere_fails_its_iteration_and_the_state() -> None:
    state = each({"P": {"Type": "Pass", "End": True}}, ItemSelector={"q.$": "$.q"})
    driver = Driver(machine({"M": state}), [1, 2])
    assert driver.finish is not None
    assert driver.finish.error == "States.Runtime"
    assert driver.finish.cause is not None
    assert driver.finish.cause.startswith(
        "An error occurred while executing the state 'M' (entered at the event id #2). "
    )
    assert driver.types[2:] == [
        "MapStateStarted",
        "MapIterationStarted",
        "MapIterationFailed",
        "ExecutionFailed",
    ]


def test_item_selector_in_jsonata_that_fails_can_be_caught() -> None:
    state = each(
        {"P": {"Type": "Pass", "End": True}},
        QueryLanguage="JSONata",
        # The second item has no `v`: the first iteration runs when this is found.
        ItemSelector="{% $states.context.Map.Item.Value.v %}",
        Catch=[{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "C"}],
    )
    driver = Driver(machine({"M": state, "C": {"Type": "Succeed"}}), [{"v": 1}, {}])
    assert driver.output["Error"] == "States.QueryEvaluationError"
    assert driver.types[2:9] == [
        "MapStateStarted",
        "MapIterationStarted",
        "MapIterationStarted",
        "EvaluationFailed",
        "MapIterationAborted",
        "MapIterationFailed",
        "MapStateFailed",
    ]


def test_item_selector_sees_item_and_state_input() -> None:
    compiled = machine(
        {
            "M": each(
                {"T": {"Type": "Pass", "End": True}},
                ItemsPath="$.items",
                ItemSelector={
                    "index.$": "$$.Map.Item.Index",
                    "value.$": "$$.Map.Item.Value",
                    "fixed.$": "$.fixed",
                },
                MaxConcurrency=1,
            )
        }
    )
    driver = Driver(compiled, {"items": ["a", "b"], "fixed": 7}, reload=True)
    assert driver.output == [
        {"index": 0, "value": "a", "fixed": 7},
        {"index": 1, "value": "b", "fixed": 7},
    ]

"""A whole execution: stopping, timing out, limits, budgets, redrive."""

from __future__ import annotations

from typing import Any

from groundstate import asl
from groundstate.asl import interface as i
from groundstate.asl import limits
from tests.unit.asl.driver import Driver, machine

WORK = "arn:aws:states:::glue:startJobRun"


def task(**fields: Any) -> dict[str, Any]:
    parameters = {"JobName": "job"}
    return {"Type": "Task", "Resource": WORK, "Parameters": parameters, "End": True, **fields}


def passes(**fields: Any) -> dict[str, Any]:
    return {"Type": "Pass", "End": True, **fields}


def test_stop_with_error_and_cause() -> None:
    driver = Driver(machine({"A": {"Type": "Wait", "Seconds": 60, "End": True}}), {})
    driver.feed(i.Stopped(driver.now, 1, "E", "c"))
    assert driver.status == "ABORTED"
    last = driver.events[-1]
    assert (last["type"], last["previousEventId"]) == ("ExecutionAborted", 0)
    assert last["executionAbortedEventDetails"] == {"error": "E", "cause": "c"}


def test_stop_without_arguments_has_empty_details() -> None:
    driver = Driver(machine({"A": task()}), {})
    (task_id,) = driver.tasks
    driver.feed(i.Stopped(driver.now, 1))
    assert driver.events[-1]["executionAbortedEventDetails"] == {}
    assert i.CancelTask(task_id) in driver.commands


def test_nothing_is_accepted_after_the_end() -> None:
    driver = Driver(machine({"A": passes()}), {})
    for event in (i.Stopped(driver.now, 1), i.TimerFired(driver.now, 1, 1)):
        assert not driver.feed(event).accepted
    assert driver.status == "SUCCEEDED"


def test_machine_timeout_cuts_a_wait() -> None:
    states = {"A": {"Type": "Wait", "Seconds": 60, "End": True}}
    driver = Driver(machine(states, TimeoutSeconds=5), {}).run()
    assert driver.status == "TIMED_OUT"
    assert driver.events[-1]["executionTimedOutEventDetails"] == {"error": "States.Timeout"}
    assert driver.finish is not None
    assert driver.finish.stop_time == driver.events[0]["timestamp"] + 5


def test_endless_loop_ends_at_the_event_limit_and_lets_others_in_between() -> None:
    states = {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.go", "BooleanEquals": True, "Next": "A"}],
            "Default": "C",
        },
        "C": {"Type": "Succeed"},
    }
    compiled = machine(states)
    info = Driver(machine({"A": passes()}), {"go": True}).info
    execution, outcome = asl.begin(compiled, info, i.Started(1.0, 1))
    events, steps = list(outcome.events), 1
    while outcome.more:
        assert len(outcome.events) <= 2 * limits.TRANSITIONS_PER_STEP + 2
        execution = asl.Execution.load(compiled, info, execution.dump())
        outcome = asl.step(compiled, execution, i.Continue(1.0, 1))
        events.extend(outcome.events)
        steps += 1
    assert [event["id"] for event in events] == list(range(1, 25_001))
    assert events[-1]["executionFailedEventDetails"] == {
        "error": "States.Runtime",
        "cause": "The execution reached the maximum number of history events (25000).",
    }
    assert steps > 50


def test_state_output_that_is_too_large_fails_the_execution_for_good() -> None:
    states = {
        "A": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "B",
                    "States": {
                        "B": passes(Parameters={"a.$": "$.x", "b.$": "$.x"}),
                    },
                }
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
            "End": True,
        },
        "C": {"Type": "Succeed"},
    }
    driver = Driver(machine(states), {"x": "a" * 140_000})
    assert driver.finish is not None
    assert driver.finish.error == "States.DataLimitExceeded"
    assert driver.status == "FAILED"


def test_wait_goes_on_at_its_time_and_not_before() -> None:
    driver = Driver(machine({"A": {"Type": "Wait", "Seconds": 30, "End": True}}), {})
    driver.advance(29.9)
    assert driver.status == "RUNNING"
    driver.advance(0.1)
    assert driver.status == "SUCCEEDED"
    assert driver.events[-2]["timestamp"] == driver.events[0]["timestamp"] + 30


def test_waiting_execution_is_small() -> None:
    driver = Driver(machine({"A": {"Type": "Wait", "Seconds": 30, "End": True}}), {})
    assert len(driver.execution.dump()) < 120


# ------------------------------------------------------------------------------------- redrive


def redrive(driver: Driver) -> None:
    driver.info.redrive_count = 1
    driver.finish = None
    data = driver.execution.dump()
    driver.execution = asl.Execution.load(driver.machine, driver.info, data)
    assert driver.feed(i.Redriven(driver.now, driver.entropy())).accepted


def test_redrive_schedules_the_failed_task_again() -> None:
    answers = iter([asl.Failed("E"), {"ok": 1}])
    states = {"A": passes() | {"Next": "B"}, "B": task()}
    del states["A"]["End"]
    driver = Driver(machine(states), {"x": 1}, answer=lambda _: next(answers))
    assert driver.status == "FAILED"
    redrive(driver)
    assert driver.output == {"ok": 1}
    tail = driver.types[driver.types.index("ExecutionFailed") :]
    assert tail == [
        "ExecutionFailed",
        "ExecutionRedriven",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert [event["id"] for event in driver.events] == list(range(1, len(driver.events) + 1))


def test_redrive_of_what_succeeded_is_refused() -> None:
    driver = Driver(machine({"A": passes()}), {})
    assert not driver.feed(i.Redriven(driver.now, 1)).accepted


def test_redrive_runs_only_the_branches_that_did_not_succeed() -> None:
    runs: list[str] = []
    broken = {"B2"}

    def answer(scheduled: i.ScheduleTask) -> Any:
        runs.append(scheduled.state_name)
        return asl.Failed("E") if scheduled.state_name in broken else scheduled.state_name

    branches = [{"StartAt": name, "States": {name: task()}} for name in ("B1", "B2", "B3")]
    states = {"P": {"Type": "Parallel", "Branches": branches, "End": True}}
    driver = Driver(machine(states), {}, answer=answer)
    assert driver.status == "FAILED"
    broken.clear()
    ran = runs.copy()
    redrive(driver)
    assert driver.output == ["B1", "B2", "B3"]
    again = runs[len(ran) :]
    assert "B1" not in again
    assert "B2" in again


def test_redrive_of_an_inline_map_goes_on_with_the_items_that_are_left() -> None:
    seen: list[int] = []
    broken = {2}

    def answer(scheduled: i.ScheduleTask) -> Any:
        item = scheduled.parameters["item"]
        seen.append(item)
        return asl.Failed("E") if item in broken else item * 10

    item = {"JobName": "job", "item.$": "$"}
    states = {
        "M": {
            "Type": "Map",
            "MaxConcurrency": 1,
            "ItemProcessor": {"StartAt": "T", "States": {"T": task(Parameters=item)}},
            "End": True,
        }
    }
    driver = Driver(machine(states), [1, 2, 3], answer=answer)
    assert driver.status == "FAILED"
    assert seen == [1, 2]
    broken.clear()
    redrive(driver)
    assert seen == [1, 2, 2, 3]
    assert driver.output == [10, 20, 30]


def test_redrive_after_stop_goes_on_where_it_was() -> None:
    driver = Driver(machine({"A": task()}), {"x": 1})
    driver.feed(i.Stopped(driver.now, 1))
    redrive(driver)
    (task_id,) = driver.tasks
    driver.feed(i.TaskSucceeded(driver.now, 1, task_id, 7))
    assert driver.output == 7


def test_full_history_ends_an_execution_wherever_the_limit_falls() -> None:
    pause = {"Type": "Wait", "Seconds": 1}
    work = {"Type": "Task", "Resource": WORK, "Parameters": {"JobName": "job"}}
    retried = {**work, "Retry": [{"ErrorEquals": ["E"]}]}

    def inner(name: str) -> dict[str, Any]:
        states = {name: {**retried, "Next": f"{name}W"}, f"{name}W": {**pause, "End": True}}
        return {"StartAt": name, "States": states}

    states = {
        "First": {**pause, "Next": "P"},
        "P": {
            "Type": "Parallel",
            "Branches": [inner("A"), inner("B")],
            "ResultPath": None,
            "Next": "M",
        },
        "M": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner("C"), "Next": "Last"},
        "Last": {
            **work,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
            "Next": "Caught",
        },
        "Caught": {"Type": "Succeed"},
    }
    compiled = machine(states)

    def start() -> Driver:
        tasks = iter(range(100))
        fail_some = lambda _: asl.Failed("E") if next(tasks) % 3 == 0 else 1  # noqa: E731
        return Driver(compiled, {"items": [1, 2, 3]}, answer=fail_some)

    whole = len(start().run().events)
    full = "The execution reached the maximum number of history events (25000)."
    for room in range(1, whole):
        driver = start()
        driver.execution.event_id = 25_000 - room
        driver.run()
        assert driver.finish is not None, room
        if driver.status != "SUCCEEDED":
            assert (driver.finish.cause, driver.execution.event_id) == (full, 25_000), room
    assert driver.status == "SUCCEEDED"

"""Task states: answers, retries, catchers, timeouts, tokens, limits."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from groundstate import asl
from groundstate.asl import interface as i
from groundstate.asl.chance import TOKEN_PREFIX
from tests.unit.asl.driver import Driver, machine

WORK = "arn:aws:states:::glue:startJobRun"
INVOKE = "arn:aws:states:::lambda:invoke"
NESTED = "arn:aws:states:::states:startExecution.sync:2"


def task(resource: str = WORK, **fields: Any) -> dict[str, Any]:
    parameters = {"FunctionName": "f"} if resource.startswith(INVOKE) else {"JobName": "job"}
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **fields}


def test_answer_for_an_older_attempt_is_refused() -> None:
    driver = Driver(machine({"A": task(Retry=[{"ErrorEquals": ["States.ALL"]}])}), {})
    (first,) = driver.tasks
    driver.feed(i.TaskFailed(driver.now, 1, first, "E", None))
    driver.advance(1)
    assert len(driver.types) == len(set(range(len(driver.types))))
    before = list(driver.events)
    outcome = driver.feed(i.TaskSucceeded(driver.now, 1, first, {"late": True}))
    assert not outcome.accepted
    assert driver.events == before
    assert driver.status == "RUNNING"


def test_every_attempt_has_a_task_id_of_its_own() -> None:
    failing = Driver(
        machine({"A": task(Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 2}])}),
        {},
        answer=lambda _: asl.Failed("E", "c"),
    ).run()
    scheduled = [c for c in failing.commands if isinstance(c, i.ScheduleTask)]
    assert [c.attempt for c in scheduled] == [0, 1, 2]
    assert len({c.task_id for c in scheduled}) == 3
    assert failing.finish is not None
    assert (failing.finish.error, failing.finish.cause) == ("E", "c")


def test_task_id_is_the_id_of_the_scheduled_event() -> None:
    driver = Driver(machine({"A": task()}), {})
    (task_id,) = driver.tasks
    event = next(event for event in driver.events if event["id"] == task_id)
    assert event["type"] == "TaskScheduled"


@pytest.mark.parametrize(
    ("retrier", "waits"),
    [
        ({}, [1, 2, 4]),
        ({"IntervalSeconds": 3, "BackoffRate": 1, "MaxAttempts": 2}, [3, 3]),
        ({"IntervalSeconds": 2, "BackoffRate": 3, "MaxDelaySeconds": 5}, [2, 5, 5]),
    ],
)
def test_retry_waits(retrier: dict[str, Any], waits: list[float]) -> None:
    compiled = machine({"A": task(Retry=[{"ErrorEquals": ["States.ALL"], **retrier}])})
    driver = Driver(compiled, {}, answer=lambda _: asl.Failed("E")).run()
    times = [e["timestamp"] for e in driver.events if e["type"] == "TaskScheduled"]
    assert [b - a for a, b in itertools.pairwise(times)] == waits
    assert driver.status == "FAILED"


def test_full_jitter_waits_less_and_the_same_for_the_same_entropy() -> None:
    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 100, "JitterStrategy": "FULL"}]
    compiled = machine({"A": task(Retry=retry)})
    runs = [Driver(compiled, {}, answer=lambda _: asl.Failed("E")).run() for _ in range(2)]
    assert runs[0].events == runs[1].events
    due = [c.due_at for c in runs[0].commands if isinstance(c, i.SetTimer)]
    assert 0 <= due[0] - runs[0].events[0]["timestamp"] <= 100


def test_retriers_count_apart() -> None:
    retry = [
        {"ErrorEquals": ["A"], "MaxAttempts": 1},
        {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1},
    ]
    errors = iter(["A", "B", "A"])
    driver = Driver(
        machine({"A": task(Retry=retry)}), {}, answer=lambda _: asl.Failed(next(errors))
    ).run()
    assert driver.types.count("TaskScheduled") == 3
    assert driver.finish is not None
    assert driver.finish.error == "A"


@pytest.mark.parametrize(
    ("names", "error", "caught"),
    [
        (["E"], "E", True),
        (["X"], "E", False),
        (["States.ALL"], "E", True),
        (["States.TaskFailed"], "E", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.DataLimitExceeded", True),
    ],
)
def test_catch(names: list[str], error: str, caught: bool) -> None:
    catch = [{"ErrorEquals": names, "ResultPath": "$.error", "Next": "B"}]
    states = {"A": task(Catch=catch), "B": {"Type": "Succeed"}}
    driver = Driver(machine(states), {"x": 1}, answer=lambda _: asl.Failed(error, "why"))
    assert driver.status == ("SUCCEEDED" if caught else "FAILED")
    if caught:
        assert driver.output == {"x": 1, "error": {"Error": error, "Cause": "why"}}


@pytest.mark.parametrize("name", ["States.Timeout", "States.HeartbeatTimeout"])
def test_missed_heartbeat_is_caught_by_both_names(name: str) -> None:
    states = {
        "A": task(
            f"{INVOKE}.waitForTaskToken",
            HeartbeatSeconds=5,
            Catch=[{"ErrorEquals": [name], "Next": "B"}],
        ),
        "B": {"Type": "Succeed"},
    }
    driver = Driver(machine(states), {})
    (task_id,) = driver.tasks
    assert driver.tasks[task_id].heartbeat_s == 5
    driver.feed(i.TaskTimedOut(driver.now, 1, task_id, heartbeat=True))
    assert driver.output == {"Error": "States.Timeout", "Cause": ""}
    assert i.CancelTask(task_id) in driver.commands


def test_token_is_made_where_it_is_named() -> None:
    plain = Driver(machine({"A": task()}), {})
    assert next(iter(plain.tasks.values())).token == ""
    parameters = {"FunctionName": "f", "Payload.$": "$$.Task.Token"}
    waiting = Driver(
        machine({"A": task(f"{INVOKE}.waitForTaskToken", Parameters=parameters)}),
        {},
    )
    scheduled = next(iter(waiting.tasks.values()))
    assert scheduled.token.startswith(TOKEN_PREFIX)
    assert scheduled.parameters == {"FunctionName": "f", "Payload": scheduled.token}


def test_parameter_that_an_integration_does_not_take_fails_the_state_unseen_by_catch() -> None:
    state = {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": INVOKE,
        "Arguments": "{% $states.input %}",
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A"}],
        "End": True,
    }
    driver = Driver(machine({"A": state}), {"FunctionName": "f", "Pay": 1})
    assert driver.types == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]
    assert driver.finish is not None
    assert (driver.finish.error, driver.finish.cause) == (
        "States.Runtime",
        (
            "An error occurred while executing the state 'A' (entered at the event id #2). The"
            ' Parameters \'{"FunctionName": "f", "Pay": 1}\' could not be used to start the Task:'
            ' [The field "Pay" is not supported by Step Functions]'
        ),
    )


def test_submitted_task_goes_on_waiting() -> None:
    driver = Driver(machine({"A": task(NESTED, Parameters={"StateMachineArn": "m"})}), {})
    (task_id,) = driver.tasks
    driver.feed(i.TaskSubmitted(driver.now, 1, task_id, {"ExecutionArn": "x"}))
    assert driver.types[-1] == "TaskSubmitted"
    driver.feed(i.TaskSucceeded(driver.now, 1, task_id, {"Output": 1}))
    assert driver.output == {"Output": 1}


def test_activity_is_recorded_as_started_when_a_worker_takes_it() -> None:
    activity = "arn:aws:states:us-east-1:000000000000:activity:a"
    driver = Driver(machine({"A": task(activity)}), {"x": 1})
    (task_id,) = driver.tasks
    assert driver.types[-1] == "ActivityScheduled"
    assert driver.tasks[task_id].token
    driver.feed(i.TaskStarted(driver.now, 1, task_id, "worker"))
    assert driver.events[-1]["activityStartedEventDetails"] == {"workerName": "worker"}
    driver.feed(i.TaskSucceeded(driver.now, 1, task_id, {"y": 2}, '{"y": 2}'))
    assert driver.types[3:5] == ["ActivitySucceeded", "TaskStateExited"] or driver.output


def test_a_workers_text_is_recorded_as_it_came() -> None:
    driver = Driver(machine({"A": task(f"{INVOKE}.waitForTaskToken")}), {})
    (task_id,) = driver.tasks
    driver.feed(i.TaskSucceeded(driver.now, 1, task_id, {"a": 1}, '{ "a": 1 }'))
    succeeded = next(e for e in driver.events if e["type"] == "TaskSucceeded")
    assert succeeded["taskSucceededEventDetails"]["output"] == '{ "a": 1 }'
    assert driver.finish is not None
    assert driver.finish.output == '{"a":1}'


def test_result_that_is_too_large_fails_the_task() -> None:
    driver = Driver(machine({"A": task(INVOKE)}), {}, answer=lambda _: "a" * 262_143)
    assert driver.finish is not None
    assert driver.finish.error == "States.DataLimitExceeded"
    assert "'lambda'" in str(driver.finish.cause)
    assert "TaskFailed" in driver.types


def test_size_is_counted_in_utf8_bytes() -> None:
    fits = Driver(machine({"A": task()}), {}, answer=lambda _: "é" * 131_071)
    assert fits.status == "SUCCEEDED"
    over = Driver(machine({"A": task()}), {}, answer=lambda _: "é" * 131_072)
    assert over.status == "FAILED"


def test_credentials_are_resolved_and_recorded() -> None:
    driver = Driver(
        machine({"A": task(Credentials={"RoleArn.$": "$.role"})}), {"role": "arn:aws:iam::1:role/x"}
    )
    scheduled = next(iter(driver.tasks.values()))
    assert scheduled.credentials_role == "arn:aws:iam::1:role/x"
    event = next(e for e in driver.events if e["type"] == "TaskScheduled")
    assert event["taskScheduledEventDetails"]["taskCredentials"] == {
        "roleArn": "arn:aws:iam::1:role/x"
    }

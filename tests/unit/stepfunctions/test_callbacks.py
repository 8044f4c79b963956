"""Task tokens, heartbeats, timeouts and activities."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError


def code_of(call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**members)
    return str(caught.value.response["Error"]["Code"])


class Callback:
    """An execution that waits for the token of an activity's task."""

    def __init__(self, states: Any, **members: Any) -> None:
        self.states = states
        self.client = states.client
        self.activity = self.client.create_activity(name="work")["activityArn"]
        task = {"Type": "Task", "Resource": self.activity, "End": True, **members}
        self.execution = states.run({"StartAt": "T", "States": {"T": task}}, {"a": 1})

    def take(self) -> str:
        answer = self.client.get_activity_task(activityArn=self.activity, workerName="w")
        assert json.loads(answer["input"]) == {"a": 1}
        return str(answer["taskToken"])

    @property
    def error(self) -> Any:
        return self.states.describe(self.execution).get("error")

    @property
    def status(self) -> str:
        return str(self.states.status(self.execution))


def test_worker_succeeds(states: Any) -> None:
    callback = Callback(states)
    token = callback.take()
    states.client.send_task_success(taskToken=token, output='{"b": 2}')
    assert states.output(callback.execution) == {"b": 2}
    assert states.types(callback.execution) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "ActivityScheduled",
        "ActivityStarted",
        "ActivitySucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]


def test_worker_fails(states: Any) -> None:
    callback = Callback(states)
    states.client.send_task_failure(taskToken=callback.take(), error="E", cause="C")
    described = states.describe(callback.execution)
    assert (described["error"], described["cause"]) == ("E", "C")


def test_closed_task_and_rubbish_are_refused(states: Any) -> None:
    callback = Callback(states)
    token = callback.take()
    states.client.send_task_success(taskToken=token, output="1")
    send = states.client.send_task_success
    assert code_of(send, taskToken=token, output="1") == "TaskTimedOut"
    assert code_of(send, taskToken="rubbish", output="1") == "InvalidToken"
    assert code_of(states.client.send_task_heartbeat, taskToken=token) == "TaskTimedOut"


def test_output_that_is_no_json_is_refused_and_the_task_stays_open(states: Any) -> None:
    callback = Callback(states)
    token = callback.take()
    send = states.client.send_task_success
    assert code_of(send, taskToken=token, output="no") == "InvalidOutput"
    send(taskToken=token, output="1")
    assert callback.status == "SUCCEEDED"


def test_heartbeat_starts_the_clock_again(states: Any) -> None:
    callback = Callback(states, HeartbeatSeconds=10, TimeoutSeconds=60)
    token = callback.take()
    states.runtime.advance(seconds=9)
    states.client.send_task_heartbeat(taskToken=token)
    states.runtime.advance(seconds=9)
    assert callback.status == "RUNNING"
    states.runtime.advance(seconds=1)
    # Observed on AWS in April 2024; the docs say States.HeartbeatTimeout.
    assert callback.error == "States.Timeout"


def test_heartbeats_do_not_move_the_timeout(states: Any) -> None:
    callback = Callback(states, HeartbeatSeconds=10, TimeoutSeconds=25)
    token = callback.take()
    for _ in range(2):
        states.runtime.advance(seconds=9)
        states.client.send_task_heartbeat(taskToken=token)
    states.runtime.advance(seconds=8)
    assert callback.error == "States.Timeout"
    assert states.types(callback.execution)[-2:] == ["ActivityTimedOut", "ExecutionFailed"]


def test_answer_of_an_older_attempt_is_refused(states: Any) -> None:
    retry = [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1}]
    callback = Callback(states, TimeoutSeconds=5, Retry=retry)
    old = callback.take()
    states.runtime.advance(seconds=6)
    assert code_of(states.client.send_task_success, taskToken=old, output="1") == "TaskTimedOut"
    new = callback.take()
    assert new != old
    states.client.send_task_success(taskToken=new, output="2")
    assert states.output(callback.execution) == 2


def test_worker_that_comes_first_waits(states: Any) -> None:
    client = states.client
    activity = client.create_activity(name="work")["activityArn"]
    task = {"Type": "Task", "Resource": activity, "End": True}
    machine = states.create({"StartAt": "T", "States": {"T": task}})
    with ThreadPoolExecutor(1) as pool:
        polled = pool.submit(client.get_activity_task, activityArn=activity)
        while not states.runtime.on_loop(
            lambda runtime: runtime.dispatcher.hosts["stepfunctions"].pollers.are_waiting
        ):
            pass
        execution = states.start(machine, {"a": 1})
        answer = polled.result(timeout=10)
    client.send_task_success(taskToken=answer["taskToken"], output=answer["input"])
    assert states.output(execution) == {"a": 1}


def test_stopped_execution_takes_its_task_from_the_queue(states: Any) -> None:
    callback = Callback(states)
    states.client.stop_execution(executionArn=callback.execution)
    other = states.start(
        states.client.list_state_machines()["stateMachines"][0]["stateMachineArn"], {"a": 1}
    )
    states.client.send_task_success(taskToken=callback.take(), output="1")
    assert states.status(other) == "SUCCEEDED"


def test_activity_that_is_gone_fails_the_state(states: Any) -> None:
    arn = "arn:aws:states:us-east-1:000000000000:activity:gone"
    task = {"Type": "Task", "Resource": arn, "End": True}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "T"}]
    task["Catch"] = catch
    execution = states.run({"StartAt": "T", "States": {"T": task}})
    described = states.describe(execution)
    assert described["error"] == "States.Runtime"
    assert described["cause"] == (
        "An error occurred while executing the state 'T' (entered at the event id #2)."
        f" The activity {arn} does not exist."
    )
    assert states.types(execution) == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]


def test_activity_that_is_deleted_meanwhile_fails_the_state(states: Any) -> None:
    activity = states.client.create_activity(name="work")["activityArn"]
    machine = {
        "StartAt": "W",
        "States": {
            "W": {"Type": "Wait", "Seconds": 10, "Next": "T"},
            "T": {"Type": "Task", "Resource": activity, "End": True},
        },
    }
    execution = states.run(machine)
    states.client.delete_activity(activityArn=activity)
    states.runtime.advance(seconds=10)
    assert states.describe(execution)["cause"].endswith(f"The activity {activity} does not exist.")


def test_answer_that_comes_while_a_burst_is_cut(states: Any) -> None:
    states.make_table()
    activity = states.client.create_activity(name="work")["activityArn"]
    put = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "Parameters": {
            "TableName": "Tasks",
            "Item": {"id": {"S.$": "States.Format('i{}', $)"}},
        },
        "ResultPath": None,
        "End": True,
    }
    each = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": {"StartAt": "Put", "States": {"Put": put}},
        "OutputPath": "$[0]",
        "End": True,
    }
    work = {"Type": "Task", "Resource": activity, "Parameters": {}, "End": True}
    both = {
        "Type": "Parallel",
        "Branches": [
            {"StartAt": "Each", "States": {"Each": each}},
            {"StartAt": "Work", "States": {"Work": work}},
        ],
        "End": True,
    }
    machine = states.create({"StartAt": "Both", "States": {"Both": both}})
    execution = states.client.start_execution(
        stateMachineArn=machine, input=json.dumps({"items": list(range(600))})
    )["executionArn"]
    token = states.client.get_activity_task(activityArn=activity)["taskToken"]
    states.client.send_task_success(taskToken=token, output="7")
    states.runtime.settle()
    assert states.output(execution) == [0, 7]


def test_answering_needs_the_right_on_the_activity(states: Any) -> None:
    callback = Callback(states)
    token = callback.take()
    iam = states.runtime.client("iam")
    iam.create_user(UserName="worker")
    key = iam.create_access_key(UserName="worker")["AccessKey"]
    worker = states.runtime.client(
        "stepfunctions",
        access_key_id=key["AccessKeyId"],
        secret_access_key=key["SecretAccessKey"],
    )
    send = worker.send_task_success
    assert code_of(send, taskToken=token, output="1") == "AccessDeniedException"
    statement = {
        "Effect": "Allow",
        "Action": "states:SendTaskSuccess",
        "Resource": callback.activity,
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName="worker", PolicyName="p", PolicyDocument=json.dumps(document))
    send(taskToken=token, output="1")
    assert callback.status == "SUCCEEDED"


def test_failure_without_error_and_cause_is_caught_as_nulls(states: Any) -> None:
    activity = states.client.create_activity(name="work")["activityArn"]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    execution = states.run(
        {
            "StartAt": "T",
            "States": {
                "T": {"Type": "Task", "Resource": activity, "Catch": catch, "End": True},
                "Caught": {"Type": "Pass", "End": True},
            },
        }
    )
    token = states.client.get_activity_task(activityArn=activity)["taskToken"]
    states.client.send_task_failure(taskToken=token)
    # Recorded; the cause of a timeout is an empty text.
    assert states.output(execution) == {"Error": None, "Cause": None}

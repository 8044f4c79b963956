"""Executions of durable functions: stopped, paused, deleted, listed, their history read."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from .durable_functions import CALLBACK, STEPS


def test_stopped_execution_goes_no_further(durable):
    arn = durable.start(durable.make(CALLBACK))
    callback = durable.wait_for(arn, "CallbackStarted")["CallbackStartedDetails"]
    error = {"ErrorType": "Cancelled", "ErrorMessage": "by hand"}
    stopped = durable.client.stop_durable_execution(DurableExecutionArn=arn, Error=error)
    found = durable.get(arn)
    assert (found["Status"], found["Error"]) == ("STOPPED", error)
    assert found["EndTimestamp"] == stopped["StopTimestamp"]
    again = durable.client.stop_durable_execution(DurableExecutionArn=arn)
    assert again["StopTimestamp"] == stopped["StopTimestamp"]
    with pytest.raises(durable.client.exceptions.CallbackTimeoutException):
        durable.client.send_durable_execution_callback_success(CallbackId=callback["CallbackId"])


def test_paused_execution_stands_still_until_it_is_resumed(durable):
    arn = durable.start(durable.make(CALLBACK))
    callback_id = durable.wait_for(arn, "CallbackStarted")["CallbackStartedDetails"]["CallbackId"]
    durable.wait_for(arn, "InvocationCompleted")
    durable.client.pause_durable_execution(DurableExecutionArn=arn, Reason="lunch")
    found = durable.get(arn)
    assert (found["Status"], found["PauseDetails"]["Reason"]) == ("PAUSED", "lunch")
    with pytest.raises(durable.client.exceptions.ResourceConflictException):
        durable.client.pause_durable_execution(DurableExecutionArn=arn)
    durable.client.send_durable_execution_callback_success(CallbackId=callback_id, Result=b"1")
    time.sleep(0.2)
    assert durable.kinds(arn).count("InvocationCompleted") == 1
    durable.client.resume_durable_execution(DurableExecutionArn=arn)
    assert durable.wait(arn)["Status"] == "SUCCEEDED"
    kinds = durable.kinds(arn)
    assert kinds.index("ExecutionPaused") < kinds.index("CallbackSucceeded")
    assert kinds.index("CallbackSucceeded") < kinds.index("ExecutionResumed")
    with pytest.raises(durable.client.exceptions.ResourceConflictException):
        durable.client.resume_durable_execution(DurableExecutionArn=arn)


def test_pause_reaches_a_function_at_its_next_checkpoint(durable):
    name = durable.make(
        """
import time

@durable_step
def slow(step_context):
    time.sleep(1)

@durable_execution
def handler(event, context):
    context.step(slow(), name="slow")
    context.step(slow(), name="slow again")
    return "done"
"""
    )
    arn = durable.start(name)
    durable.wait_for(arn, "StepStarted")
    durable.client.pause_durable_execution(DurableExecutionArn=arn)
    assert durable.get(arn)["Status"] == "PAUSING"
    durable.wait(arn, "PAUSED")
    durable.wait_for(arn, "InvocationCompleted")
    durable.client.resume_durable_execution(DurableExecutionArn=arn)
    assert durable.wait(arn)["Result"] == '"done"'


def test_ended_execution_is_deleted_and_a_running_one_is_not(durable):
    arn = durable.start(durable.make(CALLBACK))
    with pytest.raises(durable.client.exceptions.ResourceConflictException):
        durable.client.delete_durable_execution(DurableExecutionArn=arn)
    durable.client.stop_durable_execution(DurableExecutionArn=arn)
    durable.client.delete_durable_execution(DurableExecutionArn=arn)
    with pytest.raises(durable.client.exceptions.ResourceNotFoundException):
        durable.get(arn)


def test_execution_is_kept_for_its_retention_period(patient):
    name = patient.make(CALLBACK, timeout_s=60)
    settings = {"FunctionName": name, "DurableExecutionName": "kept"}
    arn = patient.start(name, DurableExecutionName="kept")
    patient.spend(13 * 86_400)
    assert patient.get(arn)["Status"] == "TIMED_OUT"
    patient.spend(2 * 86_400)
    with pytest.raises(patient.client.exceptions.ResourceNotFoundException):
        patient.get(arn)
    answer = patient.client.invoke(**settings, InvocationType="Event", Payload=b"[]")
    assert answer["DurableExecutionArn"] != arn


def test_executions_are_listed_by_what_they_are(durable):
    name = durable.make(CALLBACK)
    first, second = (durable.start(name, DurableExecutionName=n) for n in ("first", "second"))
    durable.client.stop_durable_execution(DurableExecutionArn=first)

    def listed(**wanted: Any) -> list[str]:
        answer = durable.client.list_durable_executions_by_function(FunctionName=name, **wanted)
        return [execution["DurableExecutionName"] for execution in answer["DurableExecutions"]]

    assert listed() == ["second", "first"]
    assert listed(ReverseOrder=True) == ["first", "second"]
    assert listed(Statuses=["RUNNING"]) == ["second"]
    assert listed(DurableExecutionName="first") == ["first"]
    began = durable.get(second)["StartTimestamp"]
    moment = timedelta(minutes=1)
    assert listed(StartedAfter=began + moment) == []
    assert listed(StartedAfter=began - moment) == ["second", "first"]
    assert listed(StartedBefore=began - moment) == []
    pages = durable.client.get_paginator("list_durable_executions_by_function")
    found = pages.paginate(FunctionName=name, PaginationConfig={"PageSize": 1}).build_full_result()
    assert [e["DurableExecutionArn"] for e in found["DurableExecutions"]] == [second, first]


def test_history_without_data_and_in_reverse(durable):
    name = durable.make(STEPS)
    arn = durable.start(name, {"number": 1})
    durable.wait(arn)
    answer = durable.client.get_durable_execution_history(
        DurableExecutionArn=arn, IncludeExecutionData=False, ReverseOrder=True, MaxItems=3
    )
    assert [event["EventType"] for event in answer["Events"]] == durable.kinds(arn)[:-4:-1]
    assert answer["Events"][0]["ExecutionSucceededDetails"] == {"Result": {"Truncated": True}}
    rest = durable.client.get_durable_execution_history(
        DurableExecutionArn=arn, ReverseOrder=True, Marker=answer["NextMarker"]
    )
    assert [event["EventType"] for event in rest["Events"]] == durable.kinds(arn)[-4::-1]
    found = durable.client.get_durable_execution(
        DurableExecutionArn=arn, IncludeExecutionData=False
    )
    assert found["ExecutionDataIncluded"] is False
    assert "InputPayload" not in found
    assert "Result" not in found


def test_deleted_function_takes_its_executions_along(durable):
    name = durable.make(CALLBACK)
    arn = durable.start(name)
    durable.wait_for(arn, "CallbackStarted")
    durable.client.delete_function(FunctionName=name.split(":")[0])
    with pytest.raises(durable.client.exceptions.ResourceNotFoundException):
        durable.get(arn)

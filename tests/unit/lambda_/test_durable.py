"""Durable functions, written with AWS's SDK for them: they outlive their invocations."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundstate.testing import Groundstate

from .conftest import TRUST, Functions

WAIT_S = 15.0
POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicDurableExecutionRolePolicy"
IMPORTS = """
import os
import boto3
from aws_durable_execution_sdk_python import DurableContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
"""


class Durable:
    """Makes durable functions and looks at their executions."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions
        self.client = functions.client
        iam = functions.groundstate.client("iam")
        role = iam.create_role(RoleName="Durable", AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.attach_role_policy(RoleName="Durable", PolicyArn=POLICY)
        invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
        iam.put_role_policy(
            RoleName="Durable",
            PolicyName="Invoke",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [invoke]}),
        )
        self._role = role["Role"]["Arn"]

    def make(self, source: str, timeout_s: int = 60, **settings: Any) -> str:
        """Make a durable function; its name with a qualifier."""
        name = self.functions.make(
            IMPORTS + source,
            Role=self._role,
            Timeout=10,
            DurableConfig={"ExecutionTimeout": timeout_s},
            **settings,
        )
        return f"{name}:$LATEST"

    def start(self, name: str, event: Any = None, **settings: Any) -> str:
        """Start an execution; its ARN."""
        answer = self.client.invoke(
            FunctionName=name,
            InvocationType="Event",
            Payload=json.dumps(event or {}),
            **settings,
        )
        assert answer["StatusCode"] == 202
        return str(answer["DurableExecutionArn"])

    def spend(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.functions.groundstate.advance(seconds)

    def get(self, arn: str) -> dict[str, Any]:
        """What GetDurableExecution answers."""
        return dict(self.client.get_durable_execution(DurableExecutionArn=arn))

    def wait(self, arn: str, *statuses: str) -> dict[str, Any]:
        """An execution that has ended, or has one of these statuses."""
        deadline = time.monotonic() + WAIT_S
        wanted = statuses or ("SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED")
        while (found := self.get(arn))["Status"] not in wanted:
            assert time.monotonic() < deadline, (found, self.events(arn))
            time.sleep(0.02)
        return found

    def wait_for(self, arn: str, kind: str) -> dict[str, Any]:
        """The first event of this type, once it is there."""
        deadline = time.monotonic() + WAIT_S
        while True:
            found = [event for event in self.events(arn) if event["EventType"] == kind]
            if found:
                return found[0]
            assert time.monotonic() < deadline, self.events(arn)
            time.sleep(0.02)

    def events(self, arn: str) -> list[dict[str, Any]]:
        """The whole history."""
        pages = self.client.get_paginator("get_durable_execution_history")
        return [
            event
            for page in pages.paginate(DurableExecutionArn=arn, IncludeExecutionData=True)
            for event in page["Events"]
        ]

    def kinds(self, arn: str) -> list[str]:
        """The types of the events of the history."""
        return [event["EventType"] for event in self.events(arn)]


@pytest.fixture(scope="module")
def durable(functions) -> Durable:
    """Durable functions in the runtime that all tests of this folder share."""
    return Durable(functions)


@pytest.fixture
def patient() -> Iterator[Durable]:
    """Durable functions in virtual time, where nobody waits for a wait."""
    with Groundstate() as groundstate:
        yield Durable(Functions(groundstate))


STEPS = """
@durable_step
def double(step_context, number):
    print("doubling", number)
    return number * 2

@durable_execution
def handler(event, context):
    first = context.step(double(event["number"]), name="first")
    context.wait(Duration.from_seconds(1), name="pause")
    second = context.step(double(first), name="second")
    return {"answer": second}
"""


def test_caller_waits_for_the_whole_execution(durable):
    name = durable.make(STEPS)
    answer = durable.client.invoke(FunctionName=name, Payload=b'{"number": 3}')
    assert json.loads(answer["Payload"].read()) == {"answer": 12}
    assert "FunctionError" not in answer
    arn = answer["DurableExecutionArn"]
    found = durable.get(arn)
    assert (found["Status"], found["Result"]) == ("SUCCEEDED", '{"answer": 12}')
    assert json.loads(found["InputPayload"]) == {"number": 3}
    assert found["Version"] == "$LATEST"
    assert found["FunctionArn"].endswith(f":function:{name}")
    assert arn.startswith(f"{found['FunctionArn']}/durable-execution/")


def test_steps_run_once_and_the_history_tells_all(durable):
    name = durable.make(STEPS)
    arn = durable.start(name, {"number": 1})
    durable.wait(arn)
    assert durable.kinds(arn) == [
        "ExecutionStarted",
        "StepStarted",
        "StepSucceeded",
        "WaitStarted",
        "InvocationCompleted",
        "WaitSucceeded",
        "StepStarted",
        "StepSucceeded",
        "InvocationCompleted",
        "ExecutionSucceeded",
    ]
    events = durable.events(arn)
    assert [event["EventId"] for event in events] == list(range(1, len(events) + 1))
    step = events[2]
    assert (step["Name"], step["SubType"]) == ("first", "Step")
    assert step["StepSucceededDetails"] == {
        "Result": {"Payload": "2", "Truncated": False},
        "RetryDetails": {"CurrentAttempt": 1},
    }
    lines = [line for line in durable.functions.messages(name.split(":")[0]) if "doubling" in line]
    assert lines == ["doubling 1\n", "doubling 2\n"]


def test_wait_of_a_month_ends_at_its_time(patient):
    name = patient.make(
        """
@durable_execution
def handler(event, context):
    context.wait(Duration.from_days(30), name="month")
    return "rested"
""",
        timeout_s=40 * 86_400,
    )
    arn = patient.start(name)
    patient.spend(29 * 86_400)
    assert patient.get(arn)["Status"] == "RUNNING"
    patient.spend(2 * 86_400)
    found = patient.get(arn)
    assert found["Result"] == '"rested"'
    taken = found["EndTimestamp"] - found["StartTimestamp"]
    assert taken.days == 30
    assert taken.seconds < 60
    wait = patient.wait_for(arn, "WaitStarted")
    assert wait["WaitStartedDetails"]["Duration"] == 30 * 86_400


def test_step_is_tried_again_after_its_delay(patient):
    name = patient.make(
        """
@durable_step
def flaky(step_context):
    attempt = boto3.client("dynamodb").update_item(
        TableName="attempts",
        Key={"id": {"S": "one"}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )["Attributes"]["n"]["N"]
    if int(attempt) < 3:
        raise ValueError(f"attempt {attempt}")
    return attempt

@durable_execution
def handler(event, context):
    retries = create_retry_strategy(RetryStrategyConfig(
        max_attempts=5, initial_delay=Duration.from_minutes(10), backoff_rate=2.0))
    return context.step(flaky(), name="flaky", config=StepConfig(retry_strategy=retries))
""",
        timeout_s=86_400,
    )
    patient.functions.groundstate.client("iam").put_role_policy(
        RoleName="Durable",
        PolicyName="Count",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*"},
            }
        ),
    )
    patient.functions.groundstate.client("dynamodb").create_table(
        TableName="attempts",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    arn = patient.start(name)
    patient.spend(86_000)
    found = patient.get(arn)
    assert (found["Status"], found["Result"]) == ("SUCCEEDED", '"3"')
    failed = [e for e in patient.events(arn) if e["EventType"] == "StepFailed"]
    assert [e["StepFailedDetails"]["RetryDetails"]["CurrentAttempt"] for e in failed] == [1, 2]
    assert failed[0]["StepFailedDetails"]["Error"]["Payload"]["ErrorMessage"] == "attempt 1"
    assert failed[0]["StepFailedDetails"]["Error"]["Payload"]["ErrorType"] == "ValueError"
    delays = [e["StepFailedDetails"]["RetryDetails"]["NextAttemptDelaySeconds"] for e in failed]
    begun = [e["EventTimestamp"] for e in patient.events(arn) if e["EventType"] == "StepStarted"]
    for delay, before, after in zip(delays, failed, begun[1:], strict=True):
        waited = (after - before["EventTimestamp"]).total_seconds()
        assert delay <= waited < delay + 60


CALLBACK = """
@durable_execution
def handler(event, context):
    config = CallbackConfig(
        timeout=Duration.from_seconds(event.get("timeout", 0)),
        heartbeat_timeout=Duration.from_seconds(event.get("heartbeat", 0)),
    )
    callback = context.create_callback(name="approval", config=config)
    return callback.result()
"""


def test_callback_goes_on_with_its_answer(durable):
    arn = durable.start(durable.make(CALLBACK))
    begun = durable.wait_for(arn, "CallbackStarted")
    callback_id = begun["CallbackStartedDetails"]["CallbackId"]
    durable.wait_for(arn, "InvocationCompleted")
    assert durable.get(arn)["Status"] == "RUNNING"
    durable.client.send_durable_execution_callback_heartbeat(CallbackId=callback_id)
    durable.client.send_durable_execution_callback_success(
        CallbackId=callback_id, Result=b'"approved"'
    )
    found = durable.wait(arn)
    assert (found["Status"], json.loads(json.loads(found["Result"]))) == ("SUCCEEDED", "approved")
    with pytest.raises(durable.client.exceptions.CallbackTimeoutException, match="been closed"):
        durable.client.send_durable_execution_callback_success(CallbackId=callback_id)
    with pytest.raises(durable.client.exceptions.CallbackTimeoutException):
        durable.client.send_durable_execution_callback_heartbeat(CallbackId=callback_id)


def test_callback_that_fails_raises_in_the_function(durable):
    arn = durable.start(durable.make(CALLBACK))
    begun = durable.wait_for(arn, "CallbackStarted")
    durable.client.send_durable_execution_callback_failure(
        CallbackId=begun["CallbackStartedDetails"]["CallbackId"],
        Error={"ErrorType": "Refused", "ErrorMessage": "not today"},
    )
    found = durable.wait(arn)
    assert found["Status"] == "FAILED"
    assert "not today" in found["Error"]["ErrorMessage"]
    failed = durable.wait_for(arn, "CallbackFailed")["CallbackFailedDetails"]["Error"]["Payload"]
    assert failed == {"ErrorType": "Refused", "ErrorMessage": "not today"}


@pytest.mark.parametrize(
    ("event", "error"),
    [({"timeout": 3600}, "Callback.Timeout"), ({"heartbeat": 60}, "Callback.Heartbeat")],
)
def test_callback_waits_no_longer_than_it_should(patient, event, error):
    arn = patient.start(patient.make(CALLBACK, timeout_s=86_400), event)
    patient.spend(59)
    assert patient.get(arn)["Status"] == "RUNNING"
    patient.spend(3600)
    assert patient.get(arn)["Status"] == "FAILED"
    details = patient.wait_for(arn, "CallbackTimedOut")["CallbackTimedOutDetails"]
    assert details["Error"]["Payload"]["ErrorType"] == error


def test_unknown_callback_is_refused(durable):
    client = durable.client
    with pytest.raises(client.exceptions.InvalidParameterValueException):
        client.send_durable_execution_callback_success(CallbackId="bm90aGluZw==")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.send_durable_execution_callback_success(CallbackId="OTk5OTpvcDpub25jZQ==")


CHAIN = """
@durable_execution
def handler(event, context):
    return context.invoke(event["function"], {"number": 4}, name="chained")
"""


def test_durable_function_waits_for_a_function(durable):
    plain = durable.functions.make("def handler(event, context):\n    return event['number'] + 1\n")
    arn = durable.start(durable.make(CHAIN), {"function": plain})
    assert durable.wait(arn)["Result"] == "5"
    begun = durable.wait_for(arn, "ChainedInvokeStarted")["ChainedInvokeStartedDetails"]
    assert (begun["FunctionName"], begun["ExecutedVersion"]) == (plain, "$LATEST")
    assert json.loads(begun["Input"]["Payload"]) == {"number": 4}
    assert "DurableExecutionArn" not in begun


def test_durable_function_waits_for_the_execution_of_another(durable):
    inner = durable.make(STEPS)
    arn = durable.start(durable.make(CHAIN), {"function": inner})
    assert json.loads(durable.wait(arn)["Result"]) == {"answer": 16}
    begun = durable.wait_for(arn, "ChainedInvokeStarted")["ChainedInvokeStartedDetails"]
    child = durable.get(begun["DurableExecutionArn"])
    assert (child["Status"], json.loads(child["Result"])) == ("SUCCEEDED", {"answer": 16})


@pytest.mark.parametrize(
    ("function", "error"),
    [("no-such-function", "ResourceNotFoundException"), ("raises", "ZeroDivisionError")],
)
def test_chained_invocation_fails_with_what_the_function_failed_with(durable, function, error):
    if function == "raises":
        function = durable.functions.make("def handler(event, context):\n    return 1 / 0\n")
    arn = durable.start(durable.make(CHAIN), {"function": function})
    assert durable.wait(arn)["Status"] == "FAILED"
    failed = durable.wait_for(arn, "ChainedInvokeFailed")["ChainedInvokeFailedDetails"]
    assert failed["Error"]["Payload"]["ErrorType"] == error


def test_branches_wait_beside_each_other(durable):
    name = durable.make(
        """
def branch(number):
    def run(context):
        context.wait(Duration.from_seconds(1), name=f"wait {number}")
        return number
    return run

@durable_execution
def handler(event, context):
    results = context.parallel([branch(n) for n in range(4)], name="all")
    return results.get_results()
"""
    )
    arn = durable.start(name)
    found = durable.wait(arn)
    assert found["Result"] == "[0, 1, 2, 3]"
    assert (found["EndTimestamp"] - found["StartTimestamp"]).total_seconds() < 4
    contexts = [e for e in durable.events(arn) if e["EventType"] == "ContextSucceeded"]
    assert len(contexts) == 5


def test_execution_that_takes_too_long_times_out(patient):
    name = patient.make(
        """
@durable_execution
def handler(event, context):
    context.wait(Duration.from_hours(2), name="long")
""",
        timeout_s=3600,
    )
    arn = patient.start(name)
    patient.spend(3601)
    found = patient.get(arn)
    assert found["Status"] == "TIMED_OUT"
    assert (found["EndTimestamp"] - found["StartTimestamp"]).total_seconds() == pytest.approx(3600)
    assert patient.kinds(arn)[-1] == "ExecutionTimedOut"


def test_invocation_that_fails_is_tried_again_a_few_times(patient):
    name = patient.make("def handler(event, context):\n    os._exit(3)\n", timeout_s=3600)
    arn = patient.start(name)
    patient.spend(60)
    found = patient.get(arn)
    assert found["Status"] == "FAILED"
    assert found["Error"]["ErrorType"] == "Runtime.ExitError"
    completed = [e for e in patient.events(arn) if e["EventType"] == "InvocationCompleted"]
    assert len(completed) == 5
    assert all(e["InvocationCompletedDetails"]["Error"]["Payload"] for e in completed)


def test_handler_that_raises_fails_the_execution(durable):
    name = durable.make(
        """
@durable_execution
def handler(event, context):
    raise ValueError("no good")
"""
    )
    answer = durable.client.invoke(FunctionName=name, Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
    document = json.loads(answer["Payload"].read())
    assert (document["errorType"], document["errorMessage"]) == ("ValueError", "no good")
    arn = answer["DurableExecutionArn"]
    assert durable.get(arn)["Status"] == "FAILED"
    completed = durable.wait_for(arn, "InvocationCompleted")["InvocationCompletedDetails"]
    assert completed["Error"]["Payload"]["ErrorMessage"] == "no good"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("7", "Invalid invocation output"),
        ("{}", "Response status is required"),
        ('{"Status": "SUCCEEDED", "Error": {}}', "Cannot provide an Error for SUCCEEDED status."),
        ('{"Status": "FAILED", "Result": "1"}', "Cannot provide a Result for FAILED status."),
    ],
)
def test_what_is_no_answer_of_a_durable_function_fails_it(durable, answer, message):
    name = durable.make(f"def handler(event, context):\n    return {answer}\n")
    found = durable.wait(durable.start(name))
    assert found["Status"] == "FAILED"
    assert found["Error"]["ErrorType"] == "InvalidParameterValueException"
    assert message in found["Error"]["ErrorMessage"]


def test_execution_name_makes_a_start_repeatable(durable):
    name = durable.make(STEPS)
    settings = {"FunctionName": name, "DurableExecutionName": "order-1"}
    event = {**settings, "InvocationType": "Event", "Payload": b'{"number": 5}'}
    arn = durable.client.invoke(**event)["DurableExecutionArn"]
    assert "/durable-execution/order-1/" in arn
    assert durable.client.invoke(**event)["DurableExecutionArn"] == arn
    # A caller who waits joins the one that runs, and one that comes later gets its result.
    for _ in range(2):
        answer = durable.client.invoke(**settings, Payload=b'{"number": 5}')
        assert (answer["DurableExecutionArn"], json.loads(answer["Payload"].read())) == (
            arn,
            {"answer": 20},
        )
    with pytest.raises(durable.client.exceptions.DurableExecutionAlreadyStartedException):
        durable.client.invoke(**settings, Payload=b'{"number": 6}')
    listed = durable.client.list_durable_executions_by_function(FunctionName=name)
    assert [e["DurableExecutionArn"] for e in listed["DurableExecutions"]] == [arn]


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


@pytest.mark.parametrize(
    ("timeout_s", "qualifier", "message"),
    [
        (60, "", "You cannot invoke a durable function using an unqualified ARN."),
        (
            901,
            "$LATEST",
            (
                "You cannot synchronously invoke a durable function with an executionTimeout"
                " greater than 15 minutes."
            ),
        ),
    ],
)
def test_invocations_that_aws_refuses(durable, timeout_s, qualifier, message):
    name = durable.make(STEPS, timeout_s).split(":")[0]
    settings = {"Qualifier": qualifier} if qualifier else {}
    with pytest.raises(ClientError) as refused:
        durable.client.invoke(FunctionName=name, Payload=b"{}", **settings)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"
    assert refused.value.response["Error"]["Message"] == message


def test_durability_is_for_new_functions(durable):
    with pytest.raises(ClientError, match="without an executionTimeout"):
        durable.functions.make("", DurableConfig={"RetentionPeriodInDays": 3})
    plain = durable.functions.make("def handler(event, context):\n    return 1\n")
    with pytest.raises(ClientError, match="existing function"):
        durable.client.update_function_configuration(
            FunctionName=plain, DurableConfig={"ExecutionTimeout": 5}
        )
    with pytest.raises(ClientError, match="durable function"):
        durable.client.invoke(FunctionName=plain, DurableExecutionName="x")
    name = durable.make(STEPS).split(":")[0]
    changed = durable.client.update_function_configuration(
        FunctionName=name, DurableConfig={"RetentionPeriodInDays": 3}
    )
    assert changed["DurableConfig"] == {"ExecutionTimeout": 60, "RetentionPeriodInDays": 3}


def test_role_needs_the_right_to_checkpoint(durable):
    name = durable.functions.make(
        IMPORTS + STEPS, DurableConfig={"ExecutionTimeout": 60}, Timeout=10
    )
    found = durable.wait(durable.start(f"{name}:$LATEST", {"number": 1}))
    assert found["Status"] == "FAILED"
    assert (
        "not authorized to perform: lambda:CheckpointDurableExecution"
        in (found["Error"]["ErrorMessage"])
    )


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


def test_state_machine_waits_for_a_durable_function(durable):
    groundstate = durable.functions.groundstate
    name = durable.make(STEPS)
    iam, states = groundstate.client("iam"), groundstate.client("stepfunctions")
    trust = TRUST["Statement"][0]
    role = iam.create_role(
        RoleName="DurableMachine",
        AssumeRolePolicyDocument=json.dumps(
            {
                **TRUST,
                "Statement": [{**trust, "Principal": {"Service": "states.amazonaws.com"}}],
            }
        ),
    )["Role"]["Arn"]
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    iam.put_role_policy(
        RoleName="DurableMachine",
        PolicyName="Invoke",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": invoke}),
    )
    definition = {
        "StartAt": "Run",
        "States": {
            "Run": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {"FunctionName": name, "Payload": {"number": 2}},
                "OutputPath": "$.Payload",
                "End": True,
            }
        },
    }
    machine = states.create_state_machine(
        name="durable", definition=json.dumps(definition), roleArn=role
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    deadline = time.monotonic() + WAIT_S
    while (found := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert json.loads(found["output"]) == {"answer": 8}


def test_stream_and_address_begin_executions(durable):
    groundstate = durable.functions.groundstate
    name = durable.make(
        """
@durable_execution
def handler(event, context):
    context.wait(Duration.from_seconds(1), name="pause")
    return len(event.get("Records", ()))
"""
    ).split(":")[0]
    version = durable.client.publish_version(FunctionName=name)["Version"]
    alias = durable.client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    groundstate.client("iam").attach_role_policy(
        RoleName="Durable",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole",
    )
    dynamodb = groundstate.client("dynamodb")
    table = dynamodb.create_table(
        TableName="durable-source",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]
    mapping = durable.client.create_event_source_mapping(
        FunctionName=alias["AliasArn"],
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
    )
    dynamodb.put_item(TableName="durable-source", Item={"id": {"S": "a"}})
    deadline = time.monotonic() + WAIT_S
    while not (
        listed := durable.client.list_durable_executions_by_function(
            FunctionName=name, Statuses=["SUCCEEDED"]
        )["DurableExecutions"]
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    durable.client.delete_event_source_mapping(UUID=mapping["UUID"])
    assert listed[0]["FunctionArn"] == alias["AliasArn"]
    found = durable.get(listed[0]["DurableExecutionArn"])
    assert (found["Version"], found["Result"]) == (version, "1")

    url = durable.client.create_function_url_config(
        FunctionName=name, Qualifier="live", AuthType="NONE"
    )["FunctionUrl"]
    for right, settings in (
        ("InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        durable.client.add_permission(
            FunctionName=name,
            Qualifier="live",
            StatementId=right,
            Action=f"lambda:{right}",
            Principal="*",
            **settings,
        )
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert (answer.status, answer.read()) == (200, b"0")


def test_ended_execution_of_an_event_is_told_to_the_destination(durable):
    listener = durable.functions.make(
        "import json\ndef handler(event, context):\n    print('told', json.dumps(event))\n"
    )
    name = durable.make(
        """
@durable_execution
def handler(event, context):
    return 1 / event["by"]
"""
    )
    arn = durable.client.get_function(FunctionName=listener)["Configuration"]["FunctionArn"]
    durable.client.put_function_event_invoke_config(
        FunctionName=name.split(":")[0],
        Qualifier="$LATEST",
        DestinationConfig={"OnSuccess": {"Destination": arn}, "OnFailure": {"Destination": arn}},
    )
    for by, condition in ((4, "Success"), (0, "RetriesExhausted")):
        durable.wait(durable.start(name, {"by": by}))
        deadline = time.monotonic() + WAIT_S
        while True:
            told = [m for m in _messages(durable, listener) if f'"{condition}"' in m]
            if told:
                break
            assert time.monotonic() < deadline
            time.sleep(0.02)
        record = json.loads(told[0].removeprefix("told "))
        assert record["requestPayload"] == {"by": by}
        if by:
            assert record["responsePayload"] == 0.25
        else:
            assert record["responsePayload"]["errorType"] == "ZeroDivisionError"


def _messages(durable: Durable, name: str) -> list[str]:
    try:
        return durable.functions.messages(name)
    except ClientError:
        return []


CHECKPOINTS = """
import json

def handler(event, context):
    client, told = boto3.client("lambda"), {}
    arn, token = event["DurableExecutionArn"], event["CheckpointToken"]

    def checkpoint(token, client_token, *updates):
        return client.checkpoint_durable_execution(
            DurableExecutionArn=arn, CheckpointToken=token, Updates=list(updates),
            ClientToken=client_token)

    step = {"Id": "a", "Type": "STEP", "Name": "a", "Action": "START"}
    first = checkpoint(token, "one", step)
    again = checkpoint(token, "one", step)
    told["same"] = first["CheckpointToken"] == again["CheckpointToken"]
    told["operations"] = [o["Id"] for o in again["NewExecutionState"]["Operations"]]
    for name, old in (("stale", token), ("foreign", "bm90aGluZw==")):
        try:
            checkpoint(old, "two")
        except client.exceptions.InvalidParameterValueException as error:
            told[name] = error.response["Error"]["Message"]
    try:
        checkpoint(first["CheckpointToken"], "three",
            {"Id": "b", "Type": "STEP", "Action": "START"},
            {"Id": "a", "Type": "STEP", "Action": "START"})
    except client.exceptions.InvalidParameterValueException as error:
        told["refused"] = error.response["Error"]["Message"]
    state = client.get_durable_execution_state(
        DurableExecutionArn=arn, CheckpointToken=first["CheckpointToken"], MaxItems=1)
    more = client.get_durable_execution_state(
        DurableExecutionArn=arn, CheckpointToken=first["CheckpointToken"],
        Marker=state["NextMarker"])
    told["state"] = [o["Type"] for o in state["Operations"] + more["Operations"]]
    return {"Status": "SUCCEEDED", "Result": json.dumps(told)}
"""


def test_checkpoints_are_in_order_whole_and_repeatable(durable):
    found = durable.wait(durable.start(durable.make(CHECKPOINTS)))
    assert json.loads(found["Result"]) == {
        "same": True,
        "operations": ["a"],
        "stale": "Invalid checkpoint token",
        "foreign": "Invalid checkpoint token",
        "refused": "Invalid current STEP state to start.",
        # The refused checkpoint left nothing of its first update.
        "state": ["EXECUTION", "STEP"],
    }


def test_right_to_invoke_is_asked_for_chained_invocations(durable):
    plain = durable.functions.make("def handler(event, context):\n    return 1\n")
    iam = durable.functions.groundstate.client("iam")
    role = iam.create_role(RoleName="Lonely", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    iam.attach_role_policy(RoleName="Lonely", PolicyArn=POLICY)
    name = durable.functions.make(
        IMPORTS + CHAIN, Role=role["Arn"], DurableConfig={"ExecutionTimeout": 60}, Timeout=10
    )
    arn = durable.start(f"{name}:$LATEST", {"function": plain})
    assert durable.wait(arn)["Status"] == "FAILED"
    failed = durable.wait_for(arn, "ChainedInvokeFailed")["ChainedInvokeFailedDetails"]
    error = failed["Error"]["Payload"]
    assert error["ErrorType"] == "AccessDeniedException"
    assert "assumed-role/Lonely/" in error["ErrorMessage"]
    assert "is not authorized to perform: lambda:InvokeFunction" in error["ErrorMessage"]


def test_throttled_event_waits_for_its_turn(durable):
    name = durable.make(STEPS)
    plain = name.split(":")[0]
    durable.client.put_function_concurrency(FunctionName=plain, ReservedConcurrentExecutions=0)
    arn = durable.start(name, {"number": 1})
    with pytest.raises(durable.client.exceptions.TooManyRequestsException):
        durable.client.invoke(FunctionName=name, Payload=b'{"number": 1}')
    time.sleep(0.3)
    assert durable.kinds(arn) == ["ExecutionStarted"]
    durable.client.delete_function_concurrency(FunctionName=plain)
    assert json.loads(durable.wait(arn)["Result"]) == {"answer": 4}
    listed = durable.client.list_durable_executions_by_function(FunctionName=name)
    assert len(listed["DurableExecutions"]) == 1


def test_deleted_function_takes_its_executions_along(durable):
    name = durable.make(CALLBACK)
    arn = durable.start(name)
    durable.wait_for(arn, "CallbackStarted")
    durable.client.delete_function(FunctionName=name.split(":")[0])
    with pytest.raises(durable.client.exceptions.ResourceNotFoundException):
        durable.get(arn)

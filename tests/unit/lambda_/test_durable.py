"""Durable functions, written with AWS's SDK for them: they outlive their invocations."""

from __future__ import annotations

import json

import pytest

from .durable_functions import STEPS


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


def test_branches_wait_beside_each_other(patient):
    name = patient.make(
        """
def branch(number):
    def run(context):
        context.wait(Duration.from_seconds(10), name=f"wait {number}")
        return number
    return run

@durable_execution
def handler(event, context):
    results = context.parallel([branch(n) for n in range(4)], name="all")
    return results.get_results()
"""
    )
    arn = patient.start(name)
    patient.spend(50)
    found = patient.get(arn)
    assert (found["Status"], found["Result"]) == ("SUCCEEDED", "[0, 1, 2, 3]")
    assert 10 <= (found["EndTimestamp"] - found["StartTimestamp"]).total_seconds() < 20
    types = [event["EventType"] for event in patient.events(arn)]
    assert types.count("ContextSucceeded") == 5


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

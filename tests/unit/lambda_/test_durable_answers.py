"""What durable functions wait for: callbacks, and the functions that they invoke."""

from __future__ import annotations

import json

import pytest

from .conftest import TRUST
from .durable_functions import CALLBACK, CHAIN, IMPORTS, POLICY, STEPS


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

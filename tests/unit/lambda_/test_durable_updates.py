"""What a checkpoint of a durable function may tell, and what comes of it: pure."""

from __future__ import annotations

from typing import Any

import pytest

from groundstate.services.lambda_.durable.updates import apply_update, check_updates
from groundstate.services.lambda_.errors import InvalidParameterValueException

MEBIBYTE = 1024 * 1024


def update(kind: str, action: str, id: str = "a", **members: Any) -> dict[str, Any]:
    return {"Id": id, "Type": kind, "Action": action, **members}


def operation(kind: str, status: str, id: str = "a", **members: Any) -> dict[str, Any]:
    return {"Id": id, "Type": kind, "Status": status, "StartTimestamp": 1.0, **members}


RETRY = {"StepOptions": {"NextAttemptDelaySeconds": 5}}
FAILURE = {"Error": {"ErrorMessage": "no"}}
INVOKE = {"ChainedInvokeOptions": {"FunctionName": "f"}}


@pytest.mark.parametrize(
    ("known", "updates", "message"),
    [
        ([], [update("EXECUTION", "SUCCEED")] * 2, "Cannot checkpoint multiple EXECUTION updates."),
        (
            [],
            [update("EXECUTION", "SUCCEED"), update("STEP", "START", "b")],
            "EXECUTION checkpoint must be the last update.",
        ),
        (
            [],
            [update("STEP", "START")] * 2,
            "Cannot checkpoint multiple operations with the same ID.",
        ),
        (
            [],
            [update("CALLBACK", "START")] * 2,
            "Cannot checkpoint multiple operations with the same ID.",
        ),
        ([], [update("STEP", "START", ParentId="p")], "Invalid parent operation id."),
        (
            [operation("STEP", "STARTED", "p")],
            [update("STEP", "START", ParentId="p")],
            "Invalid parent operation id.",
        ),
        (
            [operation("STEP", "STARTED")],
            [update("CONTEXT", "SUCCEED")],
            "Inconsistent operation type.",
        ),
        (
            [operation("STEP", "STARTED", Name="n")],
            [update("STEP", "SUCCEED", Name="m")],
            "Inconsistent operation name.",
        ),
        (
            [operation("STEP", "STARTED", SubType="Step")],
            [update("STEP", "SUCCEED", SubType="Other")],
            "Inconsistent operation subtype.",
        ),
        ([], [update("STEP", "CANCEL")], "Invalid action for the given operation type."),
        ([], [update("EXECUTION", "START")], "Invalid action for the given operation type."),
        ([], [update("CALLBACK", "SUCCEED")], "Invalid action for the given operation type."),
        (
            [operation("STEP", "STARTED")],
            [update("STEP", "START")],
            "Invalid current STEP state to start.",
        ),
        (
            [operation("STEP", "PENDING")],
            [update("STEP", "START")],
            "Invalid current STEP state to start.",
        ),
        (
            [operation("STEP", "SUCCEEDED")],
            [update("STEP", "SUCCEED")],
            "Invalid current STEP state to close.",
        ),
        (
            [operation("CONTEXT", "FAILED")],
            [update("CONTEXT", "SUCCEED")],
            "Invalid current CONTEXT state to close.",
        ),
        (
            [operation("STEP", "STARTED")],
            [update("STEP", "FAIL", Payload="1")],
            "Cannot provide a Payload for FAIL action.",
        ),
        (
            [operation("STEP", "STARTED")],
            [update("STEP", "SUCCEED", **FAILURE)],
            "Cannot provide an Error for SUCCEED action.",
        ),
        (
            [operation("STEP", "STARTED")],
            [update("STEP", "RETRY", **FAILURE)],
            "Invalid StepOptions for the given action.",
        ),
        (
            [operation("STEP", "STARTED")],
            [update("STEP", "RETRY", Payload="1", **FAILURE, **RETRY)],
            "Cannot provide both error and payload to RETRY a STEP.",
        ),
        (
            [operation("STEP", "SUCCEEDED")],
            [update("STEP", "RETRY", **RETRY)],
            "Invalid current STEP state to re-attempt.",
        ),
        (
            [operation("WAIT", "STARTED")],
            [update("WAIT", "START", WaitOptions={"WaitSeconds": 1})],
            "Cannot start a WAIT that already exist.",
        ),
        (
            [operation("WAIT", "SUCCEEDED")],
            [update("WAIT", "CANCEL")],
            "Cannot cancel a WAIT that does not exist or has already completed.",
        ),
        (
            [operation("CHAINED_INVOKE", "STARTED")],
            [update("CHAINED_INVOKE", "START", **INVOKE)],
            "Cannot start a CHAINED_INVOKE operation that already exists.",
        ),
        (
            [],
            [update("CHAINED_INVOKE", "START")],
            "Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.",
        ),
        (
            [],
            [update("CHAINED_INVOKE", "START", Payload="x" * (MEBIBYTE + 1), **INVOKE)],
            "CHAINED_INVOKE input payload size must be less than or equal to 1048576 bytes.",
        ),
        (
            [],
            [update("STEP", "SUCCEED", Payload="x" * (MEBIBYTE + 1))],
            "STEP output payload size must be less than or equal to 1048576 bytes.",
        ),
        (
            [],
            [update("EXECUTION", "SUCCEED", Payload="x" * (MEBIBYTE + 1))],
            "Execution output payload size must be less than or equal to 1048576 bytes.",
        ),
    ],
)
def test_updates_that_do_not_fit_are_refused(known, updates, message):
    operations = {found["Id"]: found for found in known}
    with pytest.raises(InvalidParameterValueException) as refused:
        check_updates(updates, operations.get, is_synchronous=False)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("known", "updates"),
    [
        ([], [update("STEP", "START"), update("STEP", "SUCCEED", Payload="1")]),
        ([], [update("STEP", "SUCCEED", Payload="1")]),
        ([operation("STEP", "READY")], [update("STEP", "START"), update("STEP", "RETRY", **RETRY)]),
        (
            [],
            [
                update("CONTEXT", "START", "p"),
                update("STEP", "START", "a", ParentId="p"),
                update("CONTEXT", "FAIL", "p", **FAILURE),
                update("EXECUTION", "FAIL", "e", **FAILURE),
            ],
        ),
        ([operation("WAIT", "STARTED")], [update("WAIT", "CANCEL")]),
        ([], []),
    ],
)
def test_updates_that_fit_are_taken(known, updates):
    operations = {found["Id"]: found for found in known}
    check_updates(updates, operations.get, is_synchronous=False)


def test_result_of_an_execution_that_somebody_waits_for_may_be_larger():
    large = [update("EXECUTION", "SUCCEED", Payload="x" * (6 * MEBIBYTE))]
    check_updates(large, {}.get, is_synchronous=True)


def test_attempts_of_a_step_are_counted_and_their_outcome_kept():
    begun = apply_update(update("STEP", "START"), None, 10.0)
    assert begun["StepDetails"] == {"Attempt": 0}
    waits = apply_update(update("STEP", "RETRY", Payload='"so far"', **RETRY), begun, 11.0)
    assert waits["Status"] == "PENDING"
    assert waits["StepDetails"] == {
        "Attempt": 1,
        "Result": '"so far"',
        "NextAttemptTimestamp": 16.0,
    }
    again = apply_update(update("STEP", "START"), {**waits, "Status": "READY"}, 16.0)
    assert again["StepDetails"] == {"Attempt": 1, "Result": '"so far"'}
    done = apply_update(update("STEP", "SUCCEED", Payload="2"), again, 17.0)
    assert done["StepDetails"] == {"Attempt": 2, "Result": "2"}
    assert (done["StartTimestamp"], done["EndTimestamp"]) == (10.0, 17.0)

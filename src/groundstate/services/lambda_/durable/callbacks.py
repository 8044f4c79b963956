"""Callbacks: operations that somebody else completes.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackSuccess.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable import invoking, timers
from groundstate.services.lambda_.durable.model import (
    Execution,
    end_operation,
    load,
)
from groundstate.services.lambda_.durable.tokens import read_callback_id
from groundstate.services.lambda_.errors import (
    CallbackTimeoutException,
    InvalidParameterValueException,
    ResourceNotFoundException,
)
from groundstate.store.durable_executions import DurableOperationRow


def find_arn(call: Call, callback_id: str) -> str:
    """The ARN of the execution that waits for a callback, or `*` if there is none."""
    name = read_callback_id(callback_id)
    row = None if name is None else call.tx.durable.find(name.execution_id)
    return "*" if row is None else row.arn


def find_callback(call: Call, callback_id: str) -> tuple[Execution, DurableOperationRow]:
    """The callback with an id, which still waits.

    Raises:
        InvalidParameterValueException: the id has not the form of one.
        ResourceNotFoundException: there is no such callback.
        CallbackTimeoutException: it has an answer, or waits no longer.
    """
    name = read_callback_id(callback_id)
    if name is None:
        raise InvalidParameterValueException("Invalid callback id")
    found = call.tx.durable.find(name.execution_id)
    operation = call.tx.durable.find_operation(*name)
    if found is None or operation is None or found.region != call.region:
        raise ResourceNotFoundException("Callback does not exist")
    if operation.document.get("CallbackDetails", {}).get("CallbackId") != callback_id:
        raise ResourceNotFoundException("Callback does not exist")
    execution = load(found)
    if operation.document["Status"] != "STARTED" or not execution.is_open:
        raise CallbackTimeoutException(
            "The callback ID token has either expired or the callback associated with the token"
            " has already been closed."
        )
    return execution, operation


def complete(call: Call, callback_id: str, status: str, details: Shape) -> None:
    """Give a callback its answer.

    Args:
        status: SUCCEEDED or FAILED.
        details: its Result or its Error, if there is one.
    """
    execution, row = find_callback(call, callback_id)
    _end(call, execution, row, status, details)
    invoking.proceed(call, execution)


def beat(call: Call, callback_id: str) -> None:
    """Whoever is to answer is still at work."""
    _, row = find_callback(call, callback_id)
    if row.heartbeat_id is not None:
        call.tx.timers.move(row.heartbeat_id, call.now + row.details["heartbeat_s"])


def time_out(call: Call, execution: Execution, operation_id: str, *, is_heartbeat: bool) -> None:
    """A callback has waited for too long; nothing happens if it has its answer."""
    row = call.tx.durable.find_operation(execution.execution_id, operation_id)
    if row is None or row.document["Status"] != "STARTED":
        return
    error = (
        {"ErrorType": "Callback.Heartbeat", "ErrorMessage": "Callback timed out on heartbeat"}
        if is_heartbeat
        else {"ErrorType": "Callback.Timeout", "ErrorMessage": "Callback timed out"}
    )
    _end(call, execution, row, "TIMED_OUT", {"Error": error})


def begin(call: Call, execution: Execution, update: Shape, operation_id: str) -> Shape:
    """Set the timers of a new callback: what its row has beside the operation."""
    options = update.get("CallbackOptions", {})
    row: Shape = {}
    if options.get("TimeoutSeconds"):
        due_at = call.now + options["TimeoutSeconds"]
        row["timer_id"] = timers.set_timer(call, execution, timers.CALLBACK, due_at, operation_id)
    if options.get("HeartbeatTimeoutSeconds"):
        heartbeat_s = options["HeartbeatTimeoutSeconds"]
        due_at = call.now + heartbeat_s
        row["heartbeat_id"] = timers.set_timer(
            call, execution, timers.HEARTBEAT, due_at, operation_id
        )
        row["details"] = {"heartbeat_s": heartbeat_s}
    return row


def _end(
    call: Call, execution: Execution, row: DurableOperationRow, status: str, details: Shape
) -> None:
    details = {**row.document["CallbackDetails"], **details}
    end_operation(call, execution, row, status, {"CallbackDetails": details})

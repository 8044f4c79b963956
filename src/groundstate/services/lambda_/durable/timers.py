"""What of an execution happens at its time: waits and attempts that are due, timeouts."""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable import callbacks, chained, executions, invoking
from groundstate.services.lambda_.durable.model import (
    Execution,
    change_operation,
    end_operation,
    load,
)

TIMER = "durable"
# Kinds: an operation is due, a callback has waited for too long, the execution has taken too long,
# an invocation is to be tried again, a function is to be invoked for a chained invocation.
DUE, CALLBACK, HEARTBEAT, TIMEOUT = "due", "callback", "heartbeat", "timeout"
RETRY, CHAINED = "retry", "chained"


def set_timer(
    call: Call, execution: Execution, kind: str, due_at: float, operation_id: str = ""
) -> int:
    """Set a timer of an execution; its id."""
    subject = f"{execution.execution_id}:{kind}:{operation_id}"
    return call.tx.timers.set(due_at, "lambda", TIMER, subject, region=execution.region)


def cancel_all(call: Call, execution: Execution) -> None:
    """Nothing of the execution happens any more."""
    for timer_id in (execution.timer_id, execution.retry_timer):
        if timer_id is not None:
            call.tx.timers.cancel(timer_id)
    execution.timer_id = execution.retry_timer = None
    for row in call.tx.durable.list_timed_operations(execution.execution_id):
        for timer_id in (row.timer_id, row.heartbeat_id):
            if timer_id is not None:
                call.tx.timers.cancel(timer_id)
        call.tx.durable.put_operation(row._replace(timer_id=None, heartbeat_id=None))


def serve_durable_timer(call: Call, subject: str, data: bytes) -> None:
    """A timer of an execution is due."""
    number, kind, operation_id = subject.split(":")
    row = call.tx.durable.find(int(number))
    if row is None:
        return
    execution = load(row)
    if not execution.is_open:
        return
    if kind == TIMEOUT:
        execution.timer_id = None
        seconds = execution.config["ExecutionTimeout"]
        error = {"ErrorMessage": f"Execution timed out after {seconds} seconds."}
        executions.end(call, execution, "TIMED_OUT", error=error)
        return
    if kind == RETRY:
        execution.retry_timer = None
        execution.owes = True
    elif kind == DUE:
        complete_due(call, execution)
    elif kind == CHAINED:
        chained.begin_again(call, execution, operation_id)
    else:
        callbacks.time_out(call, execution, operation_id, is_heartbeat=kind == HEARTBEAT)
    invoking.proceed(call, execution)


def complete_due(call: Call, execution: Execution) -> None:
    """End the waits that are over, and let the steps go on whose next attempt is due."""
    for row in call.tx.durable.list_due_operations(execution.execution_id, call.now):
        if row.document["Type"] == "WAIT":
            end_operation(call, execution, row, "SUCCEEDED", {})
            continue
        details: Shape = dict(row.document["StepDetails"])
        details.pop("NextAttemptTimestamp", None)
        operation = {**row.document, "Status": "READY", "StepDetails": details}
        change_operation(call, execution, row, operation)

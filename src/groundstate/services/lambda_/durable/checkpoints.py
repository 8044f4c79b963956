"""Checkpoints: what a durable function tells of its progress, and what it is told in return.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable import (
    callbacks,
    chained,
    events,
    executions,
    pausing,
    timers,
)
from groundstate.services.lambda_.durable.model import (
    PAUSED,
    PAUSING,
    SYNCHRONOUS,
    Execution,
    add_events,
    put_operation,
)
from groundstate.services.lambda_.durable.tokens import checkpoint_token, make_callback_id
from groundstate.services.lambda_.durable.updates import (
    OPERATIONS_MAX,
    apply_update,
    check_updates,
)
from groundstate.services.lambda_.errors import InvalidParameterValueException


def check_token(execution: Execution, token: str) -> None:
    """Refuse a token that is not the newest one of the invocation that is under way.

    Raises:
        InvalidParameterValueException: it is not.
    """
    is_current = execution.is_open and execution.is_invoked and execution.status != PAUSED
    if not is_current or token != checkpoint_token(execution):
        raise InvalidParameterValueException("Invalid checkpoint token")


def checkpoint(call: Call, execution: Execution, request: Shape) -> Shape:
    """Take a function's updates, all of them or none, and tell what it has not been told yet.

    Raises:
        InvalidParameterValueException: the token is not the current one, or an update is not right.
    """
    token, client_token = request["CheckpointToken"], request.get("ClientToken")
    last = execution.last_checkpoint or {"token": None}
    if client_token and last["token"] == token and last["client"] == client_token:
        return _answer(call, execution, last["answered"], last["operations"])
    check_token(execution, token)
    updates = request.get("Updates", [])
    _check(call, execution, updates)
    execution.token += 1
    for update in updates:
        _take(call, execution, update)
    if execution.is_open:
        timers.complete_due(call, execution)
    return _reply(call, execution, token, client_token)


def _reply(call: Call, execution: Execution, token: str, client_token: str | None) -> Shape:
    if execution.status == PAUSING:
        # No token: this invocation can tell nothing more, and ends. It is owed another one.
        execution.owes = True
        pausing.stand_still(call, execution)
        execution.save(call)
        return {"NewExecutionState": {"Operations": []}}
    rows = call.tx.durable.list_touched_operations(execution.execution_id, execution.seen)
    told = [row.operation_id for row in rows if row.operation_id != execution.key]
    execution.seen = execution.touched
    execution.owes = False
    answered = checkpoint_token(execution)
    execution.last_checkpoint = {
        "client": client_token,
        "token": token,
        "answered": answered,
        "operations": told,
    }
    execution.save(call)
    return _answer(call, execution, answered, told)


def _answer(call: Call, execution: Execution, token: str, operations: list[str]) -> Shape:
    rows = (call.tx.durable.find_operation(execution.execution_id, id_) for id_ in operations)
    documents = [row.document for row in rows if row is not None]
    return {"CheckpointToken": token, "NewExecutionState": {"Operations": documents}}


def _check(call: Call, execution: Execution, updates: list[Shape]) -> None:
    def find(operation_id: str) -> Shape | None:
        row = call.tx.durable.find_operation(execution.execution_id, operation_id)
        return None if row is None else row.document

    check_updates(updates, find, is_synchronous=execution.origin == SYNCHRONOUS)
    new = {update["Id"] for update in updates if find(update["Id"]) is None}
    if execution.operations + len(new) > OPERATIONS_MAX + 1:
        raise InvalidParameterValueException(
            f"A durable execution can have at most {OPERATIONS_MAX} operations."
        )
    for update in updates:
        if update["Type"] == "CHAINED_INVOKE":
            chained.check_owner(call, update["ChainedInvokeOptions"]["FunctionName"])


def _take(call: Call, execution: Execution, update: Shape) -> None:
    """Take one update."""
    kind, action = update["Type"], update["Action"]
    if kind == "EXECUTION":
        status = "SUCCEEDED" if action == "SUCCEED" else "FAILED"
        result, error = update.get("Payload"), update.get("Error")
        executions.end(call, execution, status, result=result, error=error)
        return
    old = call.tx.durable.find_operation(execution.execution_id, update["Id"])
    operation = apply_update(update, None if old is None else old.document, call.now)
    if kind == "CHAINED_INVOKE":
        chained.take(call, execution, operation, update)
        return
    row: Shape = {}
    if kind == "CALLBACK":
        operation["CallbackDetails"] = {"CallbackId": make_callback_id(execution, update["Id"])}
        row = callbacks.begin(call, execution, update, update["Id"])
    due_at = _due_at(operation)
    if due_at is not None:
        row["due_at"] = due_at
        row["timer_id"] = timers.set_timer(call, execution, timers.DUE, due_at, update["Id"])
    elif old is not None and old.timer_id is not None:
        call.tx.timers.cancel(old.timer_id)
    put_operation(call, execution, operation, old=old, **row)
    if action == "START":
        event = events.started(operation, call.now, update)
    elif action == "RETRY":
        event = events.attempt_ended(operation, update, call.now)
    else:
        event = events.ended(operation, call.now, update.get("Error"))
    add_events(call, execution, event)


def _due_at(operation: Shape) -> float | None:
    due_at: float | None = None
    if operation["Status"] == "PENDING":
        due_at = operation["StepDetails"]["NextAttemptTimestamp"]
    elif operation["Type"] == "WAIT" and operation["Status"] == "STARTED":
        due_at = operation["WaitDetails"]["ScheduledEndTimestamp"]
    return due_at

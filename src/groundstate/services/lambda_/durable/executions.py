"""Executions of durable functions: started, found, ended.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/durable-invoking.html
     https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-idempotency.html
"""

from __future__ import annotations

from typing import NamedTuple

from groundstate import ids
from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.lambda_.destinations import send_record
from groundstate.services.lambda_.durable import chained, events, invoking, timers
from groundstate.services.lambda_.durable.model import (
    CHAINED,
    EVENT,
    RUNNING,
    SYNCHRONOUS,
    Execution,
    add_events,
    load,
    make_row,
    put_operation,
)
from groundstate.services.lambda_.durable.outputs import failure_of_error
from groundstate.services.lambda_.durable.waiters import Finish
from groundstate.services.lambda_.errors import (
    DurableExecutionAlreadyStartedException,
    InvalidParameterValueException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.invocations import Target, find_target
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.names import function_arn, split_function_name
from groundstate.store.async_events import EventRow

SYNCHRONOUS_S_MAX = 900
_DAY_S = 86_400.0
# Each start forgets so many executions that were kept long enough: more than it adds.
_FORGOTTEN_AT_ONCE = 10


class Started(NamedTuple):
    """What came of a start.

    Attributes:
        arn: the execution's.
        version: of the function that it runs.
    """

    arn: str
    version: str


def check_target(target: Target, origin: str) -> None:
    """Refuse to start what AWS would not start.

    Raises:
        InvalidParameterValueException: it has no qualifier, or may take longer than anybody waits.
    """
    durable = target.function.durable
    assert durable is not None, target
    if not target.qualifier:
        raise InvalidParameterValueException(
            "You cannot invoke a durable function using an unqualified ARN."
        )
    if origin == SYNCHRONOUS and durable.timeout_s > SYNCHRONOUS_S_MAX:
        raise InvalidParameterValueException(
            "You cannot synchronously invoke a durable function with an executionTimeout greater"
            " than 15 minutes."
        )


def start(
    call: Call,
    target: Target,
    payload: str,
    origin: str,
    *,
    name: str = "",
    parent: tuple[int, str] | None = None,
    finish: Finish | None = None,
) -> Started:
    """Start an execution, or find the one that was started with this name.

    Args:
        target: a durable function, as it was invoked.
        payload: JSON text.
        origin: how it begins.
        name: empty makes one up.
        parent: the execution and the operation that begin it.
        finish: called with how it ended.

    Raises:
        DurableExecutionAlreadyStartedException: one of this name had another payload.
        InvalidParameterValueException: it cannot be started so.
        TooManyRequestsException: the function's concurrency is used up.
    """
    check_target(target, origin)
    call.tx.durable.remove_expired(call.now, _FORGOTTEN_AT_ONCE)
    function = target.function
    row = call.tx.durable.find_by_name(call.region, function.name, name) if name else None
    if row is not None:
        return _join(call, load(row), payload, finish)
    assert function.durable is not None, function
    key = ids.make_uuid()
    name = name or ids.make_uuid()
    execution = Execution(
        execution_id=0,
        region=call.region,
        function_name=function.name,
        name=name,
        arn=f"{function_arn(call, function.name, function.version)}/durable-execution/{name}/{key}",
        version=function.version,
        status=RUNNING,
        started_at=call.now,
        expires_at=None,
        key=key,
        function_arn=target.invoked_arn,
        config={
            "ExecutionTimeout": function.durable.timeout_s,
            "RetentionPeriodInDays": function.durable.retention_days,
        },
        origin=origin,
        parent=None if parent is None else list(parent),
        due_at=call.now + function.durable.timeout_s,
        owes=True,
    )
    execution.execution_id = call.tx.durable.add(make_row(execution))
    execution.timer_id = timers.set_timer(call, execution, timers.TIMEOUT, execution.due_at)
    operation: Shape = {
        "Id": key,
        "Name": name,
        "Type": "EXECUTION",
        "StartTimestamp": call.now,
        "Status": "STARTED",
        "ExecutionDetails": {"InputPayload": payload},
    }
    put_operation(call, execution, operation, old=None)
    add_events(
        call,
        execution,
        events.execution_started(operation, payload, function.durable.timeout_s),
    )
    if finish is not None:
        call.host.durable_waiters.add(call, execution.execution_id, finish)
    # Nobody waits for an event: throttled, it is tried again as AWS's queue does it.
    invoking.proceed(call, execution, may_refuse=origin != EVENT)
    return Started(execution.arn, execution.version)


def _join(call: Call, execution: Execution, payload: str, finish: Finish | None) -> Started:
    """Answer with an execution that there is, if it was started with the same payload."""
    if input_of(call, execution) != payload:
        raise DurableExecutionAlreadyStartedException(
            f"The durable execution {execution.name} was already started with another payload:"
            f" {execution.arn}"
        )
    if finish is not None:
        if execution.is_open:
            call.host.durable_waiters.add(call, execution.execution_id, finish)
        else:
            outcome = outcome_of(execution, b"")
            call.soon(lambda later: finish(later, outcome))
    return Started(execution.arn, execution.version)


def find_execution(call: Call, arn: str) -> Execution:
    """The execution with this ARN.

    Raises:
        ResourceNotFoundException: there is none (any more).
    """
    row = call.tx.durable.find_by_arn(arn)
    if row is None or row.region != call.region or _is_expired(row.expires_at, call.now):
        raise ResourceNotFoundException("Durable Execution does not exist")
    return load(row)


def _is_expired(expires_at: float | None, now: float) -> bool:
    return expires_at is not None and expires_at <= now


def input_of(call: Call, execution: Execution) -> str:
    """The payload that an execution was started with."""
    row = call.tx.durable.find_operation(execution.execution_id, execution.key)
    assert row is not None, execution.arn
    payload: str = row.document["ExecutionDetails"]["InputPayload"]
    return payload


def end(
    call: Call,
    execution: Execution,
    status: str,
    *,
    result: str | None = None,
    error: Shape | None = None,
    log_tail: bytes = b"",
) -> None:
    """End an execution: its timers go, and whoever waits for it is told. It is saved.

    Args:
        status: SUCCEEDED, FAILED, TIMED_OUT or STOPPED.
        log_tail: of the last invocation.
    """
    execution.status, execution.result, execution.error = status, result, error
    execution.ended_at = call.now
    kept_s = execution.config["RetentionPeriodInDays"] * _DAY_S
    execution.expires_at = call.now + kept_s
    execution.owes = False
    timers.cancel_all(call, execution)
    row = call.tx.durable.find_operation(execution.execution_id, execution.key)
    assert row is not None, execution.arn
    operation = {**row.document, "Status": status, "EndTimestamp": call.now}
    put_operation(call, execution, operation, old=row)
    add_events(call, execution, events.execution_ended(operation, result, error, call.now))
    execution.save(call)
    outcome = outcome_of(execution, log_tail)
    call.host.durable_waiters.tell(call, execution.execution_id, outcome)
    if execution.origin == EVENT:
        _tell_destination(call, execution, outcome)
    elif execution.origin == CHAINED and execution.parent is not None:
        parent_id, operation_id = execution.parent
        chained.complete_with_child(call, parent_id, operation_id, execution)


def _tell_destination(call: Call, execution: Execution, outcome: Outcome) -> None:
    """Send the record of an execution that an event began to where its function wants it."""
    named = split_function_name(execution.function_arn)
    try:
        target = find_target(call, named)
    except ServiceError:
        # The function is gone, and with it what was to be told.
        return
    event = EventRow(
        event_id=0,
        request_id=execution.request_id,
        region=execution.region,
        function_name=named.name,
        qualifier=named.qualifier,
        payload=input_of(call, execution).encode(),
        headers={},
        accepted_at=execution.started_at,
        attempts=execution.invocation,
        timer_id=None,
    )
    condition = "Success" if execution.status == "SUCCEEDED" else "RetriesExhausted"
    send_record(call, event, target, outcome, condition)


def remove_all(call: Call, function_name: str) -> None:
    """Forget the executions of a function that goes; those that run are stopped."""
    for row in call.tx.durable.list_by_function(call.region, function_name):
        stop(call, load(row), None)
        call.tx.durable.remove(row.execution_id)


def outcome_of(execution: Execution, log_tail: bytes) -> Outcome:
    """What a caller who waited for an execution is answered."""
    if execution.status == "SUCCEEDED":
        result = "null" if execution.result is None else execution.result
        return Outcome(result.encode(), "", log_tail)
    return Outcome(failure_of_error(execution.error), "Unhandled", log_tail)


def stop(call: Call, execution: Execution, error: Shape | None) -> None:
    """End an execution at a caller's wish; one that has ended stays as it is."""
    if execution.is_open:
        given = error or {"ErrorMessage": "Execution stopped by user request"}
        end(call, execution, "STOPPED", error=given)

"""Invoking a durable function: when, with what, and what comes of it."""

from __future__ import annotations

import orjson

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable import events, executions, pausing, timers
from groundstate.services.lambda_.durable.model import (
    PAUSING,
    RUNNING,
    Execution,
    add_events,
    load,
)
from groundstate.services.lambda_.durable.outputs import Output, error_of_failure, read_output
from groundstate.services.lambda_.durable.tokens import checkpoint_token
from groundstate.services.lambda_.errors import ResourceNotFoundException, TooManyRequestsException
from groundstate.services.lambda_.invocations import admit, find_target, make_trace_id
from groundstate.services.lambda_.model import Invocation, Outcome
from groundstate.services.lambda_.names import FunctionName
from groundstate.services.lambda_.paging import make_marker, parse_number
from groundstate.store.durable_executions import DurableOperationRow

# An invocation that fails is tried again after 5 s, five times in a row at most; one that is
# PENDING though nothing is, three times. The numbers are those of AWS's own testing library.
_RETRY_S = 5.0
_FAILURES_MAX = 5
_IDLE_MAX = 3
_THROTTLED_S = 1.0
# Of an invocation's payload, 6 MB at most; AWS leaves room for what is around it.
PAGE_BYTES_MAX = 5 * 1024 * 1024
PAGE_OPERATIONS_MAX = 1000


def proceed(call: Call, execution: Execution, *, may_refuse: bool = False) -> None:
    """Save an execution, and invoke its function if that is due.

    Args:
        may_refuse: nothing was acknowledged yet; otherwise what is throttled is tried again.

    Raises:
        TooManyRequestsException: the function's concurrency is used up, and `may_refuse`.
    """
    is_free = not execution.is_invoked and execution.retry_timer is None
    if execution.status == RUNNING and execution.owes and is_free:
        try:
            _invoke(call, execution)
        except TooManyRequestsException:
            if may_refuse:
                raise
            _try_later(call, execution, _THROTTLED_S)
        except ResourceNotFoundException as problem:
            error = {"ErrorType": "ResourceNotFoundException", "ErrorMessage": problem.message}
            executions.end(call, execution, "FAILED", error=error)
    execution.save(call)


def _invoke(call: Call, execution: Execution) -> None:
    target = find_target(call, FunctionName(execution.function_name, execution.version))
    admit(call, target)
    execution.token += 1
    execution.invocation += 1
    execution.is_invoked = True
    execution.invoked_at = call.now
    execution.request_id = ids.make_uuid()
    execution.owes = False
    execution_id, number = execution.execution_id, execution.invocation
    invocation = Invocation(
        request_id=execution.request_id,
        function=target.function,
        payload=_make_payload(call, execution),
        invoked_arn=execution.function_arn,
        trace_id=make_trace_id(call.now),
        finish=lambda later, outcome: finish_invocation(later, execution_id, number, outcome),
        headers={},
    )
    execution.updated = []
    execution.seen = execution.touched
    host = call.host
    call.after_commit(lambda: host.submit(invocation))


def _make_payload(call: Call, execution: Execution) -> bytes:
    operations, marker = page_of_operations(call, execution, "", PAGE_OPERATIONS_MAX)
    document = {
        "DurableExecutionArn": execution.arn,
        "CheckpointToken": checkpoint_token(execution),
        "InitialExecutionState": {
            "Operations": [_in_milliseconds(operation) for operation in operations],
            "NextMarker": marker,
        },
        "UpdatedOperationIds": execution.updated,
    }
    return orjson.dumps(document)


def _in_milliseconds(document: Shape) -> Shape:
    """An operation as a function is given it: its times are whole milliseconds."""
    shown: Shape = {}
    for member, value in document.items():
        if member.endswith("Timestamp"):
            shown[member] = int(value * 1000)
        elif member.endswith("Details"):
            shown[member] = _in_milliseconds(value)
        else:
            shown[member] = value
    return shown


def page_of_operations(
    call: Call, execution: Execution, marker: str, limit: int
) -> tuple[list[Shape], str]:
    """Operations that a replay needs, from a marker on, and the next marker or ''.

    What is below a context that is done is not needed, unless the context says so.

    Raises:
        InvalidParameterValueException: the marker is none of ours.
    """
    first = parse_number(marker) or 1
    page: list[Shape] = []
    size = 0
    for row in needed_operations(call.tx.durable.list_operations(execution.execution_id)):
        if row.number < first:
            continue
        size += len(orjson.dumps(row.document))
        if page and (len(page) >= limit or size > PAGE_BYTES_MAX):
            return page, make_marker(str(row.number))
        page.append(row.document)
    return page, ""


def needed_operations(rows: list[DurableOperationRow]) -> list[DurableOperationRow]:
    """Those of an execution's operations, in their order, that a replay looks at."""
    closed: set[str] = set()
    needed = []
    for row in rows:
        document = row.document
        is_hidden = document.get("ParentId") in closed
        if not is_hidden:
            needed.append(row)
        if document["Type"] == "CONTEXT":
            is_done = document["Status"] in ("SUCCEEDED", "FAILED")
            replays = document.get("ContextDetails", {}).get("ReplayChildren", False)
            if is_hidden or (is_done and not replays):
                closed.add(row.operation_id)
    return needed


def finish_invocation(call: Call, execution_id: int, number: int, outcome: Outcome) -> None:
    """An invocation ended: the execution ends with it, waits, or tries again. A job."""
    row = call.tx.durable.find(execution_id)
    if row is None:
        return
    execution = load(row)
    if execution.invocation != number or not execution.is_invoked:
        return
    execution.is_invoked = False
    if outcome.function_error:
        output = Output("FAILED", error=error_of_failure(outcome.payload))
    else:
        output = read_output(outcome.payload)
    add_events(
        call,
        execution,
        events.invocation_completed(
            execution.invoked_at, execution.request_id, output.error, call.now
        ),
    )
    if not execution.is_open:
        execution.save(call)
    elif outcome.function_error:
        assert output.error is not None, outcome
        _fail_or_retry(call, execution, output.error, _FAILURES_MAX, outcome)
    elif output.fault:
        error = _invalid_output(output.fault)
        executions.end(call, execution, "FAILED", error=error, log_tail=outcome.log_tail)
    elif output.status == "PENDING":
        _wait(call, execution, outcome)
    else:
        _end(call, execution, output, outcome)


def _end(call: Call, execution: Execution, output: Output, outcome: Outcome) -> None:
    executions.end(
        call,
        execution,
        output.status,
        result=output.result,
        error=output.error,
        log_tail=outcome.log_tail,
    )


def _wait(call: Call, execution: Execution, outcome: Outcome) -> None:
    """The function has nothing to do, as long as nothing changes."""
    execution.owes = execution.owes or execution.touched > execution.seen
    if execution.status == PAUSING:
        execution.owes = True
        pausing.stand_still(call, execution)
    if not execution.owes and not _has_pending(call, execution):
        fault = "Cannot return PENDING status with no pending operations."
        _fail_or_retry(call, execution, _invalid_output(fault), _IDLE_MAX, outcome)
        return
    execution.failures = 0
    proceed(call, execution)


def _has_pending(call: Call, execution: Execution) -> bool:
    """Whether an operation will change without the function."""
    return any(
        row.document["Status"] == "PENDING"
        or (
            row.document["Status"] == "STARTED"
            and row.document["Type"] in ("WAIT", "CALLBACK", "CHAINED_INVOKE")
        )
        for row in call.tx.durable.list_operations(execution.execution_id)
    )


def _fail_or_retry(
    call: Call, execution: Execution, error: Shape, failures_max: int, outcome: Outcome
) -> None:
    execution.failures += 1
    if execution.failures >= failures_max:
        executions.end(call, execution, "FAILED", error=error, log_tail=outcome.log_tail)
        return
    if execution.status == PAUSING:
        pausing.stand_still(call, execution)
    _try_later(call, execution, _RETRY_S)
    execution.save(call)


def _try_later(call: Call, execution: Execution, wait_s: float) -> None:
    """Invoke the function again in a while; what changes meanwhile does not make it sooner."""
    execution.retry_timer = timers.set_timer(call, execution, timers.RETRY, call.now + wait_s)


def _invalid_output(fault: str) -> Shape:
    return {"ErrorType": "InvalidParameterValueException", "ErrorMessage": fault}

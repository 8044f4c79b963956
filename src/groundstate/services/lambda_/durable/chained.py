"""Chained invocations: a durable function invokes another function, and waits for it for free.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_ChainedInvokeOptions.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.arn import parse_arn
from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.lambda_.durable import events, executions, invoking, timers
from groundstate.services.lambda_.durable.model import (
    CHAINED,
    Execution,
    add_events,
    end_operation,
    load,
    put_operation,
)
from groundstate.services.lambda_.durable.outputs import error_of_failure
from groundstate.services.lambda_.durable.updates import PAYLOAD_BYTES_MAX
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    TooManyRequestsException,
)
from groundstate.services.lambda_.invocations import Target, admit, find_target, make_trace_id
from groundstate.services.lambda_.model import Invocation, Outcome
from groundstate.services.lambda_.names import FunctionName, function_arn, split_function_name
from groundstate.services.lambda_.policies import function_policy
from groundstate.store.durable_executions import DurableOperationRow

_THROTTLED_S = 1.0


def check_owner(call: Call, function_name: str) -> None:
    """Refuse a function of another account or region.

    Raises:
        InvalidParameterValueException: it is of one.
    """
    arn = parse_arn(function_name)
    if arn is None:
        return
    if arn.account != call.account:
        raise InvalidParameterValueException(
            "Cannot start a CHAINED_INVOKE on a function in another account."
        )
    if arn.region != call.region:
        raise InvalidParameterValueException(
            "Cannot start a CHAINED_INVOKE on a function in another region."
        )


def take(call: Call, execution: Execution, operation: Shape, update: Shape) -> None:
    """Begin a chained invocation, or let it fail at once if its function cannot be invoked."""
    named = split_function_name(update["ChainedInvokeOptions"]["FunctionName"])
    error = _find_refusal(call, named)
    if error is not None:
        operation["Status"] = "FAILED"
        operation["EndTimestamp"] = call.now
        operation["ChainedInvokeDetails"] = {"Error": error}
        put_operation(call, execution, operation, old=None)
        # AWS keeps no input of what could not begin.
        begun = {name: value for name, value in update.items() if name != "Payload"}
        add_events(
            call,
            execution,
            events.started(operation, call.now, begun),
            events.ended(operation, call.now),
        )
        return
    operation["ChainedInvokeDetails"] = {}
    details = {"function": list(named), "payload": update.get("Payload", "{}")}
    put_operation(call, execution, operation, old=None, details=details)
    row = call.tx.durable.find_operation(execution.execution_id, update["Id"])
    assert row is not None, update
    runs = _begin(call, execution, row)
    add_events(call, execution, events.started(operation, call.now, update, runs))


def _find_refusal(call: Call, named: FunctionName) -> Shape | None:
    """Why a function cannot be invoked by the caller, as an ErrorObject, or None."""
    request = {"FunctionName": named.name, "Qualifier": named.qualifier}
    try:
        arn = function_arn(call, named.name, named.qualifier)
        call.authorize("lambda:InvokeFunction", arn, None, function_policy(call, request))
        target = find_target(call, named)
        if target.function.durable is not None:
            executions.check_target(target, CHAINED)
    except ServiceError as problem:
        return {"ErrorType": problem.code, "ErrorMessage": problem.message}
    return None


def _begin(call: Call, execution: Execution, row: DurableOperationRow) -> Shape:
    """Invoke the function of a chained invocation; what its event tells of what runs."""
    named = FunctionName(*row.details["function"])
    try:
        target = find_target(call, named)
        if target.function.durable is None:
            _invoke(call, target, row)
            execution.chained += 1
            return {"ExecutedVersion": target.function.version}
        parent = (row.execution_id, row.operation_id)
        started = executions.start(call, target, row.details["payload"], CHAINED, parent=parent)
    except TooManyRequestsException:
        due_at = call.now + _THROTTLED_S
        timer_id = timers.set_timer(call, execution, timers.CHAINED, due_at, row.operation_id)
        call.tx.durable.put_operation(row._replace(timer_id=timer_id))
    except ServiceError as problem:
        error = {"ErrorType": problem.code, "ErrorMessage": problem.message}
        failure = {"ChainedInvokeDetails": {"Error": error}}
        end_operation(call, execution, row, "FAILED", failure)
    else:
        details = {**row.details, "execution": started.arn}
        call.tx.durable.put_operation(row._replace(details=details))
        return {"ExecutedVersion": started.version, "DurableExecutionArn": started.arn}
    return {}


def begin_again(call: Call, execution: Execution, operation_id: str) -> None:
    """Invoke the function of a chained invocation that was throttled, or lost in a crash."""
    row = call.tx.durable.find_operation(execution.execution_id, operation_id)
    if row is not None and row.document["Status"] == "STARTED":
        _begin(call, execution, row._replace(timer_id=None))


def _invoke(call: Call, target: Target, row: DurableOperationRow) -> None:
    admit(call, target)

    def finish(later: Call, outcome: Outcome) -> None:
        status, details = _read(outcome)
        complete(later, row.execution_id, row.operation_id, status, details)

    invocation = Invocation(
        request_id=ids.make_uuid(),
        function=target.function,
        payload=row.details["payload"].encode(),
        invoked_arn=target.invoked_arn,
        trace_id=make_trace_id(call.now),
        finish=finish,
        headers={},
    )
    host = call.host
    call.after_commit(lambda: host.submit(invocation))


def _read(outcome: Outcome) -> tuple[str, Shape]:
    if outcome.function_error:
        return "FAILED", {"Error": error_of_failure(outcome.payload)}
    if len(outcome.payload) > PAYLOAD_BYTES_MAX:
        message = (
            "CHAINED_INVOKE output payload size must be less than or equal to"
            f" {PAYLOAD_BYTES_MAX} bytes."
        )
        return "FAILED", {"Error": {"ErrorMessage": message}}
    return "SUCCEEDED", {"Result": outcome.payload.decode("utf-8", "replace")}


def complete_with_child(call: Call, parent_id: int, operation_id: str, child: Execution) -> None:
    """The execution that was started for an operation has ended."""
    details: Shape = {}
    if child.status == "SUCCEEDED":
        if child.result is not None:
            details["Result"] = child.result
    elif child.status == "TIMED_OUT":
        seconds = child.config["ExecutionTimeout"]
        details["Error"] = {
            "ErrorType": "ChainedInvoke.Timeout",
            "ErrorMessage": f"CHAINED_INVOKE timed out after {seconds} seconds.",
        }
    else:
        details["Error"] = child.error or {"ErrorMessage": "Chained invoke failed."}
    complete(call, parent_id, operation_id, child.status, details)


def complete(call: Call, execution_id: int, operation_id: str, status: str, details: Shape) -> None:
    """A chained invocation has ended; nothing happens if nobody waits for it any more."""
    found = call.tx.durable.find(execution_id)
    row = call.tx.durable.find_operation(execution_id, operation_id)
    if found is None or row is None or row.document["Status"] != "STARTED":
        return
    execution = load(found)
    if "execution" not in row.details:
        execution.chained -= 1
    if not execution.is_open:
        execution.save(call)
        return
    end_operation(call, execution, row, status, {"ChainedInvokeDetails": details})
    invoking.proceed(call, execution)

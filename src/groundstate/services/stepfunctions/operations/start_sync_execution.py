"""StartSyncExecution: run an Express machine and wait for its end.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Deferred, Shape
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.definitions import load_long
from groundstate.services.stepfunctions.errors import StateMachineTypeNotSupported
from groundstate.services.stepfunctions.machines import get_target
from groundstate.services.stepfunctions.mocks import find_mocks, split_test_case
from groundstate.services.stepfunctions.names import check_name
from groundstate.services.stepfunctions.operations.start_execution import (
    check_input,
    prepare_run,
)


def start_sync_execution(call: Call, request: Shape) -> Answer:
    """Run an execution and answer with its end; one that failed is no error.

    Raises:
        InvalidArn, StateMachineDoesNotExist, StateMachineDeleting: nothing to run.
        StateMachineTypeNotSupported: a Standard machine.
        InvalidName, InvalidExecutionInput: bad parts.
    """
    arn, test_case = split_test_case(request["stateMachineArn"])
    target = get_target(call, arn)
    if target.machine.type != "EXPRESS":
        raise StateMachineTypeNotSupported(
            "This operation is not supported by this type of state machine"
        )
    text = check_input(request)
    if "name" in request:
        check_name(request["name"])
    later = load_long(call, request, target.revision, target.machine.type)
    if later is not None:
        return later
    run = prepare_run(call, target, request.get("name"), text, request.get("traceHeader"))
    if test_case:
        run.extra["mocks"] = find_mocks(call, target.machine, test_case)
    deferred = Deferred()
    waiters, execution_id = call.host.waiters, run.row.execution_id
    waiters[execution_id] = deferred
    call.tx.on_undo(lambda: waiters.pop(execution_id, None))
    executor.start(call, run)
    return _without_data(deferred) if request.get("includedData") == "METADATA_ONLY" else deferred


def _without_data(ended: Deferred) -> Deferred:
    stripped = Deferred()

    def strip(done: Deferred) -> None:
        assert done.result is not None
        answer = {k: v for k, v in done.result.items() if k not in ("input", "output")}
        for member in ("inputDetails", "outputDetails"):
            if member in answer:
                answer[member] = {"included": False}
        stripped.resolve(answer)

    ended.add_callback(strip)
    return stripped

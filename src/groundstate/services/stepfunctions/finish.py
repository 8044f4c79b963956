"""What follows from the end of an execution: who waits for it is told."""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.run import Run
from groundstate.store.state_machines import ACTIVE, DELETED

# Express executions are billed by 100 ms and 64 MB.
BILLED_STEP_MS = 100
BILLED_MEMORY_MB = 64


def finished(call: Call, run: Run) -> None:
    """Tell those who wait for an execution that has ended and is written."""
    host, row = call.host, run.row
    if host.mocked_attempts:
        host.mocked_attempts.pop(row.execution_id, None)
    if host.waiters:
        waiter = host.waiters.pop(row.execution_id, None)
        if waiter is not None:
            waiter.resolve(describe_sync(run))
    if row.map_run_id is not None:
        host.map_child_ended(call, run)
    elif "parent" in run.extra:
        execution_id = row.execution_id
        notify = host.notify_parent
        call.soon(lambda job: notify(job, execution_id))
    tables = call.tx.state_machines
    if tables.get(row.machine_id).status not in (ACTIVE, DELETED):
        _finish_deleting(call, row.machine_id)


def describe_sync(run: Run) -> Shape:
    """The answer of StartSyncExecution for an execution that has ended."""
    finish, row = run.finish, run.row
    assert finish is not None
    duration_ms = (finish.stop_time - row.started_at) * 1000
    billed_ms = max(1, -int(-duration_ms // BILLED_STEP_MS)) * BILLED_STEP_MS
    described: Shape = {
        "executionArn": run.info.arn,
        "stateMachineArn": run.machine.arn,
        "name": run.info.name,
        "startDate": row.started_at,
        "stopDate": finish.stop_time,
        "status": finish.status,
        "input": run.info.read_input(),
        "inputDetails": {"included": True},
        "billingDetails": {
            "billedMemoryUsedInMB": BILLED_MEMORY_MB,
            "billedDurationInMilliseconds": billed_ms,
        },
    }
    if "trace" in run.extra:
        described["traceHeader"] = run.extra["trace"]
    if finish.output is not None:
        described["output"] = finish.output
        described["outputDetails"] = {"included": True}
    if finish.error is not None:
        described["error"] = finish.error
    if finish.cause is not None:
        described["cause"] = finish.cause
    return described


def _finish_deleting(call: Call, machine_id: int) -> None:
    if not call.tx.executions.has_running(machine_id):
        tables = call.tx.state_machines
        tables.delete_tags(tables.get(machine_id).arn)
        tables.set_status(machine_id, DELETED)

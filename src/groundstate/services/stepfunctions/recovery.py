"""What a start goes on with: executions that had work in this process when it ended.

A waiting execution needs nothing: its timer is on disk. The others are marked (`executions.work`),
and each goes on in a job of its own, so that the start does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable

from groundstate.operation import Call
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.map_runs import continue_map_run
from groundstate.services.stepfunctions.nested import notify_parent
from groundstate.services.stepfunctions.run import (
    WORK_CONTINUE,
    WORK_NOTIFY,
    WORK_START,
    WORK_TASKS,
)
from groundstate.store.state_machines import DELETING

GoOn = Callable[[Call, int], object]

_WORK: tuple[tuple[int, GoOn], ...] = (
    (WORK_TASKS, executor.dispatch_again),
    (WORK_CONTINUE, executor.dispatch_again),
    (WORK_START, executor.continue_run),
    (WORK_NOTIFY, notify_parent),
)


def recover(call: Call) -> None:
    """Go on with everything that was under way (`Service.recover`)."""
    for work, go_on in _WORK:
        for execution_id, region in call.tx.executions.list_work(work):
            _soon(call, region, go_on, execution_id)
    for map_run_id, region in call.tx.map_runs.list_running():
        _soon(call, region, continue_map_run, map_run_id)
    for machine in call.tx.state_machines.list_by_status(DELETING):
        _soon(call, machine.region, executor.abort_running, machine.machine_id)


def _soon(call: Call, region: str, go_on: GoOn, number: int) -> None:
    runner = call.runner
    call.after_commit(lambda: runner.soon("stepfunctions", lambda job: go_on(job, number), region))

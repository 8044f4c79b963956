"""Executions that another execution waits for: telling the parent."""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.executions import describe
from groundstate.services.stepfunctions.integrations.states import read_ended
from groundstate.services.stepfunctions.run import WORK_NOTIFY, read_extra


def notify_parent(call: Call, child_id: int) -> None:
    """Tell the parent of an execution that has ended how it ended."""
    row = call.tx.executions.find(child_id)
    if row is None or row.work != WORK_NOTIFY:
        return
    parent_id, task_id, pattern = read_extra(row)["parent"]
    row.work = None
    call.tx.executions.update(row)
    machine = call.tx.state_machines.get(row.machine_id)
    description = describe(call, machine, row, with_data=True)
    executor.answer_task(call, parent_id, task_id, read_ended(description, pattern))

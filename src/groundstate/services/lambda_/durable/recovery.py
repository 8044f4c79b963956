"""What a start of the runtime goes on with."""

from __future__ import annotations

from functools import partial

from groundstate.operation import Call
from groundstate.services.lambda_.durable import chained, invoking, pausing
from groundstate.services.lambda_.durable.model import PAUSING, load


def recover_executions(call: Call) -> None:
    """Begin anew the invocations that were under way when the runtime ended."""
    for execution_id in call.tx.durable.list_under_way():
        call.soon(partial(_recover, execution_id))


def _recover(execution_id: int, call: Call) -> None:
    row = call.tx.durable.find(execution_id)
    if row is None:
        return
    execution = load(row)
    execution.chained = 0
    if not execution.is_open:
        execution.is_invoked = False
        execution.save(call)
        return
    if execution.is_invoked:
        execution.is_invoked = False
        execution.owes = True
        if execution.status == PAUSING:
            pausing.stand_still(call, execution)
    for operation in call.tx.durable.list_operations(execution_id):
        details = operation.details
        # An execution that was started goes on by itself; a throttled one has its timer.
        is_alone = "function" in details and "execution" not in details
        if is_alone and operation.timer_id is None:
            chained.begin_again(call, execution, operation.operation_id)
    invoking.proceed(call, execution)

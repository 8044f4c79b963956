"""What a task that TestState tries out takes for its execution: nothing of it is ever written."""

from __future__ import annotations

from groundstate.asl import compile_machine
from groundstate.operation import Call
from groundstate.services.stepfunctions.arns import make_arn
from groundstate.services.stepfunctions.run import Run, StoredInfo
from groundstate.store.executions import RUNNING, ExecutionRow
from groundstate.store.state_machines import ACTIVE, Revision, StateMachine

_PROGRAM = compile_machine('{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}')


def make_test_run(call: Call, role_arn: str, name: str) -> Run:
    """A run with a role and a region, for integrations; it has no row."""
    arn = make_arn(call, f"stateMachine:{name}")
    machine = StateMachine(0, arn, call.region, name, "EXPRESS", None, call.now, ACTIVE, 0, 0)
    revision = Revision(0, 0, None, "", role_arn, {}, call.now)
    row = ExecutionRow(0, 0, name, False, RUNNING, 0, call.now)
    info = StoredInfo(
        make_arn(call, f"express:{name}:{name}"), name, role_arn, arn, name, "{}", call.now
    )
    return Run(row, machine, revision, _PROGRAM, info, {})

"""Distributed Map: a map run, its children and its end."""

from __future__ import annotations

from groundstate import ids
from groundstate.asl.interface import MapRunFailed, StartMapRun
from groundstate.operation import Call
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.run import Run


def start_map_run(call: Call, run: Run, command: StartMapRun) -> None:
    """Begin a map run."""
    execution_id = run.row.execution_id
    event = MapRunFailed(call.now, ids.make_entropy(), command.task_id, "States.Runtime", "not yet")
    call.soon(lambda job: executor.feed(job, execution_id, event) and None)


def cancel_map_run(call: Call, run: Run, task_id: int) -> None:
    """Abort."""


def child_ended(call: Call, run: Run) -> None:
    """A child ended."""


def continue_map_run(call: Call, map_run_id: int) -> None:
    """Go on."""

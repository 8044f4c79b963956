"""Faults of the runtime's own in the work on an execution.

An unexpected exception undoes the burst that it stops, and is logged. If nobody else feeds the
execution again, that would be its end without an end: it would be RUNNING for ever. So it is made
to fail in a turn of its own. One that is not on disk yet was refused with that same exception.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from groundstate.operation import Call
from groundstate.services.stepfunctions.run import Run

P = ParamSpec("P")
R = TypeVar("R")
Work = Callable[Concatenate[Call, Run, P], R]


def ends_on_fault(work: Work[P, R]) -> Work[P, R]:
    """Let the execution fail if the work on it stops by a fault."""

    @functools.wraps(work)
    def guarded(call: Call, run: Run, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(call, run, *args, **kwargs)
        except Exception as error:
            end_on_fault(call, run.row.execution_id, error)
            raise

    return guarded


def end_on_fault(call: Call, execution_id: int, error: Exception) -> None:
    """Let an execution fail in a turn of its own."""
    host = call.host
    # Once: if it cannot even be made to fail, trying again would be without end.
    if execution_id not in host.broken:
        host.broken.add(execution_id)
        cause = f"Internal error: {type(error).__name__}"
        call.runner.soon(
            "stepfunctions", lambda job: host.break_off(job, execution_id, cause), call.region
        )

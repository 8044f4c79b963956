"""Executions that stand still at somebody's wish.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PauseDurableExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable import events, invoking, timers
from groundstate.services.lambda_.durable.model import (
    PAUSED,
    PAUSING,
    RUNNING,
    Execution,
    add_events,
)
from groundstate.services.lambda_.errors import ResourceConflictException

_TOKEN_S = 15 * 60.0
# However long it is paused, an execution ends 366 days after its start.
LIFE_S_MAX = 366 * 86_400.0


def pause(call: Call, execution: Execution, request: Shape) -> None:
    """Let an execution stand still, at once or when its invocation reaches a checkpoint.

    Raises:
        ResourceConflictException: it does not run.
    """
    token = request.get("ClientToken")
    if execution.status != RUNNING:
        if _is_repeated(call, execution.pause, token):
            return
        raise ResourceConflictException(
            f"The durable execution cannot be paused: its status is {execution.status}."
        )
    details: Shape = {
        "PauseRequestTimestamp": call.now,
        "ExecutionTimeoutPaused": request.get("ExecutionTimeoutPaused", True),
    }
    if "Reason" in request:
        details["Reason"] = request["Reason"]
    execution.pause = {"details": details, "token": token, "at": call.now}
    execution.status = PAUSING
    if not execution.is_invoked:
        stand_still(call, execution)
    execution.save(call)


def stand_still(call: Call, execution: Execution) -> None:
    """The function is not at work any more: the execution is paused."""
    assert execution.pause is not None, execution.arn
    execution.status = PAUSED
    details = execution.pause["details"]
    if details["ExecutionTimeoutPaused"]:
        execution.pause["left_s"] = execution.due_at - call.now
        _move_timeout(call, execution, execution.started_at + LIFE_S_MAX)
    add_events(call, execution, events.paused(details, call.now))


def resume(call: Call, execution: Execution, request: Shape) -> None:
    """Let a paused execution go on; one that was about to be paused just goes on.

    Raises:
        ResourceConflictException: it is not paused.
    """
    token = request.get("ClientToken")
    if execution.status not in (PAUSED, PAUSING):
        if _is_repeated(call, execution.resumed, token):
            return
        raise ResourceConflictException(
            f"The durable execution cannot be resumed: its status is {execution.status}."
        )
    execution.resumed = {"token": token, "at": call.now}
    if execution.status == PAUSED:
        assert execution.pause is not None, execution.arn
        if "left_s" in execution.pause:
            due_at = call.now + execution.pause["left_s"]
            _move_timeout(call, execution, min(due_at, execution.started_at + LIFE_S_MAX))
        add_events(call, execution, events.resumed(request.get("Reason"), call.now))
    execution.status = RUNNING
    invoking.proceed(call, execution)


def _move_timeout(call: Call, execution: Execution, due_at: float) -> None:
    if execution.timer_id is not None:
        call.tx.timers.cancel(execution.timer_id)
    execution.due_at = due_at
    execution.timer_id = timers.set_timer(call, execution, timers.TIMEOUT, due_at)


def _is_repeated(call: Call, last: Shape | None, token: str | None) -> bool:
    """The same request was answered just now."""
    return (
        last is not None
        and token is not None
        and last["token"] == token
        and call.now - last["at"] < _TOKEN_S
    )

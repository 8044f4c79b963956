"""`begin` and `step`: the only place where it is decided what an execution does next."""

from __future__ import annotations

from groundstate.asl.effort import Effort
from groundstate.asl.errors import RUNTIME, TIMEOUT, Failed
from groundstate.asl.execution import READY, RUNNING, WAITING, Execution, Strand
from groundstate.asl.interface import (
    MACHINE_TIMEOUT_TIMER,
    Broken,
    Continue,
    ExecutionInfo,
    Input,
    Outcome,
    Redriven,
    SetTimer,
    Started,
    Stopped,
    TimerFired,
)
from groundstate.asl.limits import TRANSITIONS_PER_STEP
from groundstate.asl.machine import Machine
from groundstate.asl.turn import HistoryFullError, Turn


def begin(
    machine: Machine,
    info: ExecutionInfo,
    event: Started,
    *,
    effort: Effort | None = None,
    budget: int = TRANSITIONS_PER_STEP,
) -> tuple[Execution, Outcome]:
    """Start an execution and run it to its first wait.

    Args:
        machine: what it runs.
        info: who it is; `input_text` is valid JSON.
        event: when it starts.
        effort: how much work its evaluations may be.
        budget: how many states it may enter.

    Raises:
        StepTooLong: the effort is hasty and was not enough.
    """
    execution = Execution(info)
    turn = Turn(machine, execution, event.now, event.entropy, effort, budget)
    text = info.read_input()
    details = {"input": text, "roleArn": info.role_arn}
    if info.version_arn:
        details["stateMachineVersionArn"] = info.version_arn
    if info.alias_arn:
        details["stateMachineAliasArn"] = info.alias_arn
    turn.record(0, "ExecutionStarted", details)
    root = Strand(0, -1, 0, machine.start, 0)
    root.raw_text = text
    if info.variables:
        root.variables = dict(info.variables)
    execution.strands[0] = root
    if machine.timeout_s is not None:
        due_at = event.now + machine.timeout_s
        turn.outcome.commands.append(SetTimer(MACHINE_TIMEOUT_TIMER, due_at))
    turn.ready.append(root)
    turn.run()
    return execution, turn.outcome


def step(
    machine: Machine,
    execution: Execution,
    event: Input,
    *,
    effort: Effort | None = None,
    budget: int = TRANSITIONS_PER_STEP,
) -> Outcome:
    """Let an execution take in an event; changes the execution in place.

    An event for a task or timer that is not open, or for an execution that has ended, changes
    nothing: the outcome has `accepted` False.

    Args:
        machine: what it runs.
        execution: its state.
        event: what has happened.
        effort: how much work evaluations may be.
        budget: how many states may be entered.

    Raises:
        StepTooLong: the effort is hasty and was not enough; the execution is good for nothing then.
    """
    turn = Turn(machine, execution, event.now, event.entropy, effort, budget)
    try:
        accepted = _take(turn, execution, event)
    except HistoryFullError:
        turn.finish_full()
        accepted = True
    if not accepted:
        turn.outcome.accepted = False
        return turn.outcome
    turn.run()
    return turn.outcome


def _redrive(turn: Turn, execution: Execution) -> bool:
    """Let every strand that was unfinished when the execution ended go on.

    https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
    """
    if execution.status not in ("FAILED", "TIMED_OUT", "ABORTED"):
        return False
    execution.restore_lost()
    execution.status = RUNNING
    redriven = turn.record(
        execution.event_id,
        "ExecutionRedriven",
        {"redriveCount": execution.info.redrive_count},
    )
    if turn.machine.timeout_s is not None:
        due_at = turn.now + turn.machine.timeout_s
        turn.outcome.commands.append(SetTimer(MACHINE_TIMEOUT_TIMER, due_at))
    for strand in list(execution.strands.values()):
        strand.attempt, strand.retries = 0, []
        if strand.group is not None:
            continue
        strand.previous = redriven
        if strand.phase == READY:
            turn.ready.append(strand)
        elif strand.phase == WAITING:
            turn.go_on(strand, strand.state.redrive)
    return True


def _take(turn: Turn, execution: Execution, event: Input) -> bool:
    if type(event) is Redriven:
        return _redrive(turn, execution)
    if execution.status != RUNNING:
        return False
    strands = execution.strands
    for strand_id in execution.ready:
        turn.ready.append(strands[strand_id])
    task_id = getattr(event, "task_id", None)
    if task_id is not None:
        strand_id = execution.tasks.get(task_id, -1)
        if strand_id < 0:
            return False
        strand = strands[strand_id]
        turn.go_on(strand, strand.state.answered, event)
    elif isinstance(event, TimerFired):
        return _take_timer(turn, execution, event)
    elif isinstance(event, Stopped):
        turn.finish_with(
            "ABORTED",
            "ExecutionAborted",
            event.error,
            event.cause,
        )
    elif isinstance(event, Broken):
        turn.finish_failed(Failed(RUNTIME, event.cause), execution.event_id)
    else:
        assert isinstance(event, Continue), event
    return True


def _take_timer(turn: Turn, execution: Execution, event: TimerFired) -> bool:
    if event.timer_id == MACHINE_TIMEOUT_TIMER:
        turn.finish_with("TIMED_OUT", "ExecutionTimedOut", TIMEOUT, None)
        return True
    strand_id = execution.timers.get(event.timer_id)
    if strand_id is None:
        return False
    strand = execution.strands[strand_id]
    turn.close_timer(strand)
    turn.go_on(strand, strand.state.timer_fired)
    return True

"""Feeds executions to the language core and carries out the commands that come back.

Theory. Everything that happens to an execution comes in through `start`, `feed` or a timer, in a
job or an operation, and so in an open transaction. The core steps; its commands are carried out at
once. A synchronous integration (DynamoDB) writes in this same transaction, and its answer is fed
back in the same burst, so that the item and the history event are on disk together or not at all.
A Lambda function is called after the commit, by the service that owns it; its answer comes in a
later job.

A burst that lasts too long is cut: it is written with `WORK_CONTINUE`, and a job in a later turn of
the loop goes on. What the process has in mind can be lost at any time: `recover` (recovery.py)
finds the same in the rows.
"""

from __future__ import annotations

import time
from collections import deque

from groundstate import ids
from groundstate.asl.interface import (
    MACHINE_TIMEOUT_TIMER,
    Broken,
    CancelMapRun,
    CancelTask,
    CancelTimer,
    Continue,
    Finish,
    Input,
    Outcome,
    RedriveMapRun,
    Redriven,
    ScheduleTask,
    SetTimer,
    Started,
    StartMapRun,
    Stopped,
    TaskAnswered,
    TaskFailed,
    TaskSubmitted,
    TaskSucceeded,
    TaskTimedOut,
    TimerFired,
)
from groundstate.operation import Call, Deferred
from groundstate.services.stepfunctions import status_events, tasks
from groundstate.services.stepfunctions.execution_logs import write_logs
from groundstate.services.stepfunctions.faults import end_on_fault, ends_on_fault
from groundstate.services.stepfunctions.finish import finished
from groundstate.services.stepfunctions.integrations import perform
from groundstate.services.stepfunctions.integrations.result import (
    Answered,
    Failed,
    Pending,
    Result,
    Submitted,
    Succeeded,
)
from groundstate.services.stepfunctions.patient_steps import (
    Answer,
    begin_hastily,
    hold,
    is_continued,
    launch,
    next_waiting,
    step_hastily,
    take_answer,
)
from groundstate.services.stepfunctions.run import (
    DISPATCHED,
    DUE,
    WORK_CONTINUE,
    WORK_START,
    OpenTask,
    Run,
    load_run,
    status_number,
)
from groundstate.store.executions import RUNNING
from groundstate.store.state_machines import ACTIVE

# How long a burst may keep the loop from everybody else, in seconds of its own work. Where writing
# the state is itself long (a Map of many items) it may be so many times as long as that.
SLICE_S = 0.003
SLICE_PER_SAVE = 3
SLICE_MAX_S = 0.006

# The first events of a burst that starts an execution or redrives it.
_BEGINNINGS = ("ExecutionStarted", "ExecutionRedriven")

# An Express execution runs for at most five minutes.
EXPRESS_MAX_S = 300


def start(call: Call, run: Run) -> None:
    """Begin an execution: run its first burst at once.

    One that is started by another one's task begins in a later turn, so that a machine that starts
    itself does not nest bursts without end.
    """
    if call.host.bursts > 0:
        run.extra["input"] = run.info.read_input()
        run.work = run.row.work = WORK_START
        run.insert(call)
        execution_id = run.row.execution_id
        call.soon(lambda job: continue_run(job, execution_id))
    else:
        _begin(call, run)


def feed(call: Call, execution_id: int, event: Input) -> bool:
    """Tell an execution what has happened, and run a burst.

    Returns False, and changes nothing, if the execution has ended or does not wait for this.
    """
    run = load_run(call, execution_id)
    return run is not None and feed_run(call, run, event)


@ends_on_fault
def feed_run(call: Call, run: Run, event: Input) -> bool:
    """Like `feed`, for an execution that is loaded."""
    if call.tx.state_machines.get(run.row.machine_id).status != ACTIVE:
        # DeleteStateMachine ends the executions at their next transition.
        event = event if isinstance(event, Stopped) else Stopped(event.now, event.entropy)
    tasks.look_up_activities(call, run)
    outcome = step_hastily(call, run, event)
    if outcome is None:
        _burst(call, run, Outcome())
        return True
    if not outcome.accepted:
        return False
    _burst(call, run, outcome)
    return True


def answer_task(call: Call, execution_id: int, task_id: int, result: Result) -> bool:
    """Tell an execution how one of its tasks went.

    Returns False if it no longer waits for it: the answer of an older attempt changes nothing.
    """
    run = load_run(call, execution_id)
    if run is None or task_id not in run.execution.tasks:
        return False
    if isinstance(result, Submitted):
        tasks.submitted(run, task_id, result)
    else:
        tasks.close(call, run, task_id)
    event = _input_of(call, task_id, result)
    assert event is not None, result
    return feed_run(call, run, event)


def fire_timer(call: Call, subject: str, data: bytes) -> None:
    """A timer of the core is due (`Service.timers`)."""
    run = load_run(call, int(subject))
    if run is None:
        return
    timer_id, now = int(data), call.now
    run.timers.pop(timer_id, None)
    if timer_id == MACHINE_TIMEOUT_TIMER:
        # Observed: a timed-out execution ends at its start plus the timeout, to the millisecond.
        timeout_s = run.program.timeout_s or EXPRESS_MAX_S
        now = run.row.started_at + (min(timeout_s, EXPRESS_MAX_S) if run.is_express else timeout_s)
    feed_run(call, run, TimerFired(now, ids.make_entropy(), timer_id))


def fire_timeout(call: Call, subject: str, data: bytes) -> None:
    """A task's TimeoutSeconds are over."""
    _time_out(call, int(subject), int(data), heartbeat=False)


def fire_heartbeat(call: Call, subject: str, data: bytes) -> None:
    """A task's heartbeat was missed."""
    _time_out(call, int(subject), int(data), heartbeat=True)


def _time_out(call: Call, execution_id: int, task_id: int, *, heartbeat: bool) -> None:
    run = load_run(call, execution_id)
    if run is None or task_id not in run.execution.tasks:
        return
    _cancel_task(call, run, task_id)
    feed_run(call, run, TaskTimedOut(call.now, ids.make_entropy(), task_id, heartbeat))


def stop(call: Call, execution_id: int, event: Stopped) -> None:
    """End an execution from outside, even one that has not begun."""
    run = load_run(call, execution_id)
    if run is None:
        return
    if run.row.work == WORK_START:
        run.work = None
        _begin(call, run)
        stop(call, execution_id, event)
    else:
        feed_run(call, run, event)


def redrive(call: Call, execution_id: int, event: Redriven, token: str | None) -> None:
    """Let an execution that did not succeed go on."""
    run = load_run(call, execution_id)
    assert run is not None, f"execution {execution_id} has no state to go on from"
    extra = run.extra
    extra["redrives"] = run.info.redrive_count = extra.get("redrives", 0) + 1
    extra["redriven_at"] = run.info.redrive_time = call.now
    if token is not None:
        extra["redrive_token"] = token
    run.row.status, run.row.stopped_at = RUNNING, None
    accepted = feed_run(call, run, event)
    assert accepted, f"execution {execution_id} was not redriven"


def continue_run(call: Call, execution_id: int) -> None:
    """Go on with an execution whose burst was cut, or which has not begun."""
    run = load_run(call, execution_id)
    if run is None or run.row.status != RUNNING:
        return
    if run.row.work == WORK_START:
        run.work = None
        _begin(call, run)
    elif run.row.work == WORK_CONTINUE:
        _go_on(call, run)


def dispatch_again(call: Call, execution_id: int) -> None:
    """Go on after a start: make the requests of an execution's open tasks once more."""
    run = load_run(call, execution_id)
    if run is None or run.row.status != RUNNING:
        return
    run.work = None
    for task in run.tasks.values():
        if task.phase == DISPATCHED:
            task.phase = DUE
    _go_on(call, run)


def adopt_step(call: Call, execution_id: int, state: bytes, answer: Answer) -> None:
    """Go on with what the patient worker found out."""
    call.host.patient.under_way.discard(execution_id)
    run = load_run(call, execution_id)
    if run is not None and run.row.status == RUNNING:
        _adopt(call, run, state, answer)
    _hand_next(call)


@ends_on_fault
def _adopt(call: Call, run: Run, state: bytes, answer: Answer) -> None:
    tasks.look_up_activities(call, run)
    outcome = take_answer(call, run, state, answer)
    # One that does not fit any more is asked for again when the burst is written.
    _burst(call, run, outcome or Outcome())


def break_off(call: Call, execution_id: int, cause: str) -> None:
    """End an execution that a fault of ours keeps from going on."""
    feed(call, execution_id, Broken(call.now, ids.make_entropy(), cause))
    # It may have been the patient worker's answer that could not be adopted.
    _hand_next(call)


def _hand_next(call: Call) -> None:
    """Let the worker have the next execution that waits for it."""
    found = next_waiting(call)
    if found is None:
        return
    execution_id, region = found
    runner = call.runner

    def hand(job: Call) -> None:
        run = load_run(job, execution_id)
        if run is not None and run.row.status == RUNNING:
            _burst(job, run, Outcome())
        _hand_next(job)

    call.after_commit(lambda: runner.soon("stepfunctions", hand, region))


@ends_on_fault
def _go_on(call: Call, run: Run) -> None:
    run.work = None
    tasks.look_up_activities(call, run)
    more = bool(run.execution.ready) and not is_continued(run)
    _burst(call, run, Outcome(more=more), tasks.take_due(call, run))


def abort_running(call: Call, machine_id: int) -> None:
    """Stop the executions of a machine that is being deleted, some in each turn."""
    found = call.tx.executions.list_running(machine_id, 50)
    for execution_id in found:
        feed(call, execution_id, Stopped(call.now, ids.make_entropy()))
    if found:
        call.soon(lambda job: abort_running(job, machine_id))


@ends_on_fault
def _begin(call: Call, run: Run) -> None:
    tasks.look_up_activities(call, run)
    outcome = begin_hastily(call, run, Started(call.now, ids.make_entropy()))
    run.extra.pop("input", None)
    if run.is_express:
        run.new_timers[MACHINE_TIMEOUT_TIMER] = run.row.started_at + EXPRESS_MAX_S
    _burst(call, run, outcome)


def _burst(
    call: Call, run: Run, outcome: Outcome, waiting: deque[ScheduleTask] | None = None
) -> None:
    """Carry out an outcome and all that follows from it at once; then write."""
    host = call.host
    began_at = time.perf_counter()
    queue: deque[Input] = deque()
    waiting = deque() if waiting is None else waiting
    host.bursts += 1
    try:
        more = _carry_out(call, run, outcome, queue, waiting)
        while queue or waiting or more:
            if queue:
                event = queue.popleft()
                if isinstance(event, TimerFired) and time.perf_counter() - began_at > run.slice_s:
                    # A loop of Waits of no time must let others in between, too.
                    run.new_timers[event.timer_id] = call.now
                    continue
            elif outcome.rests or time.perf_counter() - began_at > run.slice_s:
                break
            elif waiting:
                command = waiting.popleft()
                if command.task_id in run.execution.tasks:
                    _schedule(call, run, command, queue)
                continue
            else:
                event = Continue(call.now, ids.make_entropy())
            stepped = step_hastily(call, run, event)
            if stepped is None:
                # What is answered already must not be asked for once more.
                for answer in queue:
                    hold(run, answer)
                break
            if stepped.accepted:
                outcome = stepped
                more = _carry_out(call, run, outcome, queue, waiting)
    finally:
        host.bursts -= 1
    cut = bool(waiting) or (more and not is_continued(run))
    _write(call, run, cut=cut, waiting=waiting)


def _write(call: Call, run: Run, *, cut: bool, waiting: deque[ScheduleTask]) -> None:
    host, execution_id = call.host, run.row.execution_id
    ended = run.row.status != RUNNING
    for command in waiting:
        if command.task_id in run.execution.tasks:
            run.tasks[command.task_id] = OpenTask(DUE)
    # A burst that came in between leaves the tasks of the cut one as they are.
    goes_on = not ended and (cut or any(task.phase == DUE for task in run.tasks.values()))
    if not ended and (goes_on or "held" in run.extra):
        run.work = WORK_CONTINUE
    if run.revision.settings:
        write_logs(call, run)
    telling = status_events.tells(call, run)
    began = telling and bool(run.entries) and run.entries[0][0] in _BEGINNINGS
    began_at = time.perf_counter()
    run.save(call)
    if telling and (began or ended):
        status_events.tell(call, run, began=began)
    if ended:
        finished(call, run)
    elif run.work == WORK_CONTINUE:
        save_s = time.perf_counter() - began_at
        run.slice_s = min(max(SLICE_S, SLICE_PER_SAVE * save_s), SLICE_MAX_S)
        if goes_on:
            _take_turn(call, execution_id)
        launch(call, run)
        host.warm.put(call, run)
    elif run.tasks:
        host.warm.put(call, run)


def _take_turn(call: Call, execution_id: int) -> None:
    """Let a cut execution go on after the commit: one of them all in each turn of the loop."""
    turns: deque[tuple[int, str]] = call.host.turns
    runner, region = call.runner, call.region

    def queue() -> None:
        turns.append((execution_id, region))
        if len(turns) == 1:
            runner.soon("stepfunctions", _next_turn, region)

    call.after_commit(queue)


def _next_turn(call: Call) -> None:
    turns: deque[tuple[int, str]] = call.host.turns
    execution_id, _ = turns.popleft()
    if turns:
        # The others go on whatever becomes of this one.
        call.runner.soon("stepfunctions", _next_turn, turns[0][1])
    continue_run(call, execution_id)


def _carry_out(
    call: Call,
    run: Run,
    outcome: Outcome,
    queue: deque[Input],
    waiting: deque[ScheduleTask],
) -> bool:
    """Do what the core asks for. Returns whether it wants to be continued."""
    run.note(outcome)
    for command in outcome.commands:
        if isinstance(command, ScheduleTask):
            waiting.append(command)
        elif isinstance(command, SetTimer):
            if command.due_at <= call.now:
                queue.append(TimerFired(call.now, ids.make_entropy(), command.timer_id))
            else:
                earlier = run.new_timers.get(command.timer_id, command.due_at)
                run.new_timers[command.timer_id] = min(command.due_at, earlier)
        elif isinstance(command, Finish):
            _finish(call, run, command)
        elif isinstance(command, CancelTimer):
            run.cancel_timer(call, command.timer_id)
        elif isinstance(command, CancelTask):
            _cancel_task(call, run, command.task_id)
        elif isinstance(command, StartMapRun):
            call.host.start_map_run(call, run, command)
        elif isinstance(command, RedriveMapRun):
            call.host.redrive_map_run(call, command)
        elif isinstance(command, CancelMapRun):
            call.host.cancel_map_run(call, run, command.task_id)
    return outcome.more


def _finish(call: Call, run: Run, command: Finish) -> None:
    run.row.status = status_number(command.status)
    run.row.stopped_at = command.stop_time
    run.finish = command
    run.extra.pop("held", None)
    run.new_timers.clear()
    for timer in run.timers.values():
        call.tx.timers.cancel(timer)
    run.timers.clear()
    for task_id in list(run.tasks):
        _cancel_task(call, run, task_id)


def _cancel_task(call: Call, run: Run, task_id: int) -> None:
    task = tasks.close(call, run, task_id)
    if task is not None and task.child:
        child_id = task.child
        call.soon(lambda job: stop(job, child_id, Stopped(job.now, ids.make_entropy())))


def _schedule(call: Call, run: Run, command: ScheduleTask, queue: deque[Input]) -> None:
    run.tasks.pop(command.task_id, None)
    result = perform(call, run, command)
    if isinstance(result, Answered):
        now, entropy = call.now, ids.make_entropy()
        queue.append(TaskAnswered(now, entropy, command.task_id, result.text))
        return
    if not isinstance(result, Succeeded | Failed):
        tasks.open_task(call, run, command, result)
    if isinstance(result, Pending) and result.deferred is not None:
        _answer_later(call, run, command.task_id, result)
    elif isinstance(result, Succeeded) and command.resource.pattern:
        # A mock: what would have been submitted for real is recorded as such.
        queue.append(TaskSubmitted(call.now, ids.make_entropy(), command.task_id, result.output))
    event = _input_of(call, command.task_id, result)
    if event is not None:
        queue.append(event)


def _answer_later(call: Call, run: Run, task_id: int, pending: Pending) -> None:
    runner, execution_id, region = call.runner, run.row.execution_id, run.machine.region
    deferred, read = pending.deferred, pending.read
    assert deferred is not None, pending
    assert read is not None, pending

    submitting = call.host.submitting
    if pending.submits:
        submitting[execution_id, task_id] = deferred
        call.tx.on_undo(lambda: submitting.pop((execution_id, task_id), None))

    def answered(done: Deferred) -> None:
        submitting.pop((execution_id, task_id), None)

        def job(job_call: Call) -> None:
            try:
                result = read(job_call, done)
            except Exception as error:
                end_on_fault(job_call, execution_id, error)
                raise
            answer_task(job_call, execution_id, task_id, result)

        runner.run("stepfunctions", job, region)

    deferred.add_callback(answered)


def _input_of(call: Call, task_id: int, result: Result) -> Input | None:
    now, entropy = call.now, ids.make_entropy()
    if isinstance(result, Answered):
        return TaskAnswered(now, entropy, task_id, result.text)
    if isinstance(result, Succeeded):
        return TaskSucceeded(now, entropy, task_id, result.output, result.text)
    if isinstance(result, Failed):
        return TaskFailed(now, entropy, task_id, result.error, result.cause)
    if isinstance(result, Submitted):
        return TaskSubmitted(now, entropy, task_id, result.output)
    return None

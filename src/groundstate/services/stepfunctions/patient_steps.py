"""Steps whose evaluations take too long for the loop are taken in a process of their own.

Theory. The loop steps hastily (`asl.effort`). If a step takes too long, the execution is what it
was before it, and the event is *held*: written with the execution (`extra["held"]`). After the
commit a worker process takes the step, patiently but not for ever, on a copy of the state. If
nothing else has happened to the execution when the answer comes, the copy's state becomes the
execution's and the outcome is carried out; else the step is taken once more. Other events need not
wait for the held ones: to them it looks as if those came later.

The process bounds what no check inside an evaluation can: it may use so much memory, and it is
killed when it does not answer in time. Then the step is taken with no time for evaluations, so that
the state fails as it does on AWS. One process, one step at a time: who writes slow expressions
waits for others who do.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import select
import subprocess
import sys
import time
from typing import Any

from groundstate.asl import Execution, begin, step
from groundstate.asl import interface as asl
from groundstate.asl.effort import HASTE_S, Effort, StepTooLong
from groundstate.asl.interface import ExecutionInfo, Input, Outcome, Started
from groundstate.operation import Call
from groundstate.services.stepfunctions.machines import root_of
from groundstate.services.stepfunctions.outside import Outside
from groundstate.services.stepfunctions.patient_worker import LENGTH, pack, unpack
from groundstate.services.stepfunctions.run import Run

# Longer than a patient step may take (`asl.effort.STEP_S_MAX`), if need be once more and stretched.
ANSWER_S_MAX = 25.0
# How many steps are handed to the worker's thread: the one that it takes and the next. A request is
# as large as the execution's state; the others wait as rows.
_UNDER_WAY_MAX = 2
# How many slow revisions are remembered.
_SLOW_MAX = 1000

logger = logging.getLogger(__name__)

Answer = tuple[Outcome, bytes, float] | None
"""A step's outcome, the state after it and how long it evaluated; None if it did not end."""


class PatientSteps:
    """The worker, and what is known of slow machines.

    Attributes:
        thread: waits for the worker.
        slow: revisions whose steps were too long; the loop does not try them again.
        under_way: executions that the worker has a step of, or will have next.
        waiting: executions whose turn will come, with their regions.
    """

    def __init__(self) -> None:
        self.thread = Outside(threads_max=1)
        self.slow: dict[int, None] = {}
        self.under_way: set[int] = set()
        self.waiting: dict[int, str] = {}
        self._worker = Worker()

    def note_slow(self, revision: int) -> None:
        """Remember that a step of this revision was too long."""
        self.slow[revision] = None
        if len(self.slow) > _SLOW_MAX:
            del self.slow[next(iter(self.slow))]

    def ask(self, request: dict[str, Any]) -> Answer:
        """Let the worker take a step; None if it did not end (in the thread)."""
        return self._worker.ask(request)

    def stop(self) -> None:
        """End the worker."""
        self.thread.stop()
        self._worker.stop()


def begin_hastily(call: Call, run: Run, event: Started) -> Outcome:
    """Begin an execution, without entering a state whose evaluation takes too long."""
    if not run.program.evaluates:
        run.execution, outcome = begin(run.program, run.info, event)
        return outcome
    steps: PatientSteps = call.host.patient
    if run.row.revision not in steps.slow:
        effort = Effort(hasty=True)
        try:
            run.execution, outcome = begin(run.program, run.info, event, effort=effort)
        except StepTooLong:
            steps.note_slow(run.row.revision)
        else:
            if effort.exceeded:
                steps.note_slow(run.row.revision)
            return outcome
    run.execution, outcome = begin(run.program, run.info, event, budget=0)
    outcome.more = False
    hold(run, asl.Continue(event.now, event.entropy))
    return outcome


def step_hastily(call: Call, run: Run, event: Input) -> Outcome | None:
    """Step an execution; None if the event is held, since that takes too long."""
    if not run.program.evaluates:
        return step(run.program, run.execution, event)
    steps: PatientSteps = call.host.patient
    # Events that end the execution evaluate nothing.
    ends = isinstance(event, asl.Stopped | asl.Broken) or getattr(event, "timer_id", -1) == 0
    if run.row.revision in steps.slow and not ends:
        hold(run, event)
        return None
    before = run.execution.dump() if run.core is None else run.core
    effort = Effort(hasty=True)
    try:
        outcome = step(run.program, run.execution, event, effort=effort)
    except StepTooLong:
        steps.note_slow(run.row.revision)
        run.execution = Execution.load(run.program, run.info, before)
        run.core = before
        hold(run, event)
        return None
    if effort.exceeded:
        steps.note_slow(run.row.revision)
    run.core = None
    return outcome


def hold(run: Run, event: Input) -> None:
    """Keep an event for the worker."""
    held = run.extra.setdefault("held", [])
    if isinstance(event, asl.Continue) and is_continued(run):
        return
    fields = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    held.append([type(event).__name__, {**fields, "entropy": f"{event.entropy:x}"}])


def is_continued(run: Run) -> bool:
    """Whether the worker will go on with the strands that are ready."""
    return any(name == "Continue" for name, _ in run.extra.get("held", ()))


def launch(call: Call, run: Run) -> None:
    """Have the first held event worked on after the commit, unless one is already."""
    steps: PatientSteps = call.host.patient
    execution_id = run.row.execution_id
    if not run.extra.get("held") or execution_id in steps.under_way:
        return
    if len(steps.under_way) >= _UNDER_WAY_MAX:
        steps.waiting[execution_id] = call.region
        return
    state = run.core = run.execution.dump() if run.core is None else run.core
    definition, type_, processors = root_of(call, run.machine, run.revision)
    run.info.read_input()
    info = {
        field.name: getattr(run.info, field.name) for field in dataclasses.fields(ExecutionInfo)
    }
    request = {
        "definition": definition,
        "type": type_,
        "processors": processors,
        "info": info,
        "state": state,
        "event": _first_held(run),
    }
    steps.under_way.add(execution_id)
    call.tx.on_undo(lambda: steps.under_way.discard(execution_id))
    adopt = call.host.adopt_step
    runner, region = call.runner, call.region

    def answered(done: Any) -> None:
        answer: Answer = done.result["result"]
        runner.run("stepfunctions", lambda job: adopt(job, execution_id, state, answer), region)

    steps.thread.call(call, lambda: steps.ask(request)).add_callback(answered)


def next_waiting(call: Call) -> tuple[int, str] | None:
    """The execution that the worker may have now, if one waits, with its region."""
    steps: PatientSteps = call.host.patient
    if not steps.waiting or len(steps.under_way) >= _UNDER_WAY_MAX:
        return None
    execution_id = next(iter(steps.waiting))
    return execution_id, steps.waiting.pop(execution_id)


def take_answer(call: Call, run: Run, state: bytes, answer: Answer) -> Outcome | None:
    """Make the worker's answer the execution's; None if it does not fit any more."""
    now_state = run.execution.dump() if run.core is None else run.core
    if now_state != state or not run.extra.get("held"):
        run.core = now_state
        return None
    event = _first_held(run)
    del run.extra["held"][0]
    if not run.extra["held"]:
        del run.extra["held"]
    run.core = None
    if answer is None:
        return step(run.program, run.execution, event, effort=Effort(total_s=0), budget=1)
    outcome, data, took_s = answer
    if took_s < HASTE_S / 2:
        # The machine may have been busy when it was slow.
        call.host.patient.slow.pop(run.row.revision, None)
    run.execution = Execution.load(run.program, run.info, data)
    return outcome


def _first_held(run: Run) -> Input:
    name, fields = run.extra["held"][0]
    event: Input = getattr(asl, name)(**{**fields, "entropy": int(fields["entropy"], 16)})
    return event


class Worker:
    """The worker process; started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def ask(self, request: dict[str, Any]) -> Answer:
        """Let it take a step; None if it did not answer, or not in time."""
        try:
            process = self._running()
            assert process.stdin is not None
            process.stdin.write(pack(request))
            process.stdin.flush()
            answer = self._read(process)
        except (OSError, ValueError):
            answer = None
        if answer is None and not self._stopped:
            logger.warning("A step of %s took too long.", request["info"]["arn"])
            self._kill()
        return answer

    def stop(self) -> None:
        """End it, whatever it does."""
        self._stopped = True
        self._kill()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._stopped:
            raise OSError("stopped")
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "groundstate.services.stepfunctions.patient_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,
            )
        return self._process

    def _read(self, process: subprocess.Popen[bytes]) -> Answer:
        assert process.stdout is not None
        deadline = time.monotonic() + ANSWER_S_MAX
        descriptor, data = process.stdout.fileno(), b""
        wanted = LENGTH.size
        while len(data) < wanted:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not select.select([descriptor], [], [], left_s)[0]:
                return None
            part = os.read(descriptor, 1 << 20)
            if not part:
                return None
            data += part
            if len(data) >= LENGTH.size:
                wanted = LENGTH.size + LENGTH.unpack(data[: LENGTH.size])[0]
        answer: Answer = unpack(data)
        return answer

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()

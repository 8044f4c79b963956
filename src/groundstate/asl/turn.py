"""One step under way: what a state may do while it is entered, answered or left.

A turn runs every strand that can go on until it waits, is done, or the budget of transitions is
used up. States never call each other; they leave through `exit` or fail by raising `StateError`,
and the loop in `run` does the rest, so depth of nesting costs no Python stack.

A transition of a Pass or a Choice takes about a microsecond, most of it calls and look-ups of
attributes. So `run` and `exit`, which every transition goes through, do by themselves what is a
method elsewhere: `record`, `Strand.text`, `Strand.set_input`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from groundstate.asl.chance import Chance
from groundstate.asl.context import make_context
from groundstate.asl.effort import Effort
from groundstate.asl.errors import (
    DATA_LIMIT_EXCEEDED,
    RUNTIME,
    Failed,
    StateError,
    data_limit_exceeded,
    too_deep,
)
from groundstate.asl.execution import DONE, READY, RUNNING, WAITING, Execution, Strand
from groundstate.asl.interface import (
    CancelMapRun,
    CancelTask,
    CancelTimer,
    Finish,
    Outcome,
    SetTimer,
)
from groundstate.asl.json_text import SURELY_SMALL, is_too_large, to_text
from groundstate.asl.limits import (
    CHARACTERS_PER_STEP,
    HISTORY_EVENTS_MAX,
    TRANSITIONS_PER_STEP,
    VARIABLE_BYTES_MAX,
)

if TYPE_CHECKING:
    from groundstate.asl.machine import Machine
    from groundstate.asl.states.state import State


class HistoryFullError(Exception):
    """The next event would be one too many."""


class Turn:
    """What one call of `begin` or `step` works with.

    Attributes:
        machine, execution: what is stepped.
        now: epoch seconds, of every event of this turn.
        outcome: what the step will answer.
        strand: the one whose state is at work; templates and paths are evaluated for it.
        item: the Map item that an ItemSelector is evaluated for, or None.
        token: the task token that `$$.Task.Token` names, or ''.
    """

    __slots__ = (
        "_chance",
        "_effort",
        "_entropy",
        "_first",
        "_volume",
        "budget",
        "entries",
        "execution",
        "item",
        "machine",
        "now",
        "outcome",
        "ready",
        "strand",
        "token",
    )

    def __init__(
        self,
        machine: Machine,
        execution: Execution,
        now: float,
        entropy: int,
        effort: Effort | None = None,
        budget: int = TRANSITIONS_PER_STEP,
    ) -> None:
        self.machine = machine
        self.execution = execution
        self.now = now
        self._entropy = entropy
        self._chance: Chance | None = None
        self._volume = 0
        # The strand that `run` is at, which stays in `ready` as long as it is ready.
        self._first: Strand | None = None
        self.outcome = Outcome(now, execution.event_id + 1)
        self.entries = self.outcome.entries
        self.budget = budget
        self._effort = effort
        self.ready: deque[Strand] = deque()
        self.strand: Strand = None  # type: ignore[assignment]  # set before any state works
        self.item: dict[str, Any] | None = None
        self.token = ""

    @property
    def chance(self) -> Chance:
        """Chance of this input event."""
        if self._chance is None:
            self._chance = Chance(self._entropy)
        return self._chance

    @property
    def effort(self) -> Effort:
        """How much work evaluations may be; most steps have none that needs to know."""
        if self._effort is None:
            self._effort = Effort()
        return self._effort

    @property
    def is_running(self) -> bool:
        """The execution has not ended in this turn."""
        return self.execution.status == RUNNING

    def context(self) -> dict[str, Any]:
        """The context object for the state at work."""
        return make_context(self)

    def variables(self) -> dict[str, Any]:
        """The workflow variables that the state at work can see."""
        strand = self.strand
        if strand.parent < 0:
            return strand.variables or {}
        strands, chain = self.execution.strands, []
        while True:
            if strand.variables:
                chain.append(strand.variables)
            if strand.parent < 0:
                break
            strand = strands[strand.parent]
        merged: dict[str, Any] = {}
        for variables in reversed(chain):
            merged.update(variables)
        return merged

    # ------------------------------------------------------------------------------- history

    def emit(self, strand: Strand, type: str, details: dict[str, Any]) -> int:
        """Record an event of the strand's chain; returns its id."""
        id_ = self.record(strand.previous, type, details)
        strand.previous = id_
        return id_

    def record(self, previous: int, type: str, details: dict[str, Any] | None) -> int:
        """Record an event that follows from `previous`; returns its id."""
        execution = self.execution
        id_ = execution.event_id + 1
        if id_ >= HISTORY_EVENTS_MAX and type not in _TERMINAL:
            raise HistoryFullError
        execution.event_id = id_
        self.entries.append((type, previous, details))
        return id_

    # --------------------------------------------------------------------------- the main loop

    def run(self) -> None:
        """Run every ready strand until none can go on, or the budget is used up."""
        # One that nobody gave is a patient one, and that is never tired.
        ready, execution, effort = self.ready, self.execution, self._effort
        strands, append, now = execution.strands, self.entries.append, self.now
        try:
            while ready:
                strand = ready[0]
                if strand.phase != READY or strands.get(strand.id) is not strand:
                    ready.popleft()
                    continue
                if self.budget <= 0:
                    break
                self._first = strand
                # A strand that leaves the execution is not ready, so this need not be looked up.
                while strand.phase == READY and self.budget > 0:
                    self.budget -= 1
                    state = strand.state
                    type_, name = state.entering
                    strand.phase = WAITING
                    strand.before = previous = strand.previous
                    details = name, strand.raw_text or strand.text
                    id_ = execution.event_id + 1
                    if id_ >= HISTORY_EVENTS_MAX:
                        raise HistoryFullError
                    execution.event_id = strand.entered = strand.previous = id_
                    append((type_, previous, details))
                    strand.entered_at = now
                    strand.attempt = 0
                    if strand.retries:
                        strand.retries = []
                    self.strand = strand
                    try:
                        state.begin(self, strand)
                    except StateError as error:
                        self.fail_interpreting(strand, error)
                    except RecursionError:
                        self.fail_interpreting(strand, too_deep())
                    if effort is not None and effort.tired:
                        self.budget = 0
        except HistoryFullError:
            self.finish_full()
        if execution.status == RUNNING:
            execution.ready = []
            if ready:
                left = execution.ready = [
                    strand.id
                    for strand in ready
                    if strand.phase == READY and strands.get(strand.id) is strand
                ]
                self.outcome.more = bool(left)
            if self._volume > CHARACTERS_PER_STEP:
                self.outcome.rests = True

    def go_on(self, strand: Strand, action: Any, *arguments: Any) -> None:
        """Let a state work on an answer: `action(turn, strand, *arguments)`."""
        self.strand = strand
        try:
            action(self, strand, *arguments)
        except StateError as error:
            self.fail_interpreting(strand, error)
        except RecursionError:
            self.fail_interpreting(strand, too_deep())

    # ---------------------------------------------------------------------------- leaving a state

    def exit(
        self,
        strand: Strand,
        value: Any,
        text: str | None,
        next_state: State | None,
        assigned: dict[str, Any] | None = None,
    ) -> None:
        """Leave the strand's state with an output, to the next state or out of the scope.

        Args:
            strand: whose state it is.
            value: the output.
            text: its JSON text, if known.
            next_state: None ends the strand.
            assigned: variables to set.

        Raises:
            StateError: the output is too large.
        """
        state, execution = strand.state, self.execution
        if text is None:
            text = to_text(value)
        length = len(text)
        if length > SURELY_SMALL and is_too_large(text):
            raise data_limit_exceeded(state.name)
        self._volume += length
        if self._volume > CHARACTERS_PER_STEP:
            self.budget = 0
        type_, name = state.exiting
        details: Any = name, text
        if assigned:
            texts = self._assign(strand, assigned)
            details = {"name": name, "output": text, "assignedVariables": texts}
        id_ = execution.event_id + 1
        if id_ >= HISTORY_EVENTS_MAX:
            raise HistoryFullError
        self.entries.append((type_, strand.previous, details))
        execution.event_id = strand.previous = id_
        strand.raw_value = value
        strand.raw_text = text
        strand.group = strand.lost = strand.map_run = None
        if next_state is not None:
            strand.state = next_state
            strand.phase = READY
            if strand is not self._first:
                self.ready.append(strand)
        else:
            self._complete(strand)

    def _assign(self, strand: Strand, assigned: dict[str, Any]) -> dict[str, str]:
        """Set variables; returns their JSON texts."""
        texts = {name: to_text(assigned[name]) for name in sorted(assigned)}
        size = sum(len(text.encode()) for text in texts.values())
        if size > VARIABLE_BYTES_MAX:
            raise data_limit_exceeded(strand.state.name)
        variables = dict(strand.variables or {})
        variables.update(assigned)
        before, strand.variables = strand.variables, variables
        if not self.execution.may_store(size):
            strand.variables = before
            raise data_limit_exceeded(strand.state.name)
        return texts

    def _complete(self, strand: Strand) -> None:
        strand.phase = DONE
        if strand.parent < 0:
            self._succeed(strand)
            return
        parent = self.execution.strands[strand.parent]
        del self.execution.strands[strand.id]
        self.go_on(parent, parent.state.child_succeeded, strand)

    def _succeed(self, strand: Strand) -> None:
        self.record(
            strand.previous,
            "ExecutionSucceeded",
            {"output": strand.text},
        )
        self.execution.status = "SUCCEEDED"
        self._finish(Finish("SUCCEEDED", self.now, output=strand.text))

    # ---------------------------------------------------------------------------------- failing

    def fail_interpreting(self, strand: Strand, error: StateError) -> None:
        """The strand's state failed because the core could not work it out."""
        state = strand.state
        cause = interpreting_cause(strand, error)
        if error.evaluation:
            state.record_evaluation_failed(self, strand, error, cause)
        fatal = error.error in (RUNTIME, DATA_LIMIT_EXCEEDED)
        self.fail(strand, Failed(error.error, cause, fatal=fatal))

    def fail(self, strand: Strand, failed: Failed) -> None:
        """The strand's state failed: retry it, catch the failure, or pass it up."""
        state = strand.state
        self.strand = strand
        try:
            if not failed.fatal:
                if state.retry(self, strand, failed):
                    return
                state.record_failed(self, strand)
                if state.catch(self, strand, failed):
                    return
        except (StateError, RecursionError) as raised:
            error = raised if isinstance(raised, StateError) else too_deep()
            # The catcher's own Output or Assign failed; nobody catches that.
            self.strand = strand
            cause = interpreting_cause(strand, error)
            if error.evaluation:
                state.record_evaluation_failed(self, strand, error, cause)
            failed = Failed(error.error, cause, fatal=True)
        self._fail_strand(strand, failed)

    def _fail_strand(self, strand: Strand, failed: Failed) -> None:
        if strand.parent < 0:
            self.finish_failed(failed, strand.previous)
            return
        parent = self.execution.strands[strand.parent]
        self.strand = parent
        parent.state.child_failed(self, parent, strand, failed)

    def finish_failed(self, failed: Failed, previous: int) -> None:
        """The execution failed."""
        details: dict[str, Any] = {}
        if failed.error is not None:
            details["error"] = failed.error
        if failed.cause is not None:
            details["cause"] = failed.cause
        self.record(previous, "ExecutionFailed", details)
        self.execution.status = "FAILED"
        self._finish(Finish("FAILED", self.now, error=failed.error, cause=failed.cause))

    def finish_full(self) -> None:
        """The execution failed, since its history has no room for more than how it ends."""
        cause = (
            f"The execution reached the maximum number of history events ({HISTORY_EVENTS_MAX})."
        )
        self.finish_failed(Failed(RUNTIME, cause), self.execution.event_id)

    def finish_with(self, status: Any, type: str, error: Any, cause: Any) -> None:
        """The execution was stopped or timed out."""
        details: dict[str, Any] = {}
        if error is not None:
            details["error"] = error
        if cause is not None:
            details["cause"] = cause
        self.record(0, type, details)
        self.execution.status = status
        self._finish(Finish(status, self.now, error=error, cause=cause))

    def _finish(self, finish: Finish) -> None:
        execution = self.execution
        for task_id, strand_id in execution.tasks.items():
            self.outcome.commands.append(self._cancel(execution.strands[strand_id], task_id))
        for strand in execution.strands.values():
            strand.task = strand.timer = 0
        execution.tasks.clear()
        execution.timers.clear()
        execution.ready.clear()
        self.ready.clear()
        self.outcome.commands.append(finish)

    # ------------------------------------------------------------------------- tasks and timers

    def close_task(self, strand: Strand) -> None:
        """The strand no longer waits for its task."""
        self.execution.tasks.pop(strand.task, None)
        strand.task = 0
        strand.deadline = 0.0
        strand.token = ""

    def cancel_task(self, strand: Strand) -> None:
        """Close the strand's task and have it stopped."""
        self.outcome.commands.append(self._cancel(strand, strand.task))
        self.close_task(strand)

    def set_timer(self, strand: Strand, due_at: float) -> None:
        """Let the strand wait for a time."""
        timer_id = self.execution.new_id()
        strand.timer = timer_id
        self.execution.timers[timer_id] = strand.id
        self.outcome.commands.append(SetTimer(timer_id, due_at))

    def close_timer(self, strand: Strand) -> None:
        """The strand's timer fired."""
        self.execution.timers.pop(strand.timer, None)
        strand.timer = 0

    def _cancel(self, strand: Strand, task_id: int) -> CancelTask | CancelMapRun:
        if strand.state.type == "Map":
            return CancelMapRun(task_id)
        return CancelTask(task_id)

    def drop(self, strand: Strand) -> None:
        """Take a strand out of the execution, and cancel what it waits for."""
        if strand.task:
            self.cancel_task(strand)
        if strand.timer:
            self.outcome.commands.append(CancelTimer(strand.timer))
            self.close_timer(strand)
        del self.execution.strands[strand.id]

    def add_strand(self, parent: Strand, index: int, state: State, previous: int) -> Strand:
        """A new child of a strand, ready to enter its first state."""
        strand = Strand(self.execution.new_id(), parent.id, index, state, previous)
        self.execution.strands[strand.id] = strand
        self.ready.append(strand)
        return strand


def interpreting_cause(strand: Strand, error: StateError) -> str:
    """The error's cause with AWS's prefix, which names the state that was interpreted."""
    if error.bare:
        return error.cause
    return (
        f"An error occurred while executing the state '{strand.state.name}'"
        f" (entered at the event id #{strand.entered}). {error.cause}"
    )


_TERMINAL = frozenset(
    ("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")
)

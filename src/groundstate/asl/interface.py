"""What goes into the core of the Amazon States Language and what comes out of it.

    execution, outcome = begin(machine, info, Started(now, entropy))
    outcome = step(machine, execution, event)

An *event* (`inputs.py`) tells the core what has happened. The *outcome* holds the history events
that AWS would have recorded and the *commands* (`commands.py`) that somebody has to carry out. The
core does nothing itself: it reads no clock, makes no chance of its own and calls nobody, so the
same inputs give the same outcome, byte for byte.

Who carries out the commands follows these rules:

* `step` changes the `Execution` in place. Write `execution.dump()` and the outcome's events in the
  same transaction; load it again with `Execution.load(machine, info, data)`.
* Commands are carried out in their order, after (or in) the transaction that holds the events.
* A task that ends at once (a synchronous integration) is fed back with `TaskAnswered`,
  `TaskSucceeded` or `TaskFailed` in the same tick. Every attempt of a task has a `task_id` of its
  own, so an answer for an older attempt finds no open task: the outcome then has `accepted` False
  and nothing else.
* Timers are the core's (`SetTimer`), except those of tasks: `ScheduleTask` says after how many
  seconds the task has timed out or missed its heartbeat; feed `TaskTimedOut` then. Tasks that end
  in the same tick need no such timer.
* With `Finish` every open timer and task of the execution is void. `CancelTask` and `CancelMapRun`
  before it name the work that should be stopped (nested executions, map runs).
* `outcome.more` means that the step's budget of transitions is used up: feed `Continue` in a later
  turn, so that an endless loop does not hold up everybody else.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from groundstate.asl.commands import (
    CancelMapRun,
    CancelTask,
    CancelTimer,
    Command,
    Finish,
    ItemBatcher,
    ItemReader,
    MachineType,
    Pattern,
    RedriveMapRun,
    Resource,
    ResultWriter,
    ScheduleTask,
    SetTimer,
    StartMapRun,
)
from groundstate.asl.history import Entry, HistoryEvent, make_event, make_events
from groundstate.asl.inputs import (
    Broken,
    Continue,
    Input,
    MapRunFailed,
    MapRunStarted,
    MapRunSucceeded,
    Redriven,
    Started,
    Stopped,
    TaskAnswered,
    TaskFailed,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TaskTimedOut,
    TimerFired,
)

__all__ = [
    "MACHINE_TIMEOUT_TIMER",
    "Broken",
    "CancelMapRun",
    "CancelTask",
    "CancelTimer",
    "Command",
    "Continue",
    "Diagnostic",
    "Entry",
    "ExecutionInfo",
    "Finish",
    "HistoryEvent",
    "Input",
    "InvalidDefinition",
    "IsKnown",
    "ItemBatcher",
    "ItemReader",
    "MachineType",
    "MapRunFailed",
    "MapRunStarted",
    "MapRunSucceeded",
    "Outcome",
    "Pattern",
    "RedriveMapRun",
    "Redriven",
    "Resource",
    "ResultWriter",
    "ScheduleTask",
    "SetTimer",
    "StartMapRun",
    "Started",
    "Stopped",
    "TaskAnswered",
    "TaskFailed",
    "TaskStarted",
    "TaskSubmitted",
    "TaskSucceeded",
    "TaskTimedOut",
    "TimerFired",
    "make_event",
    "make_events",
]

IsKnown = Callable[[Resource], bool]
"""Whether there is the operation that the Resource of an aws-sdk Task names."""


MACHINE_TIMEOUT_TIMER = 0
"""The `timer_id` of the machine's own TimeoutSeconds; all others are greater."""


# ------------------------------------------------------------------------------ who is running


@dataclass(slots=True)
class ExecutionInfo:
    """What the core has to know of an execution beyond its state; it never changes in a run.

    It is given to `begin` and `Execution.load`, and is no part of `dump()`: whoever stores
    executions has it anyway.

    Attributes:
        arn, name: of the execution.
        role_arn: of the state machine, for ExecutionStarted and the context object.
        machine_arn, machine_name: of the state machine, without version or alias.
        input_text: the input as the caller sent it; `read_input()` gives it.
        start_time: epoch seconds.
        version_arn, alias_arn: how it was started, for ExecutionStarted; empty when not so.
        redrive_count: how often it was redriven; None where the context object has none (a
            tested state's, observed). `redrive_time`: epoch seconds of the last time.
        label: for children of a map run: the Label of the Map state, or ''.
        context: further members of the context object, put over those that the core makes
            (TestState's `context`, a map child's `Map`).
        variables: workflow variables that exist before the first state (TestState).
        missing_activities: of `Machine.activities`, those that do not exist at this step.
    """

    arn: str
    name: str
    role_arn: str
    machine_arn: str
    machine_name: str
    input_text: str
    start_time: float
    version_arn: str = ""
    alias_arn: str = ""
    redrive_count: int | None = 0
    redrive_time: float = 0.0
    label: str = ""
    context: dict[str, Any] | None = None
    variables: dict[str, Any] | None = None
    missing_activities: tuple[str, ...] = ()

    def read_input(self) -> str:
        """The input's text.

        Who loads executions may read it at its first use, in a class of its own.
        """
        return self.input_text

    def find_wrong_parameter(self, resource: Resource, parameters: Any) -> str:
        """The first parameter that an aws-sdk resource does not have, or ''.

        The core knows no service's model: who has them answers in a class of its own. The answer
        must not change while an execution runs.
        """
        return ""

    @property
    def region(self) -> str:
        """The region in the execution's ARN."""
        return self.arn.split(":", 4)[3]


@dataclass(slots=True)
class Outcome:
    """What a step gave.

    Attributes:
        now: the time of its events, in epoch seconds.
        first_id: the id of its first event.
        entries: history events to append, in order.
        commands: what to do, in order.
        more: feed `Continue`: the budget of transitions of one step is used up.
        rests: with `more`: so much was written that others should get their turn before that.
        accepted: False if the event was for a task or timer that is not open (any more), or the
            execution has ended; then nothing changed.
    """

    now: float = 0.0
    first_id: int = 1
    entries: list[Entry] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    more: bool = False
    rests: bool = False
    accepted: bool = True

    @property
    def events(self) -> list[HistoryEvent]:
        """The history events as GetExecutionHistory answers them."""
        return make_events(self.entries, self.first_id, self.now)


# -------------------------------------------------------------------------------- diagnostics


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding of validation, as ValidateStateMachineDefinition answers it.

    `location` is a JSON pointer like path (`/States/A/Next`), or '' when AWS gives none.
    """

    severity: Literal["ERROR", "WARNING"]
    code: str
    message: str
    location: str = ""


class InvalidDefinition(Exception):
    """A definition that CreateStateMachine refuses.

    Attributes:
        diagnostics: all errors found.
        answer: the whole text of AWS's InvalidDefinition.
    """

    def __init__(self, diagnostics: list[Diagnostic], answer: str = "") -> None:
        self.diagnostics = diagnostics
        self.answer = answer or f"Invalid State Machine Definition: '{self.message}'"
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """AWS's text, without the wrapping `Invalid State Machine Definition: '...'`."""
        return ", ".join(
            # AWS prints a location that it does not have as `null` (observed, August 2026).
            f"{diagnostic.code}: {diagnostic.message} at {diagnostic.location or 'null'}"
            for diagnostic in self.diagnostics
        )

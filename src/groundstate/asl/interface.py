"""What goes into the core of the Amazon States Language and what comes out of it.

    execution, outcome = begin(machine, info, Started(now, entropy))
    outcome = step(machine, execution, event)

An *event* (below: "Input events") tells the core what has happened. The *outcome* holds the history
events that AWS would have recorded and the *commands* that somebody has to carry out. The core does
nothing itself: it reads no clock, makes no chance of its own and calls nobody, so the same inputs
give the same outcome, byte for byte.

Who carries out the commands follows these rules:

* `step` changes the `Execution` in place. Write `execution.dump()` and the outcome's events in the
  same transaction; load it again with `Execution.load(machine, info, data)`.
* Commands are carried out in their order, after (or in) the transaction that holds the events.
* A task that ends at once (a synchronous integration) is fed back with `TaskSucceeded` or
  `TaskFailed` in the same tick. Every attempt of a task has a `task_id` of its own, so an answer
  for an older attempt finds no open task: the outcome then has `accepted` False and nothing else.
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

from dataclasses import dataclass, field
from typing import Any, Literal

HistoryEvent = dict[str, Any]
"""One event as GetExecutionHistory answers it: `timestamp` (epoch seconds), `type`, `id`,
`previousEventId` and the `...EventDetails` of its type. Inputs and outputs are JSON text."""

MachineType = Literal["STANDARD", "EXPRESS"]
Pattern = Literal["", "sync", "sync:2", "waitForTaskToken"]

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
        input_text: the input as the caller sent it.
        start_time: epoch seconds.
        version_arn, alias_arn: how it was started, for ExecutionStarted; empty when not so.
        redrive_count: how often it was redriven; None where the context object has none (a
            tested state's, observed). `redrive_time`: epoch seconds of the last time.
        label: for children of a map run: the Label of the Map state, or ''.
        context: further members of the context object, put over those that the core makes
            (TestState's `context`, a map child's `Map`).
        variables: workflow variables that exist before the first state (TestState).
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

    @property
    def region(self) -> str:
        """The region in the execution's ARN."""
        return self.arn.split(":", 4)[3]


# ------------------------------------------------------------------------------- input events


@dataclass(slots=True)
class Input:
    """What every input event carries.

    Attributes:
        now: epoch seconds: the timestamp of the history events that follow from it.
        entropy: 128 random bits; the only source of uuids, task tokens, jitter and `$random()`.
    """

    now: float
    entropy: int


@dataclass(slots=True)
class Started(Input):
    """The execution begins. Only for `begin`."""


@dataclass(slots=True)
class Continue(Input):
    """Go on after an outcome with `more`."""


@dataclass(slots=True)
class TaskStarted(Input):
    """A worker took an activity task (other tasks are recorded as started when scheduled)."""

    task_id: int
    worker_name: str = ""


@dataclass(slots=True)
class TaskSubmitted(Input):
    """The request of a `.sync` or `.waitForTaskToken` task was answered; the task goes on.

    Attributes:
        output: the answer, as a Python value.
    """

    task_id: int
    output: Any


@dataclass(slots=True)
class TaskSucceeded(Input):
    """A task ended well: its integration answered, or SendTaskSuccess was called.

    Attributes:
        output: the result as a Python value (as orjson reads JSON).
        output_text: the same as JSON text, when it is there already (SendTaskSuccess, Lambda);
            None makes the core write it.
    """

    task_id: int
    output: Any
    output_text: str | None = None


@dataclass(slots=True)
class TaskFailed(Input):
    """A task ended badly: an error of its integration, of the function, or SendTaskFailure.

    `error` and `cause` are None where the caller gave none.
    """

    task_id: int
    error: str | None = None
    cause: str | None = None


@dataclass(slots=True)
class TaskTimedOut(Input):
    """A task's TimeoutSeconds are over, or (`heartbeat`) its heartbeat is missed."""

    task_id: int
    heartbeat: bool = False


@dataclass(slots=True)
class TimerFired(Input):
    """A timer that `SetTimer` asked for is due."""

    timer_id: int


@dataclass(slots=True)
class MapRunStarted(Input):
    """The map run exists. Optional: without it the core records its start when it asks for it."""

    task_id: int


@dataclass(slots=True)
class MapRunSucceeded(Input):
    """All children of a map run ended, within the tolerated failures.

    Attributes:
        output: the list of the children's outputs, or what the ResultWriter answered.
    """

    task_id: int
    output: Any


@dataclass(slots=True)
class MapRunFailed(Input):
    """A map run failed: too many children did, or its items could not be read.

    `error` is e.g. `States.ExceedToleratedFailureThreshold` or `States.ItemReaderFailed`.
    """

    task_id: int
    error: str
    cause: str | None = None


@dataclass(slots=True)
class Stopped(Input):
    """StopExecution."""

    error: str | None = None
    cause: str | None = None


@dataclass(slots=True)
class Redriven(Input):
    """RedriveExecution of an execution that failed, timed out or was aborted.

    `info.redrive_count` and `info.redrive_time` have their new values already.
    """


# ----------------------------------------------------------------------------------- commands


@dataclass(slots=True)
class Resource:
    """A Task's Resource, taken apart at compile time.

    Attributes:
        kind: `integration` for an optimised one (`arn:aws:states:::lambda:invoke`), `aws-sdk`,
            `lambda` for a plain function ARN, `activity`.
        arn: as written in the definition, without the pattern's suffix.
        service: `lambda`, `dynamodb`, `states`, `sqs`, `http`; for aws-sdk the SDK's name
            (`dynamodb`, `sfn`).
        action: `invoke`, `putItem`, `startExecution`.
        pattern: '' (request-response), `sync`, `sync:2` or `waitForTaskToken`.
        resource: as history events show it: `invoke.waitForTaskToken`.
        resource_type: as history events show it: `lambda`, `aws-sdk:dynamodb`.
    """

    kind: Literal["integration", "aws-sdk", "lambda", "activity"]
    arn: str
    service: str
    action: str
    pattern: Pattern
    resource: str
    resource_type: str


@dataclass(slots=True)
class ScheduleTask:
    """Begin an attempt of a Task.

    Attributes:
        task_id: names this attempt within the execution.
        state_name: of the Task state.
        resource: what to call.
        parameters: resolved, a Python value; treat it as immutable. For a plain Lambda ARN or an
            activity it is the payload.
        parameters_text: the same as JSON text.
        attempt: 0 for the first, then counted up by each retry.
        timeout_s: seconds until TaskTimedOut, or None.
        heartbeat_s: seconds that may pass between heartbeats, or None.
        token: the task token, where the task waits for one or names it; else ''.
        credentials_role: the role of Credentials.RoleArn, or ''.
    """

    task_id: int
    state_name: str
    resource: Resource
    parameters: Any
    parameters_text: str
    attempt: int = 0
    timeout_s: float | None = None
    heartbeat_s: float | None = None
    token: str = ""
    credentials_role: str = ""


@dataclass(slots=True)
class CancelTask:
    """The execution no longer waits for this task: its state was left behind, timed out or stopped.

    Nested executions of `.sync` tasks are stopped; an activity task or token is closed.
    """

    task_id: int


@dataclass(slots=True)
class SetTimer:
    """Feed TimerFired(timer_id) at `due_at` (epoch seconds)."""

    timer_id: int
    due_at: float


@dataclass(slots=True)
class CancelTimer:
    """This timer is not wanted any more."""

    timer_id: int


@dataclass(slots=True)
class ItemReader:
    """Where a map run reads its items.

    Attributes:
        resource: `s3:getObject` or `s3:listObjectsV2`.
        parameters: resolved.
        config: ReaderConfig, resolved: InputType, MaxItems (int), CSVHeaderLocation, CSVHeaders,
            CSVDelimiter, ManifestType, Transformation, ItemsPointer.
    """

    resource: Resource
    parameters: Any
    config: dict[str, Any]


@dataclass(slots=True)
class ItemBatcher:
    """How a map run puts items together: limits are 0 when not set."""

    max_items: int
    max_input_bytes: int
    batch_input: Any
    has_batch_input: bool


@dataclass(slots=True)
class ResultWriter:
    """Where a map run writes its results.

    Attributes:
        resource: `s3:putObject`, or None where only WriterConfig is given.
        parameters: Bucket and Prefix.
        config: WriterConfig, resolved.
    """

    resource: Resource | None
    parameters: Any
    config: dict[str, Any]


@dataclass(slots=True)
class StartMapRun:
    """Run the child executions of a distributed Map state.

    The child's input of each item comes from `select_item(machine, execution, task_id, ...)`.
    The child's machine is `machine.processor(state_name)`.

    Attributes:
        task_id: names this attempt within the execution, as for tasks.
        map_run_arn: as recorded in MapRunStarted.
        label: the state's Label, or the one that the core made.
        state_name: of the Map state.
        execution_type: of the children.
        items: the items, or None when `item_reader` gives them. An object's items (JSONata) are
            pairs `{"Key", "Value"}` when `keyed`.
        max_concurrency: 0 for no limit of the user's own.
        tolerated_failure_count, tolerated_failure_percentage: None when not set.
    """

    task_id: int
    map_run_arn: str
    label: str
    state_name: str
    execution_type: MachineType
    items: list[Any] | None
    keyed: bool
    item_reader: ItemReader | None
    item_batcher: ItemBatcher | None
    result_writer: ResultWriter | None
    max_concurrency: int
    tolerated_failure_count: int | None
    tolerated_failure_percentage: float | None


@dataclass(slots=True)
class RedriveMapRun:
    """Run the children of a map run again that did not succeed, and those that never began.

    Attributes:
        task_id: names this attempt; MapRunSucceeded or MapRunFailed answers it.
        map_run_arn: of the run, which keeps its ARN.
        redrive_count: of the run.
    """

    task_id: int
    map_run_arn: str
    redrive_count: int


@dataclass(slots=True)
class CancelMapRun:
    """Abort a map run and its children."""

    task_id: int


@dataclass(slots=True)
class Finish:
    """The execution ended; nothing of it is open any more.

    Attributes:
        status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        output: JSON text when it SUCCEEDED, else None.
        error, cause: None where AWS leaves the member out.
        stop_time: epoch seconds.
    """

    status: Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
    stop_time: float
    output: str | None = None
    error: str | None = None
    cause: str | None = None


Command = (
    ScheduleTask
    | CancelTask
    | SetTimer
    | CancelTimer
    | StartMapRun
    | RedriveMapRun
    | CancelMapRun
    | Finish
)


@dataclass(slots=True)
class Outcome:
    """What a step gave.

    Attributes:
        events: history events to append, in order.
        commands: what to do, in order.
        more: feed `Continue`: the budget of transitions of one step is used up.
        accepted: False if the event was for a task or timer that is not open (any more), or the
            execution has ended; then nothing changed.
    """

    events: list[HistoryEvent] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    more: bool = False
    accepted: bool = True


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

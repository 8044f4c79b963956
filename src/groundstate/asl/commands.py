"""Commands: what the core asks others to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

MachineType = Literal["STANDARD", "EXPRESS"]
Pattern = Literal["", "sync", "sync:2", "waitForTaskToken"]


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
        items: the items, or None when `item_reader` gives them. An object's (JSONata) are pairs
            `{"Key", "Value"}`.
        max_concurrency: 0 for no limit of the user's own.
        tolerated_failure_count, tolerated_failure_percentage: None when not set.
    """

    task_id: int
    map_run_arn: str
    label: str
    state_name: str
    execution_type: MachineType
    items: list[Any] | None
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

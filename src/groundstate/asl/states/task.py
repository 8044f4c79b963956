"""Task: has something done elsewhere and goes on with the result.

The core records that a task is scheduled and started, asks for it with `ScheduleTask`, and waits.
The task's id is the id of its Scheduled event, so that every attempt has one of its own.

https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import (
    DATA_LIMIT_EXCEEDED,
    HEARTBEAT_TIMEOUT,
    TIMEOUT,
    Failed,
    data_limit_exceeded,
    runtime_error,
)
from groundstate.asl.execution import UNREAD
from groundstate.asl.interface import (
    Resource,
    ScheduleTask,
    TaskAnswered,
    TaskFailed,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TaskTimedOut,
)
from groundstate.asl.json_text import (
    SURELY_SMALL,
    is_too_large,
    read_data,
    to_plain_text,
    to_text,
)
from groundstate.asl.states.state import State
from groundstate.asl.task_parameters import (
    find_unsupported,
    not_supported,
    supported_parameters,
)

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.fields import Field
    from groundstate.asl.interface import Input
    from groundstate.asl.query import Query
    from groundstate.asl.turn import Turn


class TaskState(State):
    """A Task state.

    Attributes:
        resource: what it calls.
        timeout, heartbeat: seconds for the strand at work, or None where not set.
        credentials: the role's ARN for the strand at work, or None.
        needs_token: its parameters name `$$.Task.Token`, or its pattern waits for one.
        names: what the details of all events of an integration hold; nobody changes it.
    """

    type = "Task"
    aborted = True
    counts_retries = True

    def __init__(
        self,
        index: int,
        name: str,
        query: Query,
        resource: Resource,
        *,
        timeout: Field | None,
        heartbeat: Field | None,
        credentials: Field | None,
        needs_token: bool,
    ) -> None:
        super().__init__(index, name, query)
        self.resource = resource
        self.timeout = timeout
        self.heartbeat = heartbeat
        self.credentials = credentials
        self.needs_token = needs_token
        self.supported = supported_parameters(resource)
        self.words = _WORDS.get(resource.kind, _INTEGRATION)
        self.names: dict[str, Any] = {}
        if self.words is _INTEGRATION:
            self.names = {"resource": resource.resource, "resourceType": resource.resource_type}
        # Shown in the DataLimitExceeded of a result that is too large (observed).
        self.limit_name = resource.arn if resource.kind == "lambda" else resource.service

    def begin(self, turn: Turn, strand: Strand) -> None:
        token = turn.token = turn.chance.token() if self.needs_token else ""
        parameters = self.query.arguments(turn, strand)
        timeout_s = None if self.timeout is None else self.timeout(turn)
        heartbeat_s = None if self.heartbeat is None else self.heartbeat(turn)
        role = "" if self.credentials is None else self.credentials(turn)
        turn.token = ""
        text = strand.text if parameters is strand.raw_value else to_plain_text(parameters)
        if len(text) > SURELY_SMALL and is_too_large(text):
            raise data_limit_exceeded(self.name)
        execution, resource = turn.execution, self.resource
        unsupported = find_unsupported(self.supported, parameters)
        if resource.kind == "aws-sdk":
            wrong = execution.info.find_wrong_parameter(resource, parameters)
            unsupported = [wrong] if wrong else []
        if unsupported:
            raise runtime_error(
                f"The Parameters '{text}' could not be used to start the Task:"
                f" [{', '.join(map(not_supported, unsupported))}]"
            )
        if resource.arn in execution.info.missing_activities:
            raise runtime_error(f"The activity {resource.arn} does not exist.")
        words = self.words
        details: dict[str, Any]
        if words is _INTEGRATION:
            details = {"parameters": text, "region": execution.info.region, **self.names}
        else:
            details = {"input": text, "resource": resource.arn}
        if timeout_s is not None:
            details["timeoutInSeconds"] = timeout_s
        if heartbeat_s is not None:
            details["heartbeatInSeconds"] = heartbeat_s
        if role:
            details["taskCredentials"] = {"roleArn": role}
        task_id = previous = turn.record(strand.previous, words.scheduled, details)
        strand.task = task_id
        strand.token = token
        if timeout_s is not None:
            strand.deadline = turn.now + timeout_s
        execution.tasks[task_id] = strand.id
        if words is _INTEGRATION:
            previous = turn.record(previous, "TaskStarted", self.names)
        elif resource.kind == "lambda":
            previous = turn.record(previous, "LambdaFunctionStarted", None)
        strand.previous = previous
        turn.outcome.commands.append(
            ScheduleTask(
                task_id,
                self.name,
                resource,
                parameters,
                text,
                strand.attempt,
                timeout_s,
                heartbeat_s,
                token,
                role,
            )
        )

    def _emit_plain(self, turn: Turn, strand: Strand, type: str, details: dict[str, Any]) -> None:
        details.update(self.names)
        strand.previous = turn.record(strand.previous, type, details)

    # ----------------------------------------------------------------------------- answers

    def answered(self, turn: Turn, strand: Strand, event: Input) -> None:
        if type(event) is TaskAnswered:
            self._succeeded(turn, strand, event.text, UNREAD, event.text)
        elif type(event) is TaskSucceeded:
            text = event.output_text
            # What a worker sent is recorded as it came; the state's output is written afresh.
            if text is not None:
                self._succeeded(turn, strand, text, event.output, None)
            else:
                text = to_text(event.output)
                self._succeeded(turn, strand, text, event.output, text)
        elif type(event) is TaskFailed:
            self._failed(turn, strand, Failed(event.error, event.cause))
        elif type(event) is TaskTimedOut:
            alias = HEARTBEAT_TIMEOUT if event.heartbeat else ""
            self._timed_out(turn, strand, Failed(TIMEOUT, alias=alias))
        elif type(event) is TaskSubmitted:
            self._submitted(turn, strand, event)
        elif type(event) is TaskStarted:
            details = {"workerName": event.worker_name} if event.worker_name else {}
            turn.emit(strand, "ActivityStarted", details)

    def _submitted(self, turn: Turn, strand: Strand, event: TaskSubmitted) -> None:
        text = to_text(event.output)
        if is_too_large(text):
            self._too_large(turn, strand)
            return
        details = {"output": text}
        self._emit_plain(turn, strand, "TaskSubmitted", details)

    def _succeeded(
        self, turn: Turn, strand: Strand, text: str, result: Any, result_text: str | None
    ) -> None:
        if len(text) > SURELY_SMALL and is_too_large(text):
            self._too_large(turn, strand)
            return
        turn.close_task(strand)
        details = {"output": text, **self.names}
        strand.previous = turn.record(strand.previous, self.words.succeeded, details)
        query = self.query
        if result is UNREAD and query.reads_result:
            result = read_data(text)
        query.leave(turn, strand, result, result_text, self.next)

    def _too_large(self, turn: Turn, strand: Strand) -> None:
        error = data_limit_exceeded(self.limit_name)
        self._failed(turn, strand, Failed(DATA_LIMIT_EXCEEDED, error.cause))

    def _failed(self, turn: Turn, strand: Strand, failed: Failed) -> None:
        turn.close_task(strand)
        details: dict[str, Any] = {}
        if failed.cause is not None:
            details["cause"] = failed.cause
        if failed.error is not None:
            details["error"] = failed.error
        words = self.words
        self._emit_plain(turn, strand, words.failed, details)
        turn.fail(strand, failed)

    def _timed_out(self, turn: Turn, strand: Strand, failed: Failed) -> None:
        # Tasks that are out of time at the same moment are all recorded before the first of them
        # makes its Map or Parallel fail (observed with four Lambda tasks in a Map).
        late = [
            other
            for other in turn.execution.strands.values()
            if other is not strand and other.task and 0 < other.deadline <= turn.now
        ]
        self.record_timed_out(turn, strand)
        for other in late:
            other.state.record_timed_out(turn, other)
        turn.fail(strand, failed)
        for other in late:
            if turn.execution.strands.get(other.id) is other and turn.is_running:
                turn.fail(other, Failed(TIMEOUT))

    def record_timed_out(self, turn: Turn, strand: Strand) -> None:
        """Record that the open task ran out of time, and cancel it."""
        turn.cancel_task(strand)
        words = self.words
        details = {"error": TIMEOUT}
        self._emit_plain(turn, strand, words.timed_out, details)


class _Words:
    """The types of a kind's history events."""

    __slots__ = ("failed", "scheduled", "succeeded", "timed_out")

    def __init__(self, prefix: str) -> None:
        self.scheduled = f"{prefix}Scheduled"
        self.succeeded = f"{prefix}Succeeded"
        self.failed = f"{prefix}Failed"
        self.timed_out = f"{prefix}TimedOut"


_INTEGRATION = _Words("Task")
_WORDS = {"lambda": _Words("LambdaFunction"), "activity": _Words("Activity")}

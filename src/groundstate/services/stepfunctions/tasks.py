"""Open tasks: those that did not end in the burst that scheduled them.

An open task has a record in its execution's state (`run.OpenTask`), perhaps timers for its timeout
and its heartbeat, and perhaps a token. What it was scheduled with is in its history event, from
where it is read again when it has to be dispatched once more.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import orjson

from groundstate.asl.interface import Resource, ScheduleTask
from groundstate.operation import Call
from groundstate.services.stepfunctions.history import read_events
from groundstate.services.stepfunctions.integrations.result import Pending, Result, Submitted
from groundstate.services.stepfunctions.run import DISPATCHED, DUE, SUBMITTED, OpenTask, Run


def look_up_activities(call: Call, run: Run) -> None:
    """Tell the core which activities of its machine are gone.

    A task of one fails as it is entered, before anything is scheduled (observed). A mocked task
    needs none.
    """
    if run.program.activities and "mocks" not in run.extra:
        find = call.tx.activities.find
        run.info.missing_activities = tuple(
            arn for arn in sorted(run.program.activities) if find(arn) is None
        )


def open_task(call: Call, run: Run, command: ScheduleTask, result: Result) -> None:
    """Record a task whose answer comes later, and set its timers."""
    task = OpenTask(DISPATCHED)
    if isinstance(result, Submitted):
        task.phase, task.child = SUBMITTED, result.child
    elif isinstance(result, Pending) and result.deferred is None:
        # An activity's task is in its queue on disk, so a start need not put it there again.
        task.phase = SUBMITTED
    subject, data = str(run.row.execution_id), b"%d" % command.task_id
    region = run.machine.region
    if command.timeout_s is not None:
        task.timeout_timer = call.tx.timers.set(
            call.now + command.timeout_s, "stepfunctions", "task", subject, data, region=region
        )
    if command.heartbeat_s is not None:
        task.heartbeat_s = command.heartbeat_s
        task.heartbeat_timer = call.tx.timers.set(
            call.now + command.heartbeat_s,
            "stepfunctions",
            "heartbeat",
            subject,
            data,
            region=region,
        )
    if command.token:
        call.tx.executions.put_token(command.token, run.row.execution_id, command.task_id)
        task.has_token = True
    run.tasks[command.task_id] = task


def submitted(run: Run, task_id: int, result: Submitted) -> None:
    """Note that the request of a task was answered; the task goes on."""
    task = run.tasks[task_id]
    task.phase, task.child = SUBMITTED, result.child


def close(call: Call, run: Run, task_id: int) -> OpenTask | None:
    """Forget a task that ended: its timers and its token."""
    task = run.tasks.pop(task_id, None)
    if task is None:
        return None
    if task.timeout_timer:
        call.tx.timers.cancel(task.timeout_timer)
    if task.heartbeat_timer:
        call.tx.timers.cancel(task.heartbeat_timer)
    if task.has_token:
        call.tx.executions.delete_tokens(run.row.execution_id, task_id)
        call.tx.activities.delete_tasks(run.row.execution_id, task_id)
    return task


def beat(call: Call, run: Run, task_id: int) -> None:
    """Start a task's heartbeat clock again; the clock of its timeout goes on."""
    task = run.tasks[task_id]
    if task.heartbeat_timer:
        call.tx.timers.move(task.heartbeat_timer, call.now + task.heartbeat_s)


def take_due(call: Call, run: Run) -> deque[ScheduleTask]:
    """The tasks that a cut burst left for this one, in the order in which they were scheduled."""
    due: deque[ScheduleTask] = deque()
    for task_id, task in list(run.tasks.items()):
        if task.phase == DUE:
            del run.tasks[task_id]
            due.append(read_command(call, run, task_id))
    return due


def read_command(call: Call, run: Run, task_id: int) -> ScheduleTask:
    """What a task was scheduled with, from its history event, whose id is the task's."""
    (event,) = read_events(call, run.row.execution_id, first_id=task_id, limit=1, reverse=False)
    execution = run.execution
    strand = execution.strands[execution.tasks[task_id]]
    kind = str(event["type"])
    details: dict[str, Any] = event[kind[0].lower() + kind[1:] + "EventDetails"]
    text = details["parameters"] if kind == "TaskScheduled" else details.get("input", "{}")
    return ScheduleTask(
        task_id=task_id,
        state_name=strand.state.name,
        resource=_read_resource(kind, details),
        parameters=orjson.loads(text),
        parameters_text=text,
        attempt=strand.attempt,
        timeout_s=details.get("timeoutInSeconds"),
        heartbeat_s=details.get("heartbeatInSeconds"),
        token=strand.token,
        credentials_role=details.get("taskCredentials", {}).get("roleArn", ""),
    )


def _read_resource(kind: str, details: dict[str, Any]) -> Resource:
    resource = str(details["resource"])
    if kind == "LambdaFunctionScheduled":
        return Resource("lambda", resource, "lambda", "", "", resource, "lambda")
    if kind == "ActivityScheduled":
        return Resource("activity", resource, "", "", "", resource, "")
    resource_type = str(details["resourceType"])
    action, _, pattern = resource.partition(".")
    if resource_type.startswith("aws-sdk:"):
        service = resource_type[len("aws-sdk:") :]
        arn = f"arn:aws:states:::aws-sdk:{service}:{action}"
        return Resource("aws-sdk", arn, service, action, pattern, resource, resource_type)  # type: ignore[arg-type]
    arn = f"arn:aws:states:::{resource_type}:{action}"
    return Resource("integration", arn, resource_type, action, pattern, resource, resource_type)  # type: ignore[arg-type]

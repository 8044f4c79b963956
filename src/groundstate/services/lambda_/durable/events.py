"""The events of an execution's history, made of what happened. Pure.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_Event.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Shape

_NAMES = {
    "EXECUTION": "Execution",
    "CONTEXT": "Context",
    "STEP": "Step",
    "WAIT": "Wait",
    "CALLBACK": "Callback",
    "CHAINED_INVOKE": "ChainedInvoke",
}
_ENDS = {
    "SUCCEEDED": "Succeeded",
    "FAILED": "Failed",
    "CANCELLED": "Cancelled",
    "TIMED_OUT": "TimedOut",
    "STOPPED": "Stopped",
}
# What a caller may ask to be left out of the answer.
_DATA = ("Input", "Result", "Error", "Reason")


def make_event(operation: Shape, end: str, details: Shape, now: float) -> Shape:
    """An event of an operation: it began (`Started`), or came to an end, for good or not."""
    name = f"{_NAMES[operation['Type']]}{end}"
    event: Shape = {"EventType": name, "EventTimestamp": now, f"{name}Details": details}
    for member in ("Id", "Name", "ParentId", "SubType"):
        if member in operation:
            event[member] = operation[member]
    return event


def started(operation: Shape, now: float, update: Shape, runs: Shape | None = None) -> Shape:
    """An operation began.

    Args:
        update: the function's.
        runs: what a chained invocation has begun: its `ExecutedVersion`, and its
            `DurableExecutionArn` if it is an execution.
    """
    details: Shape = {}
    kind = operation["Type"]
    if kind == "WAIT":
        details = {
            "Duration": update["WaitOptions"]["WaitSeconds"],
            "ScheduledEndTimestamp": operation["WaitDetails"]["ScheduledEndTimestamp"],
        }
    elif kind == "CALLBACK":
        options = update.get("CallbackOptions", {})
        details = {"CallbackId": operation["CallbackDetails"]["CallbackId"]}
        for member, option in (
            ("Timeout", "TimeoutSeconds"),
            ("HeartbeatTimeout", "HeartbeatTimeoutSeconds"),
        ):
            if option in options:
                details[member] = options[option]
    elif kind == "CHAINED_INVOKE":
        details = {"FunctionName": update["ChainedInvokeOptions"]["FunctionName"]}
        if "Payload" in update:
            details["Input"] = data_of(update["Payload"])
        details |= runs or {}
    return make_event(operation, "Started", details, now)


def ended(operation: Shape, now: float, error: Shape | None = None) -> Shape:
    """An operation came to an end; `error` is of one that was cancelled."""
    kind, status = operation["Type"], operation["Status"]
    if kind == "WAIT":
        if status == "CANCELLED":
            details = {} if error is None else {"Error": data_of(error)}
        else:
            due_at = operation["WaitDetails"]["ScheduledEndTimestamp"]
            details = {"Duration": round(due_at - operation["StartTimestamp"])}
        return make_event(operation, _ENDS[status], details, now)
    return make_event(operation, _ENDS[status], _ending(operation, status), now)


def attempt_ended(operation: Shape, update: Shape, now: float) -> Shape:
    """An attempt of a step ended, and another one follows."""
    failed = "Error" in update
    details = _ending(operation, "FAILED" if failed else "SUCCEEDED")
    details["RetryDetails"]["NextAttemptDelaySeconds"] = update["StepOptions"][
        "NextAttemptDelaySeconds"
    ]
    return make_event(operation, "Failed" if failed else "Succeeded", details, now)


def _ending(operation: Shape, status: str) -> Shape:
    kind = operation["Type"]
    own = operation.get(f"{_NAMES[kind]}Details", {})
    details: Shape
    if status == "SUCCEEDED":
        details = {"Result": data_of(own.get("Result"))}
    else:
        details = {"Error": data_of(own.get("Error"))}
    if kind == "STEP":
        details["RetryDetails"] = {"CurrentAttempt": own["Attempt"]}
    return details


def execution_started(operation: Shape, payload: str, timeout_s: int) -> Shape:
    """The execution began; `operation` is the one that stands for it."""
    details = {"Input": data_of(payload), "ExecutionTimeout": timeout_s}
    return make_event(operation, "Started", details, operation["StartTimestamp"])


def execution_ended(operation: Shape, result: str | None, error: Shape | None, now: float) -> Shape:
    """The execution ended."""
    details: Shape
    if operation["Status"] == "SUCCEEDED":
        details = {"Result": data_of(result)}
    else:
        details = {"Error": data_of(error)}
    return make_event(operation, _ENDS[operation["Status"]], details, now)


def invocation_completed(
    began_at: float, request_id: str, error: Shape | None, now: float
) -> Shape:
    """An invocation of the function ended."""
    details: Shape = {"StartTimestamp": began_at, "EndTimestamp": now, "RequestId": request_id}
    if error is not None:
        details["Error"] = data_of(error)
    return {
        "EventType": "InvocationCompleted",
        "EventTimestamp": now,
        "InvocationCompletedDetails": details,
    }


def paused(pause: Shape, now: float) -> Shape:
    """The execution stands still."""
    details: Shape = {
        "PauseRequestTimestamp": pause["PauseRequestTimestamp"],
        "ExecutionTimeoutPaused": pause["ExecutionTimeoutPaused"],
    }
    if "Reason" in pause:
        details["Reason"] = data_of(pause["Reason"])
    return {
        "EventType": "ExecutionPaused",
        "EventTimestamp": now,
        "ExecutionPausedDetails": details,
    }


def resumed(reason: str | None, now: float) -> Shape:
    """The execution goes on."""
    details: Shape = {"ResumeRequestTimestamp": now}
    if reason is not None:
        details["Reason"] = data_of(reason)
    return {
        "EventType": "ExecutionResumed",
        "EventTimestamp": now,
        "ExecutionResumedDetails": details,
    }


def data_of(payload: Any) -> Shape:
    """A payload, an error or a reason as events have it: an empty one if there is none."""
    return {"Truncated": False} if payload is None else {"Payload": payload, "Truncated": False}


def without_data(event: Shape) -> Shape:
    """An event for callers who do not want what was given and returned."""
    name = f"{event['EventType']}Details"
    details = {
        member: {"Truncated": True} if member in _DATA else value
        for member, value in event[name].items()
    }
    return {**event, name: details}

"""Execution events in CloudWatch Logs, as a machine's loggingConfiguration wants them.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

import time
from typing import Any

import orjson

from groundstate.operation import Call, ServiceError
from groundstate.services.stepfunctions.run import Run

# Which events a level lets through; ALL has no list.
_FATAL = frozenset(("ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"))
_ERROR = _FATAL | frozenset(
    (
        "ActivityFailed",
        "ActivityScheduleFailed",
        "ActivityTimedOut",
        "EvaluationFailed",
        "FailStateEntered",
        "LambdaFunctionFailed",
        "LambdaFunctionScheduleFailed",
        "LambdaFunctionStartFailed",
        "LambdaFunctionTimedOut",
        "MapIterationFailed",
        "MapRunFailed",
        "MapStateFailed",
        "ParallelStateFailed",
        "TaskFailed",
        "TaskStartFailed",
        "TaskSubmitFailed",
        "TaskTimedOut",
    )
)
_LEVELS: dict[str, frozenset[str] | None] = {"FATAL": _FATAL, "ERROR": _ERROR, "ALL": None}

# Members of event details that hold execution data, and those that say whether it was cut.
_DATA = frozenset(
    (
        "assignedVariables",
        "assignedVariablesDetails",
        "input",
        "inputDetails",
        "output",
        "outputDetails",
        "parameters",
    )
)


def write_logs(call: Call, run: Run) -> None:
    """Write the events of a burst to the machine's log group, if it has one.

    A group that is gone does not hold up the execution, as on AWS.
    """
    configuration = run.revision.settings.get("loggingConfiguration", {})
    level = configuration.get("level", "OFF")
    destinations = configuration.get("destinations")
    if level == "OFF" or not destinations:
        return
    wanted = _LEVELS[level]
    with_data = bool(configuration.get("includeExecutionData"))
    lines = [
        {
            "timestamp": int(event["timestamp"] * 1000),
            "message": _line(run, event, with_data=with_data),
        }
        for event in run.events
        if wanted is None or event["type"] in wanted
    ]
    if lines:
        arn = destinations[0]["cloudWatchLogsLogGroup"]["logGroupArn"]
        _put(call, run, arn.split(":")[6], lines)


def _put(call: Call, run: Run, group: str, lines: list[dict[str, Any]]) -> None:
    day = time.strftime("%Y-%m-%d-%H-%M", time.gmtime(run.row.started_at))
    stream = f"states/{run.machine.name}/{day}/{run.row.execution_id:08x}"
    where = {"logGroupName": group, "logStreamName": stream}
    # The first lines of an execution find no stream; at the level ERROR they may come late.
    for operation, request in (
        ("CreateLogStream", where),
        ("PutLogEvents", {**where, "logEvents": lines}),
    ):
        try:
            call.invoke("logs", operation, request)
        except ServiceError as error:
            if error.code != "ResourceAlreadyExistsException":
                return


def _line(run: Run, event: dict[str, Any], *, with_data: bool) -> str:
    kind = str(event["type"])
    details: dict[str, Any] = {}
    for key, value in event.items():
        if key.endswith("EventDetails"):
            details = value
    if not with_data:
        details = {key: value for key, value in details.items() if key not in _DATA}
    return orjson.dumps(
        {
            "id": str(event["id"]),
            "type": kind,
            "details": details,
            "previous_event_id": str(event["previousEventId"]),
            "event_timestamp": str(int(event["timestamp"] * 1000)),
            "execution_arn": run.info.arn,
            "redrive_count": str(run.info.redrive_count),
        }
    ).decode()

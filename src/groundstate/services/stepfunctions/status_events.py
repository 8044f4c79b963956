"""Changes of the status of Standard executions, told to an EventBridge at the user's endpoint.

As on AWS they come as well as can be: an event that EventBridge does not take is lost, two events
may overtake each other (their times tell), and who is killed between the commit and the request
sends none.
https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import orjson

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.executions import origin, redrive_status
from groundstate.services.stepfunctions.integrations.endpoint import make_client, read_endpoints
from groundstate.services.stepfunctions.run import Run

# What an event of AWS's has room for, in bytes of escaped text.
DATA_BYTES_MAX = 248 * 1024

logger = logging.getLogger(__name__)


def tells(call: Call, run: Run) -> bool:
    """Whether somebody wants to know of this execution. AWS itself would refuse our events."""
    if not call.config.endpoints or run.is_express or run.row.map_run_id is not None:
        return False
    return read_endpoints(call.config.endpoints).get("events", "aws") != "aws"


def tell(call: Call, run: Run, *, began: bool) -> None:
    """Send what a burst, which is written, has changed.

    Args:
        began: the execution was started or redriven in it.
    """
    entries = []
    if began:
        entries.append(_entry(call, run, ended=False))
    if run.finish is not None:
        entries.append(_entry(call, run, ended=True))
    if not entries:
        return
    endpoint = read_endpoints(call.config.endpoints)["events"]
    region, outside = run.machine.region, call.host.outside

    def work() -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client = outside.keep(
                ("events", region, endpoint), lambda: make_client("events", region, endpoint)
            )
            client.put_events(Entries=entries)
        except (BotoCoreError, ClientError, ValueError) as error:
            logger.warning("no status event of %s was taken: %s", run.info.arn, error)

    outside.call(call, work)


def _entry(call: Call, run: Run, *, ended: bool) -> Shape:
    row, extra = run.row, run.extra
    finish = run.finish if ended else None
    changed_at = extra.get("redriven_at", row.started_at) if finish is None else finish.stop_time
    told = origin(call, run.machine, row, extra)
    if finish is None:
        told["redriveStatus"] = "NOT_REDRIVABLE"
        told["redriveStatusReason"] = "Execution is RUNNING and cannot be redriven"
    else:
        told |= redrive_status(call, row)
    # Everybody's members are there, and null where the execution has none (recorded).
    detail: dict[str, Any] = {
        "executionArn": run.info.arn,
        "stateMachineArn": run.machine.arn,
        "name": run.info.name,
        "status": "RUNNING" if finish is None else finish.status,
        "startDate": _milliseconds(row.started_at),
        "stopDate": None if finish is None else _milliseconds(finish.stop_time),
        "input": run.info.read_input(),
        "output": None if finish is None else finish.output,
        "stateMachineVersionArn": told.get("stateMachineVersionArn"),
        "stateMachineAliasArn": told.get("stateMachineAliasArn"),
        "redriveCount": told["redriveCount"],
        "redriveDate": _milliseconds(told.get("redriveDate")),
        "redriveStatus": told["redriveStatus"],
        "redriveStatusReason": told.get("redriveStatusReason"),
        "inputDetails": {"included": True},
        "outputDetails": None,
        "error": None if finish is None else finish.error,
        "cause": None if finish is None else finish.cause,
    }
    if detail["output"] is not None:
        detail["outputDetails"] = {"included": True}
    for name in ("input", "output"):
        if detail[name] is not None and len(orjson.dumps(detail)) > DATA_BYTES_MAX:
            detail[name], detail[f"{name}Details"] = None, {"included": False}
    return {
        "Time": datetime.fromtimestamp(changed_at, UTC),
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Resources": [run.info.arn],
        "Detail": orjson.dumps(detail).decode(),
    }


def _milliseconds(time: float | None) -> int | None:
    return None if time is None else round(time * 1000)

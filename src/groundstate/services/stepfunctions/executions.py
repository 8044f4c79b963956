"""Executions as operations look them up and describe them."""

from __future__ import annotations

from typing import Any

from groundstate.asl.interface import Entry
from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_execution_arn
from groundstate.services.stepfunctions.errors import ExecutionDoesNotExist
from groundstate.services.stepfunctions.history import read_ends
from groundstate.services.stepfunctions.machines import alias_arn, find_machine, version_arn
from groundstate.services.stepfunctions.run import arn_of, read_extra, read_input
from groundstate.store.executions import RUNNING, SUCCEEDED, ExecutionRow
from groundstate.store.state_machines import ACTIVE, StateMachine

# An execution can be redriven for 14 days after it ended.
REDRIVE_DAYS = 14


def get_execution(call: Call, arn: str) -> tuple[StateMachine, ExecutionRow]:
    """The Standard execution of an ARN, with its machine.

    Raises:
        InvalidArn: no ARN of a Standard execution.
        ExecutionDoesNotExist: there is none of this ARN.
    """
    parsed = parse_execution_arn(arn)
    tables = call.tx.state_machines
    machine = find_machine(call, parsed.machine)
    if machine is not None:
        row = call.tx.executions.find_by_name(machine.machine_id, parsed.name)
        if row is not None:
            return machine, row
    for machine in tables.find_deleted(parsed.machine):
        row = call.tx.executions.find_by_name(machine.machine_id, parsed.name)
        if row is not None:
            return machine, row
    raise ExecutionDoesNotExist(f"Execution Does Not Exist: '{arn}'")


def list_item(call: Call, machine: StateMachine, row: ExecutionRow) -> Shape:
    """An execution as ListExecutions shows it."""
    return _list_item(call, machine, row, read_extra(row))


def _list_item(
    call: Call, machine: StateMachine, row: ExecutionRow, extra: dict[str, Any]
) -> Shape:
    item: Shape = {
        "executionArn": arn_of(machine, row, extra),
        "stateMachineArn": machine.arn,
        "name": row.name,
        "status": row.status_name,
        "startDate": row.started_at,
    }
    if row.stopped_at is not None:
        item["stopDate"] = row.stopped_at
    item.update(origin(call, machine, row, extra))
    return item


def describe(call: Call, machine: StateMachine, row: ExecutionRow, *, with_data: bool) -> Shape:
    """An execution as DescribeExecution shows it."""
    extra = read_extra(row)
    described = _list_item(call, machine, row, extra)
    ends = read_ends(call, row)
    first, last = (None, None) if ends is None else ends[:2]
    if with_data:
        described["input"] = read_input(call, row, extra, first)
    described["inputDetails"] = {"included": with_data}
    if row.status != RUNNING:
        assert last is not None, row.execution_id
        described.update(_ending(last, with_data=with_data))
    if "trace" in extra:
        described["traceHeader"] = extra["trace"]
    described.update(redrive_status(call, row))
    return described


def redrive_status(call: Call, row: ExecutionRow) -> Shape:
    """Whether an execution can be redriven, and why not."""
    if row.status in (RUNNING, SUCCEEDED):
        reason = f"Execution is {row.status_name} and cannot be redriven"
        return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    assert row.stopped_at is not None, row.execution_id
    reason = ""
    if call.tx.state_machines.get(row.machine_id).status != ACTIVE:
        reason = "State machine is in DELETING status"
    elif row.map_run_id is not None:
        return {"redriveStatus": "REDRIVABLE_BY_MAP_RUN"}
    elif call.now - row.stopped_at > REDRIVE_DAYS * 86400:
        reason = "Execution redrivable period exceeded"
    if reason:
        return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    return {"redriveStatus": "REDRIVABLE"}


def origin(call: Call, machine: StateMachine, row: ExecutionRow, extra: dict[str, Any]) -> Shape:
    """What an execution was started of, and how often it was redriven."""
    # Recorded: executions of a version or an alias are listed with it; `redriveCount` comes always
    # in newer recordings.
    origin: Shape = {"redriveCount": extra.get("redrives", 0)}
    if "redriven_at" in extra:
        origin["redriveDate"] = extra["redriven_at"]
    if "version" in extra:
        origin["stateMachineVersionArn"] = version_arn(machine, extra["version"])
    if "alias" in extra:
        origin["stateMachineAliasArn"] = alias_arn(machine, extra["alias"])
    if row.map_run_id is not None:
        origin["mapRunArn"] = call.tx.map_runs.get(row.map_run_id).arn
    return origin


def _ending(entry: Entry, *, with_data: bool) -> Shape:
    kind, details = entry[0], entry[2] or {}
    ending: Shape = {}
    if "output" in details:
        if with_data:
            ending["output"] = details["output"]
        ending["outputDetails"] = {"included": with_data}
    # A timed-out execution has an error in its event, but none in its description (observed).
    if kind != "ExecutionTimedOut":
        for member in ("error", "cause"):
            if member in details and with_data:
                ending[member] = details[member]
    return ending

"""ListExecutions: a machine's or a map run's executions, the newest first.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.errors import (
    ResourceNotFound,
    StateMachineTypeNotSupported,
    ValidationException,
)
from groundstate.services.stepfunctions.executions import list_item
from groundstate.services.stepfunctions.machines import find_machine, no_machine
from groundstate.services.stepfunctions.paging import make_token, page_size, read_token
from groundstate.services.stepfunctions.run import read_extra
from groundstate.store.executions import STATUSES, ExecutionRow
from groundstate.store.state_machines import StateMachine

# How many rows are read at a time where a filter drops some.
_READ_AHEAD = 200


def list_executions(call: Call, request: Shape) -> Shape:
    """List executions by machine (version, alias) or map run.

    Raises:
        ValidationException: not exactly one of stateMachineArn and mapRunArn.
        InvalidArn, InvalidToken, StateMachineDoesNotExist, ResourceNotFound.
        StateMachineTypeNotSupported: an Express machine's are not kept.
    """
    if ("stateMachineArn" in request) == ("mapRunArn" in request):
        raise ValidationException("Must provide a State Machine ARN or Map Run ARN")
    machine, qualifier, map_run_id = _find_owner(call, request)
    status = STATUSES.index(request["statusFilter"]) if "statusFilter" in request else None
    size = page_size(request)
    position = read_token("executions", request.get("nextToken"))
    before = int(position) if position is not None else 1 << 62
    # A filter that the index does not know drops rows, so that more are read at a time.
    is_filtered = bool(qualifier) or "redriveFilter" in request
    limit = max(size + 1, _READ_AHEAD) if is_filtered else size + 1
    found: list[ExecutionRow] = []
    while len(found) <= size:
        rows = call.tx.executions.list_page(
            machine.machine_id,
            before=before,
            limit=limit,
            status=status,
            map_run_id=map_run_id,
        )
        found.extend(row for row in rows if _matches(row, qualifier, request))
        if len(rows) < limit:
            break
        before = rows[-1].execution_id
    shown = [list_item(call, machine, row) for row in found[:size]]
    if map_run_id is not None:
        for item, row in zip(shown, found, strict=False):
            item["itemCount"] = read_extra(row)["item"][1]
    answer: Shape = {"executions": shown}
    if len(found) > size:
        answer["nextToken"] = make_token("executions", found[size - 1].execution_id)
    return answer


def _find_owner(call: Call, request: Shape) -> tuple[StateMachine, str, int | None]:
    tables = call.tx.state_machines
    if "mapRunArn" in request:
        map_run = call.tx.map_runs.find(request["mapRunArn"])
        if map_run is None:
            raise ResourceNotFound(f"Resource not found: '{request['mapRunArn']}'")
        return tables.get(map_run.machine_id), "", map_run.map_run_id
    arn = request["stateMachineArn"]
    parsed = parse_machine_arn(arn)
    machine = find_machine(call, parsed.base)
    if machine is None:
        raise no_machine(arn)
    if machine.type == "EXPRESS":
        raise StateMachineTypeNotSupported(
            "This operation is not supported by this type of state machine"
        )
    return machine, parsed.qualifier, None


def _matches(row: ExecutionRow, qualifier: str, request: Shape) -> bool:
    if not qualifier and "redriveFilter" not in request:
        return True
    extra = read_extra(row)
    if qualifier and qualifier not in (str(extra.get("version", "")), extra.get("alias", "")):
        return False
    if "redriveFilter" in request:
        return bool((request["redriveFilter"] == "REDRIVEN") == ("redrives" in extra))
    return True

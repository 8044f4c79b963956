"""ListMapRuns: the map runs of an execution.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListMapRuns.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.executions import get_execution
from groundstate.services.stepfunctions.paging import make_token, page_size, read_token
from groundstate.services.stepfunctions.run import arn_of, read_extra


def list_map_runs(call: Call, request: Shape) -> Shape:
    """List map runs in the order in which they began, a page at a time.

    Raises:
        InvalidArn, ExecutionDoesNotExist, InvalidToken.
    """
    machine, row = get_execution(call, request["executionArn"])
    execution_arn = arn_of(machine, row, read_extra(row))
    size = page_size(request)
    position = read_token("map-runs", request.get("nextToken"))
    after = int(position) if position is not None else 0
    found = call.tx.map_runs.list_of(row.execution_id, after, size + 1)
    shown = []
    for map_run in found[:size]:
        entry: Shape = {
            "executionArn": execution_arn,
            "mapRunArn": map_run.arn,
            "stateMachineArn": call.tx.state_machines.get(map_run.machine_id).arn,
            "startDate": map_run.started_at,
        }
        if map_run.stopped_at is not None:
            entry["stopDate"] = map_run.stopped_at
        shown.append(entry)
    answer: Shape = {"mapRuns": shown}
    if len(found) > size:
        answer["nextToken"] = make_token("map-runs", found[size - 1].map_run_id)
    return answer

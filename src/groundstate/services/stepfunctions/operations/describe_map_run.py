"""DescribeMapRun: how a map run goes.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.map_run_arns import get_map_run
from groundstate.services.stepfunctions.run import arn_of, read_extra
from groundstate.store.map_runs import (
    ABORTED,
    FAILED,
    PENDING,
    STARTED,
    SUCCEEDED,
    TIMED_OUT,
    MapRun,
)


def describe_map_run(call: Call, request: Shape) -> Shape:
    """Describe a map run.

    Raises:
        InvalidArn, ResourceNotFound.
    """
    map_run = get_map_run(call, request["mapRunArn"])
    parent = call.tx.executions.find(map_run.parent_id)
    assert parent is not None, map_run.arn
    machine = call.tx.state_machines.get(parent.machine_id)
    settings = map_run.settings
    described: Shape = {
        "mapRunArn": map_run.arn,
        "executionArn": arn_of(machine, parent, read_extra(parent)),
        "status": map_run.status,
        "startDate": map_run.started_at,
        "maxConcurrency": settings["maxConcurrency"],
        "toleratedFailureCount": settings["toleratedFailureCount"],
        "toleratedFailurePercentage": settings["toleratedFailurePercentage"],
        "itemCounts": _counts(map_run, settings["items"]),
        "executionCounts": _counts(map_run, settings["executions"]),
    }
    if map_run.stopped_at is not None:
        described["stopDate"] = map_run.stopped_at
    if settings.get("redrives"):
        described["redriveCount"] = settings["redrives"]
        described["redriveDate"] = settings["redriven_at"]
    return described


def _counts(map_run: MapRun, counts: list[int]) -> Shape:
    # Observed: nothing counts as written while the run goes on.
    ended = map_run.status != "RUNNING"
    written = counts[SUCCEEDED] + counts[FAILED] + counts[TIMED_OUT] + counts[ABORTED]
    return {
        "pending": counts[PENDING],
        "running": counts[STARTED],
        "succeeded": counts[SUCCEEDED],
        "failed": counts[FAILED],
        "timedOut": counts[TIMED_OUT],
        "aborted": counts[ABORTED],
        "total": sum(counts),
        "resultsWritten": written if ended else 0,
        "failuresNotRedrivable": 0,
        "pendingRedrive": 0,
    }

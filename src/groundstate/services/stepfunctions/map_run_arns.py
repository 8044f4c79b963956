"""Map runs as operations look them up."""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.stepfunctions.arns import check_resource_arn
from groundstate.services.stepfunctions.errors import ResourceNotFound
from groundstate.store.map_runs import MapRun


def get_map_run(call: Call, arn: str) -> MapRun:
    """The map run of an ARN.

    Raises:
        InvalidArn, ResourceNotFound.
    """
    check_resource_arn(arn, "mapRun")
    map_run = call.tx.map_runs.find(arn)
    if map_run is None:
        raise ResourceNotFound(f"Resource not found: '{arn}'")
    return map_run

"""UpdateMapRun: change the limits of a map run that goes on.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateMapRun.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.errors import ValidationException
from groundstate.services.stepfunctions.map_run_arns import get_map_run
from groundstate.services.stepfunctions.map_runs import continue_map_run

_LIMITS = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")


def update_map_run(call: Call, request: Shape) -> Shape:
    """Set the concurrency or the tolerated failures.

    Raises:
        InvalidArn, ResourceNotFound: no such map run.
        ValidationException: it has ended.
    """
    map_run = get_map_run(call, request["mapRunArn"])
    if map_run.status != "RUNNING":
        raise ValidationException(f"Map Run is not running: '{map_run.arn}'")
    for limit in _LIMITS:
        if limit in request:
            map_run.settings[limit] = request[limit]
    call.tx.map_runs.update(map_run)
    map_run_id = map_run.map_run_id
    call.soon(lambda job: continue_map_run(job, map_run_id))
    return {}

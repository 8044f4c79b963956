"""Services that the runtime does not have: a clear failure of the task."""

from __future__ import annotations

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call
from groundstate.services.stepfunctions.integrations.result import Failed, Result
from groundstate.services.stepfunctions.run import Run


def missing_service(call: Call, run: Run, command: ScheduleTask) -> Result:
    """Fail with the name of what is missing."""
    resource = command.resource
    return Failed(
        "States.Runtime",
        f"Groundstate does not have the integration {resource.arn}. Services of its own: dynamodb,"
        " lambda, states, and aws-sdk for every service that it has. For another service, name an"
        f" endpoint with GROUNDSTATE_ENDPOINTS={resource.service}=http://...; see"
        " services/stepfunctions/README.md.",
    )

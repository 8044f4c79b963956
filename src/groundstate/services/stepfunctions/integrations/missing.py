"""Services that the runtime does not have: an endpoint that the user names, or a clear failure."""

from __future__ import annotations

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call
from groundstate.services.stepfunctions.integrations.endpoint import (
    call_endpoint,
    read_endpoints,
)
from groundstate.services.stepfunctions.integrations.result import Failed, Result
from groundstate.services.stepfunctions.run import Run


def missing_service(call: Call, run: Run, command: ScheduleTask) -> Result:
    """Call the service at the endpoint of the settings; without one, fail and name the setting."""
    resource = command.resource
    endpoint = read_endpoints(call.config.endpoints).get(resource.service)
    if endpoint is not None:
        return call_endpoint(call, run, command, endpoint)
    return Failed(
        "States.Runtime",
        f"Groundstate does not have the integration {resource.arn}. Services of its own: dynamodb,"
        " lambda, states, and aws-sdk for every service that it has. For another service, name an"
        f" endpoint with GROUNDSTATE_ENDPOINTS={resource.service}=http://...; see"
        " services/stepfunctions/README.md.",
    )

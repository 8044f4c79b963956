"""What an operation's permission is about, where that is not an ARN in the request.

AWS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
"""

from __future__ import annotations

from groundstate.operation import Call, Resources, ResourcesOf, Shape
from groundstate.services.stepfunctions.arns import make_arn
from groundstate.services.stepfunctions.run import load_run


def created(resource_type: str) -> ResourcesOf:
    """The ARN that a new resource of this type and the request's name will have."""

    def resource(call: Call, request: Shape) -> Resources:
        return make_arn(call, f"{resource_type}:{request.get('name', '')}")

    return resource


def routed_machine(call: Call, request: Shape) -> Resources:
    """The machine whose versions a new alias routes to."""
    for route in request.get("routingConfiguration") or ():
        arn = route.get("stateMachineVersionArn") if isinstance(route, dict) else None
        if isinstance(arn, str):
            return ":".join(arn.split(":")[:7])
    return "*"


def listed_owner(call: Call, request: Shape) -> Resources:
    """The machine or the map run whose executions are listed."""
    arn = request.get("stateMachineArn") or request.get("mapRunArn")
    return arn if isinstance(arn, str) else "*"


def token_owner(call: Call, request: Shape) -> Resources:
    """Of a task token: the state machine, as CDK's grantTaskResponse names it, or the activity."""
    token = request.get("taskToken")
    found = call.tx.executions.find_token(token) if isinstance(token, str) else None
    run = load_run(call, found[0]) if found is not None else None
    if found is None or run is None or found[1] not in run.execution.tasks:
        return "*"
    strand = run.execution.strands[run.execution.tasks[found[1]]]
    resource = getattr(strand.state, "resource", None)
    if resource is not None and resource.kind == "activity":
        return str(resource.arn)
    return run.machine.arn

"""UpdateStateMachineAlias: let an alias name other versions.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachineAlias.html
"""

from __future__ import annotations

from dataclasses import replace

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.aliases import get_alias, read_routing
from groundstate.services.stepfunctions.errors import ValidationException


def update_state_machine_alias(call: Call, request: Shape) -> Shape:
    """Change an alias's routing or description.

    Raises:
        InvalidArn, ResourceNotFound: no such alias.
        ValidationException: nothing to change, or versions of another machine.
    """
    machine, alias = get_alias(call, request["stateMachineAliasArn"])
    if "description" not in request and "routingConfiguration" not in request:
        raise ValidationException(
            "Either the description or the RoutingConfiguration must be specified"
        )
    if "routingConfiguration" in request:
        routed, routing = read_routing(call, request["routingConfiguration"])
        if routed.machine_id != machine.machine_id:
            raise ValidationException(
                "Routing configuration must contain versions of the alias's state machine."
            )
        alias = replace(alias, routing=routing)
    if "description" in request:
        alias = replace(alias, description=request["description"])
    call.tx.state_machines.put_alias(replace(alias, updated_at=call.now))
    return {"updateDate": call.now}

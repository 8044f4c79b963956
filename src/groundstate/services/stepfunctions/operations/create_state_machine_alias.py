"""CreateStateMachineAlias: name one or two versions of a machine.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.aliases import ALIASES_MAX, read_routing
from groundstate.services.stepfunctions.errors import (
    ConflictException,
    ServiceQuotaExceededException,
)
from groundstate.services.stepfunctions.machines import alias_arn
from groundstate.store.state_machines import Alias


def create_state_machine_alias(call: Call, request: Shape) -> Shape:
    """Make an alias, or find the one that is exactly like it.

    Raises:
        InvalidArn, ValidationException, ResourceNotFound: bad routing.
        ConflictException: the name is taken by an alias that differs.
        ServiceQuotaExceededException: the machine has 100 aliases.
    """
    machine, routing = read_routing(call, request["routingConfiguration"])
    name, description = request["name"], request.get("description")
    tables = call.tx.state_machines
    alias = tables.find_alias(machine.machine_id, name)
    if alias is None:
        if len(tables.list_aliases(machine.machine_id)) >= ALIASES_MAX:
            raise ServiceQuotaExceededException(
                f"The state machine has reached its quota of {ALIASES_MAX} aliases."
            )
        alias = Alias(machine.machine_id, name, description, routing, call.now, call.now)
        tables.put_alias(alias)
    elif (alias.routing, alias.description) != (routing, description):
        raise ConflictException(
            "Failed to create alias because an alias with the same name and a different routing"
            " configuration already exists."
        )
    return {
        "stateMachineAliasArn": alias_arn(machine, name),
        "creationDate": alias.created_at,
    }

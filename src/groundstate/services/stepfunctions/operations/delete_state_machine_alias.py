"""DeleteStateMachineAlias: forget an alias; its versions stay.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachineAlias.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.machines import find_machine


def delete_state_machine_alias(call: Call, request: Shape) -> Shape:
    """Delete an alias. One that is not there is no error (recorded; the reference says otherwise).

    Raises:
        InvalidArn.
    """
    parsed = parse_machine_arn(request["stateMachineAliasArn"])
    machine = find_machine(call, parsed.base)
    if machine is not None:
        call.tx.state_machines.delete_alias(machine.machine_id, parsed.qualifier)
    return {}

"""DeleteStateMachineVersion: forget a version; its executions go on.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachineVersion.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.errors import ConflictException, ValidationException
from groundstate.services.stepfunctions.machines import find_machine


def delete_state_machine_version(call: Call, request: Shape) -> Shape:
    """Delete a version. One that is not there is no error.

    Raises:
        InvalidArn: no machine's ARN.
        ValidationException: the ARN names no version.
        ConflictException: an alias routes to it.
    """
    arn = request["stateMachineVersionArn"]
    parsed = parse_machine_arn(arn)
    if not parsed.qualifier.isdigit():
        raise ValidationException(f"The ARN is not one of a state machine version: '{arn}'")
    tables = call.tx.state_machines
    machine = find_machine(call, parsed.base)
    if machine is None:
        return {}
    number = int(parsed.qualifier)
    users = [
        alias.name
        for alias in tables.list_aliases(machine.machine_id)
        if any(routed == number for routed, _ in alias.routing)
    ]
    if users:
        raise ConflictException(
            "Version to be deleted must not be referenced by an alias. Current list of aliases"
            f" referencing this version: [{', '.join(users)}]"
        )
    tables.delete_version(machine.machine_id, number)
    return {}

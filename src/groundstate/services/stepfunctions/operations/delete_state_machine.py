"""DeleteStateMachine: end a machine, once its executions have ended.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.errors import ValidationException
from groundstate.services.stepfunctions.executor import abort_running
from groundstate.services.stepfunctions.machines import find_machine
from groundstate.store.state_machines import DELETED, DELETING


def delete_state_machine(call: Call, request: Shape) -> Shape:
    """Delete a machine with its versions and aliases. One that is not there is no error.

    Executions that run are terminated at their next transition, and the machine is DELETING until
    the last of them has ended.

    Raises:
        InvalidArn: no machine's ARN.
        ValidationException: the ARN of a version or an alias.
    """
    arn = parse_machine_arn(request["stateMachineArn"])
    if arn.qualifier:
        raise ValidationException(
            f"Version or alias ARN is not supported in this context: '{request['stateMachineArn']}'"
        )
    tables = call.tx.state_machines
    machine = find_machine(call, arn.base)
    if machine is None:
        return {}
    if call.tx.executions.has_running(machine.machine_id):
        tables.set_status(machine.machine_id, DELETING)
        call.soon(lambda job: abort_running(job, machine.machine_id))
    else:
        tables.set_status(machine.machine_id, DELETED)
        tables.delete_tags(machine.arn)
    return {}

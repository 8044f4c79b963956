"""CreateStateMachine: store a definition under a name.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import make_arn
from groundstate.services.stepfunctions.definitions import check_definition
from groundstate.services.stepfunctions.errors import (
    StateMachineAlreadyExists,
    StateMachineDeleting,
    ValidationException,
)
from groundstate.services.stepfunctions.machines import version_arn
from groundstate.services.stepfunctions.names import check_name
from groundstate.services.stepfunctions.settings import check_role, read_settings
from groundstate.services.stepfunctions.tags import read_tags
from groundstate.services.stepfunctions.versions import publish
from groundstate.store.state_machines import ACTIVE, StateMachine


def create_state_machine(call: Call, request: Shape) -> Shape:
    """Make a state machine, or find the one that is exactly like it.

    Raises:
        InvalidName, InvalidArn, InvalidDefinition, InvalidLoggingConfiguration: bad parts.
        ValidationException: a version's description without `publish`.
        StateMachineAlreadyExists: the name is taken by a machine that differs, if only in the
            layout of its definition's text.
    """
    name = request["name"]
    check_name(name)
    if "versionDescription" in request and not request.get("publish"):
        raise ValidationException("Version description can only be set when publish is true")
    machine_type = request.get("type", "STANDARD")
    program = check_definition(request["definition"], machine_type)
    check_role(call, request["roleArn"])
    settings = read_settings(call, request)
    arn = make_arn(call, f"stateMachine:{name}")
    tables = call.tx.state_machines
    machine = tables.find(arn)
    if machine is None:
        machine = tables.create(
            arn,
            region=call.region,
            name=name,
            type=machine_type,
            definition=request["definition"],
            role_arn=request["roleArn"],
            settings=settings,
            now=call.now,
        )
        call.host.machines.put(tables.get_revision(machine.revision), program)
        tables.put_tags(arn, read_tags(request.get("tags", ())))
    else:
        _check_same(call, machine, request, machine_type)
    answer = {"stateMachineArn": machine.arn, "creationDate": machine.created_at}
    if request.get("publish"):
        version = publish(call, machine, machine.revision, request.get("versionDescription"))
        answer["stateMachineVersionArn"] = version_arn(machine, version.number)
    return answer


def _check_same(call: Call, machine: StateMachine, request: Shape, machine_type: str) -> None:
    # AWS compares name, definition, type, logging and tracing, and not the role or the tags.
    if machine.status != ACTIVE:
        raise StateMachineDeleting(f"State Machine is being deleted: '{machine.arn}'")
    revision = call.tx.state_machines.get_revision(machine.revision)
    if revision.definition != request["definition"] or machine.type != machine_type:
        raise StateMachineAlreadyExists(f"State Machine Already Exists: '{machine.arn}'")

"""CreateStateMachine: store a definition under a name.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Answer, Call, Shape
from groundstate.services.stepfunctions.arns import make_arn
from groundstate.services.stepfunctions.definitions import check_definition, prepare_long
from groundstate.services.stepfunctions.errors import (
    StateMachineAlreadyExists,
    StateMachineDeleting,
    ValidationException,
)
from groundstate.services.stepfunctions.machines import version_arn
from groundstate.services.stepfunctions.names import check_name
from groundstate.services.stepfunctions.settings import (
    check_log_delivery,
    check_machine_role,
    check_managed_rule,
    read_settings,
)
from groundstate.services.stepfunctions.tags import read_tags
from groundstate.services.stepfunctions.versions import publish
from groundstate.store.state_machines import ACTIVE, StateMachine


def create_state_machine(call: Call, request: Shape) -> Answer:
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
    later = prepare_long(call, request, machine_type)
    if later is not None:
        return later
    program = check_definition(call, request["definition"], machine_type)
    arn = make_arn(call, f"stateMachine:{name}")
    check_machine_role(call, request["roleArn"], arn)
    settings = read_settings(call, request, arn)
    check_log_delivery(call, request["roleArn"], settings)
    check_managed_rule(call, request["roleArn"], request["definition"])
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
        call.host.machines.put_new(tables.get_revision(machine.revision), program)
        tables.put_tags(arn, read_tags(request.get("tags", ())))
    else:
        _check_same(call, machine, request, machine_type, settings)
    answer = {"stateMachineArn": machine.arn, "creationDate": machine.created_at}
    if request.get("publish"):
        version = publish(call, machine, machine.revision, request.get("versionDescription"))
        answer["stateMachineVersionArn"] = version_arn(machine, version.number)
    return answer


def _check_same(
    call: Call,
    machine: StateMachine,
    request: Shape,
    machine_type: str,
    settings: dict[str, Any],
) -> None:
    # AWS compares name, definition, type and settings, and not the role or the tags (documented).
    if machine.status != ACTIVE:
        raise StateMachineDeleting(f"State Machine is being deleted: '{machine.arn}'")
    revision = call.tx.state_machines.get_revision(machine.revision)
    wanted = (request["definition"], machine_type, settings)
    if (revision.definition, machine.type, revision.settings) != wanted:
        raise StateMachineAlreadyExists(f"State Machine Already Exists: '{machine.arn}'")

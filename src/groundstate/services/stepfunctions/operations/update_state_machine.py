"""UpdateStateMachine: give a machine another definition, role or settings.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Answer, Call, Shape
from groundstate.services.stepfunctions.definitions import check_definition, prepare_long
from groundstate.services.stepfunctions.errors import (
    MissingRequiredParameter,
    ValidationException,
)
from groundstate.services.stepfunctions.machines import get_active_machine, version_arn
from groundstate.services.stepfunctions.settings import (
    check_log_delivery,
    check_machine_role,
    check_managed_rule,
    read_settings,
)
from groundstate.services.stepfunctions.versions import publish

_CHANGEABLE = (
    "definition",
    "roleArn",
    "loggingConfiguration",
    "tracingConfiguration",
    "encryptionConfiguration",
)


def update_state_machine(call: Call, request: Shape) -> Answer:
    """Make a new revision; executions that run go on with the one that they began with.

    An update that changes nothing makes no revision.

    Raises:
        InvalidArn, StateMachineDoesNotExist, StateMachineDeleting: no machine to change. The ARN
            of a version or an alias is none.
        MissingRequiredParameter: nothing to change is given.
        InvalidDefinition, InvalidLoggingConfiguration: bad parts.
        ValidationException: a version's description without `publish`.
    """
    machine = get_active_machine(call, request["stateMachineArn"])
    if not any(member in request for member in _CHANGEABLE):
        raise MissingRequiredParameter(
            "Either the definition, the role ARN, the LoggingConfiguration, or the"
            " TracingConfiguration must be specified"
        )
    if "versionDescription" in request and not request.get("publish"):
        raise ValidationException("Version description can only be set when publish is true")
    later = prepare_long(call, request, machine.type)
    if later is not None:
        return later
    tables = call.tx.state_machines
    revision = tables.get_revision(machine.revision)
    definition = request.get("definition", revision.definition)
    role_arn = request.get("roleArn", revision.role_arn)
    program = None
    if "definition" in request:
        program = check_definition(call, definition, machine.type)
    if "roleArn" in request:
        check_machine_role(call, role_arn, machine.arn)
    settings = read_settings(call, request, machine.arn, revision.settings)
    if not {"roleArn", "loggingConfiguration", "tracingConfiguration"}.isdisjoint(request):
        check_log_delivery(call, role_arn, settings)
    if "roleArn" in request or "definition" in request:
        check_managed_rule(call, role_arn, definition)
    if (definition, role_arn, settings) != (
        revision.definition,
        revision.role_arn,
        revision.settings,
    ):
        number = tables.revise(
            machine.machine_id,
            revision_id=ids.make_uuid(),
            definition=definition,
            role_arn=role_arn,
            settings=settings,
            now=call.now,
        )
        revision = tables.get_revision(number)
        if program is not None:
            call.host.machines.put_new(revision, program)
    answer: Shape = {"updateDate": call.now}
    if revision.revision_id is not None:
        answer["revisionId"] = revision.revision_id
    if request.get("publish"):
        version = publish(call, machine, revision.revision, request.get("versionDescription"))
        answer["stateMachineVersionArn"] = version_arn(machine, version.number)
    return answer

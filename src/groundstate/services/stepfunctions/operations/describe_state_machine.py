"""DescribeStateMachine: what a machine, or one of its versions, is.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.machines import (
    compiled,
    get_machine,
    get_version,
    variable_references,
    version_arn,
)
from groundstate.services.stepfunctions.settings import describe_settings


def describe_state_machine(call: Call, request: Shape) -> Shape:
    """Describe a machine's newest revision, or the one of a version.

    Raises:
        InvalidArn, StateMachineDoesNotExist.
    """
    arn = request["stateMachineArn"]
    tables = call.tx.state_machines
    described: Shape = {}
    if parse_machine_arn(arn).qualifier:
        machine, version = get_version(call, arn)
        revision = tables.get_revision(version.revision)
        described["stateMachineArn"] = version_arn(machine, version.number)
        described["creationDate"] = version.created_at
        if version.description is not None:
            described["description"] = version.description
    else:
        machine = get_machine(call, arn)
        revision = tables.get_revision(machine.revision)
        described["stateMachineArn"] = machine.arn
        described["creationDate"] = machine.created_at
    described |= {
        "name": machine.name,
        "status": machine.status,
        "definition": revision.definition,
        "roleArn": revision.role_arn,
        "type": machine.type,
        **describe_settings(revision.settings),
    }
    if request.get("includedData") == "METADATA_ONLY":
        described["definition"] = ""
    if revision.revision_id is not None:
        described["revisionId"] = revision.revision_id
    if machine.label is not None:
        described["label"] = machine.label
    return described | variable_references(compiled(call, machine, revision))

"""PublishStateMachineVersion: give a machine's present revision a number that keeps it.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.errors import ConflictException
from groundstate.services.stepfunctions.machines import get_active_machine, version_arn
from groundstate.services.stepfunctions.versions import publish

# How a request names the revision of a machine that was never updated.
_INITIAL = "INITIAL"


def publish_state_machine_version(call: Call, request: Shape) -> Shape:
    """Publish the present revision; one that is published already keeps its version.

    Raises:
        InvalidArn, StateMachineDoesNotExist, StateMachineDeleting: no machine to publish.
        ConflictException: `revisionId` names another revision, or the description differs from
            that of the version that there is.
        ServiceQuotaExceededException: the machine has 1,000 versions.
    """
    machine = get_active_machine(call, request["stateMachineArn"])
    revision = call.tx.state_machines.get_revision(machine.revision)
    present = revision.revision_id or _INITIAL
    if "revisionId" in request and request["revisionId"] != present:
        raise ConflictException(
            "Failed to publish the State Machine version for revision"
            f" {request['revisionId']}. The current State Machine revision is {present}."
        )
    version = publish(call, machine, revision.revision, request.get("description"))
    return {
        "creationDate": version.created_at,
        "stateMachineVersionArn": version_arn(machine, version.number),
    }

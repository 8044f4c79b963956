"""DeployProcessedTemplate: an operation goes on once its template's macros have been carried out.

It is no operation of AWS and cannot be reached from outside; `engine/macros.py` asks for it.
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Shape
from groundstate.services.cloudformation.operations.create_change_set import create_change_set
from groundstate.services.cloudformation.operations.create_stack import create_stack
from groundstate.services.cloudformation.operations.update_stack import update_stack

_OPERATIONS = {
    "CreateChangeSet": create_change_set,
    "CreateStack": create_stack,
    "UpdateStack": update_stack,
}


def deploy_processed_template(call: Call, request: Shape) -> Answer:
    """Perform `Operation` with `Request`, which has the template that came out.

    Raises:
        ValidationError: as the operation refuses.
    """
    return _OPERATIONS[request["Operation"]](call, request["Request"])

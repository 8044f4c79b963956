"""DeleteStack: delete a stack and what it made.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.engine.deployments import begin_delete
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.stacks import find_stack

_BUSY_UPDATING = ("UPDATE_", "IMPORT_", "ROLLBACK_")


def delete_stack(call: Call, request: Shape) -> Shape:
    """Begin to delete a stack; nothing happens if it is gone or being deleted.

    Raises:
        ValidationError: it is protected, busy, or another stack uses one of its exports.
    """
    stack = find_stack(call, request["StackName"])
    if stack is None or stack.deleted_at is not None or stack.status == "DELETE_IN_PROGRESS":
        return {}
    if stack.data.get("termination_protection"):
        raise ValidationError(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )
    if stack.status.endswith("_IN_PROGRESS") and stack.status.startswith(_BUSY_UPDATING):
        raise ValidationError(
            f"Stack:{stack.stack_id} is in {stack.status} state and can not be deleted."
        )
    retain = request.get("RetainResources", [])
    if retain and stack.status != "DELETE_FAILED" and request.get("DeletionMode") is None:
        raise ValidationError(
            "Invalid operation on stack"
            f" [{stack.stack_id}]. RetainResources can only be specified for stacks in the"
            " DELETE_FAILED state"
        )
    for name, _, _ in call.tx.stacks.list_exports(stack.region, stack.stack_id):
        users = call.tx.stacks.list_importers(stack.region, name)
        if users:
            raise ValidationError(
                f"Delete canceled. Cannot delete export {name} as it is in use by"
                f" {' and '.join(users)}."
            )
    begin_delete(
        call,
        stack,
        {
            "token": request.get("ClientRequestToken", ""),
            "retain": retain,
            "role_arn": request.get("RoleARN"),
        },
    )
    return {}

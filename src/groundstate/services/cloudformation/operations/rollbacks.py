"""RollbackStack, ContinueUpdateRollback and CancelUpdateStack: ways back from an update.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.engine.deployments import begin_rollback
from groundstate.services.cloudformation.engine.run import start
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.stacks import get_stack


def rollback_stack(call: Call, request: Shape) -> Shape:
    """Take back a deployment that was left as it failed.

    Raises:
        ValidationError: there is no such stack, or nothing to take back.
    """
    stack = get_stack(call, request["StackName"])
    if stack.status not in ("CREATE_FAILED", "UPDATE_FAILED") or "paused" not in stack.data:
        raise ValidationError(
            f"Stack [{stack.name}] is in {stack.status} state and can not be rolled back."
        )
    begin_rollback(
        call,
        stack,
        {"token": request.get("ClientRequestToken", ""), "role_arn": request.get("RoleARN")},
    )
    return {"StackId": stack.stack_id}


def continue_update_rollback(call: Call, request: Shape) -> Shape:
    """Go on with a rollback that failed, some resources left out.

    Raises:
        ValidationError: there is no such stack, or its rollback did not fail.
    """
    stack = get_stack(call, request["StackName"])
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise ValidationError(
            f"Stack:{stack.stack_id} is in {stack.status} state and can not continue rollback."
        )
    begin_rollback(
        call,
        stack,
        {
            "token": request.get("ClientRequestToken", ""),
            "role_arn": request.get("RoleARN"),
            "skip": request.get("ResourcesToSkip"),
        },
    )
    return {}


def cancel_update_stack(call: Call, request: Shape) -> Shape:
    """Stop an update that is under way, and roll it back.

    Raises:
        ValidationError: there is no such stack, or no update of it.
    """
    stack = get_stack(call, request["StackName"])
    if stack.status != "UPDATE_IN_PROGRESS" or stack.deployment is None:
        raise ValidationError(
            f"CancelUpdateStack cannot be called from current stack status {stack.status}"
        )
    stack.deployment["failure"] = "User Initiated"
    start(call, stack)
    return {}

"""UpdateStack: change a stack to another template or other parameters.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Shape
from groundstate.services.cloudformation.engine import changes
from groundstate.services.cloudformation.engine.deployments import begin_apply
from groundstate.services.cloudformation.engine.inputs import check_inputs, read_inputs
from groundstate.services.cloudformation.engine.macros import carry_out
from groundstate.services.cloudformation.engine.stack_policy import check_policy
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.model import UPDATABLE
from groundstate.services.cloudformation.operations.stack_settings import read_stack_policy
from groundstate.services.cloudformation.stacks import disables_rollback, get_stack
from groundstate.store.cloudformation import Stack


def update_stack(call: Call, request: Shape) -> Answer:
    """Begin to change a stack; the answer comes before its resources have changed.

    Raises:
        ValidationError: there is no such stack, it is busy, nothing would change, or an input is
            wrong.
    """
    stack = get_stack(call, request["StackName"])
    check_updatable(stack)
    later = carry_out(call, request, stack, "UpdateStack")
    if later is not None:
        return later
    inputs = read_inputs(call, request, stack)
    check_inputs(call, inputs, stack.name, stack.stack_id)
    found = changes.find_changes(call, stack, inputs)
    meanwhile = read_stack_policy(call, request, "StackPolicyDuringUpdate")
    check_policy(meanwhile or stack.data.get("stack_policy", ""), found)
    if not found.is_any:
        raise ValidationError("No updates are to be performed.")
    policy = read_stack_policy(call, request)
    if policy is not None:
        stack.data["stack_policy"] = policy
    begin_apply(
        call,
        stack,
        inputs,
        {
            "token": request.get("ClientRequestToken", ""),
            "on_failure": "DO_NOTHING" if disables_rollback(request) else "ROLLBACK",
        },
        creates=False,
    )
    return {"StackId": stack.stack_id}


def check_updatable(stack: Stack) -> None:
    """Raise unless the stack takes an update now."""
    paused = stack.status in ("CREATE_FAILED", "UPDATE_FAILED") and "paused" in stack.data
    if stack.deleted_at is not None:
        raise ValidationError(f"Stack [{stack.name}] does not exist")
    if stack.status not in UPDATABLE and not paused:
        raise ValidationError(
            f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        )

"""UpdateTerminationProtection, SetStackPolicy and GetStackPolicy.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.engine.stack_policy import read_policy
from groundstate.services.cloudformation.engine.template_text import fetch_template
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.stacks import get_stack


def update_termination_protection(call: Call, request: Shape) -> Shape:
    """Protect a stack from being deleted, or no longer.

    Raises:
        ValidationError: there is no such stack, or it is nested.
    """
    stack = get_stack(call, request["StackName"])
    if stack.parent_id is not None:
        raise ValidationError(
            "Termination protection cannot be updated on nested stacks directly. Please update the"
            f" root stack {stack.data.get('root_id')}"
        )
    stack.data["termination_protection"] = request["EnableTerminationProtection"]
    call.tx.stacks.save(stack)
    return {"StackId": stack.stack_id}


def set_stack_policy(call: Call, request: Shape) -> Shape:
    """Give a stack the policy that its updates must keep.

    Raises:
        ValidationError: there is no such stack, or the policy is none.
    """
    stack = get_stack(call, request["StackName"])
    body, url = request.get("StackPolicyBody"), request.get("StackPolicyURL")
    if (body is None) == (url is None):
        raise ValidationError("You must specify either StackPolicyBody or StackPolicyURL.")
    text = body if body is not None else fetch_template(call, str(url), call.principal)
    read_policy(text)
    stack.data["stack_policy"] = text
    call.tx.stacks.save(stack)
    return {}


def get_stack_policy(call: Call, request: Shape) -> Shape:
    """A stack's policy, if it has one.

    Raises:
        ValidationError: there is no such stack.
    """
    stack = get_stack(call, request["StackName"])
    policy = stack.data.get("stack_policy")
    return {"StackPolicyBody": policy} if policy else {}

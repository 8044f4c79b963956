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
    text = read_stack_policy(call, request)
    if text is None:
        raise ValidationError("You must specify either StackPolicyBody or StackPolicyURL.")
    stack.data["stack_policy"] = text
    call.tx.stacks.save(stack)
    return {}


def read_stack_policy(call: Call, request: Shape, name: str = "StackPolicy") -> str | None:
    """The text of a request's stack policy, from its body or its URL; None if it has none.

    Args:
        name: `StackPolicyDuringUpdate` for the one that holds for an update alone.

    Raises:
        ValidationError: it has both, or the policy is none.
    """
    body, url = request.get(f"{name}Body"), request.get(f"{name}URL")
    if body is not None and url is not None:
        raise ValidationError(f"You must specify either {name}Body or {name}URL.")
    if url is not None:
        body = fetch_template(call, str(url), call.principal)
    if not body:
        return None
    read_policy(body)
    return str(body)


def get_stack_policy(call: Call, request: Shape) -> Shape:
    """A stack's policy, if it has one.

    Raises:
        ValidationError: there is no such stack.
    """
    stack = get_stack(call, request["StackName"])
    policy = stack.data.get("stack_policy")
    return {"StackPolicyBody": policy} if policy else {}

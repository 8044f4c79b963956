"""CreateNestedStack and DeleteNestedStack: what the engine asks for a stack within a stack.

They are no operations of AWS and cannot be reached from outside.
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Shape
from groundstate.services.cloudformation.engine.deployments import begin_delete
from groundstate.services.cloudformation.operations.create_stack import create_stack
from groundstate.services.cloudformation.stacks import get_stack


def create_nested_stack(call: Call, request: Shape) -> Answer:
    """As CreateStack, with `ParentStackId`.

    Raises:
        ValidationError: as CreateStack.
    """
    parent = get_stack(call, request["ParentStackId"])
    root_id = parent.data.get("root_id") or parent.stack_id
    return create_stack(call, {**request, "RootStackId": root_id})


def delete_nested_stack(call: Call, request: Shape) -> Shape:
    """As DeleteStack, also for one that is being made: its parent is being taken back."""
    stack = get_stack(call, request["StackName"])
    if stack.deleted_at is None and stack.status != "DELETE_IN_PROGRESS":
        begin_delete(call, stack, {})
    return {}

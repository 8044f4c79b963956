"""DescribeStacks: a stack, or all that there are.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Shape
from groundstate.services.cloudformation.model import is_running
from groundstate.services.cloudformation.paging import page
from groundstate.services.cloudformation.stacks import describe_stack, get_stack

_PAGE_SIZE = 100


def describe_stacks(call: Call, request: Shape) -> Answer:
    """Describe one stack or all of them.

    One that is being deployed is answered when it has come to rest, or some seconds later
    (`StackWaits`).

    Raises:
        ValidationError: there is no such stack.
    """
    name = request.get("StackName")
    if not name:
        stacks = call.tx.stacks.list_stacks(call.region, deleted=False)
        found, token = page(stacks, request.get("NextToken"), _PAGE_SIZE)
        answer: Shape = {"Stacks": [describe_stack(call, stack) for stack in found]}
        return {**answer, "NextToken": token} if token else answer
    stack = get_stack(call, name, "Stack with id {} does not exist")
    if not is_running(stack.status) or call.host is None:
        return {"Stacks": [describe_stack(call, stack)]}
    stack_id = stack.stack_id

    def describe(later: Call) -> Shape:
        found = later.tx.stacks.find(stack_id)
        assert found is not None, stack_id
        return {"Stacks": [describe_stack(later, found)]}

    deferred: Answer = call.host.add(stack_id, call.region, describe)
    return deferred

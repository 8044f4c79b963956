"""DescribeStackEvents: what happened to a stack, newest first.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.stacks import get_stack

_PAGE_SIZE = 100


def describe_stack_events(call: Call, request: Shape) -> Shape:
    """A page of a stack's events.

    Raises:
        ValidationError: there is no such stack.
    """
    stack = get_stack(call, request["StackName"])
    token = request.get("NextToken")
    if token and not token.isdigit():
        raise ValidationError("The NextToken is not valid.")
    before = int(token) if token else None
    events = call.tx.stacks.list_events(stack.stack_id, before=before, limit=_PAGE_SIZE)
    answer: Shape = {
        "StackEvents": [
            {
                **event.data,
                "StackId": stack.stack_id,
                "StackName": stack.name,
                "Timestamp": event.at,
            }
            for event in events
        ]
    }
    if len(events) == _PAGE_SIZE:
        answer["NextToken"] = str(events[-1].number)
    return answer

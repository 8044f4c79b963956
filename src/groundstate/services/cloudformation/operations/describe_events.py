"""DescribeEvents: a stack's events in the form that came with operations and change sets.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.change_sets import get_change_set
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.stacks import get_stack

_PAGE_SIZE = 100


def describe_events(call: Call, request: Shape) -> Shape:
    """A page of a stack's events, or of a change set's stack, newest first.

    Raises:
        ValidationError: there is no such stack, or the token is none of ours.
        ChangeSetNotFound: there is no such change set.
    """
    if request.get("ChangeSetName"):
        stack_id = get_change_set(call, request).stack_id
    elif request.get("StackName"):
        stack_id = get_stack(call, request["StackName"]).stack_id
    else:
        raise ValidationError("Either StackName or ChangeSetName must be specified.")
    token = request.get("NextToken")
    if token and not token.isdigit():
        raise ValidationError("The NextToken is not valid.")
    events = call.tx.stacks.list_events(
        stack_id, before=int(token) if token else None, limit=_PAGE_SIZE
    )
    failed_only = bool(request.get("Filters", {}).get("FailedEvents"))
    answer: Shape = {
        "OperationEvents": [
            {**data, "StackId": stack_id, "EventType": "STACK_EVENT", "Timestamp": at}
            for _, at, data in events
            if not failed_only or data["ResourceStatus"].endswith("FAILED")
        ]
    }
    if len(events) == _PAGE_SIZE:
        answer["NextToken"] = str(events[-1][0])
    return answer

"""DescribeEvents: a stack's events in the form that came with operations and change sets.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.change_sets import get_change_set
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.stacks import get_stack
from groundstate.store.cloudformation import StackEvent

_PAGE_SIZE = 100


def describe_events(call: Call, request: Shape) -> Shape:
    """A page of the events of a stack, a change set's stack, or one operation, newest first.

    Raises:
        ValidationError: there is no such stack, the token is none of ours, or nothing is named.
        ChangeSetNotFound: there is no such change set.
    """
    operation_id = request.get("OperationId")
    stack_id = None
    if request.get("ChangeSetName"):
        stack_id = get_change_set(call, request).stack_id
    elif request.get("StackName"):
        stack_id = get_stack(call, request["StackName"]).stack_id
    elif not operation_id:
        raise ValidationError("Either StackName, ChangeSetName or OperationId must be specified.")
    token = request.get("NextToken")
    if token and not token.isdigit():
        raise ValidationError("The NextToken is not valid.")
    events = call.tx.stacks.list_events(
        stack_id,
        operation_id=operation_id,
        before=int(token) if token else None,
        limit=_PAGE_SIZE,
    )
    failed_only = bool(request.get("Filters", {}).get("FailedEvents"))
    answer: Shape = {
        "OperationEvents": [
            _show(event)
            for event in events
            if not failed_only or event.data["ResourceStatus"].endswith("FAILED")
        ]
    }
    if len(events) == _PAGE_SIZE:
        answer["NextToken"] = str(events[-1].number)
    return answer


def _show(event: StackEvent) -> Shape:
    kind = "PROGRESS_EVENT"
    if event.data["PhysicalResourceId"] == event.stack_id:
        kind = "STACK_EVENT"
    elif event.data["ResourceStatus"].endswith("FAILED"):
        kind = "PROVISIONING_ERROR"
    return {
        **event.data,
        "StackId": event.stack_id,
        "EventType": kind,
        "Timestamp": event.at,
    }

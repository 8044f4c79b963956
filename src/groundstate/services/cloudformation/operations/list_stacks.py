"""ListStacks: the stacks of a region in short, deleted ones included.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.paging import page
from groundstate.store.cloudformation import Stack

_PAGE_SIZE = 100


def list_stacks(call: Call, request: Shape) -> Shape:
    """A page of the stacks, newest first, of the statuses that were asked for."""
    wanted = set(request.get("StackStatusFilter", []))
    stacks = [
        stack
        for stack in call.tx.stacks.list_stacks(call.region, deleted=True)
        if not wanted or stack.status in wanted
    ]
    found, token = page(stacks, request.get("NextToken"), _PAGE_SIZE)
    answer: Shape = {"StackSummaries": [_summarize(stack) for stack in found]}
    return {**answer, "NextToken": token} if token else answer


def _summarize(stack: Stack) -> Shape:
    summary: Shape = {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "CreationTime": stack.created_at,
        "StackStatus": stack.status,
        "DriftInformation": stack.data.get("drift", {"StackDriftStatus": "NOT_CHECKED"}),
    }
    optional: dict[str, Any] = {
        "TemplateDescription": stack.data.get("description"),
        "LastUpdatedTime": stack.data.get("updated_at"),
        "DeletionTime": stack.deleted_at,
        "StackStatusReason": stack.reason,
        "ParentId": stack.parent_id,
        "RootId": stack.data.get("root_id"),
    }
    summary.update((name, value) for name, value in optional.items() if value)
    return summary

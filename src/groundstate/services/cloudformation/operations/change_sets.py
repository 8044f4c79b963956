"""DeleteChangeSet and ListChangeSets.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.change_sets import find_change_set
from groundstate.services.cloudformation.paging import page
from groundstate.services.cloudformation.stacks import get_stack
from groundstate.store.cloudformation import ChangeSet, Stack

_PAGE_SIZE = 100


def delete_change_set(call: Call, request: Shape) -> Shape:
    """Forget a change set; nothing happens if it is gone.

    Raises:
        ValidationError: there is no such stack.
    """
    change_set = find_change_set(call, request)
    if change_set is not None:
        call.tx.stacks.remove_change_set(change_set.change_set_id)
    return {}


def list_change_sets(call: Call, request: Shape) -> Shape:
    """A page of a stack's change sets, in short.

    Raises:
        ValidationError: there is no such stack.
    """
    stack = get_stack(call, request["StackName"])
    change_sets = call.tx.stacks.list_change_sets(stack.stack_id)
    found, token = page(change_sets, request.get("NextToken"), _PAGE_SIZE)
    answer: Shape = {"Summaries": [_summarize(stack, change_set) for change_set in found]}
    return {**answer, "NextToken": token} if token else answer


def _summarize(stack: Stack, change_set: ChangeSet) -> Shape:
    data = change_set.data
    summary = {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "ChangeSetId": change_set.change_set_id,
        "ChangeSetName": change_set.name,
        "ExecutionStatus": data["execution_status"],
        "Status": data["status"],
        "CreationTime": change_set.created_at,
        "IncludeNestedStacks": data["include_nested"],
    }
    if data["reason"]:
        summary["StatusReason"] = data["reason"]
    if data.get("description"):
        summary["Description"] = data["description"]
    return summary

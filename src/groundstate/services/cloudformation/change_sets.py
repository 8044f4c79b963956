"""Finding change sets by name or id."""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.errors import ChangeSetNotFound, ValidationError
from groundstate.services.cloudformation.stacks import get_stack
from groundstate.store.cloudformation import ChangeSet


def find_change_set(call: Call, request: Shape) -> ChangeSet | None:
    """The change set that a request names: by ARN, or by its name and its stack's.

    Raises:
        ValidationError: there is no such stack, or none is named.
    """
    name = request["ChangeSetName"]
    if name.startswith("arn:"):
        return call.tx.stacks.find_change_set(name)
    if not request.get("StackName"):
        raise ValidationError(
            "StackName must be specified if ChangeSetName is not specified as an ARN."
        )
    stack = get_stack(call, request["StackName"])
    for change_set in call.tx.stacks.list_change_sets(stack.stack_id):
        if change_set.name == name:
            return change_set
    return None


def get_change_set(call: Call, request: Shape) -> ChangeSet:
    """As `find_change_set`.

    Raises:
        ChangeSetNotFound: there is none.
    """
    found = find_change_set(call, request)
    if found is None:
        raise ChangeSetNotFound(f"ChangeSet [{request['ChangeSetName']}] does not exist")
    return found

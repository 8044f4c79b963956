"""DescribeAccountLimits, ListTypes, and the answers about hooks, of which there are none.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListTypes.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.change_sets import get_change_set
from groundstate.services.cloudformation.paging import page
from groundstate.services.cloudformation.resources import registry
from groundstate.services.cloudformation.template.document import OUTPUTS_MAX

_PAGE_SIZE = 100
# AWS's default quota. Nothing here stops at it.
STACKS_MAX = 2000


def describe_account_limits(call: Call, request: Shape) -> Shape:
    """AWS's default quotas."""
    limits = {
        "StackLimit": STACKS_MAX,
        "StackOutputsLimit": OUTPUTS_MAX,
        "ConcurrentResourcesLimit": 2500,
    }
    return {"AccountLimits": [{"Name": name, "Value": value} for name, value in limits.items()]}


def list_types(call: Call, request: Shape) -> Shape:
    """A page of the resource types that stacks can hold."""
    wanted = request.get("Filters", {}).get("TypeNamePrefix", "")
    private = request.get("Visibility") == "PRIVATE"
    names = [name for name in registry.RESOURCE_TYPES if name.startswith(wanted) and not private]
    size = request.get("MaxResults", _PAGE_SIZE)
    found, token = page(names, request.get("NextToken"), size)
    prefix = f"arn:aws:cloudformation:{call.region}::type/resource/"
    answer: Shape = {
        "TypeSummaries": [
            {
                "Type": "RESOURCE",
                "TypeName": name,
                "TypeArn": prefix + name.replace("::", "-"),
                "IsActivated": True,
            }
            for name in found
        ]
    }
    return {**answer, "NextToken": token} if token else answer


def list_hook_results(call: Call, request: Shape) -> Shape:
    """No hooks run here."""
    return {"HookResults": []}


def describe_change_set_hooks(call: Call, request: Shape) -> Shape:
    """No hooks run here.

    Raises:
        ChangeSetNotFound: there is no such change set.
    """
    change_set = get_change_set(call, request)
    return {
        "ChangeSetId": change_set.change_set_id,
        "ChangeSetName": change_set.name,
        "Hooks": [],
        "Status": "UNAVAILABLE",
        "StackId": change_set.stack_id,
    }

"""DescribeChangeSet: what a change set would do.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

from __future__ import annotations

import copy
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.change_sets import get_change_set
from groundstate.services.cloudformation.paging import page
from groundstate.services.cloudformation.stacks import describe_parameters

_PAGE_SIZE = 100
_VALUES = ("BeforeValue", "AfterValue")
_CONTEXTS = ("BeforeContext", "AfterContext", "PreviousDeploymentContext")


def describe_change_set(call: Call, request: Shape) -> Shape:
    """A page of a change set's changes, and all else about it.

    Raises:
        ChangeSetNotFound: there is no such change set.
        ValidationError: there is no such stack.
    """
    change_set = get_change_set(call, request)
    stack = call.tx.stacks.find(change_set.stack_id)
    assert stack is not None, change_set.stack_id
    data, inputs = change_set.data, change_set.data["inputs"]
    found, token = page(data["changes"], request.get("NextToken"), _PAGE_SIZE)
    with_values = bool(request.get("IncludePropertyValues"))
    shown: Shape = {
        "ChangeSetName": change_set.name,
        "ChangeSetId": change_set.change_set_id,
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "Parameters": describe_parameters(call, inputs),
        "CreationTime": change_set.created_at,
        "ExecutionStatus": data["execution_status"],
        "Status": data["status"],
        "NotificationARNs": inputs["notification_arns"],
        "RollbackConfiguration": data["rollback_configuration"],
        "Capabilities": inputs["capabilities"],
        "Tags": [{"Key": key, "Value": value} for key, value in inputs["tags"].items()],
        "Changes": [_show(entry, with_values=with_values) for entry in found],
        "IncludeNestedStacks": data["include_nested"],
    }
    optional: dict[str, Any] = {
        "Description": data.get("description"),
        "StatusReason": data["reason"],
        "OnStackFailure": data.get("on_failure"),
        "DeploymentConfig": data.get("deployment_config"),
        "DeploymentMode": data.get("mode"),
        "ImportExistingResources": data.get("import_existing"),
        "NextToken": token,
    }
    shown.update((name, value) for name, value in optional.items() if value)
    return shown


def _show(entry: dict[str, Any], *, with_values: bool) -> Shape:
    shown = copy.deepcopy(entry)
    if with_values:
        return shown
    change = shown["ResourceChange"]
    for name in _CONTEXTS:
        change.pop(name, None)
    for detail in change["Details"]:
        for name in _VALUES:
            detail["Target"].pop(name, None)
    return shown

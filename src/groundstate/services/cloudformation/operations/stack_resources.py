"""DescribeStackResource, DescribeStackResources, ListStackResources: what a stack has made.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
"""

from __future__ import annotations

import json

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.paging import page
from groundstate.services.cloudformation.stacks import get_stack
from groundstate.store.cloudformation import Stack, StackResource

_PAGE_SIZE = 100
_NOT_CHECKED = {"StackResourceDriftStatus": "NOT_CHECKED"}


def describe_stack_resource(call: Call, request: Shape) -> Shape:
    """One resource, in full.

    Raises:
        ValidationError: there is no such stack or resource.
    """
    stack = get_stack(call, request["StackName"], "Stack '{}' does not exist")
    logical_id = request["LogicalResourceId"]
    resource = call.tx.stacks.find_resource(stack.stack_id, logical_id)
    if resource is None:
        raise ValidationError(f"Resource {logical_id} does not exist for stack {stack.name}")
    detail = {
        **_describe(stack, resource),
        "LastUpdatedTimestamp": resource.updated_at,
    }
    del detail["Timestamp"]
    if resource.data.get("metadata") is not None:
        detail["Metadata"] = json.dumps(resource.data["metadata"])
    return {"StackResourceDetail": detail}


def describe_stack_resources(call: Call, request: Shape) -> Shape:
    """A stack's resources, found by the stack or by one resource's physical id.

    Raises:
        ValidationError: there is no such stack or resource.
    """
    name, physical_id = request.get("StackName"), request.get("PhysicalResourceId")
    if name:
        stack = get_stack(call, name, "Stack with id {} does not exist")
    elif physical_id:
        found = call.tx.stacks.find_by_physical_id(physical_id)
        owner = call.tx.stacks.find(found.stack_id) if found is not None else None
        if owner is None:
            raise ValidationError(f"Stack for {physical_id} does not exist")
        stack = owner
    else:
        raise ValidationError("Either StackName or PhysicalResourceId must be specified.")
    logical_id = request.get("LogicalResourceId")
    resources = call.tx.stacks.list_resources(stack.stack_id)
    return {
        "StackResources": [
            _describe(stack, resource)
            for resource in resources
            if logical_id is None or resource.logical_id == logical_id
        ]
    }


def list_stack_resources(call: Call, request: Shape) -> Shape:
    """A page of a stack's resources, in short.

    Raises:
        ValidationError: there is no such stack.
    """
    stack = get_stack(call, request["StackName"], "Stack with id {} does not exist")
    resources = call.tx.stacks.list_resources(stack.stack_id)
    found, token = page(resources, request.get("NextToken"), _PAGE_SIZE)
    summaries = []
    for resource in found:
        summary = {
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "ResourceType": resource.type,
            "LastUpdatedTimestamp": resource.updated_at,
            "ResourceStatus": resource.status,
            "DriftInformation": resource.data.get("drift", _NOT_CHECKED),
        }
        if resource.reason:
            summary["ResourceStatusReason"] = resource.reason
        summaries.append(summary)
    answer: Shape = {"StackResourceSummaries": summaries}
    return {**answer, "NextToken": token} if token else answer


def _describe(stack: Stack, resource: StackResource) -> Shape:
    shown: Shape = {
        "StackName": stack.name,
        "StackId": stack.stack_id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "Timestamp": resource.updated_at,
        "ResourceStatus": resource.status,
        "DriftInformation": resource.data.get("drift", _NOT_CHECKED),
    }
    if resource.reason:
        shown["ResourceStatusReason"] = resource.reason
    return shown

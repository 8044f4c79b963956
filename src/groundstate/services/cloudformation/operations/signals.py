"""SignalResource, and the answers of custom resources: what the engine waits for.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html

TakeCustomResourceResponse and TakeCustomResourceFailure are no operations of AWS and cannot be
reached from outside: S3 passes on what is put to a response URL, and Lambda's result comes back.
"""

from __future__ import annotations

import json
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.engine.run import wake
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.resources.responses import split_key
from groundstate.services.cloudformation.stacks import get_stack
from groundstate.store.cloudformation import Stack, Step


def signal_resource(call: Call, request: Shape) -> Shape:
    """Signal the handle that a wait condition waits for.

    Raises:
        ValidationError: there is no such stack or resource, or it takes no signals.
    """
    stack = get_stack(call, request["StackName"])
    logical_id = request["LogicalResourceId"]
    resource = call.tx.stacks.find_resource(stack.stack_id, logical_id)
    if resource is None:
        raise ValidationError(f"Resource {logical_id} does not exist for stack {stack.name}")
    if resource.type == "AWS::CloudFormation::WaitCondition":
        handle = call.tx.stacks.find_by_physical_id(resource.data["properties"]["Handle"])
        assert handle is not None, resource
        resource = handle
    if resource.type != "AWS::CloudFormation::WaitConditionHandle":
        raise ValidationError(f"Resource {logical_id} is not in a state that takes signals")
    status = "SUCCESS" if request["Status"] == "SUCCESS" else "FAILURE"
    resource.data.setdefault("signals", {})[request["UniqueId"]] = {"Status": status}
    call.tx.stacks.save_resource(resource)
    wake(call, stack.stack_id, stack.region)
    return {}


def take_custom_resource_response(call: Call, request: Shape) -> Shape:
    """An object was put to a response URL. What nobody waits for is ignored."""
    place = split_key(request["Key"])
    if place is None:
        return {}
    stack_id, logical_id, token = place
    try:
        answer = json.loads(request["Content"])
    except ValueError:
        answer = {"Status": "FAILED", "Reason": "Invalid Response object: it is not JSON"}
    if not isinstance(answer, dict):
        answer = {"Status": "FAILED", "Reason": "Invalid Response object: it is not an object"}
    stack = call.tx.stacks.find(stack_id)
    if stack is None:
        return {}
    resource = call.tx.stacks.find_resource(stack_id, logical_id)
    if resource is not None and resource.type == "AWS::CloudFormation::WaitConditionHandle":
        signals = resource.data.setdefault("signals", {})
        signals[str(answer.get("UniqueId", token))] = answer
        call.tx.stacks.save_resource(resource)
    else:
        step = _find_step(call, stack, logical_id, token)
        if step is None:
            return {}
        step.data["pending"]["state"]["answer"] = answer
        call.tx.stacks.save_step(step)
    wake(call, stack_id, stack.region)
    return {}


def take_custom_resource_failure(call: Call, request: Shape) -> Shape:
    """The function of a custom resource failed; it may be tried again."""
    stack = call.tx.stacks.find(request["StackId"])
    if stack is None:
        return {}
    step = _find_step(call, stack, request["LogicalResourceId"], request["Token"])
    if step is None:
        return {}
    state: dict[str, Any] = step.data["pending"]["state"]
    state["failures"] += 1
    state["error"] = request["Error"]
    state["retry"] = True
    call.tx.stacks.save_step(step)
    wake(call, stack.stack_id, stack.region)
    return {}


def _find_step(call: Call, stack: Stack, logical_id: str, token: str) -> Step | None:
    """The step that waits for the answer to this very request."""
    if stack.deployment is None:
        return None
    for step in call.tx.stacks.list_steps(stack.stack_id, stack.deployment["phase"]):
        if step.logical_id == logical_id and step.state == "running":
            request = step.data["pending"]["state"].get("request", {})
            if request.get("RequestId") == token:
                return step
    return None

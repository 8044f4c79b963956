"""Drift detection: whether resources are still as their stack made them.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html

A resource type that has a `read` function is compared property by property with what the stack
asked for; the others are NOT_CHECKED, as types without drift support are on AWS.
"""

from __future__ import annotations

import json
from typing import Any

from groundstate import ids
from groundstate.operation import Call, Principal, ServiceError, Shape
from groundstate.services.cloudformation.engine import changes, plan
from groundstate.services.cloudformation.engine.provisioning import provision_to_read
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.paging import page
from groundstate.services.cloudformation.resources import registry
from groundstate.services.cloudformation.resources.provision import Current
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.stacks import get_stack
from groundstate.services.cloudformation.template.values import to_text
from groundstate.store.cloudformation import Stack, StackResource

_PAGE_SIZE = 100
GONE = frozenset(
    {
        "NoSuchBucket",
        "NoSuchEntity",
        "NoSuchEntityException",
        "NotFound",
        "ParameterNotFound",
        "ResourceNotFoundException",
        "StateMachineDoesNotExist",
    }
)


def detect_stack_drift(call: Call, request: Shape) -> Shape:
    """Compare a stack's resources with what it made; complete when it answers.

    Raises:
        ValidationError: there is no such stack, or it is busy.
    """
    stack = get_stack(call, request["StackName"], "Stack with id {} does not exist")
    if not stack.status.endswith(("_COMPLETE", "_FAILED")) or stack.deleted_at is not None:
        raise ValidationError(
            f"Stack: [{stack.stack_id}] is in [{stack.status}] state and cannot be drift checked."
        )
    wanted = set(request.get("LogicalResourceIds", []))
    drifted = 0
    for resource in plan.list_existing(call, stack):
        if wanted and resource.logical_id not in wanted:
            continue
        drift = _detect(call, stack, resource, call.principal)
        drifted += drift["StackResourceDriftStatus"] in ("MODIFIED", "DELETED")
        _keep(call, resource, drift)
    status = "DRIFTED" if drifted else "IN_SYNC"
    stack.data["drift"] = {"StackDriftStatus": status, "LastCheckTimestamp": call.now}
    call.tx.stacks.save(stack)
    detection_id = ids.make_uuid()
    call.tx.stacks.save_record(
        detection_id,
        {
            "StackId": stack.stack_id,
            "StackDriftDetectionId": detection_id,
            "StackDriftStatus": status,
            "DetectionStatus": "DETECTION_COMPLETE",
            "DriftedStackResourceCount": drifted,
            "Timestamp": call.now,
        },
    )
    return {"StackDriftDetectionId": detection_id}


def describe_stack_drift_detection_status(call: Call, request: Shape) -> Shape:
    """What a detection found.

    Raises:
        ValidationError: there was none with this id.
    """
    detection_id = request["StackDriftDetectionId"]
    found = call.tx.stacks.find_record(detection_id)
    if found is None:
        raise ValidationError(f"Drift detection [{detection_id}] does not exist")
    return found


def detect_stack_resource_drift(call: Call, request: Shape) -> Shape:
    """Compare one resource with what its stack made.

    Raises:
        ValidationError: there is no such stack or resource.
    """
    stack = get_stack(call, request["StackName"], "Stack with id {} does not exist")
    logical_id = request["LogicalResourceId"]
    resource = call.tx.stacks.find_resource(stack.stack_id, logical_id)
    if resource is None:
        raise ValidationError(f"Resource {logical_id} does not exist for stack {stack.name}")
    drift = _detect(call, stack, resource, call.principal)
    _keep(call, resource, drift)
    return {"StackResourceDrift": _show(stack, resource, drift)}


def describe_stack_resource_drifts(call: Call, request: Shape) -> Shape:
    """A page of the resources that were compared.

    Raises:
        ValidationError: there is no such stack.
    """
    stack = get_stack(call, request["StackName"], "Stack with id {} does not exist")
    wanted = set(request.get("StackResourceDriftStatusFilters", []))
    shown = []
    for resource in plan.list_existing(call, stack):
        drift = resource.data.get("drift_detail")
        if drift is None or (wanted and drift["StackResourceDriftStatus"] not in wanted):
            continue
        shown.append(_show(stack, resource, drift))
    found, token = page(shown, request.get("NextToken"), request.get("MaxResults", _PAGE_SIZE))
    answer: Shape = {"StackResourceDrifts": list(found)}
    return {**answer, "NextToken": token} if token else answer


def find_drift(call: Call, stack: Stack, principal: Principal) -> dict[str, dict[str, Any]]:
    """What drift has made of the resources, by logical id: those that can be compared.

    Args:
        principal: with whose rights the resources are read: those of the update to come.
    """
    found = {
        resource.logical_id: _detect(call, stack, resource, principal)
        for resource in plan.list_existing(call, stack)
    }
    return {
        name: drift
        for name, drift in found.items()
        if drift["StackResourceDriftStatus"] != "NOT_CHECKED"
    }


def adopt_drift(call: Call, stack: Stack, principal: Principal) -> None:
    """Take what drift has made of the resources for what they are, so that an update undoes it.

    What was deleted is forgotten, and therefore made again.
    """
    drifted = find_drift(call, stack, principal)
    for resource in plan.list_existing(call, stack):
        drift = drifted.get(resource.logical_id)
        if drift is None:
            continue
        if drift["StackResourceDriftStatus"] == "DELETED":
            call.tx.stacks.remove_resource(stack.stack_id, resource.logical_id)
        elif drift["StackResourceDriftStatus"] == "MODIFIED":
            resource.data["properties"].update(changes.read_actual(resource, drift))
            call.tx.stacks.save_resource(resource)


def _detect(
    call: Call, stack: Stack, resource: StackResource, principal: Principal
) -> dict[str, Any]:
    kind = registry.find(resource.type)
    drift: dict[str, Any] = {"Timestamp": call.now, "StackResourceDriftStatus": "NOT_CHECKED"}
    if kind is None or kind.read_actual is None or not resource.physical_id:
        return drift
    expected = resource.data["properties"]
    try:
        actual = _read(call, stack, resource, kind, principal)
    except ServiceError as error:
        if error.code not in GONE:
            raise
        drift.update(StackResourceDriftStatus="DELETED", ExpectedProperties=json.dumps(expected))
        return drift
    actual = {name: value for name, value in actual.items() if name in expected}
    differences = [
        {
            "PropertyPath": f"/{name}",
            "ExpectedValue": to_text(expected[name]),
            "ActualValue": to_text(actual[name]) if name in actual else "null",
            "DifferenceType": "NOT_EQUAL" if name in actual else "REMOVE",
        }
        for name in expected
        if name in kind.compared and actual.get(name) != expected[name]
    ]
    drift.update(
        StackResourceDriftStatus="MODIFIED" if differences else "IN_SYNC",
        ExpectedProperties=json.dumps(expected),
        ActualProperties=json.dumps({**expected, **actual}),
        PropertyDifferences=differences,
    )
    return drift


def _read(
    call: Call,
    stack: Stack,
    resource: StackResource,
    kind: ResourceType,
    principal: Principal,
) -> dict[str, Any]:
    assert kind.read_actual is not None, kind.name
    provision = provision_to_read(call, stack, resource.logical_id, resource.type, principal)
    current = Current(
        resource.physical_id, resource.data["properties"], resource.data.get("attributes", {})
    )
    return kind.read_actual(provision, current)


def _keep(call: Call, resource: StackResource, drift: dict[str, Any]) -> None:
    resource.data["drift_detail"] = drift
    resource.data["drift"] = {
        "StackResourceDriftStatus": drift["StackResourceDriftStatus"],
        "LastCheckTimestamp": drift["Timestamp"],
    }
    call.tx.stacks.save_resource(resource)


def _show(stack: Stack, resource: StackResource, drift: dict[str, Any]) -> Shape:
    return {
        "StackId": stack.stack_id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        **drift,
    }

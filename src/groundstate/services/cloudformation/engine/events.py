"""A stack's events and statuses, written together: what is shown is what happened.

Events belong to operations: each action on a stack has an id of its own, and so has a rollback that
follows a failure by itself. The CDK's command line reads events back until the id changes, and
takes no two events with one EventId.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from groundstate import ids
from groundstate.operation import Call
from groundstate.services.cloudformation.model import is_running
from groundstate.store.cloudformation import Stack, StackResource

# The statuses that begin an operation.
_BEGINNINGS = {
    "REVIEW_IN_PROGRESS": "CREATE_CHANGESET",
    "CREATE_IN_PROGRESS": "CREATE_STACK",
    "IMPORT_IN_PROGRESS": "UPDATE_STACK",
    "UPDATE_IN_PROGRESS": "UPDATE_STACK",
    "DELETE_IN_PROGRESS": "DELETE_STACK",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK",
    "IMPORT_ROLLBACK_IN_PROGRESS": "ROLLBACK",
    "UPDATE_ROLLBACK_IN_PROGRESS": "ROLLBACK",
}
_REASON_LENGTH_MAX = 4000
_OPERATIONS_SHOWN = 2


def set_stack_status(call: Call, stack: Stack, status: str, reason: str = "") -> None:
    """Move a stack to a status, and tell it as an event; wakes who waits for the stack."""
    if status in _BEGINNINGS:
        _begin_operation(stack, status)
    stack.status, stack.reason = status, reason
    data: dict[str, Any] = {
        "EventId": ids.make_uuid(),
        "LogicalResourceId": stack.name,
        "PhysicalResourceId": stack.stack_id,
        "ResourceType": "AWS::CloudFormation::Stack",
        "ResourceStatus": status,
    }
    _append(call, stack, data, reason, _next_time_ms(call, stack))
    if not is_running(status):
        runner, region, stack_id = call.runner, stack.region, stack.stack_id
        waits, service = call.host, call.service
        if waits is not None:
            call.after_commit(
                lambda: runner.soon(service, lambda job: waits.ring(job, stack_id), region)
            )


def set_resource_status(
    call: Call, stack: Stack, resource: StackResource, status: str, reason: str = ""
) -> None:
    """Move a resource to a status, write its row, and tell it as an event."""
    resource.status, resource.reason = status, reason[:_REASON_LENGTH_MAX]
    resource.updated_at = call.now
    call.tx.stacks.save_resource(resource)
    tell(call, stack, resource, status, reason)


def tell(call: Call, stack: Stack, resource: StackResource, status: str, reason: str = "") -> None:
    """Append an event of a resource without moving it."""
    at_ms = _next_time_ms(call, stack)
    moment = datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    data: dict[str, Any] = {
        "EventId": f"{resource.logical_id}-{status}-{moment}.{at_ms % 1000:03d}Z",
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ResourceStatus": status,
    }
    shown = resource.data.get("shown_properties", resource.data.get("properties"))
    if shown:
        data["ResourceProperties"] = json.dumps(shown)
    _append(call, stack, data, reason, at_ms)


def _begin_operation(stack: Stack, status: str) -> None:
    kind = _BEGINNINGS[status]
    if stack.status == "UPDATE_ROLLBACK_FAILED" and kind == "ROLLBACK":
        kind = "CONTINUE_ROLLBACK"
    operation = {"OperationType": kind, "OperationId": ids.make_uuid()}
    # A rollback is shown with the operation that it follows.
    before = stack.data.get("operations", []) if kind.endswith("ROLLBACK") else []
    stack.data["operations"] = [operation, *before][:_OPERATIONS_SHOWN]


def _next_time_ms(call: Call, stack: Stack) -> int:
    """Events of a stack get rising times, so that who sorts by time shows them in order."""
    last_ms: int = stack.data.get("last_event_ms", 0)
    at_ms = max(round(call.now * 1000), last_ms + 1)
    stack.data["last_event_ms"] = at_ms
    return at_ms


def _append(call: Call, stack: Stack, data: dict[str, Any], reason: str, at_ms: int) -> None:
    if reason:
        data["ResourceStatusReason"] = reason[:_REASON_LENGTH_MAX]
    token = (stack.deployment or {}).get("token")
    if token:
        data["ClientRequestToken"] = token
    operations = stack.data.get("operations")
    if operations:
        data["OperationId"] = operations[0]["OperationId"]
    call.tx.stacks.add_event(stack.stack_id, at_ms / 1000, data)

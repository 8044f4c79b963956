"""A stack's events and statuses, written together: what is shown is what happened."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from groundstate import ids
from groundstate.operation import Call
from groundstate.services.cloudformation.model import is_running
from groundstate.store.cloudformation import Stack, StackResource

# Events of a stack get rising times, so that clients which sort by time show them in order.
EVENT_SPACING_S = 0.001
_REASON_LENGTH_MAX = 4000


def set_stack_status(call: Call, stack: Stack, status: str, reason: str = "") -> None:
    """Move a stack to a status, and tell it as an event; wakes who waits for the stack."""
    stack.status, stack.reason = status, reason
    data: dict[str, Any] = {
        "EventId": ids.make_uuid(),
        "LogicalResourceId": stack.name,
        "PhysicalResourceId": stack.stack_id,
        "ResourceType": "AWS::CloudFormation::Stack",
        "ResourceStatus": status,
    }
    _append(call, stack, data, reason)
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
    moment = datetime.fromtimestamp(call.now, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    milliseconds = int(call.now * 1000) % 1000
    data: dict[str, Any] = {
        "EventId": f"{resource.logical_id}-{status}-{moment}.{milliseconds:03d}Z",
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ResourceStatus": status,
    }
    shown = resource.data.get("shown_properties", resource.data.get("properties"))
    if shown:
        data["ResourceProperties"] = json.dumps(shown)
    _append(call, stack, data, reason)


def _append(call: Call, stack: Stack, data: dict[str, Any], reason: str) -> None:
    if reason:
        data["ResourceStatusReason"] = reason[:_REASON_LENGTH_MAX]
    token = (stack.deployment or {}).get("token")
    if token:
        data["ClientRequestToken"] = token
    last_at = stack.data.get("last_event_at", 0.0)
    at = max(call.now, last_at + EVENT_SPACING_S)
    stack.data["last_event_at"] = at
    call.tx.stacks.add_event(stack.stack_id, at, data)

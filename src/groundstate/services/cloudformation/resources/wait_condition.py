"""AWS::CloudFormation::WaitCondition and its handle: wait for signals from outside.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
"""

from __future__ import annotations

import json
from typing import Any

from groundstate import ids
from groundstate.services.cloudformation.resources.provision import (
    TIMER,
    Current,
    Made,
    Outcome,
    Pending,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.responses import make_response_url
from groundstate.services.cloudformation.resources.shape import INTEGER, TEXT

TIMEOUT = "wait_condition_timeout"
_TIMEOUT_S_MAX = 43_200


def create_handle(provision: Provision, properties: Properties) -> Made:
    """Make the URL that signals are put to."""
    return Made(make_response_url(provision, ids.make_uuid()))


def keep_handle(provision: Provision, current: Current, properties: Properties) -> Made:
    """A handle has nothing that could change."""
    return Made(current.physical_id)


def delete_handle(provision: Provision, current: Current) -> None:
    """There is nothing to delete."""


def create_condition(provision: Provision, properties: Properties) -> Outcome:
    """Begin to wait; signals may have come before."""
    handle = properties.get("Handle", "")
    if provision.call.tx.stacks.find_by_physical_id(handle) is None:
        raise ProvisionFailed(
            "Handle must be the Ref of an AWS::CloudFormation::WaitConditionHandle."
        )
    timeout_s = min(properties.get("Timeout", 0), _TIMEOUT_S_MAX)
    deadline = provision.call.now + timeout_s
    timer_id = provision.call.tx.timers.set(
        deadline, provision.call.service, TIMEOUT, provision.stack_id, region=provision.region
    )
    state = {
        TIMER: timer_id,
        "handle": handle,
        "deadline": deadline,
        "count": properties.get("Count", 1),
    }
    return check_condition(provision, Pending(provision.make_name(128), state))


def check_condition(provision: Provision, pending: Pending) -> Outcome:
    """Whether enough signals have come.

    Raises:
        ProvisionFailed: one says FAILURE, or the time is over.
    """
    state = pending.state
    handle = provision.call.tx.stacks.find_by_physical_id(state["handle"])
    signals: dict[str, Any] = {} if handle is None else handle.data.get("signals", {})
    for unique_id, signal in signals.items():
        if signal["Status"] != "SUCCESS":
            raise ProvisionFailed(
                f"WaitCondition received failed message: '{signal.get('Reason', '')}' for uniqueId:"
                f" {unique_id}"
            )
    if len(signals) >= state["count"]:
        data = {unique_id: signal.get("Data", "") for unique_id, signal in signals.items()}
        return Made(pending.physical_id, {"Data": json.dumps(data, separators=(",", ":"))})
    if provision.call.now >= state["deadline"]:
        raise ProvisionFailed(
            f"WaitCondition timed out. Received {len(signals)} conditions when expecting"
            f" {state['count']}"
        )
    return pending


def refuse_update(provision: Provision, current: Current, properties: Properties) -> Made:
    """AWS does not update wait conditions."""
    raise ProvisionFailed(
        "Update to resource type AWS::CloudFormation::WaitCondition is not supported."
    )


HANDLE = ResourceType(
    name="AWS::CloudFormation::WaitConditionHandle",
    shape={},
    create=create_handle,
    update=keep_handle,
    delete=delete_handle,
)

WAIT_CONDITION = ResourceType(
    name="AWS::CloudFormation::WaitCondition",
    shape={"Count": INTEGER, "Handle": TEXT, "Timeout": INTEGER},
    attributes=("Data",),
    create=create_condition,
    update=refuse_update,
    delete=delete_handle,
    check=check_condition,
)

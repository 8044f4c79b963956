"""Versions and aliases: what a routing may be, and what descriptions tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def routes(*parts: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in parts]


def refused(states: Any, routing: list[dict[str, Any]]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        states.client.create_state_machine_alias(name="a", routingConfiguration=routing)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def versions(states: Any) -> tuple[str, str]:
    arn = states.create(PASS, publish=True)
    states.client.update_state_machine(
        stateMachineArn=arn, definition=json.dumps({**PASS, "Comment": "second"}), publish=True
    )
    return f"{arn}:1", f"{arn}:2"


def test_weights_add_up_to_100(states: Any, versions: tuple[str, str]) -> None:
    one, two = versions
    assert refused(states, routes((one, 100), (two, 100))) == (
        "ValidationException",
        "Sum of routing configuration weights must equal 100. Received: [100, 100]",
    )


def test_one_version_twice_is_refused_before_its_weights(
    states: Any, versions: tuple[str, str]
) -> None:
    one, _ = versions
    assert refused(states, routes((one, 100), (one, 1)))[1] == (
        f"Routing configuration must contain distinct state machine version ARNs."
        f" Received: [{one}, {one}]"
    )


def test_three_routes_are_shown_by_their_class(states: Any, versions: tuple[str, str]) -> None:
    one, two = versions
    shown = ", ".join(
        f"RoutingConfigurationListItem(stateMachineVersionArn={arn}, weight={weight})"
        for arn, weight in ((one, 50), (two, 50), (one, 0))
    )
    assert refused(states, routes((one, 50), (two, 50), (one, 0)))[1] == (
        f"1 validation error detected: Value '[{shown}]' at 'routingConfiguration' failed to"
        " satisfy constraint: Member must have length less than or equal to 2"
    )


def test_status_filters_are_listed_in_aws_order(states: Any) -> None:
    # Observed; the model has another order.
    with pytest.raises(ClientError) as caught:
        states.client.list_executions(stateMachineArn=states.create(PASS), statusFilter="running")
    assert caught.value.response["Error"]["Message"].endswith(
        "[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]"
    )


@pytest.mark.parametrize(
    ("state", "references"),
    [
        ({"Assign": {"a": 1}}, None),
        ({"QueryLanguage": "JSONata", "Output": "{% $a %}"}, {"A": ["a"]}),
        ({}, None),
    ],
)
def test_machines_with_variables_or_jsonata_tell_their_encryption(
    states: Any, state: dict[str, Any], references: Any
) -> None:
    arn = states.create({"StartAt": "A", "States": {"A": {"Type": "Pass", **state, "End": True}}})
    described = states.client.describe_state_machine(stateMachineArn=arn)
    assert described.get("variableReferences") == references
    assert ("encryptionConfiguration" in described) is bool(state)

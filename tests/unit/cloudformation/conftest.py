"""Stacks as a client sees them, on a runtime of the test's own."""

import json
from typing import Any

import pytest

from groundstate.testing import Groundstate

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}


class Stacks:
    """Deploys templates and tells what became of them."""

    def __init__(self, runtime: Groundstate) -> None:
        self.runtime = runtime
        self.client = runtime.client("cloudformation")

    def create(self, template: Any, name: str = "app", **options: Any) -> dict[str, Any]:
        self.client.create_stack(StackName=name, **_body(template), **options)
        return self.describe(name)

    def update(self, template: Any, name: str = "app", **options: Any) -> dict[str, Any]:
        self.client.update_stack(StackName=name, **_body(template), **options)
        return self.describe(name)

    def delete(self, name: str = "app") -> dict[str, Any]:
        stack_id = self.describe(name)["StackId"]
        self.client.delete_stack(StackName=stack_id)
        return self.describe(stack_id)

    def describe(self, name: str = "app") -> dict[str, Any]:
        stack = self.client.describe_stacks(StackName=name)["Stacks"][0]
        assert not stack["StackStatus"].endswith("_IN_PROGRESS"), stack
        return stack

    def outputs(self, name: str = "app") -> dict[str, str]:
        entries = self.describe(name).get("Outputs", [])
        return {entry["OutputKey"]: entry["OutputValue"] for entry in entries}

    def events(self, name: str = "app") -> list[tuple[str, str, str]]:
        """Logical id, status and reason, oldest first."""
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=name)
        events = [event for page in pages for event in page["StackEvents"]]
        assert [event["Timestamp"] for event in events] == sorted(
            (event["Timestamp"] for event in events), reverse=True
        )
        return [
            (
                event["LogicalResourceId"],
                event["ResourceStatus"],
                event.get("ResourceStatusReason", ""),
            )
            for event in reversed(events)
        ]

    def physical_ids(self, name: str = "app") -> dict[str, str]:
        summaries = self.client.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return {
            entry["LogicalResourceId"]: entry.get("PhysicalResourceId", "") for entry in summaries
        }


def group_names(stacks: Stacks) -> list[str]:
    """The log groups that are there."""
    found = stacks.runtime.client("logs").describe_log_groups()["logGroups"]
    return sorted(entry["logGroupName"] for entry in found)


def _body(template: Any) -> dict[str, Any]:
    text = template if isinstance(template, str) else json.dumps(template)
    return {"TemplateBody": text, "Capabilities": CAPABILITIES}


@pytest.fixture
def stacks(groundstate: Groundstate) -> Stacks:
    return Stacks(groundstate)

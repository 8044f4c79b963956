"""State machines to try out: one runtime in memory and virtual time for each test."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundstate.testing.harness import Groundstate

ASSUMED_BY_STATES = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


class States:
    """What tests of Step Functions do again and again.

    Attributes:
        runtime: the runtime.
        client: a boto3 client of Step Functions.
        role: ARN of a role that may do everything.
    """

    def __init__(self, runtime: Groundstate) -> None:
        self.runtime = runtime
        self.client = runtime.client("stepfunctions")
        self.role = self.make_role("everything", "*")

    def make_role(self, name: str, *actions: str) -> str:
        """A role that may do these actions on everything; its ARN. One that is there is kept."""
        iam = self.runtime.client("iam")
        try:
            role = iam.create_role(
                RoleName=name, AssumeRolePolicyDocument=json.dumps(ASSUMED_BY_STATES)
            )
        except iam.exceptions.EntityAlreadyExistsException:
            return str(iam.get_role(RoleName=name)["Role"]["Arn"])
        if actions:
            statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
            document = {"Version": "2012-10-17", "Statement": [statement]}
            iam.put_role_policy(
                RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(document)
            )
        return str(role["Role"]["Arn"])

    def create(self, definition: dict[str, Any], name: str = "Machine", **members: Any) -> str:
        """A state machine; its ARN."""
        members.setdefault("roleArn", self.role)
        answer = self.client.create_state_machine(
            name=name, definition=json.dumps(definition), **members
        )
        return str(answer["stateMachineArn"])

    def start(self, machine: str, input: Any = None, **members: Any) -> str:
        """An execution, run as far as it goes without waiting; its ARN."""
        if input is not None:
            members["input"] = json.dumps(input)
        answer = self.client.start_execution(stateMachineArn=machine, **members)
        self.runtime.settle()
        return str(answer["executionArn"])

    def run(self, definition: dict[str, Any], input: Any = None) -> str:
        """Create a machine of this definition and start it; the execution's ARN."""
        return self.start(self.create(definition), input)

    def describe(self, execution: str) -> dict[str, Any]:
        """DescribeExecution."""
        answer: dict[str, Any] = self.client.describe_execution(executionArn=execution)
        return answer

    def status(self, execution: str) -> str:
        """The execution's status."""
        return str(self.describe(execution)["status"])

    def output(self, execution: str) -> Any:
        """The output of an execution that succeeded."""
        described = self.describe(execution)
        assert described["status"] == "SUCCEEDED", described
        return json.loads(described["output"])

    def history(self, execution: str) -> list[dict[str, Any]]:
        """All events."""
        pages = self.client.get_paginator("get_execution_history").paginate(executionArn=execution)
        return [event for page in pages for event in page["events"]]

    def types(self, execution: str) -> list[str]:
        """The types of all events."""
        return [event["type"] for event in self.history(execution)]

    def make_table(self, name: str = "Tasks") -> Any:
        """A table with the key `id`; a client for it."""
        dynamodb = self.runtime.client("dynamodb")
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.runtime.advance(seconds=1)
        return dynamodb


@pytest.fixture
def states(groundstate: Groundstate) -> States:
    """State machines in a fresh runtime."""
    return States(groundstate)


def machine(*states: tuple[str, dict[str, Any]], **members: Any) -> dict[str, Any]:
    """A definition whose states follow each other."""
    linked: dict[str, Any] = {}
    for number, (name, state) in enumerate(states):
        last = number == len(states) - 1
        follows = {} if state["Type"] in ("Choice", "Succeed", "Fail") else {"End": True}
        linked[name] = {**state, **(follows if last else {"Next": states[number + 1][0]})}
    return {"StartAt": states[0][0], "States": linked, **members}

"""What the crash workloads of state machines share: their role, what they count, and where."""

from __future__ import annotations

import json

from tests.crash.loop import Driver

ROLE = "arn:aws:iam::000000000000:role/Machine"
# A state that counts how often it took effect: once, however often the process died.
COUNT = {
    "Type": "Task",
    "Resource": "arn:aws:states:::dynamodb:updateItem",
    "Parameters": {
        "TableName": "Counts",
        "Key": {"id": {"S.$": "$.id"}},
        "UpdateExpression": "ADD times :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    },
    "ResultPath": None,
}


async def make_role(driver: Driver, *actions: str) -> None:
    """Make the role `Machine`, for Step Functions, that may do these actions."""
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}}
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    version = {"Version": "2012-10-17"}
    trusting = {**version, "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    await driver.call_anew(
        "iam", "CreateRole", RoleName="Machine", AssumeRolePolicyDocument=json.dumps(trusting)
    )
    await driver.call(
        "iam",
        "PutRolePolicy",
        RoleName="Machine",
        PolicyName="all",
        PolicyDocument=json.dumps({**version, "Statement": [allow]}),
    )


async def make_counts(driver: Driver) -> None:
    """Make the table `Counts`, with the key `id`."""
    await driver.call_anew(
        "dynamodb",
        "CreateTable",
        TableName="Counts",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

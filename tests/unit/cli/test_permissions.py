"""`groundstate permissions`."""

import json

import pytest
from botocore.exceptions import ClientError

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
    ],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["dynamodb:ListTables", "dynamodb:DeleteTable"],
            "Resource": "*",
        }
    ],
}


@pytest.fixture(scope="module", autouse=True)
def worker(runtime):
    """A role that used one grant, never used another one, and was denied a third action."""
    iam = runtime.client("iam")
    role = iam.create_role(RoleName="Worker", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    iam.put_role_policy(RoleName="Worker", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    credentials = runtime.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session")[
        "Credentials"
    ]
    tables = runtime.client(
        "dynamodb",
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )
    tables.list_tables()
    with pytest.raises(ClientError):
        tables.describe_table(TableName="Tasks")
    return role["Arn"]


def test_lists_identities_with_how_much_they_used(groundstate_command):
    heading, row = groundstate_command("permissions").out.splitlines()
    assert heading.split() == ["NAME", "KIND", "USED", "UNUSED", "DENIED"]
    assert row.split() == ["Worker", "role", "1", "1", "1"]


def test_one_is_shown_with_what_it_used_and_what_would_do(groundstate_command, worker):
    out = groundstate_command("permissions", "Worker").out
    assert groundstate_command("permissions", "work").out == out
    used, _, rest = out.partition("Denied:")
    denied, _, rest = rest.partition("Granted and never used:")
    unused, _, least = rest.partition("The least policy that would do:")
    assert worker in used
    assert "1 x  dynamodb:ListTables" in used
    assert "dynamodb:DescribeTable" in denied
    assert "dynamodb:DeleteTable" in unused
    actions = json.dumps(json.loads(least))
    assert "dynamodb:ListTables" in actions
    assert "dynamodb:DescribeTable" in actions
    assert "dynamodb:DeleteTable" not in actions


def test_least_policy_may_be_cdk_code(groundstate_command):
    assert "PolicyStatement" in groundstate_command("permissions", "Worker", "--cdk", "python").out


def test_json_is_the_whole_report(groundstate_command, worker):
    (identity,) = groundstate_command("permissions", "--json").document
    assert identity["arn"] == worker


def test_unknown_identity_is_refused(groundstate_command):
    said = groundstate_command("permissions", "Nobody")
    assert said.status == 1
    assert "groundstate permissions" in said.err

"""What was granted and what was asked for, side by side."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from groundstate.services.iam.permissions import (
    Asked,
    cdk_python,
    cdk_typescript,
    find_unused,
    least_policy,
)
from groundstate.services.iam.policy import NO_POLICIES, Caller, PolicySet, Request, decide
from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal, trust

TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/Tasks"
PUT = Asked("dynamodb:PutItem", TABLE)
GET = Asked("dynamodb:GetItem", TABLE)


def fetch(gs, path="", access_key_id="test", secret="test"):
    url = f"{gs.endpoint_url}/_groundstate/permissions{path}"
    request = AWSRequest("GET", url)
    SigV4Auth(Credentials(access_key_id, secret), "iam", "us-east-1").add_auth(request)
    sent = urllib.request.Request(url, headers=dict(request.headers))
    with urllib.request.urlopen(sent, timeout=10) as answer:
        return json.load(answer)["identities"]


def test_action_that_nobody_asked_for_is_unused():
    document = policy(allow(["dynamodb:PutItem", "dynamodb:Get*", "s3:*"], TABLE))
    assert [unused.action for unused in find_unused([("p", document)], [PUT])] == [
        "dynamodb:Get*",
        "s3:*",
    ]


def test_action_on_another_resource_is_unused():
    document = policy(allow("dynamodb:PutItem", TABLE + "2"))
    (unused,) = find_unused([("p", document)], [PUT])
    assert (unused.policy, unused.resources) == ("p", (TABLE + "2",))


def test_wildcard_is_used_by_what_it_covers():
    assert find_unused([("p", policy(allow("dynamodb:*")))], [PUT]) == []


def test_resource_with_a_variable_is_used():
    document = policy(allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*"))
    assert find_unused([("p", document)], [Asked("s3:GetObject", "arn:aws:s3:::b/ann/x")]) == []


def test_denies_are_never_unused():
    document = policy({**allow("s3:*"), "Effect": "Deny"})
    assert find_unused([("p", document)], []) == []


def test_least_policy_joins_what_goes_together():
    other = TABLE + "2"
    document = least_policy([PUT, GET, PUT, Asked("dynamodb:GetItem", other), Asked("s3:A", "*")])
    assert document["Statement"] == [
        {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": [other]},
        {
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
            "Resource": [TABLE],
        },
        {"Effect": "Allow", "Action": ["s3:A"], "Resource": ["*"]},
    ]


def test_least_policy_allows_what_was_asked_for_and_no_more():
    document = json.dumps(least_policy([PUT, GET]))
    policies = NO_POLICIES._replace(identity=PolicySet([document]))
    for action, resource, expected in (
        ("dynamodb:PutItem", TABLE, True),
        ("dynamodb:DeleteItem", TABLE, False),
        ("dynamodb:PutItem", TABLE + "2", False),
    ):
        request = Request(action, resource, Caller("", ""))
        assert decide(request, policies).allowed is expected


def test_cdk_code_is_python():
    code = cdk_python(least_policy([PUT, GET]))
    compile(code, "code", "exec")
    assert '"dynamodb:PutItem"' in code
    assert "addToPrincipalPolicy" in cdk_typescript(least_policy([PUT]))


def test_report_of_a_role(gs, account):
    account.make_role("R", allow(["iam:ListRoles", "iam:GetRole"]))
    client = account.as_role("R", "iam")
    client.list_roles()
    client.list_roles()
    assert refusal(client.list_users)[0] == "AccessDenied"
    (report,) = fetch(gs, "?identity=R")
    assert [(entry["action"], entry["resource"]) for entry in report["used"]] == [
        ("iam:ListRoles", f"arn:aws:iam::{ACCOUNT}:role/")
    ]
    assert [entry["action"] for entry in report["denied"]] == ["iam:ListUsers"]
    assert report["unused"] == [{"policy": "inline", "action": "iam:GetRole", "resources": ["*"]}]
    actions = [statement["Action"] for statement in report["least_policy"]["Statement"]]
    assert actions == [["iam:ListRoles"], ["iam:ListUsers"]]


def test_refusal_counts_until_it_is_granted(gs, account, iam):
    account.make_role("R")
    client = account.as_role("R", "iam")
    assert refusal(client.list_users)[0] == "AccessDenied"
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=policy(allow("iam:List*")))
    gs.advance(seconds=1)
    client.list_users()
    (report,) = fetch(gs, "?identity=R")
    assert report["denied"] == []
    assert [entry["action"] for entry in report["used"]] == ["iam:ListUsers"]


def test_assumed_role_counts_as_used(gs, account):
    account.make_role("target")
    account.make_role("R", allow("sts:AssumeRole"))
    arn = f"arn:aws:iam::{ACCOUNT}:role/target"
    account.as_role("R", "sts").assume_role(RoleArn=arn, RoleSessionName="session")
    (report,) = fetch(gs, "?identity=R")
    assert [(entry["action"], entry["resource"]) for entry in report["used"]] == [
        ("sts:AssumeRole", arn)
    ]
    assert report["unused"] == []


def test_log_of_a_function_counts_as_used(gs, account):
    account.make_role("F", document=trust(Service="lambda.amazonaws.com"))
    account.iam.attach_role_policy(
        RoleName="F", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    )
    (report,) = fetch(gs)
    assert report["unused"] == []
    (statement,) = report["least_policy"]["Statement"]
    assert statement["Resource"] == [f"arn:aws:logs:*:{ACCOUNT}:log-group:/aws/lambda/*"]


def test_report_is_the_administrators(gs, account):
    account.make_user("ann", allow("*"))
    key = account.iam.create_access_key(UserName="ann")["AccessKey"]
    for access_key_id, secret in (
        (key["AccessKeyId"], key["SecretAccessKey"]),
        ("test", "wrong"),
        ("AKIAUNKNOWN", "test"),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(gs, access_key_id=access_key_id, secret=secret)
        with refused.value as answer:
            assert answer.code == 403


def test_report_of_a_missing_role_is_not_found(gs):
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(gs, "?identity=none")
    with refused.value as answer:
        assert answer.code == 404


def test_log_of_a_state_machine_counts_as_used(gs, account):
    granted = ["logs:CreateLogDelivery", "logs:DescribeLogGroups", "logs:GetLogDelivery"]
    account.make_role("M", allow(granted), document=trust(Service="states.amazonaws.com"))
    gs.client("logs").create_log_group(logGroupName="history")
    group = {"logGroupArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:history:*"}
    gs.client("stepfunctions").create_state_machine(
        name="Logs",
        definition=json.dumps({"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/M",
        loggingConfiguration={
            "level": "ALL",
            "destinations": [{"cloudWatchLogsLogGroup": group}],
        },
    )
    (report,) = fetch(gs, "?identity=M")
    assert sorted(entry["action"] for entry in report["used"]) == granted
    assert report["unused"] == []


def test_traces_of_a_state_machine_count_as_used(gs, account):
    granted = ["xray:GetSamplingRules", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    account.make_role("M", allow(granted), document=trust(Service="states.amazonaws.com"))
    states = gs.client("stepfunctions")
    made = states.create_state_machine(
        name="Traced",
        definition=json.dumps({"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/M",
    )
    (report,) = fetch(gs, "?identity=M")
    assert report["used"] == []
    states.update_state_machine(
        stateMachineArn=made["stateMachineArn"], tracingConfiguration={"enabled": True}
    )
    (report,) = fetch(gs, "?identity=M")
    assert sorted(entry["action"] for entry in report["used"]) == granted
    assert [entry["action"] for entry in report["denied"]] == ["xray:GetSamplingTargets"]

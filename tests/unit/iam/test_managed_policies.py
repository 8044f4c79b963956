"""Managed policies and their versions, the account's own and AWS's."""

from __future__ import annotations

import json

import pytest

from groundstate.services.iam.aws_managed import list_aws_policies
from groundstate.services.iam.policy.validation import check_identity_document
from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@pytest.fixture
def arn(iam):
    made = iam.create_policy(
        PolicyName="p", PolicyDocument=policy(allow("s3:GetObject")), Description="d"
    )
    return made["Policy"]["Arn"]


def test_new_policy_is_described(iam, arn):
    assert arn == f"arn:aws:iam::{ACCOUNT}:policy/p"
    shown = iam.get_policy(PolicyArn=arn)["Policy"]
    assert (shown["DefaultVersionId"], shown["AttachmentCount"]) == ("v1", 0)
    assert (shown["Description"], shown["IsAttachable"]) == ("d", True)


def test_name_is_taken_under_any_path(iam, arn):
    assert refusal(
        iam.create_policy, PolicyName="P", Path="/x/", PolicyDocument=policy(allow("s3:*"))
    ) == (
        "EntityAlreadyExists",
        "A policy called P already exists. Duplicate names are not allowed.",
    )


def test_missing_policy_is_not_found(iam):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/none"
    assert refusal(iam.get_policy, PolicyArn=arn) == (
        "NoSuchEntity",
        f"Policy {arn} was not found.",
    )
    assert refusal(iam.get_policy, PolicyArn="arn:aws:s3:::not-a-policy") == (
        "InvalidInput",
        "ARN arn:aws:s3:::not-a-policy is not valid.",
    )


def test_versions_are_numbered_and_never_reused(iam, arn):
    second = policy(allow("s3:PutObject"))
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=second, SetAsDefault=True)
    assert made["PolicyVersion"]["VersionId"] == "v2"
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    answer = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert answer["Document"] == json.loads(second)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    third = iam.create_policy_version(PolicyArn=arn, PolicyDocument=second)["PolicyVersion"]
    assert (third["VersionId"], third["IsDefaultVersion"]) == ("v3", False)
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(v["VersionId"], v["IsDefaultVersion"]) for v in versions] == [
        ("v3", False),
        ("v1", True),
    ]


def test_default_version_is_not_deleted(iam, arn):
    assert refusal(iam.delete_policy_version, PolicyArn=arn, VersionId="v1") == (
        "DeleteConflict",
        "Cannot delete the default version of a policy.",
    )


@pytest.mark.parametrize("version", ["v9", "v0", "v1x"])
def test_missing_version_is_not_found(iam, arn, version):
    assert refusal(iam.get_policy_version, PolicyArn=arn, VersionId="v9")[0] == "NoSuchEntity"


def test_sixth_version_is_refused(iam, arn):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("s3:*")))
    assert refusal(
        iam.create_policy_version, PolicyArn=arn, PolicyDocument=policy(allow("s3:*"))
    ) == (
        "LimitExceeded",
        (
            "A managed policy can have up to 5 versions. Before you create a new version, you must"
            " delete an existing version."
        ),
    )
    assert refusal(iam.delete_policy, PolicyArn=arn)[1].startswith(
        "This policy has more than one version."
    )


def test_attached_policy_is_not_deleted(account, iam, arn):
    account.make_role("R")
    account.make_user("ann")
    iam.create_group(GroupName="g")
    iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    iam.attach_user_policy(UserName="ann", PolicyArn=arn)
    iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    assert refusal(iam.delete_policy, PolicyArn=arn) == (
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
    )
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    assert [entities[f"Policy{kind}s"][0][f"{kind}Name"] for kind in ("Role", "User", "Group")] == [
        "R",
        "ann",
        "g",
    ]
    only = iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="User")
    assert (len(only["PolicyUsers"]), len(only["PolicyRoles"])) == (1, 0)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 3
    iam.detach_role_policy(RoleName="R", PolicyArn=arn)
    iam.detach_user_policy(UserName="ann", PolicyArn=arn)
    iam.detach_group_policy(GroupName="g", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)
    assert refusal(iam.get_policy, PolicyArn=arn)[0] == "NoSuchEntity"


def test_policy_that_is_too_long_is_refused(iam):
    long = policy(allow("s3:GetObject", "arn:aws:s3:::" + "x" * 6_200))
    assert refusal(iam.create_policy, PolicyName="p", PolicyDocument=long) == (
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    )


def test_blanks_do_not_count(iam):
    iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")) + " " * 10_000)


def test_aws_policy_is_described_with_its_document(iam):
    shown = iam.get_policy(PolicyArn=BASIC)["Policy"]
    assert (shown["PolicyName"], shown["Path"]) == ("AWSLambdaBasicExecutionRole", "/service-role/")
    document = iam.get_policy_version(PolicyArn=BASIC, VersionId="v1")["PolicyVersion"]["Document"]
    assert document["Statement"][0]["Action"] == [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ]


def test_aws_policy_is_not_changed(iam):
    for call, given in (
        (iam.delete_policy, {}),
        (iam.create_policy_version, {"PolicyDocument": policy(allow("s3:*"))}),
    ):
        assert refusal(call, PolicyArn=BASIC, **given)[0] == "AccessDenied"


def test_policies_are_listed_by_scope(iam, arn):
    local = iam.list_policies(Scope="Local")["Policies"]
    assert [shown["PolicyName"] for shown in local] == ["p"]
    of_aws = iam.list_policies(Scope="AWS", MaxItems=1000)["Policies"]
    assert BASIC in [shown["Arn"] for shown in of_aws]
    assert iam.list_policies(OnlyAttached=True)["Policies"] == []


@pytest.mark.parametrize("aws_policy", list_aws_policies(), ids=lambda p: p.name)
def test_aws_documents_are_valid(aws_policy):
    check_identity_document(aws_policy.document)


SYNTAX = "Syntax errors in policy."
VERSION = "Policy document must be version 2012-10-17 or greater."
READ = allow("s3:GetObject")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("no json", SYNTAX),
        ("[]", SYNTAX),
        ('{"Version": "2012-10-17"}', SYNTAX),
        (json.dumps({"Statement": [READ]}), VERSION),
        (json.dumps({"Version": "2008-10-17", "Statement": READ}), VERSION),
        (json.dumps({"Version": "2012-10-17", "Extra": 1, "Statement": READ}), SYNTAX),
        (policy({**READ, "Extra": 1}), SYNTAX),
        (policy({**READ, "NotAction": "s3:*"}), SYNTAX),
        (policy({**READ, "Effect": "Maybe"}), SYNTAX),
        (policy({**READ, "Effect": "allow"}), "The policy failed legacy parsing"),
        (policy({**READ, "Principal": "*"}), "Policy document should not specify a principal."),
        (policy({**READ, "Condition": {"StringSame": {"a": "b"}}}), SYNTAX),
        (
            policy({**READ, "Sid": "a"}, {**READ, "Sid": "a"}),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (policy({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        (policy({"Effect": "Allow", "Action": "s3:*"}), "Policy statement must contain resources."),
        (policy(allow([])), "Policy statement must contain actions."),
        (policy(allow("s3:*", [])), "Policy statement must contain resources."),
        (
            policy(allow("GetObject")),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (policy(allow("a:b:c")), "Actions/Condition can contain only one colon."),
        (policy(allow("a b:c")), "Vendor a b is not valid"),
        (policy(allow("s3:*", "bucket")), 'Resource bucket must be in ARN format or "*".'),
        (
            policy(allow("s3:*", "arn:moon:s3:::b")),
            'Partition "moon" is not valid for resource "arn:moon:s3:::b".',
        ),
        (
            policy(allow("s3:*", "arn:aws:s3:us-east-1::b")),
            "Resource arn:aws:s3:us-east-1::b can not contain region information.",
        ),
    ],
)
def test_document_that_is_no_policy_is_refused(iam, document, message):
    assert refusal(iam.create_policy, PolicyName="p", PolicyDocument=document) == (
        "MalformedPolicyDocument",
        message,
    )


def test_aws_policy_of_another_service_is_taken_and_grants_nothing(account, iam):
    account.make_role("R")
    arn = "arn:aws:iam::aws:policy/AmazonSESFullAccess"
    iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["PolicyName"] == "AmazonSESFullAccess"
    document = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]
    assert document["Statement"] == []
    assert refusal(account.as_role("R", "iam").list_roles)[0] == "AccessDenied"


@pytest.mark.parametrize("name", ["no/such/path", "lower-case", "AWSLambdaBasicExecutionRole"])
def test_text_that_aws_never_called_a_policy_is_refused(account, iam, name):
    account.make_role("R")
    arn = f"arn:aws:iam::aws:policy/{name}"
    assert refusal(iam.attach_role_policy, RoleName="R", PolicyArn=arn)[0] == "NoSuchEntity"

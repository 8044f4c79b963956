"""Roles: made, described, changed and deleted, as a client sees them."""

from __future__ import annotations

import json

import pytest

from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal, trust

LAMBDA = trust(Service="lambda.amazonaws.com")


def make_role(iam, name="R", document=LAMBDA, **more):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)["Role"]


def test_new_role_is_described(iam):
    role = make_role(
        iam,
        Path="/app/",
        Description="d",
        MaxSessionDuration=7200,
        Tags=[{"Key": "k", "Value": "v"}],
    )
    assert role == iam.get_role(RoleName="R")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/app/R"
    assert role["RoleId"].startswith("AROA")
    assert len(role["RoleId"]) == 21
    assert role["AssumeRolePolicyDocument"] == json.loads(LAMBDA)
    assert (role["Description"], role["MaxSessionDuration"]) == ("d", 7200)
    assert role["Tags"] == [{"Key": "k", "Value": "v"}]


def test_name_of_another_case_is_taken(iam):
    make_role(iam, "Role")
    assert refusal(make_role, iam=iam, name="ROLE") == (
        "EntityAlreadyExists",
        "Role with name ROLE already exists.",
    )


def test_missing_role_is_not_found(iam):
    message = "The role with name none cannot be found."
    for call in (iam.get_role, iam.delete_role, iam.list_role_policies, iam.list_role_tags):
        assert refusal(call, RoleName="none") == ("NoSuchEntity", message)


def test_status_of_not_found_is_404(iam):
    with pytest.raises(iam.exceptions.NoSuchEntityException) as refused:
        iam.get_role(RoleName="none")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_roles_are_listed_in_pages_by_name(iam):
    for name in ("b", "a", "c"):
        make_role(iam, name)
    make_role(iam, "d", Path="/other/")
    first = iam.list_roles(MaxItems=2)
    assert [role["RoleName"] for role in first["Roles"]] == ["a", "b"]
    assert first["IsTruncated"]
    second = iam.list_roles(MaxItems=2, Marker=first["Marker"])
    assert [role["RoleName"] for role in second["Roles"]] == ["c", "d"]
    assert not second["IsTruncated"]
    assert [role["RoleName"] for role in iam.list_roles(PathPrefix="/other")["Roles"]] == ["d"]


def test_marker_of_another_list_is_refused(iam):
    make_role(iam, "a")
    make_role(iam, "b")
    marker = iam.list_roles(MaxItems=1)["Marker"]
    assert refusal(iam.list_users, Marker=marker)[0] == "ValidationError"


def test_role_is_updated(iam):
    make_role(iam)
    iam.update_role(RoleName="R", Description="new", MaxSessionDuration=43200)
    other = trust(Service="states.amazonaws.com")
    iam.update_assume_role_policy(RoleName="R", PolicyDocument=other)
    role = iam.get_role(RoleName="R")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("new", 43200)
    assert role["AssumeRolePolicyDocument"] == json.loads(other)


def test_role_with_an_inline_policy_is_not_deleted(iam):
    make_role(iam)
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    assert refusal(iam.delete_role, RoleName="R") == (
        "DeleteConflict",
        "Cannot delete entity, must delete policies first.",
    )
    iam.delete_role_policy(RoleName="R", PolicyName="p")
    iam.delete_role(RoleName="R")
    assert iam.list_roles()["Roles"] == []


def test_role_with_an_attached_policy_is_not_deleted(iam):
    make_role(iam)
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    assert refusal(iam.delete_role, RoleName="R") == (
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
    )
    iam.detach_role_policy(RoleName="R", PolicyArn=arn)
    assert refusal(iam.detach_role_policy, RoleName="R", PolicyArn=arn) == (
        "NoSuchEntity",
        f"Policy {arn} was not found.",
    )
    iam.delete_role(RoleName="R")


def test_role_in_an_instance_profile_is_not_deleted(iam):
    make_role(iam)
    iam.create_instance_profile(InstanceProfileName="P")
    iam.add_role_to_instance_profile(InstanceProfileName="P", RoleName="R")
    assert refusal(iam.delete_role, RoleName="R") == (
        "DeleteConflict",
        "Cannot delete entity, must remove roles from instance profile first.",
    )
    shown = iam.get_instance_profile(InstanceProfileName="P")["InstanceProfile"]
    assert [role["RoleName"] for role in shown["Roles"]] == ["R"]
    assert len(iam.list_instance_profiles_for_role(RoleName="R")["InstanceProfiles"]) == 1
    assert (
        refusal(iam.add_role_to_instance_profile, InstanceProfileName="P", RoleName="R")[0]
        == "EntityAlreadyExists"
    )
    iam.remove_role_from_instance_profile(InstanceProfileName="P", RoleName="R")
    iam.delete_instance_profile(InstanceProfileName="P")
    iam.delete_role(RoleName="R")


def test_inline_policy_is_given_back(iam):
    make_role(iam)
    document = policy(allow("dynamodb:PutItem", "arn:aws:dynamodb:*:*:table/T é"))
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=document)
    answer = iam.get_role_policy(RoleName="R", PolicyName="p")
    assert answer["PolicyDocument"] == json.loads(document)
    assert iam.list_role_policies(RoleName="R")["PolicyNames"] == ["p"]
    assert refusal(iam.get_role_policy, RoleName="R", PolicyName="q") == (
        "NoSuchEntity",
        "The role policy with name q cannot be found.",
    )


def test_inline_policies_are_limited_in_size_together(iam):
    make_role(iam)
    half = policy(allow("s3:GetObject", "arn:aws:s3:::" + "x" * 5_000))
    iam.put_role_policy(RoleName="R", PolicyName="one", PolicyDocument=half)
    iam.put_role_policy(RoleName="R", PolicyName="one", PolicyDocument=half)
    iam.put_role_policy(RoleName="R", PolicyName="two", PolicyDocument=half)
    assert refusal(iam.put_role_policy, RoleName="R", PolicyName="three", PolicyDocument=half) == (
        "LimitExceeded",
        "Maximum policy size of 10240 bytes exceeded for role R",
    )


def test_inline_policy_may_be_of_the_older_version(account, iam):
    account.make_role("R")
    document = json.dumps({"Version": "2008-10-17", "Statement": [allow("iam:ListRoles")]})
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=document)
    account.as_role("R", "iam").list_roles()


def test_missing_policy_is_not_attached(iam):
    make_role(iam)
    arn = f"arn:aws:iam::{ACCOUNT}:policy/none"
    assert refusal(iam.attach_role_policy, RoleName="R", PolicyArn=arn) == (
        "NoSuchEntity",
        f"Policy {arn} does not exist or is not attachable.",
    )


def test_eleventh_policy_is_not_attached(iam):
    make_role(iam)
    arns = [
        iam.create_policy(PolicyName=f"p{n}", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
        for n in range(11)
    ]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    assert refusal(iam.attach_role_policy, RoleName="R", PolicyArn=arns[10]) == (
        "LimitExceeded",
        "Cannot exceed quota for PoliciesPerRole: 10",
    )
    listed = iam.list_attached_role_policies(RoleName="R", MaxItems=4)
    assert [shown["PolicyName"] for shown in listed["AttachedPolicies"]] == ["p0", "p1", "p2", "p3"]


def test_tags_are_added_replaced_and_removed(iam):
    make_role(iam, Tags=[{"Key": "a", "Value": "1"}])
    iam.tag_role(RoleName="R", Tags=[{"Key": "A", "Value": "2"}, {"Key": "b", "Value": ""}])
    assert iam.list_role_tags(RoleName="R")["Tags"] == [
        {"Key": "A", "Value": "2"},
        {"Key": "b", "Value": ""},
    ]
    iam.untag_role(RoleName="R", TagKeys=["B", "none"])
    assert iam.list_role_tags(RoleName="R")["Tags"] == [{"Key": "A", "Value": "2"}]


def test_tag_twice_is_refused(iam):
    tags = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    assert refusal(make_role, iam=iam, Tags=tags) == (
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )


def test_boundary_is_kept_and_removed(iam):
    arn = iam.create_policy(PolicyName="b", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    make_role(iam, PermissionsBoundary=arn)
    shown = iam.get_role(RoleName="R")["Role"]["PermissionsBoundary"]
    assert shown == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    assert refusal(iam.delete_policy, PolicyArn=arn)[0] == "DeleteConflict"
    iam.delete_role_permissions_boundary(RoleName="R")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="R")["Role"]
    iam.delete_policy(PolicyArn=arn)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("no json", "This policy contains invalid Json"),
        (policy(allow("sts:AssumeRole")), "Has prohibited field Resource"),
        (
            policy({"Effect": "Allow", "Action": "sts:AssumeRole"}),
            "Missing required field Principal cannot be empty!",
        ),
        (
            policy(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "s3:GetObject",
                }
            ),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (trust(Service="lambda"), 'Invalid principal in policy: "SERVICE":"lambda"'),
        (trust(AWS="somebody"), 'Invalid principal in policy: "AWS":"somebody"'),
        (
            trust(AWS=f"arn:aws:iam::{ACCOUNT}:role/none"),
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:role/none"',
        ),
    ],
)
def test_trust_policy_that_is_none_is_refused(iam, document, message):
    assert refusal(make_role, iam=iam, document=document) == ("MalformedPolicyDocument", message)


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "*"},
        {"AWS": ACCOUNT},
        {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/theirs"]},
        {"Service": ["lambda.amazonaws.com", "states.us-east-1.amazonaws.com"]},
        {"Federated": "cognito-identity.amazonaws.com"},
    ],
)
def test_trust_policy_is_taken(iam, principal):
    make_role(iam, document=trust(**principal))

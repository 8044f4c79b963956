"""The account as a whole."""

from __future__ import annotations

import json

from groundstate.testing import Groundstate
from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal, trust


def test_account_has_no_alias(iam):
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_entities_are_counted(account, iam):
    account.make_role("R")
    account.make_user("ann")
    summary = iam.get_account_summary()["SummaryMap"]
    assert (summary["Roles"], summary["Users"], summary["Groups"]) == (1, 1, 0)


def test_details_hold_everything(account, iam):
    document = policy(allow("s3:GetObject"))
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
    account.make_role("R", allow("s3:*"))
    iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="I")
    iam.add_role_to_instance_profile(InstanceProfileName="I", RoleName="R")
    account.make_user("ann")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ann")
    details = iam.get_account_authorization_details()
    (role,) = details["RoleDetailList"]
    assert role["RolePolicyList"][0]["PolicyDocument"] == json.loads(policy(allow("s3:*")))
    assert role["AttachedManagedPolicies"] == [{"PolicyName": "p", "PolicyArn": arn}]
    assert [profile["InstanceProfileName"] for profile in role["InstanceProfileList"]] == ["I"]
    (user,) = details["UserDetailList"]
    assert user["GroupList"] == ["g"]
    assert [group["GroupName"] for group in details["GroupDetailList"]] == ["g"]
    (managed,) = details["Policies"]
    assert managed["PolicyVersionList"][0]["Document"] == json.loads(document)


def test_details_are_filtered_and_paged(account, iam):
    for name in ("a", "b", "c"):
        account.make_role(name)
    account.make_user("ann")
    pages = iam.get_paginator("get_account_authorization_details").paginate(
        Filter=["Role"], PaginationConfig={"PageSize": 2}
    )
    roles = [[role["RoleName"] for role in page["RoleDetailList"]] for page in pages]
    assert roles == [["a", "b"], ["c"]]


def test_instance_profiles_are_listed_and_tagged(iam):
    iam.create_instance_profile(
        InstanceProfileName="I", Path="/x/", Tags=[{"Key": "k", "Value": "v"}]
    )
    iam.tag_instance_profile(InstanceProfileName="I", Tags=[{"Key": "l", "Value": "w"}])
    iam.untag_instance_profile(InstanceProfileName="I", TagKeys=["k"])
    tags = iam.list_instance_profile_tags(InstanceProfileName="I")["Tags"]
    assert tags == [{"Key": "l", "Value": "w"}]
    (profile,) = iam.list_instance_profiles(PathPrefix="/x/")["InstanceProfiles"]
    assert profile["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/x/I"


def test_role_is_passed_to_an_instance_profile(account, iam):
    role = account.make_role("R")
    iam.create_instance_profile(InstanceProfileName="I")
    account.make_user("ann", allow("iam:AddRoleToInstanceProfile"))
    client = account.as_user("ann", "iam")
    given = {"InstanceProfileName": "I", "RoleName": "R"}
    code, message = refusal(client.add_role_to_instance_profile, **given)
    assert code == "AccessDenied"
    assert f"is not authorized to perform: iam:PassRole on resource: {role}" in message
    condition = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    iam.put_user_policy(
        UserName="ann",
        PolicyName="pass",
        PolicyDocument=policy(allow("iam:PassRole", role, Condition=condition)),
    )
    client.add_role_to_instance_profile(**given)


def test_everything_survives_a_restart(tmp_path):
    with Groundstate(data_dir=tmp_path) as gs:
        iam = gs.client("iam")
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(AWS=ACCOUNT))
        iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
        iam.create_user(UserName="ann")
        key = iam.create_access_key(UserName="ann")["AccessKey"]
        before = iam.get_account_authorization_details()
    with Groundstate(data_dir=tmp_path) as gs:
        after = gs.client("iam").get_account_authorization_details()
        for kind in ("RoleDetailList", "UserDetailList"):
            assert after[kind] == before[kind]
        client = gs.client(
            "sts",
            access_key_id=key["AccessKeyId"],
            secret_access_key=key["SecretAccessKey"],
        )
        assert client.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ann"

"""Users, their keys and groups."""

from __future__ import annotations

from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal


def test_new_user_is_described(iam):
    user = iam.create_user(UserName="ann", Path="/staff/")["User"]
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/staff/ann"
    assert user["UserId"].startswith("AIDA")
    assert iam.get_user(UserName="ann")["User"] == user
    assert [shown["UserName"] for shown in iam.list_users()["Users"]] == ["ann"]


def test_user_is_renamed_and_keeps_what_it_has(account, iam):
    account.make_user("ann", allow("iam:GetUser"))
    identity = iam.get_user(UserName="ann")["User"]["UserId"]
    iam.update_user(UserName="ann", NewUserName="bea", NewPath="/new/")
    user = iam.get_user(UserName="bea")["User"]
    assert (user["UserId"], user["Arn"]) == (identity, f"arn:aws:iam::{ACCOUNT}:user/new/bea")
    assert iam.list_user_policies(UserName="bea")["PolicyNames"] == ["inline"]
    assert refusal(iam.get_user, UserName="ann")[0] == "NoSuchEntity"


def test_name_of_another_user_is_not_taken(account, iam):
    account.make_user("ann")
    account.make_user("bea")
    assert refusal(iam.update_user, UserName="ann", NewUserName="BEA") == (
        "EntityAlreadyExists",
        "User with name BEA already exists.",
    )


def test_user_calls_with_an_access_key(account):
    arn = account.make_user("ann")
    identity = account.as_user("ann", "sts").get_caller_identity()
    assert identity["Arn"] == arn
    assert identity["UserId"].startswith("AIDA")
    assert identity["Account"] == ACCOUNT


def test_user_without_a_policy_may_do_nothing(account):
    arn = account.make_user("ann")
    assert refusal(account.as_user("ann", "iam").list_users) == (
        "AccessDenied",
        (
            f"User: {arn} is not authorized to perform: iam:ListUsers on resource:"
            f" arn:aws:iam::{ACCOUNT}:user/ because no identity-based policy allows the"
            " iam:ListUsers action"
        ),
    )


def test_user_describes_itself(account):
    account.make_user("ann", allow("iam:GetUser", "arn:aws:iam::*:user/${aws:username}"))
    account.make_user("bea")
    client = account.as_user("ann", "iam")
    assert client.get_user()["User"]["UserName"] == "ann"
    assert refusal(client.get_user, UserName="bea")[0] == "AccessDenied"


def test_third_access_key_is_refused(account, iam):
    account.make_user("ann")
    for _ in range(2):
        iam.create_access_key(UserName="ann")
    assert refusal(iam.create_access_key, UserName="ann") == (
        "LimitExceeded",
        "Cannot exceed quota for AccessKeysPerUser: 2",
    )


def test_inactive_key_is_refused_until_it_is_active(account, iam):
    account.make_user("ann")
    client = account.as_user("ann", "sts")
    (key,) = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refusal(client.get_caller_identity)[0] == "InvalidClientTokenId"
    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Active")
    client.get_caller_identity()
    assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["UserName"] == "ann"


def test_deleted_key_is_refused(account, iam):
    account.make_user("ann")
    client = account.as_user("ann", "sts")
    client.get_caller_identity()
    (key,) = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    assert refusal(iam.delete_user, UserName="ann") == (
        "DeleteConflict",
        "Cannot delete entity, must delete access keys first.",
    )
    iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    assert refusal(client.get_caller_identity)[0] == "InvalidClientTokenId"
    assert refusal(iam.delete_access_key, UserName="ann", AccessKeyId=key["AccessKeyId"]) == (
        "NoSuchEntity",
        f"The Access Key with id {key['AccessKeyId']} cannot be found.",
    )
    iam.delete_user(UserName="ann")


def test_group_gives_its_users_its_policies(account, iam):
    account.make_user("ann")
    client = account.as_user("ann", "iam")
    iam.create_group(GroupName="readers")
    iam.put_group_policy(
        GroupName="readers", PolicyName="p", PolicyDocument=policy(allow("iam:List*"))
    )
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    assert [user["UserName"] for user in client.list_users()["Users"]] == ["ann"]
    iam.remove_user_from_group(GroupName="readers", UserName="ann")
    assert refusal(client.list_users)[0] == "AccessDenied"


def test_group_with_users_is_not_deleted(account, iam):
    account.make_user("ann")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ann")
    assert [user["UserName"] for user in iam.get_group(GroupName="g")["Users"]] == ["ann"]
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName="ann")["Groups"]] == ["g"]
    for call, given in (
        (iam.delete_group, {"GroupName": "g"}),
        (iam.delete_user, {"UserName": "ann"}),
    ):
        assert refusal(call, **given)[0] == "DeleteConflict"
    iam.remove_user_from_group(GroupName="g", UserName="ann")
    iam.delete_group(GroupName="g")
    iam.delete_user(UserName="ann")
    assert refusal(iam.get_group, GroupName="g") == (
        "NoSuchEntity",
        "The group with name g cannot be found.",
    )


def test_eleventh_group_of_a_user_is_refused(account, iam):
    account.make_user("ann")
    for number in range(11):
        iam.create_group(GroupName=f"g{number}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"g{number}", UserName="ann")
    assert refusal(iam.add_user_to_group, GroupName="g10", UserName="ann") == (
        "LimitExceeded",
        "Cannot exceed quota for GroupsPerUser: 10",
    )


def test_renamed_group_keeps_its_users(account, iam):
    account.make_user("ann", allow("sts:*"))
    iam.create_group(GroupName="old")
    iam.add_user_to_group(GroupName="old", UserName="ann")
    iam.update_group(GroupName="old", NewGroupName="new")
    assert [user["UserName"] for user in iam.get_group(GroupName="new")["Users"]] == ["ann"]


def test_user_has_a_password_or_none(iam):
    iam.create_user(UserName="ann")
    missing = ("NoSuchEntity", "Login Profile for User ann cannot be found.")
    assert refusal(iam.get_login_profile, UserName="ann") == missing
    made = iam.create_login_profile(UserName="ann", Password="Tea4two!", PasswordResetRequired=True)
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    code, _ = refusal(iam.create_login_profile, UserName="ann", Password="Tea4two!")
    assert code == "EntityAlreadyExists"
    iam.update_login_profile(UserName="ann", PasswordResetRequired=False)
    iam.update_login_profile(UserName="ann", Password="Tea4three!")
    shown = iam.get_login_profile(UserName="ann")["LoginProfile"]
    assert (shown["UserName"], shown["PasswordResetRequired"]) == ("ann", False)
    assert shown["CreateDate"] == made["LoginProfile"]["CreateDate"]
    assert refusal(iam.delete_user, UserName="ann") == (
        "DeleteConflict",
        "Cannot delete entity, must delete login profile first.",
    )
    iam.delete_login_profile(UserName="ann")
    assert refusal(iam.delete_login_profile, UserName="ann") == missing
    iam.delete_user(UserName="ann")

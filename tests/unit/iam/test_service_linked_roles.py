"""Roles that only their services may change, and OpenID Connect providers."""

from __future__ import annotations

import pytest

from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal, trust

GITHUB = "https://token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
SERVICE = "dynamodb.application-autoscaling.amazonaws.com"
NAME = "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"


def test_service_linked_role_has_its_name_and_path(iam):
    role = iam.create_service_linked_role(AWSServiceName=SERVICE)["Role"]
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{SERVICE}/{NAME}"
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": SERVICE}


def test_name_of_another_service_is_made_from_its_own(iam):
    role = iam.create_service_linked_role(AWSServiceName="some.new-one.amazonaws.com")["Role"]
    assert role["RoleName"] == "AWSServiceRoleForSomeNewOne"


def test_service_linked_role_is_made_once(iam):
    iam.create_service_linked_role(AWSServiceName=SERVICE)
    code, message = refusal(iam.create_service_linked_role, AWSServiceName=SERVICE)
    assert code == "InvalidInput"
    assert message.startswith(f"Service role name {NAME} has been taken in this account")


def test_service_linked_role_is_changed_by_nobody(iam):
    iam.create_service_linked_role(AWSServiceName=SERVICE)
    for call, given in (
        (iam.delete_role, {}),
        (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": policy(allow("s3:*"))}),
        (iam.attach_role_policy, {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        (iam.update_assume_role_policy, {"PolicyDocument": trust(AWS="*")}),
    ):
        assert refusal(call, RoleName=NAME, **given)[0] == "UnmodifiableEntity"
    iam.update_role(RoleName=NAME, Description="a note")


def test_service_linked_role_is_deleted_in_its_own_way(iam):
    iam.create_service_linked_role(AWSServiceName=SERVICE)
    task = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    assert status["Status"] == "SUCCEEDED"
    assert refusal(iam.get_role, RoleName=NAME)[0] == "NoSuchEntity"


def test_provider_is_described(iam):
    arn = iam.create_open_id_connect_provider(
        Url=GITHUB,
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["a" * 40],
        Tags=[{"Key": "k", "Value": "v"}],
    )["OpenIDConnectProviderArn"]
    assert arn == PROVIDER
    shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert shown["Url"] == "token.actions.githubusercontent.com"
    assert shown["ClientIDList"] == ["sts.amazonaws.com"]
    assert shown["ThumbprintList"] == ["a" * 40]
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert listed == [{"Arn": PROVIDER}]


def test_provider_is_changed(iam):
    iam.create_open_id_connect_provider(Url=GITHUB)
    given = {"OpenIDConnectProviderArn": PROVIDER}
    iam.add_client_id_to_open_id_connect_provider(ClientID="one", **given)
    iam.add_client_id_to_open_id_connect_provider(ClientID="two", **given)
    iam.remove_client_id_from_open_id_connect_provider(ClientID="one", **given)
    iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["b" * 40], **given)
    iam.tag_open_id_connect_provider(Tags=[{"Key": "k", "Value": "v"}], **given)
    shown = iam.get_open_id_connect_provider(**given)
    assert (shown["ClientIDList"], shown["ThumbprintList"]) == (["two"], ["b" * 40])
    assert iam.list_open_id_connect_provider_tags(**given)["Tags"] == [{"Key": "k", "Value": "v"}]
    iam.untag_open_id_connect_provider(TagKeys=["k"], **given)
    assert iam.list_open_id_connect_provider_tags(**given)["Tags"] == []


def test_provider_is_made_once_and_deleted(iam):
    iam.create_open_id_connect_provider(Url=GITHUB)
    assert refusal(iam.create_open_id_connect_provider, Url=GITHUB) == (
        "EntityAlreadyExists",
        f"Provider with url {GITHUB} already exists.",
    )
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    assert refusal(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=PROVIDER) == (
        "NoSuchEntity",
        f"OpenIDConnect Provider not found for arn {PROVIDER}",
    )


@pytest.mark.parametrize("url", ["http://example.com", "example.com"])
def test_provider_needs_a_secure_address(iam, url):
    assert refusal(iam.create_open_id_connect_provider, Url=url)[0] == "InvalidInput"


def test_role_may_trust_a_provider(account):
    account.make_role("R", document=trust(Federated=PROVIDER))

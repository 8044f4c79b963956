"""STS: who calls, and temporary credentials of roles and of oneself."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from groundstate.operation import ServiceError
from groundstate.services.sts import SERVICE
from groundstate.testing import Groundstate
from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal, trust

ROLE = f"arn:aws:iam::{ACCOUNT}:role/R"


@pytest.fixture
def sts(gs):
    return gs.client("sts")


def denied(who):
    return (
        "AccessDenied",
        f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {ROLE}",
    )


def test_administrator_is_the_accounts_root(sts):
    identity = sts.get_caller_identity()
    assert (identity["Arn"], identity["Account"]) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)


def test_session_of_a_role(gs, account, sts):
    account.make_role("R", Path="/app/")
    arn = f"arn:aws:iam::{ACCOUNT}:role/app/R"
    answer = sts.assume_role(RoleArn=arn, RoleSessionName="session")
    role_id = account.iam.get_role(RoleName="R")["Role"]["RoleId"]
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role_id}:session",
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/R/session",
    }
    credentials = answer["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    assert len(credentials["AccessKeyId"]) == 20
    assert len(credentials["SecretAccessKey"]) == 40
    assert credentials["Expiration"].timestamp() == gs.clock.now() + 3600
    identity = account.with_credentials(credentials, "sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/R/session"
    assert identity["UserId"] == f"{role_id}:session"


@pytest.mark.parametrize("principal", [f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, "*"])
def test_administrator_assumes_a_role_that_trusts_the_account(account, sts, principal):
    account.make_role("R", document=trust(AWS=principal))
    sts.assume_role(RoleArn=ROLE, RoleSessionName="session")


def test_administrator_does_not_assume_a_role_of_a_service(account, sts):
    account.make_role("R", document=trust(Service="lambda.amazonaws.com"))
    given = {"RoleArn": ROLE, "RoleSessionName": "session"}
    assert refusal(sts.assume_role, **given) == denied(f"arn:aws:iam::{ACCOUNT}:root")


def test_missing_role_is_not_told_from_one_that_does_not_trust(sts):
    given = {"RoleArn": ROLE, "RoleSessionName": "session"}
    assert refusal(sts.assume_role, **given) == denied(f"arn:aws:iam::{ACCOUNT}:root")


def test_text_that_is_no_role_is_invalid(sts):
    arn = f"arn:aws:iam::{ACCOUNT}:user/ann"
    assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="session") == (
        "ValidationError",
        f"{arn} is invalid",
    )


def test_user_needs_a_grant_where_the_role_trusts_the_account(account, iam):
    arn = account.make_user("ann")
    account.make_role("R", document=trust(AWS=ACCOUNT))
    client = account.as_user("ann", "sts")
    given = {"RoleArn": ROLE, "RoleSessionName": "session"}
    assert refusal(client.assume_role, **given) == denied(arn)
    iam.put_user_policy(
        UserName="ann", PolicyName="p", PolicyDocument=policy(allow("sts:AssumeRole", ROLE))
    )
    client.assume_role(**given)


def test_user_needs_no_grant_where_the_role_trusts_the_user(account):
    arn = account.make_user("ann")
    account.make_role("R", document=trust(AWS=arn))
    account.as_user("ann", "sts").assume_role(RoleArn=ROLE, RoleSessionName="session")


def test_grant_does_not_replace_the_trust(account):
    arn = account.make_user("ann", allow("sts:*"))
    account.make_user("bea")
    account.make_role("R", document=trust(AWS=f"arn:aws:iam::{ACCOUNT}:user/bea"))
    client = account.as_user("ann", "sts")
    given = {"RoleArn": ROLE, "RoleSessionName": "session"}
    assert refusal(client.assume_role, **given) == denied(arn)


def test_external_id_must_be_the_agreed_one(account, sts):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "agreed"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    account.make_role("R", document=document)
    given = {"RoleArn": ROLE, "RoleSessionName": "session"}
    assert refusal(sts.assume_role, **given) == denied(f"arn:aws:iam::{ACCOUNT}:root")
    sts.assume_role(**given, ExternalId="agreed")


def test_session_expires(gs, account):
    account.make_role("R")
    client = account.as_role("R", "sts", DurationSeconds=900)
    client.get_caller_identity()
    gs.advance(seconds=900)
    assert refusal(client.get_caller_identity) == (
        "ExpiredToken",
        "The security token included in the request is expired",
    )


def test_session_is_no_longer_than_the_role_allows(account, sts):
    account.make_role("R")
    given = {"RoleArn": ROLE, "RoleSessionName": "session", "DurationSeconds": 3601}
    assert refusal(sts.assume_role, **given) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )


def test_chained_session_lasts_an_hour_at_most(account):
    account.make_role("R", document=trust(AWS=ACCOUNT), MaxSessionDuration=7200)
    account.make_role("S", allow("sts:AssumeRole"), document=trust(AWS=ACCOUNT))
    client = account.as_role("S", "sts")
    given = {"RoleArn": ROLE, "RoleSessionName": "session"}
    client.assume_role(**given)
    assert refusal(client.assume_role, **given, DurationSeconds=7200)[1].startswith(
        "The requested DurationSeconds exceeds the 1 hour session limit"
    )


def test_session_policy_limits_the_session(account):
    account.make_role("R", allow("iam:*"))
    client = account.as_role("R", "iam", Policy=policy(allow("iam:ListRoles")))
    client.list_roles()
    assert refusal(client.list_users)[1].endswith(
        " because no session policy allows the iam:ListUsers action"
    )


def test_managed_session_policy_limits_the_session(account, iam):
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("iam:ListRoles")))
    account.make_role("R", allow("iam:*"))
    client = account.as_role("R", "iam", PolicyArns=[{"arn": arn["Policy"]["Arn"]}])
    client.list_roles()
    assert refusal(client.list_users)[0] == "AccessDenied"


def test_session_policy_must_be_one(account, sts):
    account.make_role("R")
    given = {"RoleArn": ROLE, "RoleSessionName": "session", "Policy": "{}"}
    assert refusal(sts.assume_role, **given)[0] == "MalformedPolicyDocument"


def test_tags_of_a_session_need_a_trust_of_their_own(account, sts):
    account.make_role("R")
    given = {"RoleArn": ROLE, "RoleSessionName": "session", "Tags": [{"Key": "k", "Value": "v"}]}
    assert refusal(sts.assume_role, **given) == (
        "AccessDenied",
        (
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: sts:TagSession on"
            f" resource: {ROLE}"
        ),
    )


def test_tags_of_a_session_are_the_principals(account):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    condition = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    account.make_role("R", allow("iam:ListRoles", Condition=condition), document=document)
    red = account.as_role("R", "iam", Tags=[{"Key": "team", "Value": "red"}])
    red.list_roles()
    blue = account.as_role("R", "iam", Tags=[{"Key": "team", "Value": "blue"}])
    assert refusal(blue.list_roles)[0] == "AccessDenied"


def test_tampered_token_is_refused(account, sts):
    account.make_role("R")
    credentials = sts.assume_role(RoleArn=ROLE, RoleSessionName="session")["Credentials"]
    token = credentials["SessionToken"]
    for changed in (token[:-1] + ("A" if token[-1] != "A" else "B"), "rubbish", token[4:]):
        client = account.with_credentials({**credentials, "SessionToken": changed}, "sts")
        assert refusal(client.get_caller_identity) == (
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )


def test_token_of_another_session_is_refused(account, sts):
    account.make_role("R")
    one, two = (
        sts.assume_role(RoleArn=ROLE, RoleSessionName="session")["Credentials"] for _ in range(2)
    )
    assert one["AccessKeyId"] != two["AccessKeyId"]
    client = account.with_credentials({**one, "SessionToken": two["SessionToken"]}, "sts")
    assert refusal(client.get_caller_identity)[0] == "InvalidClientTokenId"


def test_session_key_without_its_token_is_refused(account, gs, sts):
    account.make_role("R")
    credentials = sts.assume_role(RoleArn=ROLE, RoleSessionName="session")["Credentials"]
    client = gs.client(
        "sts",
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
    )
    assert refusal(client.get_caller_identity)[0] == "InvalidClientTokenId"


def test_session_survives_a_restart(tmp_path):
    given = {"RoleArn": ROLE, "RoleSessionName": "session"}
    with Groundstate(data_dir=tmp_path) as gs:
        gs.client("iam").create_role(RoleName="R", AssumeRolePolicyDocument=trust(AWS=ACCOUNT))
        credentials = gs.client("sts").assume_role(**given)["Credentials"]
    with Groundstate(data_dir=tmp_path) as gs:
        client = gs.client(
            "sts",
            access_key_id=credentials["AccessKeyId"],
            secret_access_key=credentials["SecretAccessKey"],
            session_token=credentials["SessionToken"],
        )
        assert client.get_caller_identity()["Arn"].endswith(":assumed-role/R/session")


def test_session_of_another_database_is_refused(account):
    account.make_role("R")
    answer = account.gs.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="session")
    with Groundstate() as other:
        client = other.client(
            "sts",
            access_key_id=answer["Credentials"]["AccessKeyId"],
            secret_access_key=answer["Credentials"]["SecretAccessKey"],
            session_token=answer["Credentials"]["SessionToken"],
        )
        assert refusal(client.get_caller_identity)[0] == "InvalidClientTokenId"


def test_user_takes_a_session_token(account):
    arn = account.make_user("ann")
    credentials = account.as_user("ann", "sts").get_session_token()["Credentials"]
    assert account.with_credentials(credentials, "sts").get_caller_identity()["Arn"] == arn


def test_administrator_takes_a_session_token(account, sts):
    credentials = sts.get_session_token()["Credentials"]
    assert account.with_credentials(credentials, "iam").list_roles()["Roles"] == []


def test_role_takes_no_session_token(account):
    account.make_role("R", allow("*"))
    assert refusal(account.as_role("R", "sts").get_session_token) == (
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    )


@pytest.mark.parametrize("operation", ["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"])
def test_identity_providers_are_refused_clearly(gs, operation):
    with pytest.raises(ServiceError, match="no identity providers") as refused:
        gs.on_loop(
            lambda runtime: runtime.dispatcher.run(
                "sts", lambda call: SERVICE.operations[operation].run(call, {}), "us-east-1"
            )
        )
    assert refused.value.code == "InvalidIdentityToken"


def test_multi_factor_code_is_refused(account, sts):
    account.make_role("R")
    given = {"RoleArn": ROLE, "RoleSessionName": "session", "TokenCode": "123456"}
    assert (
        refusal(sts.assume_role, SerialNumber="arn:aws:iam::1:mfa/x", **given)[0] == "AccessDenied"
    )


def test_unsupported_member_is_named(account, sts):
    account.make_role("R")
    given = {"RoleArn": ROLE, "RoleSessionName": "session", "SourceIdentity": "ann"}
    code, message = refusal(sts.assume_role, **given)
    assert code == "ValidationError"
    assert "SourceIdentity" in message


def test_access_key_belongs_to_the_account(sts):
    assert sts.get_access_key_info(AccessKeyId="AKIAIOSFODNN7EXAMPLE")["Account"] == ACCOUNT


def test_authorization_message_is_none_of_ours(sts):
    assert refusal(sts.decode_authorization_message, EncodedMessage="x")[0] == (
        "InvalidAuthorizationMessageException"
    )


def issue(gs, **given):
    def job(call):
        return call.invoke("sts", "IssueServiceCredentials", given)

    return gs.on_loop(lambda runtime: runtime.dispatcher.run("lambda", job, "us-east-1"))


def test_service_gets_credentials_of_a_role_that_trusts_it(gs, account):
    account.make_role("R", allow("iam:ListRoles"), document=trust(Service="lambda.amazonaws.com"))
    answer = issue(gs, RoleArn=ROLE, RoleSessionName="Function", Service="lambda.amazonaws.com")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/R/Function"
    client = account.with_credentials(answer["Credentials"], "iam")
    client.list_roles()
    assert refusal(client.list_users)[0] == "AccessDenied"


@pytest.mark.parametrize("service", ["states.amazonaws.com", "lambda.amazonaws.com.evil"])
def test_service_gets_none_of_a_role_that_does_not_trust_it(gs, account, service):
    account.make_role("R", document=trust(Service="lambda.amazonaws.com"))
    with pytest.raises(
        ServiceError, match=f"User: {service} is not authorized to perform: sts:Ass"
    ):
        issue(gs, RoleArn=ROLE, RoleSessionName="s", Service=service)


def test_trust_may_name_the_service_of_the_region(gs, account):
    account.make_role("R", document=trust(Service="lambda.us-east-1.amazonaws.com"))
    issue(gs, RoleArn=ROLE, RoleSessionName="s", Service="lambda.amazonaws.com")


def test_trust_may_name_the_resource_that_the_service_runs(gs, account):
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:F"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnEquals": {"aws:SourceArn": function}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    account.make_role("R", document=document)
    given = {"RoleArn": ROLE, "RoleSessionName": "F", "Service": "lambda.amazonaws.com"}
    issue(gs, **given, SourceArn=function)
    with pytest.raises(ServiceError):
        issue(gs, **given)


def test_internal_operations_are_on_no_wire(gs):
    body = urllib.parse.urlencode({"Action": "IssueServiceCredentials", "Version": "2011-06-15"})
    request = AWSRequest("POST", gs.endpoint_url, data=body.encode())
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    SigV4Auth(Credentials("test", "test"), "sts", "us-east-1").add_auth(request)
    sent = urllib.request.Request(
        gs.endpoint_url, data=body.encode(), headers=dict(request.headers), method="POST"
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(sent, timeout=10)
    with refused.value as answer:
        assert b"InvalidAction" in answer.read()


def test_trust_is_not_asked_where_nothing_is_enforced():
    with Groundstate(iam="off") as gs:
        document = trust(Service="lambda.amazonaws.com")
        gs.client("iam").create_role(RoleName="R", AssumeRolePolicyDocument=document)
        answer = gs.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="session")
        client = gs.client(
            "iam",
            access_key_id=answer["Credentials"]["AccessKeyId"],
            secret_access_key=answer["Credentials"]["SecretAccessKey"],
            session_token=answer["Credentials"]["SessionToken"],
        )
        assert len(client.list_roles()["Roles"]) == 1

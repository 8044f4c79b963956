"""Who may do what: policies at work on real calls."""

from __future__ import annotations

import json

import pytest

from groundstate.operation import Principal, ServiceError
from groundstate.principals import role_principal
from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal, trust

SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/R/session"


def test_role_without_a_grant_is_refused(account):
    account.make_role("R")
    assert refusal(account.as_role("R", "iam").get_role, RoleName="R") == (
        "AccessDenied",
        (
            f"User: {SESSION} is not authorized to perform: iam:GetRole on resource:"
            f" arn:aws:iam::{ACCOUNT}:role/R because no identity-based policy allows the"
            " iam:GetRole action"
        ),
    )


def test_json_service_says_access_denied_exception(account):
    account.make_role("R")
    code, message = refusal(account.as_role("R", "dynamodb").list_tables)
    assert code == "AccessDeniedException"
    assert message.endswith(
        "because no identity-based policy allows the dynamodb:ListTables action"
    )


def test_s3_words_it_in_its_own_way(account):
    account.make_role("R")
    client = account.as_role("R", "s3")
    code, message = refusal(client.get_object, Bucket="bucket", Key="key")
    assert (code, message) == (
        "AccessDenied",
        (
            f"User: {SESSION} is not authorized to perform: s3:GetObject on resource:"
            ' "arn:aws:s3:::bucket/key" because no identity-based policy allows the s3:GetObject'
            " action"
        ),
    )
    assert refusal(client.list_buckets)[1].startswith(
        f"User: {SESSION} is not authorized to perform: s3:ListAllMyBuckets because no identity"
    )


def test_explicit_deny_is_said(account):
    deny = {**allow("iam:GetRole"), "Effect": "Deny"}
    account.make_role("R", allow("*"), deny)
    _code, message = refusal(account.as_role("R", "iam").get_role, RoleName="R")
    assert message.endswith(" with an explicit deny in an identity-based policy")


def test_boundary_limits_a_role(account, iam):
    arn = iam.create_policy(PolicyName="b", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    account.make_role("R", allow("*"), PermissionsBoundary=arn)
    client = account.as_role("R", "iam")
    _code, message = refusal(client.get_role, RoleName="R")
    assert message.endswith(" because no permissions boundary allows the iam:GetRole action")
    iam.delete_role_permissions_boundary(RoleName="R")
    client.get_role(RoleName="R")


def test_change_of_a_policy_counts_at_once(account, iam):
    account.make_role("R")
    client = account.as_role("R", "iam")
    assert refusal(client.list_roles)[0] == "AccessDenied"
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=policy(allow("iam:ListRoles")))
    client.list_roles()
    iam.delete_role_policy(RoleName="R", PolicyName="p")
    assert refusal(client.list_roles)[0] == "AccessDenied"


def test_change_of_a_managed_policy_counts_at_once(account, iam):
    account.make_role("R")
    client = account.as_role("R", "iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    assert refusal(client.list_roles)[0] == "AccessDenied"
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=policy(allow("iam:ListRoles")), SetAsDefault=True
    )
    client.list_roles()


def test_change_that_was_refused_does_not_count(gs, account):
    """A policy that a failed operation wrote is not remembered, though it was asked meanwhile."""
    account.make_role("R", allow("iam:ListRoles"))
    client = account.as_role("R", "iam")
    client.list_roles()

    def try_in_vain(runtime):
        tx = runtime.store.tx
        mark = tx.enter()
        row = tx.iam.find_entity("role", "R")
        tx.iam.delete_inline_policy(row.entity_id, "inline")
        from groundstate.services.iam.identities import find_identity

        before = find_identity(tx, row.arn)
        tx.undo(mark)
        return before.policies.identity.select("iam:listroles")

    assert gs.on_loop(try_in_vain) == ((), ())
    client.list_roles()


def test_deleted_role_is_refused(account, iam):
    account.make_role("R", allow("iam:ListRoles"))
    client = account.as_role("R", "iam")
    client.list_roles()
    iam.delete_role_policy(RoleName="R", PolicyName="inline")
    iam.delete_role(RoleName="R")
    assert refusal(client.list_roles)[0] == "AccessDenied"


def test_session_of_a_role_that_was_made_anew_is_refused(account, iam):
    account.make_role("R", allow("iam:ListRoles"))
    client = account.as_role("R", "iam")
    iam.delete_role_policy(RoleName="R", PolicyName="inline")
    iam.delete_role(RoleName="R")
    account.make_role("R", allow("iam:ListRoles"))
    assert refusal(client.list_roles)[0] == "AccessDenied"
    account.as_role("R", "iam").list_roles()


def test_service_acts_with_a_role(gs, account):
    account.make_role("R", allow("iam:ListRoles"), document=trust(Service="states.amazonaws.com"))
    principal = role_principal(
        f"arn:aws:iam::{ACCOUNT}:role/R", "session", source="states.amazonaws.com"
    )

    def perform(runtime, operation):
        return runtime.dispatcher.perform("iam", operation, {}, principal, "us-east-1")

    assert gs.on_loop(lambda runtime: perform(runtime, "ListRoles"))["Roles"]
    with pytest.raises(
        Exception, match=f"User: {SESSION} is not authorized to perform: iam:ListUse"
    ):
        gs.on_loop(lambda runtime: perform(runtime, "ListUsers"))


def test_role_that_never_was_is_refused(gs):
    principal = role_principal(f"arn:aws:iam::{ACCOUNT}:role/never", "session")
    with pytest.raises(
        Exception, match="because no identity-based policy allows the iam:ListRoles"
    ):
        gs.on_loop(
            lambda runtime: runtime.dispatcher.perform(
                "iam", "ListRoles", {}, principal, "us-east-1"
            )
        )


def test_conditions_know_the_region_and_the_principal(account):
    condition = {
        "StringEquals": {"aws:RequestedRegion": "us-east-1", "aws:PrincipalAccount": ACCOUNT},
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/R"},
        "StringLike": {"aws:userid": "AROA*:session"},
        "DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
        "IpAddress": {"aws:SourceIp": "127.0.0.0/8"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    account.make_role("R", allow("iam:ListRoles", Condition=condition))
    account.as_role("R", "iam").list_roles()


def test_decision_with_a_condition_is_made_anew(gs, account):
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    account.make_role("R", allow("iam:ListRoles", Condition=condition))
    principal = role_principal(f"arn:aws:iam::{ACCOUNT}:role/R", "session")

    def list_roles(region):
        return gs.on_loop(
            lambda runtime: runtime.dispatcher.perform("iam", "ListRoles", {}, principal, region)
        )

    list_roles("us-east-1")
    with pytest.raises(ServiceError, match="no identity-based policy allows"):
        list_roles("eu-west-1")
    list_roles("us-east-1")


def test_session_policy_is_not_forgotten_over_a_known_decision(account):
    account.make_role("R", allow("iam:ListRoles"))
    account.as_role("R", "iam").list_roles()
    limited = account.as_role("R", "iam", Policy=policy(allow("iam:GetRole")))
    assert refusal(limited.list_roles)[0] == "AccessDenied"


def test_tags_of_the_role_are_the_principals(account, iam):
    condition = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    account.make_role("R", allow("iam:ListRoles", Condition=condition))
    client = account.as_role("R", "iam")
    assert refusal(client.list_roles)[0] == "AccessDenied"
    iam.tag_role(RoleName="R", Tags=[{"Key": "team", "Value": "red"}])
    client.list_roles()


def test_what_a_role_asked_for_is_recorded(gs, account):
    arn = account.make_role("R", allow("iam:ListRoles"))
    client = account.as_role("R", "iam")
    client.list_roles()
    client.list_roles()
    assert refusal(client.list_users)[0] == "AccessDenied"

    def usage(runtime):
        return [
            (row.action, row.resource, row.allowed) for row in runtime.store.tx.iam.list_usage(arn)
        ]

    gs.settle()
    assert gs.on_loop(usage) == [
        ("iam:ListRoles", f"arn:aws:iam::{ACCOUNT}:role/", True),
        ("iam:ListUsers", f"arn:aws:iam::{ACCOUNT}:user/", False),
    ]


def test_usage_is_counted_in_the_end(gs, account):
    arn = account.make_role("R", allow("iam:ListRoles"))
    client = account.as_role("R", "iam")
    for _ in range(3):
        client.list_roles()
    gs.advance(minutes=2)
    client.list_roles()
    gs.settle()
    (row,) = gs.on_loop(lambda runtime: runtime.store.tx.iam.list_usage(arn))
    assert row.calls == 4
    assert row.last_at - row.first_at == 120


def test_administrator_is_checked_for_nothing(gs, iam):
    assert iam.get_user()["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert gs.on_loop(lambda runtime: runtime.store.tx.iam.list_usage()) == []


def test_resource_policy_lets_a_service_in(gs):
    from groundstate.services.iam.authorization import decide_for

    service = Principal(arn="events.amazonaws.com", account=ACCOUNT, source="events.amazonaws.com")
    document = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Resource": "*",
                "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:events:*:*:rule/mine"}},
            },
        }
    )

    def decide(runtime, source_arn):
        def job(call):
            return decide_for(
                call,
                service,
                "lambda:InvokeFunction",
                "arn:f",
                lambda: {"aws:SourceArn": source_arn},
                document,
            ).allowed

        return runtime.dispatcher.run("iam", job, "us-east-1")

    assert gs.on_loop(lambda runtime: decide(runtime, "arn:aws:events:us-east-1:1:rule/mine"))
    assert not gs.on_loop(lambda runtime: decide(runtime, "arn:aws:events:us-east-1:1:rule/other"))


def test_bucket_policy_allows_what_a_bucket_is_configured_with(account):
    """The CDK's auto-delete function reads the bucket's tags by the bucket's policy alone."""
    s3 = account.gs.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_bucket_tagging(Bucket="bucket", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    role = account.make_role("R")
    assert refusal(account.as_role("R", "s3").get_bucket_tagging, Bucket="bucket")[0] == (
        "AccessDenied"
    )
    statement = allow("s3:GetBucket*", "arn:aws:s3:::bucket", Principal={"AWS": role})
    s3.put_bucket_policy(Bucket="bucket", Policy=policy(statement))
    tags = account.as_role("R", "s3").get_bucket_tagging(Bucket="bucket")["TagSet"]
    assert tags == [{"Key": "a", "Value": "b"}]

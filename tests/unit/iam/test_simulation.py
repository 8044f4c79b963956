"""SimulatePrincipalPolicy and SimulateCustomPolicy."""

from __future__ import annotations

import pytest

from tests.unit.iam.conftest import ACCOUNT, allow, policy, refusal
from tests.unit.iam.evaluation_cases import CASES

DECISIONS = {"allow": "allowed", "implicit": "implicitDeny", "explicit": "explicitDeny"}
NOTHING = policy(allow("none:Nothing"))


@pytest.fixture(scope="module")
def shared_iam():
    from groundstate.testing import Groundstate

    with Groundstate() as gs:
        yield gs.client("iam")


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.session is None and case.caller.startswith("arn:")],
    ids=lambda case: case.name,
)
def test_documented_case_is_simulated(shared_iam, case):
    given = {}
    if case.boundary is not None:
        given["PermissionsBoundaryPolicyInputList"] = [case.boundary]
    if case.resource_policy is not None:
        given["ResourcePolicy"] = case.resource_policy
    (result,) = shared_iam.simulate_custom_policy(
        PolicyInputList=case.identity or [NOTHING],
        ActionNames=[case.action],
        ResourceArns=[case.resource],
        CallerArn=case.caller,
        ContextEntries=[
            {
                "ContextKeyName": name,
                "ContextKeyValues": [
                    str(one).lower() if isinstance(one, bool) else str(one)
                    for one in (value if isinstance(value, list) else [value])
                ],
                "ContextKeyType": "stringList" if isinstance(value, list) else "string",
            }
            for name, value in case.context.items()
        ],
        **given,
    )["EvaluationResults"]
    assert result["EvalDecision"] == DECISIONS[case.expected.split()[0]]


def test_every_action_on_every_resource_is_decided(iam):
    results = iam.simulate_custom_policy(
        PolicyInputList=[policy(allow("s3:Get*", "arn:aws:s3:::a/*"))],
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=["arn:aws:s3:::a/x", "arn:aws:s3:::b/x"],
    )["EvaluationResults"]
    assert [
        (result["EvalActionName"], result["EvalResourceName"], result["EvalDecision"])
        for result in results
    ] == [
        ("s3:GetObject", "arn:aws:s3:::a/x", "allowed"),
        ("s3:GetObject", "arn:aws:s3:::b/x", "implicitDeny"),
        ("s3:PutObject", "arn:aws:s3:::a/x", "implicitDeny"),
        ("s3:PutObject", "arn:aws:s3:::b/x", "implicitDeny"),
    ]


def test_what_a_role_may_do_is_told_with_the_policy_that_says_so(account, iam):
    arn = account.make_role("R", allow("s3:GetObject"))
    managed = iam.create_policy(
        PolicyName="no", PolicyDocument=policy({**allow("s3:PutObject"), "Effect": "Deny"})
    )["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="R", PolicyArn=managed)
    results = iam.simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["s3:GetObject", "s3:PutObject", "s3:ListBucket"]
    )["EvaluationResults"]
    assert [
        (result["EvalDecision"], [m["SourcePolicyId"] for m in result["MatchedStatements"]])
        for result in results
    ] == [("allowed", ["role_R_inline"]), ("explicitDeny", ["no"]), ("implicitDeny", [])]


def test_groups_of_a_user_count(account, iam):
    arn = account.make_user("ann")
    iam.create_group(GroupName="g")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    iam.add_user_to_group(GroupName="g", UserName="ann")
    (result,) = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject"])[
        "EvaluationResults"
    ]
    assert result["EvalDecision"] == "allowed"


def test_boundary_of_a_role_counts(account, iam):
    boundary = iam.create_policy(PolicyName="b", PolicyDocument=policy(allow("sqs:*")))
    arn = account.make_role("R", allow("s3:*"), PermissionsBoundary=boundary["Policy"]["Arn"])
    (result,) = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject"])[
        "EvaluationResults"
    ]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_keys_that_are_missing_are_told(iam):
    document = policy(allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}))
    (result,) = iam.simulate_custom_policy(
        PolicyInputList=[document], ActionNames=["s3:GetObject"]
    )["EvaluationResults"]
    assert result["MissingContextValues"] == ["aws:principaltag/team"]


def test_context_entry_without_a_name_says_nothing(iam):
    (result,) = iam.simulate_custom_policy(
        PolicyInputList=[policy(allow("s3:*"))],
        ActionNames=["s3:GetObject"],
        ContextEntries=[{"ContextKeyValues": ["red"], "ContextKeyType": "string"}],
    )["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"


def test_keys_that_policies_ask_for_are_listed(account, iam):
    document = policy(
        allow(
            "s3:*",
            "arn:aws:s3:::b/${aws:username}",
            Condition={"Bool": {"aws:SecureTransport": "true"}},
        )
    )
    expected = ["aws:SecureTransport", "aws:username"]
    answer = iam.get_context_keys_for_custom_policy(PolicyInputList=[document])
    assert answer["ContextKeyNames"] == expected
    account.make_role("R")
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=document)
    answer = iam.get_context_keys_for_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/R"
    )
    assert answer["ContextKeyNames"] == expected


def test_missing_entity_is_not_found(iam):
    arn = f"arn:aws:iam::{ACCOUNT}:role/none"
    assert (
        refusal(iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=["s3:GetObject"])[0]
        == "NoSuchEntity"
    )


@pytest.mark.parametrize("document", ["no json", "[]", '{"Statement": [1]}'])
def test_policy_that_cannot_be_read_is_refused(iam, document):
    assert (
        refusal(
            iam.simulate_custom_policy, PolicyInputList=[document], ActionNames=["s3:GetObject"]
        )[0]
        == "InvalidInput"
    )


def test_unsupported_option_is_named(iam):
    code, message = refusal(
        iam.simulate_custom_policy,
        PolicyInputList=[NOTHING],
        ActionNames=["ec2:RunInstances"],
        ResourceHandlingOption="EC2-VPC-InstanceStore",
    )
    assert code == "InvalidInput"
    assert "ResourceHandlingOption" in message

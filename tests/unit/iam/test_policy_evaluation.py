"""The evaluation logic, against the table of documented cases, and its laws."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate.services.iam.policy import (
    NO_POLICIES,
    Caller,
    Policies,
    PolicySet,
    Request,
    decide,
)
from tests.unit.iam.evaluation_cases import (
    ACCOUNT,
    CASES,
    ROLE,
    SESSION,
    TABLE,
    USER,
    allow,
    deny,
    document,
)


def caller_of(arn):
    if not arn.startswith("arn:"):
        return Caller(arn, "", service=arn)
    return Caller(arn, ACCOUNT, ROLE if arn == SESSION else arn)


def outcome(decision):
    if decision.allowed:
        return "allow"
    return f"{'explicit' if decision.explicit else 'implicit'} {decision.kind}"


def decide_case(case):
    policies = Policies(
        PolicySet(case.identity),
        None if case.boundary is None else PolicySet([case.boundary]),
        None if case.session is None else PolicySet([case.session]),
    )
    resource = None if case.resource_policy is None else PolicySet([case.resource_policy])
    request = Request(case.action, case.resource, caller_of(case.caller), lambda: case.context)
    return decide(request, policies, resource)


def test_the_table_has_sixty_cases_with_a_source_each():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.source.startswith("https://docs.aws.amazon.com/") for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_documented_case(case):
    assert outcome(decide_case(case)) == case.expected


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (
            "implicit identity-based policy",
            "because no identity-based policy allows the dynamodb:PutItem action",
        ),
        ("explicit identity-based policy", "with an explicit deny in an identity-based policy"),
        (
            "implicit permissions boundary",
            "because no permissions boundary allows the dynamodb:PutItem action",
        ),
        ("explicit permissions boundary", "with an explicit deny in a permissions boundary"),
        (
            "implicit session policy",
            "because no session policy allows the dynamodb:PutItem action",
        ),
        ("explicit session policy", "with an explicit deny in a session policy"),
        ("explicit resource-based policy", "with an explicit deny in a resource-based policy"),
    ],
)
def test_reason_of_a_refusal(expected, text):
    case = next(case for case in CASES if case.expected == expected)
    assert decide_case(case).reason("dynamodb:PutItem") == text


def test_service_needs_a_policy_of_the_resource():
    caller = Caller("events.amazonaws.com", "", service="events.amazonaws.com")
    request = Request("lambda:InvokeFunction", TABLE, caller)
    policy = document(
        allow("lambda:InvokeFunction", "*", Principal={"Service": "events.amazonaws.com"})
    )
    other = policy.replace("events", "s3")
    assert decide(request, NO_POLICIES, PolicySet([policy])).allowed
    assert outcome(decide(request, NO_POLICIES, PolicySet([other]))) == (
        "implicit resource-based policy"
    )


def test_context_is_made_only_when_a_condition_asks():
    def fail():
        raise AssertionError("nobody asked for the context")

    request = Request("dynamodb:PutItem", TABLE, caller_of(USER), fail)
    assert decide(request, Policies(PolicySet([document(allow("dynamodb:*"))]))).allowed


STATEMENTS = st.builds(
    lambda make, action, resource: make(action, resource),
    st.sampled_from([allow, deny]),
    st.sampled_from(["*", "dynamodb:*", "dynamodb:PutItem", "s3:*", "dynamodb:Get*"]),
    st.sampled_from(["*", TABLE, TABLE + "/*", "arn:aws:s3:::b"]),
)
DOCUMENTS = st.lists(st.lists(STATEMENTS, min_size=1, max_size=3), max_size=3).map(
    lambda lists: [document(*statements) for statements in lists]
)


def decide_plainly(identity, boundary=None, session=None):
    request = Request("dynamodb:PutItem", TABLE, caller_of(SESSION))
    return decide(
        request,
        Policies(
            PolicySet(identity),
            None if boundary is None else PolicySet(boundary),
            None if session is None else PolicySet(session),
        ),
    )


@settings(max_examples=100)
@given(DOCUMENTS)
def test_order_of_policies_does_not_matter(documents):
    assert decide_plainly(documents) == decide_plainly(documents[::-1])


@settings(max_examples=100)
@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_boundary_and_session_only_take_away(identity, boundary, session):
    limited = decide_plainly(identity, boundary, session)
    assert not limited.allowed or decide_plainly(identity).allowed


@settings(max_examples=100)
@given(DOCUMENTS)
def test_deny_of_everything_always_wins(documents):
    decision = decide_plainly([*documents, document(deny("*"))])
    assert (decision.allowed, decision.explicit) == (False, True)


@settings(max_examples=100)
@given(DOCUMENTS)
def test_allowing_more_never_takes_away(documents):
    more = [*documents, json.dumps(json.loads(document(allow("dynamodb:PutItem"))))]
    assert not decide_plainly(documents).allowed or decide_plainly(more).allowed

"""Policies of resources, and what no document may do to the evaluator."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate.operation import ServiceError
from groundstate.services.iam.policy import (
    NO_POLICIES,
    Caller,
    PolicySet,
    Request,
    compile_document,
    decide,
)
from groundstate.services.iam.policy.validation import (
    MalformedDocument,
    check_identity_document,
    check_resource_document,
    check_trust_document,
)
from tests.unit.iam.conftest import ACCOUNT, allow, policy

GRANT = allow("s3:GetObject", "arn:aws:s3:::b/*", Principal="*")


def without(name):
    return {key: value for key, value in GRANT.items() if key != name}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("no json", "Policies must be valid JSON and the first byte must be '{'"),
        ("[]", "Policies must be valid JSON and the first byte must be '{'"),
        ('{"Version": "2012-10-17"}', "Missing required field Statement"),
        (json.dumps({"Extra": 1, "Statement": [GRANT]}), "Unknown field Extra"),
        (
            json.dumps({"Version": "2020-01-01", "Statement": [GRANT]}),
            "The policy must contain a valid version string",
        ),
        (policy({**GRANT, "Extra": 1}), "Unknown field Extra"),
        (policy(without("Effect")), "Missing required field Effect"),
        (policy(without("Principal")), "Missing required field Principal"),
        (policy(without("Action")), "Missing required field Action"),
        (policy(without("Resource")), "Missing required field Resource"),
        (policy({**GRANT, "Effect": "Maybe"}), "Invalid effect: Maybe"),
        (policy({**GRANT, "Action": "GetObject"}), "Policy has invalid action"),
        (policy({**GRANT, "Resource": "bucket"}), "Policy has invalid resource"),
        (policy({**GRANT, "Principal": {"AWS": "me"}}), "Invalid principal in policy"),
    ],
)
def test_policy_of_a_resource_is_refused(document, message):
    with pytest.raises(MalformedDocument) as refused:
        check_resource_document(document)
    assert str(refused.value) == message


def test_policy_of_a_resource_may_be_of_either_version():
    for version in ("2008-10-17", "2012-10-17"):
        check_resource_document(json.dumps({"Version": version, "Id": "x", "Statement": [GRANT]}))


def test_policy_of_a_resource_names_only_who_exists(gs, account):
    arn = account.make_role("R")

    def check(principal):
        document = policy({**GRANT, "Principal": {"AWS": principal}})
        gs.on_loop(
            lambda runtime: runtime.dispatcher.run(
                "s3",
                lambda call: call.invoke(
                    "iam", "CheckResourcePolicy", {"PolicyDocument": document}
                ),
                "us-east-1",
            )
        )

    check(arn)
    check("arn:aws:iam::111122223333:role/theirs")
    with pytest.raises(ServiceError, match="Invalid principal in policy"):
        check(f"arn:aws:iam::{ACCOUNT}:role/none")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["*", "a:b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
ELEMENT = st.sampled_from(
    [
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    ]
)
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "Version": st.sampled_from(["2012-10-17", "2008-10-17"]) | JSON,
        "Statement": JSON | st.lists(st.dictionaries(ELEMENT, JSON, max_size=6), max_size=3),
    },
)


@settings(max_examples=100)
@given(DOCUMENT)
def test_no_document_breaks_the_checks(document):
    for check in (check_identity_document, check_trust_document, check_resource_document):
        with contextlib.suppress(MalformedDocument):
            check(json.dumps(document))


@settings(max_examples=100)
@given(DOCUMENT)
def test_what_compiles_can_be_asked(document):
    text = json.dumps(document)
    try:
        compile_document(text)
    except ValueError:
        return
    request = Request("a:b", "arn:x", Caller("arn:aws:iam::1:user/u", "1"))
    decide(request, NO_POLICIES._replace(identity=PolicySet([text])), PolicySet([text]))


@settings(max_examples=100)
@given(DOCUMENT)
def test_what_is_taken_compiles(document):
    text = json.dumps(document)
    for check in (check_identity_document, check_trust_document, check_resource_document):
        try:
            check(text)
        except MalformedDocument:
            continue
        compile_document(text)

"""Wildcards and variables of policy values."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate.services.iam.policy.patterns import Matcher, variable_keys


def matches(pattern, text, values=None, *, variables=True, as_arn=False):
    matcher = Matcher([pattern], variables=variables, as_arn=as_arn)
    return matcher.matches(text, (values or {}).get)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("dynamodb:PutItem", "dynamodb:PutItem", True),
        ("dynamodb:Put*", "dynamodb:PutItem", True),
        ("dynamodb:Put?tem", "dynamodb:PutItem", True),
        ("dynamodb:Put?", "dynamodb:PutItem", False),
        ("*", "anything", True),
        ("*", "", True),
        ("a.c", "abc", False),
        ("a*c", "a\nc", True),
        ("A", "a", False),
    ],
)
def test_wildcards(pattern, text, expected):
    assert matches(pattern, text) is expected


def test_variable_takes_its_value():
    assert matches("home/${aws:username}/*", "home/ann/x", {"aws:username": "ann"})
    assert not matches("home/${aws:username}/*", "home/bob/x", {"aws:username": "ann"})


def test_key_of_a_variable_has_no_case():
    assert matches("${aws:UserName}", "ann", {"aws:username": "ann"})


def test_variable_without_a_value_matches_nothing():
    assert not matches("home/${aws:username}/*", "home//x")
    assert not matches("${aws:username}", "${aws:username}")


def test_variable_with_a_default():
    assert matches("${aws:PrincipalTag/team, 'company-wide'}", "company-wide")
    assert matches("${aws:PrincipalTag/team, 'x'}", "red", {"aws:principaltag/team": "red"})


def test_wildcards_inside_of_a_value_mean_themselves():
    assert not matches("${aws:username}", "anything", {"aws:username": "*"})
    assert matches("${aws:username}", "*", {"aws:username": "*"})


def test_escaped_wildcards_mean_themselves():
    assert matches("a${*}b${?}c${$}", "a*b?c$")
    assert not matches("a${*}b", "axb")


def test_variables_need_a_document_that_knows_them():
    assert matches("${aws:username}", "${aws:username}", {"aws:username": "a"}, variables=False)


def test_star_inside_of_an_arn_part_stays_in_it():
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Tasks"
    assert matches("arn:aws:dynamodb:us-*-1:*:table/Tasks", arn, as_arn=True)
    assert not matches("arn:aws:dyn*1:000000000000:table/Tasks", arn, as_arn=True)


def test_star_at_the_end_of_an_arn_part_goes_on():
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Tasks"
    assert matches("arn:aws:dynamodb:*", arn, as_arn=True)
    assert matches("arn:*", arn, as_arn=True)


def test_star_in_the_resource_part_crosses_colons():
    arn = "arn:aws:lambda:us-east-1:000000000000:function:Name:Alias"
    assert matches("arn:aws:lambda:us-east-1:000000000000:function:N*s", arn, as_arn=True)


def test_variable_keys_are_found():
    assert variable_keys("a/${aws:username}/${*}/${s3:prefix, 'x'}") == [
        "aws:username",
        "s3:prefix",
    ]


@settings(max_examples=200)
@given(pattern=st.text("ab*?:/", max_size=8), text=st.text("ab:/", max_size=10))
def test_wildcards_agree_with_a_plain_model(pattern, text):
    assert matches(pattern, text) is fnmatch.fnmatchcase(text, pattern)

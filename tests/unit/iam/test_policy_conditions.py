"""Condition operators, each with a value that matches, one that does not, and none.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import pytest

from groundstate.services.iam.policy import Caller, Request
from groundstate.services.iam.policy.conditions import (
    UnknownOperator,
    compile_conditions,
    is_operator,
    read_date,
)

ANYBODY = Caller("", "")


def holds(element, context):
    request = Request("a:B", "*", ANYBODY, lambda: context)
    return all(condition(request) for condition in compile_conditions(element, variables=True))


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a", None, False),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", "a", None, True),
        ("StringEqualsIgnoreCase", "aB", "Ab", True),
        ("StringNotEqualsIgnoreCase", "aB", "Ab", False),
        ("StringLike", "a*c", "abbc", True),
        ("StringLike", "a?c", "abbc", False),
        ("StringLike", "a*", None, False),
        ("StringNotLike", "a*", "abc", False),
        ("StringNotLike", "a*", None, True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", 10, 10, True),
        ("NumericEquals", "10", "ten", False),
        ("NumericNotEquals", "10", "11", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "11", True),
        ("NumericGreaterThanEquals", "10", "9", False),
        ("DateEquals", "2026-11-23T06:00:00Z", "2026-11-23T06:00:00+00:00", True),
        ("DateNotEquals", "2026-11-23T06:00:00Z", "2026-11-23T06:00:00Z", False),
        ("DateLessThan", "2026-11-23T06:00:00Z", "2026-11-23T05:59:59Z", True),
        ("DateLessThanEquals", "2026-11-23", "2026-11-23T00:00:00Z", True),
        ("DateGreaterThan", "1000", "1970-01-01T00:16:41Z", True),
        ("DateGreaterThanEquals", "2026-11-23T06:00:00Z", "yesterday", False),
        ("Bool", "true", "true", True),
        ("Bool", True, True, True),
        ("Bool", "true", "false", False),
        ("Bool", "false", None, False),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.191", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.1", False),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", True),
        ("NotIpAddress", "203.0.113.0/24", "203.0.114.1", True),
        ("NotIpAddress", "203.0.113.0/24", None, True),
        ("ArnEquals", "arn:aws:sns:*:1:T", "arn:aws:sns:us-east-1:1:T", True),
        ("ArnLike", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b", True),
        ("ArnLike", "arn:aws:*:1:T", "arn:aws:sns:us-east-1:1:T", False),
        ("ArnNotEquals", "arn:aws:sns:*:1:T", "arn:aws:sns:us-east-1:1:U", True),
        ("ArnNotLike", "arn:aws:sns:*:1:T", "arn:aws:sns:us-east-1:1:T", False),
        ("ArnNotLike", "arn:aws:sns:*:1:T", None, True),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", "b", False),
        ("NumericLessThanIfExists", "3", None, True),
        ("Null", "true", None, True),
        ("Null", "true", "a", False),
        ("Null", "false", "a", True),
        ("Null", "false", None, False),
    ],
)
def test_operator(operator, wanted, given, expected):
    context = {} if given is None else {"x:Key": given}
    assert holds({operator: {"x:key": wanted}}, context) is expected


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", ["a", "b"], None, True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], False),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c"], False),
        ("ForAnyValue:StringEquals", ["a", "b"], None, False),
        ("ForAnyValue:StringNotEquals", ["a"], ["a", "c"], True),
        ("ForAnyValue:StringNotEquals", ["a"], ["a"], False),
        ("ForAnyValue:StringNotEquals", ["a"], None, False),
        ("ForAnyValue:StringLike", ["a*"], ["abc"], True),
        ("ForAllValues:StringLikeIfExists", ["a*"], ["b"], False),
        ("StringNotEquals", ["a"], ["a", "c"], False),
    ],
)
def test_several_values(operator, wanted, given, expected):
    context = {} if given is None else {"aws:TagKeys": given}
    assert holds({operator: {"aws:TagKeys": wanted}}, context) is expected


def test_all_keys_and_operators_must_hold():
    element = {"StringEquals": {"x:a": "1", "x:b": "2"}, "Bool": {"x:c": "true"}}
    assert holds(element, {"x:a": "1", "x:b": "2", "x:c": "true"})
    assert not holds(element, {"x:a": "1", "x:b": "3", "x:c": "true"})
    assert not holds(element, {"x:a": "1", "x:b": "2", "x:c": "false"})


def test_value_with_a_variable():
    element = {"StringEquals": {"x:owner": "${aws:username}"}}
    assert holds(element, {"x:owner": "ann", "aws:username": "ann"})
    assert not holds(element, {"x:owner": "bob", "aws:username": "ann"})
    assert not holds(element, {"x:owner": "bob"})


def test_arn_with_a_variable():
    element = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/*"}}
    context = {"aws:PrincipalArn": "arn:aws:iam::1:role/R", "aws:PrincipalAccount": "1"}
    assert holds(element, context)
    assert not holds(element, {**context, "aws:PrincipalAccount": "2"})


@pytest.mark.parametrize("name", ["StringSame", "ForAllValues:", "NullIfExists", "String", ""])
def test_other_operators_are_unknown(name):
    assert not is_operator(name)
    with pytest.raises(UnknownOperator):
        compile_conditions({name: {"x:a": "b"}}, variables=True)


@pytest.mark.parametrize("name", ["Null", "ForAnyValue:ArnLikeIfExists", "stringequals"])
def test_operators_are_known_in_any_case(name):
    assert is_operator(name)


def test_dates_are_read():
    assert read_date("2026-11-23T06:00:00Z") == 1795413600.0
    assert read_date("1795413600") == 1795413600.0
    assert read_date("soon") is None

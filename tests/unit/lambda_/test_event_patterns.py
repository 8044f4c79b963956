"""Event patterns: which records pass."""

from __future__ import annotations

import pytest

from groundstate.services.lambda_.event_patterns import PatternError, compile_event_pattern

RECORD = {
    "eventName": "INSERT",
    "dynamodb": {
        "Keys": {"pk": {"S": "order#1"}},
        "NewImage": {"total": {"N": "12.5"}, "state": {"S": "Open"}, "tags": {"SS": ["a", "b"]}},
    },
}

# Examples after
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
CASES = [
    ({"eventName": ["INSERT", "MODIFY"]}, True),
    ({"eventName": ["REMOVE"]}, False),
    ({"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": ["order#1"]}}}}, True),
    ({"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "order#"}]}}}}, True),
    ({"dynamodb": {"Keys": {"pk": {"S": [{"suffix": "#2"}]}}}}, False),
    ({"dynamodb": {"NewImage": {"total": {"N": [{"numeric": [">", 10, "<=", 12.5]}]}}}}, True),
    ({"dynamodb": {"NewImage": {"total": {"N": [{"numeric": ["=", 12]}]}}}}, False),
    ({"dynamodb": {"NewImage": {"state": {"S": [{"equals-ignore-case": "open"}]}}}}, True),
    ({"dynamodb": {"NewImage": {"state": {"S": [{"anything-but": ["Closed"]}]}}}}, True),
    ({"dynamodb": {"NewImage": {"state": {"S": [{"anything-but": {"prefix": "Op"}}]}}}}, False),
    ({"dynamodb": {"NewImage": {"gone": {"S": [{"exists": False}]}}}}, True),
    ({"dynamodb": {"NewImage": {"state": {"S": [{"exists": True}]}}}}, True),
    ({"dynamodb": {"NewImage": {"tags": {"SS": ["b"]}}}}, True),
    (
        {"$or": [{"eventName": ["REMOVE"]}, {"dynamodb": {"Keys": {"pk": {"S": ["order#1"]}}}}]},
        True,
    ),
    ({"dynamodb": {"OldImage": {"state": {"S": ["Open"]}}}}, False),
]


@pytest.mark.parametrize(("pattern", "expected"), CASES)
def test_pattern(pattern, expected):
    assert compile_event_pattern(pattern)(RECORD) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        [],
        {},
        {"eventName": "INSERT"},
        {"eventName": []},
        {"a": [{"unknown": 1}]},
        {"a": [{"numeric": [">"]}]},
        {"a": [{"exists": "yes"}]},
        {"$or": [{"a": ["b"]}]},
    ],
)
def test_bad_pattern_is_refused(pattern):
    with pytest.raises(PatternError):
        compile_event_pattern(pattern)

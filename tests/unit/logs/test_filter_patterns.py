"""Filter patterns: which messages match."""

from __future__ import annotations

import pytest

from groundstate.services.logs.errors import InvalidParameterException
from groundstate.services.logs.filter_patterns import compile_pattern

# Examples after
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/FilterAndPatternSyntax.html
CASES = [
    ("", "anything", True),
    ("ERROR", "[ERROR 400] BAD REQUEST", True),
    ("ERROR", "[error 400] bad request", False),
    ("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", True),
    ("ERROR ARGUMENTS", "[ERROR 401] UNAUTHORIZED", False),
    ("?ERROR ?ARGUMENTS", "[INFO] MISSING ARGUMENTS", True),
    ("?ERROR ?ARGUMENTS", "[INFO] fine", False),
    ('"INTERNAL SERVER ERROR"', "[ERROR 500] INTERNAL SERVER ERROR", True),
    ('"INTERNAL SERVER ERROR"', "[ERROR 500] SERVER INTERNAL ERROR", False),
    ("ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", True),
    ("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", False),
    ("%AUTHORIZED|REQUEST%", "UNAUTHORIZED", True),
    (r"%4\d\d%", "[ERROR 419]", True),
    (r"%^4\d\d$%", "[ERROR 419]", False),
    ('{ $.eventType = "UpdateTrail" }', '{"eventType": "UpdateTrail"}', True),
    ('{ $.eventType = "Update*" }', '{"eventType": "UpdateTrail"}', True),
    ('{ $.eventType != "UpdateTrail" }', '{"eventType": "Other"}', True),
    ('{ $.eventType != "UpdateTrail" }', '{"other": 1}', False),
    ("{ $.sourceIPAddress != 123.123.* }", '{"sourceIPAddress": "111.111.1.1"}', True),
    ('{ $.arrayKey[0] = "value" }', '{"arrayKey": ["value", "another"]}', True),
    ("{ $.objectList[1].id = 2 }", '{"objectList": [{"id": 1}, {"id": 2}]}', True),
    ("{ $.objectList[*].id = 2 }", '{"objectList": [{"id": 1}, {"id": 2}]}', True),
    ("{ $.bytes > 100 }", '{"bytes": 101.5}', True),
    ("{ $.bytes > 100 }", '{"bytes": "101"}', False),
    ("{ $.SomeObject IS NULL }", '{"SomeObject": null}', True),
    ("{ $.SomeObject IS NULL }", "{}", False),
    ("{ $.SomeOtherObject NOT EXISTS }", "{}", True),
    ("{ $.ThisFlag IS TRUE }", '{"ThisFlag": true}', True),
    ("{ $.ThisFlag IS FALSE }", '{"ThisFlag": true}', False),
    ('{ ($.a = 1) && ($.b = "x" || $.b = "y") }', '{"a": 1, "b": "y"}', True),
    ("{ $.a = 2 || $.a = 3 && $.b = 4 }", '{"a": 2}', True),
    (r"{ $.a = %^x\d+$% }", '{"a": "x12"}', True),
    ("{ $.a = 1 }", "no JSON at all", False),
    (
        "[ip, id, user, time, request, code=4*, size]",
        '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
        True,
    ),
    (
        "[ip, id, user, time, request, code=4*, size]",
        '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 200 1534',
        False,
    ),
    ("[..., size > 1000]", "a b c 1534", True),
    ("[ip, ..., size]", "a", False),
    ("[a, b]", "x y z", False),
    ("[w1=ERROR || w1=WARN, w2]", "WARN now", True),
]


@pytest.mark.parametrize(("pattern", "message", "expected"), CASES)
def test_pattern(pattern, message, expected):
    assert compile_pattern(pattern)(message) is expected


@pytest.mark.parametrize(
    "pattern", ["{ $.a = }", "{ a = 1 }", "{ $.a = 1", "[a, b", "%(%", "{ $.a > x }", "{ $.a ~ 1 }"]
)
def test_bad_pattern_is_refused(pattern):
    with pytest.raises(InvalidParameterException):
        compile_pattern(pattern)

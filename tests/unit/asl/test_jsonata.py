"""JSONata states: the dialect's functions, jsonata-js's texts, limits."""

from __future__ import annotations

import time
from typing import Any

import pytest

from groundstate.asl.interface import InvalidDefinition
from tests.unit.asl.driver import START, Driver, machine

HASHES = "SHA-1, SHA-384, SHA-256, SHA-512, MD5"


def evaluate(expression: str, value: Any = None, **top: Any) -> Driver:
    """A Pass whose Output is `v`: the expression."""
    state = {"Type": "Pass", "Output": {"v": "{% " + expression + " %}"}, "End": True}
    return Driver(machine({"A": state}, QueryLanguage="JSONata", **top), value)


def cause_of(expression: str, value: Any = None) -> str:
    played = evaluate(expression, value)
    assert played.finish is not None
    assert played.finish.error == "States.QueryEvaluationError"
    about = (
        "An error occurred while executing the state 'A' (entered at the event id #2). The JSONata"
        f" expression '{expression}' specified for the field 'Output/v' "
    )
    cause = played.finish.cause
    assert cause is not None
    assert cause.startswith(about)
    evaluation = played.events[2]
    assert evaluation["type"] == "EvaluationFailed"
    assert evaluation["evaluationFailedEventDetails"] == {
        "cause": cause,
        "error": "States.QueryEvaluationError",
        "location": "Output/v",
        "state": "A",
    }
    return cause.removeprefix(about)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$partition([1,2,3,4,5], 2)", [[1, 2], [3, 4], [5]]),
        ("$partition([1,2,3])", [[1, 2, 3]]),
        ("$partition([1,2,3], 2.6)", [[1, 2], [3]]),
        ("$partition([1,2,3], 1/0)", [[1, 2, 3]]),
        ("$range(0, 10, 5)", [0, 5, 10]),
        ("$range(1.4, 5.6, 2.2)", [1, 3, 5]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$count($range(1, 1001, 1))", 1001),
        ("$hash('input', 'SHA-1')", "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"),
        ("$parse('{\"a\":[1]}')", {"a": [1]}),
        ("$random(7) = $random(7)", True),
        ("$random() < 1", True),
        ("$length($uuid())", 36),
        ("$count($shuffle([1..9]))", 9),
        ("$millis()", START * 1000),
        ("$sum($states.input.n)", 6),
        ("$states.context.State.Name", "A"),
        ("[1/0, -1/0]", ["Infinity", "-Infinity"]),
        ("1e308 * 10", "Infinity"),
        ("$states.input.{'k': n}", {"k": [1, 2, 3]}),
    ],
)
def test_an_expression_evaluates(expression: str, expected: Any) -> None:
    assert evaluate(expression, {"n": [1, 2, 3]}).output == {"v": expected}


@pytest.mark.parametrize(
    ("expression", "ending"),
    [
        ('-"a"', 'D1002: Cannot negate a non-numeric value: "a"'),
        (
            '1 < "b"',
            'T2009: The values 1 and "b" either side of operator "<" must be of the same data type',
        ),
        (
            "[1] >= 2",
            (
                'T2010: The expressions either side of operator ">=" must evaluate to numeric or'
                " string values"
            ),
        ),
        ('"a" + 1', 'T2001: The left side of the "+" operator must evaluate to a number'),
        ('1 * "a"', 'T2002: The right side of the "*" operator must evaluate to a number'),
        ('$number("x")', 'D3030: Unable to cast value to a number: "x"'),
        (
            '$toMillis("q")',
            (
                "D3110: The argument of the toMillis function must be an ISO 8601 formatted"
                ' timestamp. Given "q"'
            ),
        ),
        ("$sqrt(-1)", "D3060: The sqrt function cannot be applied to a negative number: -1"),
        ("{1: 2}", "T1003: Key in object structure must evaluate to a string; got: 1"),
        (
            "$uppercase(1)",
            'T0410: Argument 1 of function "uppercase" does not match function signature',
        ),
        ("$map(1)", 'T0410: Argument 2 of function "map" does not match function signature'),
        ('$sum(["a"])', 'T0412: Argument 1 of function "sum" must be an array of "numbers"'),
        ("$join([1])", 'T0412: Argument 1 of function "join" must be an array of "strings"'),
        ("$f(1)", "T1006: Attempted to invoke a non-function"),
        ('$eval("1")', "T1006: Attempted to invoke a non-function"),
        ("$partition([1], -1)", "D3137: Second argument must be zero or greater"),
        ("$hash('a', 'md5')", f"D3137: Hash algorithm 'md5' must be one of {HASHES}"),
        ("$parse('{')", "D3137: Invalid JSON"),
        ("$parse('')", "D3137: Invalid JSON"),
        (
            "$partition('a', 1)",
            'T0412: Argument 1 of function "partition" must be an array of undefined',
        ),
        ('$error("mine")', "D3137: mine"),
        ('$assert(false, "mine")', "D3141: mine"),
        (
            '$fromMillis(1, "[Q]")',
            'D3132: Unknown component specifier "Q" in date/time picture string',
        ),
    ],
)
def test_an_error_has_the_text_of_jsonata_js(expression: str, ending: str) -> None:
    assert cause_of(expression) == f"threw an error during evaluation. {ending}"


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        ("partition([1], 'a')", 2),
        ("partition([1], null)", 2),
        ("partition([1], 1, 1)", 3),
        ("range('a', 1, 1)", 1),
        ("range(1, null, 1)", 2),
        ("range(1, 1, 'a')", 3),
        ("range(1, 1, 1, 1)", 4),
        ("hash()", 1),
        ("hash(1, 'MD5')", 1),
        ("hash('a', 1)", 2),
        ("hash('a', 'MD5', 1)", 3),
        ("parse(1)", 1),
        ("parse(null)", 1),
        ("parse('1', 1)", 2),
        ("uuid(1)", 1),
        ("random('a')", 1),
        ("random(1, 2)", 2),
    ],
)
def test_functions_of_the_dialect_name_the_argument_that_does_not_fit(
    call: str, argument: int
) -> None:
    assert cause_of(f"${call}") == (
        f"threw an error during evaluation. T0410: Argument {argument} of function"
        f' "{call.partition("(")[0]}" does not match function signature'
    )


@pytest.mark.parametrize(
    "expression",
    ["$partition([1], 0)", "$range(1, 2)", "$range(1, 2, 0)", "$range(1, 2, 0.49)", "$parse()"],
)
def test_functions_of_the_dialect_without_an_answer_return_nothing(expression: str) -> None:
    assert cause_of(expression) == "returned nothing (undefined)."


def test_rubbish_in_base64_is_an_internal_error_with_an_id() -> None:
    cause = cause_of('$base64decode("!!")')
    assert cause.startswith("threw an internal error during evaluation. ")
    assert len(cause.rsplit(" ", 1)[1]) == 36


def test_nothing_and_functions_are_no_results() -> None:
    assert cause_of("$states.input.missing", {}) == "returned nothing (undefined)."
    assert cause_of("$sum") == "returned an unsupported result type."


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 +", "Unexpected end of expression"),
        ("(1", 'Expected ")" before end of expression'),
        ("[1 2]", 'Expected "]", got 2'),
        ("1 2", "Syntax error: 2"),
        (")", 'The symbol ")" cannot be used as a unary operator'),
        ("'a", "String literal must be terminated by a matching quote"),
        ("/a", "No terminating / in regular expression"),
        ("//", "Empty regular expressions are not allowed"),
        ("$x ?: 1", 'The symbol ":" cannot be used as a unary operator'),
        ("$x ?? 1", 'The symbol "?" cannot be used as a unary operator'),
    ],
)
def test_what_does_not_parse_is_refused_at_once(expression: str, message: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        evaluate(expression)
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("INVALID_JSONATA_EXPRESSION", message)
    assert found.location == "/States/A/Output/v"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("phone", "Reference to 'phone' at the top level is not supported."),
        ("$$.a", "Reference to '$$' is not supported."),
        ("$states.errorOutput", "Field '$states.errorOutput' does not exist."),
    ],
)
def test_what_the_dialect_lacks_is_refused_at_once(expression: str, message: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        evaluate(expression)
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("UNSUPPORTED_JSONATA_EXPRESSION", message)


_STACK = "Stack overflow error: Check for non-terminating recursive function."
_MEMORY = "Expression evaluation memory limit exceeded: Check for excessive memory usage"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("($f := function($n) { $f($n) }; $f(1))", _STACK),
        ("($f := function($n) { 1 + $f($n) }; $f(1))", _STACK),
        ("1" + "+1" * 200, _STACK),
        ("$count([1..873783])", _MEMORY),
        ("$pad('a', 5000000)", _MEMORY),
        ("$match('" + "a" * 40 + "b', /(a|a)+$/)", _STACK),
        ("$count([1..800000].[1..800000])", ""),
    ],
)
def test_an_expression_that_would_not_end_is_stopped(expression: str, text: str) -> None:
    before = time.monotonic()
    cause = cause_of(expression)
    assert time.monotonic() - before < 2
    assert cause.startswith("threw an error during evaluation: ")
    assert text in cause


def test_time_stands_still_within_a_step() -> None:
    assert evaluate("$now() = $fromMillis($millis())").output == {"v": True}


_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"


# Observed on AWS in 2026 for TimeoutSeconds.
@pytest.mark.parametrize("field", ["TimeoutSeconds", "HeartbeatSeconds"])
@pytest.mark.parametrize(
    ("expression", "cause"),
    [
        ("-1", "{field} must be between 0 and 99999999 but was: -1"),
        ("100000000", "{field} must be between 0 and 99999999 but was: 100000000"),
        ("1.6", "The {field} field cannot be parsed as an integer: 1.6"),
        (
            '"3"',
            (
                "The JSONata expression '\"3\"' specified for the field '{field}' returned an"
                " unexpected result type. Expected 'number', but was 'string' for value: \"3\""
            ),
        ),
    ],
)
def test_seconds_of_a_task_are_a_whole_number(field: str, expression: str, cause: str) -> None:
    state = {"Type": "Task", "Resource": _FUNCTION, "End": True, field: f"{{% {expression} %}}"}
    played = Driver(machine({"A": state}, QueryLanguage="JSONata"))
    assert played.finish is not None
    assert played.finish.error == "States.QueryEvaluationError"
    assert played.finish.cause is not None
    assert played.finish.cause.endswith(
        f"(entered at the event id #2). {cause.format(field=field)}"
    )


def test_numbers_of_a_map_are_whole() -> None:
    processor = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    state = {"Type": "Map", "ItemProcessor": processor, "MaxConcurrency": "{% 1.5 %}", "End": True}
    played = Driver(machine({"A": state}, QueryLanguage="JSONata"), [1])
    assert played.finish is not None
    assert played.finish.cause is not None
    assert played.finish.cause.endswith(
        "The MaxConcurrency field cannot be parsed as an integer: 1.5"
    )


def test_a_pass_state_has_no_result() -> None:
    # Observed on AWS in 2026: `$states.result` of a Pass state is refused.
    assert evaluate("$keys($states)").output == {"v": ["input", "context"]}

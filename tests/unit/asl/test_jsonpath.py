"""JSONPaths as Jayway reads them, payload templates and intrinsic functions."""

from __future__ import annotations

import time
from typing import Any

import pytest

from groundstate.asl.errors import StateError
from groundstate.asl.jsonpath import InvalidPath, PathNotFound, compile_path
from tests.unit.asl.driver import Driver, machine

DATA = {
    "books": [
        {"kind": "ref", "price": 8.95, "title": "A"},
        {"kind": "fic", "price": 12.99, "title": "B", "isbn": "x"},
        {"kind": "fic", "price": 22.99, "title": "C"},
    ],
    "bike": {"price": 19.95},
    "n": [3, 1, 2],
    "a b": 1,
    "nothing": None,
    "text": "text",
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.bike.price", 19.95),
        ("$['bike']['price']", 19.95),
        ("$['a b']", 1),
        ("$.nothing", None),
        ("$.books[0].title", "A"),
        ("$.books[-1].title", "C"),
        ("$.books[(@.length()-1)].title", "C"),
        ("$.books[*].title", ["A", "B", "C"]),
        ("$.books[0,2].title", ["A", "C"]),
        ("$.books[0:2].title", ["A", "B"]),
        ("$.books[-2:].title", ["B", "C"]),
        ("$.books[:1].title", ["A"]),
        ("$..price", [8.95, 12.99, 22.99, 19.95]),
        ("$..missing", []),
        ("$.missing[*]", []),
        ("$.n[5:]", []),
        ("$.books[?(@.price < 10)].title", ["A"]),
        ("$.books[?(@.price > 10 && @.kind == 'fic')].title", ["B", "C"]),
        ("$.books[?(@.price >= 12.99 || @.title == 'A')].title", ["A", "B", "C"]),
        ("$.books[?(@.isbn)].title", ["B"]),
        ("$.books[?(!@.isbn)].title", ["A", "C"]),
        ("$.books[?(@.title in ['A','C'])].price", [8.95, 22.99]),
        ("$.books[?(@.title nin ['A','C'])].price", [12.99]),
        ("$.books[?(@.kind =~ /F.*/i)].title", ["B", "C"]),
        ("$.books[?(@.price > $.bike.price)].title", ["C"]),
        ("$.n[?(@ > 1)]", [3, 2]),
        ("$.n.length()", 3),
        ("$.text.length()", 4),
        ("$.n.min()", 1.0),
        ("$.n.max()", 3.0),
        ("$.n.sum()", 6.0),
        ("$.n.avg()", 2.0),
        ("$.bike.keys()", ["price"]),
        ("$.n.first()", 3),
        ("$.n.last()", 2),
        ("$.n.append(4)", [3, 1, 2, 4]),
    ],
)
def test_a_path_finds(path: str, expected: Any) -> None:
    assert compile_path(path).find(DATA) == expected


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("$.missing", "No results for path: $['missing']"),
        ("$.bike.missing.x", "Missing property in path $['bike']['missing']"),
        ("$.n[9]", "No results for path: $['n'][9]"),
        (
            "$.bike[0]",
            'Filter: [0] can only be applied to arrays. Current context is: {"price":19.95}',
        ),
    ],
)
def test_a_definite_path_that_leads_nowhere_says_why(path: str, detail: str) -> None:
    with pytest.raises(PathNotFound) as caught:
        compile_path(path).find(DATA)
    assert caught.value.detail == detail


@pytest.mark.parametrize(
    "path",
    ["", "a", "$.", "$..", "$[", "$[a]", "$['a", "$.a[?(]", "$.a[?(@.b ==)]", "@.a", "$ .a b"],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidPath):
        compile_path(path)


def test_a_filter_that_would_not_end_is_stopped() -> None:
    before = time.monotonic()
    with pytest.raises(StateError, match="takes too long"):
        compile_path("$[?(@ =~ /(a|a)+$/)]").find(["a" * 40 + "b"])
    assert time.monotonic() - before < 1


def _passed(parameters: dict[str, Any], value: Any = None) -> Driver:
    state = {"Type": "Pass", "Parameters": parameters, "End": True}
    return Driver(machine({"A": state}), DATA if value is None else value)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("States.Format('{} is {}', $.text, 1)", "text is 1"),
        ("States.Format('\\{\\} {}', 'x')", "{} x"),
        # Objects and arrays are shown as Java shows them, not as JSON.
        (
            'States.Format(\'{}\', States.StringToJson(\'{"a":1,"b":["x",null,true,{}]}\'))',
            "{a=1, b=[x, null, true, {}]}",
        ),
        ("States.StringToJson('{\"a\":[1]}')", {"a": [1]}),
        ("States.JsonToString($.bike)", '{"price":19.95}'),
        ("States.Array(1, 'a', true, null, $.n)", [1, "a", True, None, [3, 1, 2]]),
        ("States.ArrayPartition($.n, 2)", [[3, 1], [2]]),
        ("States.ArrayContains($.n, 2)", True),
        ("States.ArrayRange(1, 9, 3)", [1, 4, 7]),
        ("States.ArrayGetItem($.n, 1)", 1),
        ("States.ArrayLength($.n)", 3),
        ("States.ArrayUnique(States.Array(1, 1, 2))", [1, 2]),
        ("States.Base64Encode('Data')", "RGF0YQ=="),
        ("States.Base64Decode('RGF0YQ==')", "Data"),
        ("States.Hash('input', 'SHA-1')", "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"),
        ("States.JsonMerge($.bike, $.books[0], false)", DATA["books"][0]),  # type: ignore[index]
        ("States.MathAdd(111, -1)", 110),
        ("States.StringSplit('1,2.3', ',.')", ["1", "2", "3"]),
        ("States.Format('{}', States.MathAdd(1, States.ArrayLength($.n)))", "4"),
    ],
)
def test_intrinsic_functions(call: str, expected: Any) -> None:
    assert _passed({"v.$": call}).output == {"v": expected}


def test_random_functions_take_their_chance_from_the_input_events() -> None:
    calls = {"u.$": "States.UUID()", "r.$": "States.MathRandom(1, 1000000)"}
    first, second = _passed(calls), _passed(calls)
    assert first.output == second.output
    assert len(first.output["u"]) == 36
    assert 1 <= first.output["r"] < 1000000
    seeded = [_passed({"r.$": "States.MathRandom(1, 999, 7)"}).output for _ in range(2)]
    assert seeded[0] == seeded[1]


_NO_JSON = "Cannot convert String to Json in States.StringToJson, caused by: "
_PLACE = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, "


# Observed on AWS in 2026, but for the texts of States.Format about numbers of arguments.
@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("States.ArrayGetItem($.n, 9)", "Invalid arguments in States.ArrayGetItem"),
        ("States.ArrayGetItem($.n, '1')", "Invalid arguments in States.ArrayGetItem"),
        ("States.ArrayPartition($.n, 0)", "Invalid arguments in States.ArrayPartition"),
        ("States.ArrayPartition($.n, 0.6)", "Invalid arguments in States.ArrayPartition"),
        ("States.ArrayPartition($.n, null)", "Invalid arguments in States.ArrayPartition"),
        ("States.ArrayRange(1, 1001, 1)", "Invalid arguments in States.ArrayRange"),
        ("States.ArrayRange(1, 10, 0.49)", "Invalid arguments in States.ArrayRange"),
        ("States.ArrayContains('x', 'x')", "Invalid arguments in States.ArrayContains"),
        ("States.ArrayContains($.n)", "Invalid arguments in States.ArrayContains"),
        ("States.ArrayContains($.n, 2, 9)", "Invalid arguments in States.ArrayContains"),
        ("States.ArrayUnique('x')", "Invalid arguments in States.ArrayUnique"),
        ("States.ArrayLength(States.JsonToString($.n))", "Invalid arguments in States.ArrayLength"),
        ("States.Base64Decode(123)", "Invalid arguments in States.Base64Decode"),
        ("States.Base64Decode()", "Invalid arguments in States.Base64Decode"),
        ("States.Hash('a', 'sha-256')", "Invalid arguments in States.Hash"),
        ("States.Hash()", "Invalid arguments in States.Hash"),
        ("States.MathAdd('a', 1)", "Invalid arguments in States.MathAdd"),
        ("States.MathAdd(true, 1)", "Invalid arguments in States.MathAdd"),
        ("States.MathAdd(2147483647, 1)", "Invalid arguments in States.MathAdd"),
        ("States.MathAdd(-3000000000, 1)", "Invalid arguments in States.MathAdd"),
        ("States.MathRandom(1, 1)", "Invalid arguments in States.MathRandom"),
        ("States.MathRandom(1.4, 1.6)", "Invalid arguments in States.MathRandom"),
        ("States.MathRandom(1, 9, null)", "Invalid arguments in States.MathRandom"),
        ("States.StringSplit('a', null)", "Invalid arguments in States.StringSplit"),
        (
            "States.JsonToString($.n, 1)",
            "Invalid arguments in States.JsonToString: only a single argument is allowed.",
        ),
        (
            "States.Format('Hello {', $.n)",
            "Invalid template in States.Format: matching '}' not found for '{'.",
        ),
        (
            "States.Format('Hello {{}}', $.n)",
            "Invalid template in States.Format: matching '}' not found for '{'.",
        ),
        (
            "States.Format('}')",
            "Invalid template in States.Format: matching '{' not found for '}'.",
        ),
        (
            "States.Format('{}{}', 1)",
            (
                "Invalid arguments in States.Format: number of arguments do not match the"
                " occurrences of {}."
            ),
        ),
        ("States.StringToJson(1)", "Invalid arguments in States.StringToJson"),
        ("States.StringToJson()", "Invalid arguments in States.StringToJson"),
        (
            "States.StringToJson('{bad json}')",
            (
                f"{_NO_JSON}Unexpected character ('b' (code 98)): was expecting double-quote to"
                f" start field name\n at {_PLACE}column: 2]"
            ),
        ),
        (
            "States.StringToJson('{\"a\":1')",
            (
                f"{_NO_JSON}Unexpected end-of-input: expected close marker for Object (start marker"
                f" at {_PLACE}column: 1])\n at {_PLACE}column: 7]"
            ),
        ),
        (
            "States.StringToJson('undefined')",
            (
                f"{_NO_JSON}Unrecognized token 'undefined': was expecting (JSON String, Number,"
                f" Array, Object or token 'null', 'true' or 'false')\n at {_PLACE}column: 10]"
            ),
        ),
    ],
)
def test_intrinsic_functions_fail_in_words_of_their_own(call: str, problem: str) -> None:
    played = _passed({"v.$": call})
    assert played.finish is not None
    assert played.finish.error == "States.Runtime"
    assert played.finish.cause == (
        "An error occurred while executing the state 'A' (entered at the event id #2). There was an"
        f" error while evaluating the intrinsic function: {call}. {problem}"
    )


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ("States.Array($.missing)", "$.missing"),
        ("States.Format('{}', States.ArrayLength($.a.b))", "$.a.b"),
        ("States.Format('{}', $$.Nope.Deep)", "$.Nope.Deep"),
    ],
)
def test_an_argument_whose_path_leads_nowhere_names_the_function(call: str, field: str) -> None:
    played = _passed({"v.$": call}, {"z": 1})
    assert played.finish is not None
    assert played.finish.error == "States.Runtime"
    assert played.finish.cause == (
        "An error occurred while executing the state 'A' (entered at the event id #2). The function"
        f" '{call}' had the following error: The JsonPath argument for the field '{field}' could"
        " not be found in the input '{\"z\":1}'"
    )


# Observed on AWS in 2026.
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("States.ArrayPartition($.n, 2.6)", [[3, 1], [2]]),
        ("States.ArrayRange(1.6, 1.4, 1)", [1]),
        ("States.ArrayRange(5.4, -0.6, -2.4)", [5, 3, 1]),
        ("States.ArrayGetItem($.n, 1.2)", 1),
        ("States.ArrayGetItem(States.Array(), 999)", None),
        ("States.ArrayContains(States.Array('true'), true)", True),
        ("States.ArrayContains(States.Array('9007199254740991'), 9007199254740991)", True),
        ("States.ArrayContains(States.Array(0, 1), false)", False),
        (
            (
                'States.ArrayContains(States.Array(States.StringToJson(\'{"a":1,"b":2}\')),'
                ' States.StringToJson(\'{"b":2,"a":1}\'))'
            ),
            False,
        ),
        ("States.ArrayUnique(States.Array(true, false, true))", [False, True]),
        (
            (
                "States.ArrayUnique(States.Array(States.Array(1, 2), States.Array(1, 2),"
                " States.Array(2, 1)))"
            ),
            [[2, 1], [1, 2]],
        ),
        ("States.ArrayUnique(States.Array(null, null, 1, null))", [None, 1]),
        ("States.ArrayUnique(States.Array(1, '1', 1, '01'))", [1, "1", "01"]),
        (
            (
                'States.ArrayUnique(States.Array(States.StringToJson(\'{"a":1,"b":2}\'),'
                ' States.StringToJson(\'{"b":2,"a":1}\')))'
            ),
            [{"a": 1, "b": 2}],
        ),
        ("States.Base64Decode('abc')", "i\ufffd"),
        ("States.Base64Decode(' YWJjZA== ')", "abcd"),
        ("States.Base64Decode('YW!Jj')", "abc"),
        ("States.JsonMerge($.bike, $.bike, 'false')", {"price": 19.95}),
        ("States.StringSplit('', ',')", []),
    ],
)
def test_intrinsic_functions_take_odd_arguments_as_aws_does(call: str, expected: Any) -> None:
    assert _passed({"v.$": call}).output == {"v": expected}


def test_a_uuid_takes_no_notice_of_arguments() -> None:
    assert len(_passed({"v.$": "States.UUID('x', 1)"}).output["v"]) == 36


def test_a_template_whose_path_leads_nowhere_names_path_field_and_input() -> None:
    played = _passed({"a": {"v.$": "$.x.y"}}, {"z": 1})
    assert played.finish is not None
    assert played.finish.error == "States.Runtime"
    assert played.finish.cause == (
        "An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath"
        " '$.x.y' specified for the field 'v.$' could not be found in the input '{\"z\":1}'"
    )

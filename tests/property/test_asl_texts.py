"""Bad texts: only the errors that say so come out of the compilers, and everything ends."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundstate import asl
from groundstate.asl.interface import InvalidDefinition
from groundstate.asl.jsonata import InvalidExpression, compile_jsonata
from groundstate.asl.jsonpath import InvalidPath, PathNotFound, compile_path
from tests.unit.asl.driver import Driver, machine

_bad = settings(max_examples=60)

_PATH_PIECES = st.sampled_from(
    [
        "$",
        "$$",
        "$x",
        ".",
        "..",
        "a",
        "b",
        "*",
        "[",
        "]",
        "0",
        "-1",
        ":",
        "?",
        "(",
        ")",
        "@",
        "'",
        '"',
        ",",
        "==",
        ">",
        "&&",
        "||",
        "!",
        "=~",
        "/a/",
        ".length()",
        ".max()",
        "\\",
        "é",
    ]
)
_PATH_TEXTS = st.lists(_PATH_PIECES, max_size=10).map("".join)
_DATA = {"a": [{"b": 1, "a": "x"}, {"b": 2}], "b": {"a": [1, 2, 3]}}


@_bad
@given(_PATH_TEXTS | st.text(max_size=12))
@example("$[?(@.a =~ /(a+)+$/)]")
@example("$..[?(@..a)]..a")
def test_a_path_is_refused_or_finds_or_says_that_there_is_nothing(text: str) -> None:
    try:
        path = compile_path(text)
    except InvalidPath:
        return
    with suppress(PathNotFound):
        path.find(_DATA)


_EXPRESSION_PIECES = st.sampled_from(
    [
        "$",
        "$$",
        "$x",
        "$states",
        ".",
        "a",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        ":",
        ":=",
        "1",
        "-1",
        "'q'",
        '"s"',
        "+",
        "-",
        "*",
        "/",
        "%",
        "&",
        "=",
        "<",
        ">",
        "in",
        "and",
        "or",
        "?",
        "~>",
        "^",
        "|",
        "@",
        "#",
        "$sum",
        "$map",
        "$string",
        "function($v){$v}",
        "/a/",
        "..",
        "null",
        "true",
        "$random()",
        "$uuid()",
        "$partition([1],1)",
        "$range(1,3,1)",
        "$parse('1')",
        "$hash(1,'MD5')",
        "?:",
        "??",
        "`",
        "\\",
    ]
)
_EXPRESSIONS = st.lists(_EXPRESSION_PIECES, max_size=8).map(" ".join)


@_bad
@given(_EXPRESSIONS | st.text(max_size=10))
def test_an_expression_is_refused_or_ends_its_execution_properly(text: str) -> None:
    try:
        compile_jsonata(text.strip())
    except InvalidExpression:
        return
    state = {"Type": "Pass", "End": True, "Output": "{%" + text + "%}"}
    try:
        compiled = machine({"A": state}, QueryLanguage="JSONata")
    except InvalidDefinition:
        return
    played = Driver(compiled, _DATA)
    assert played.status in ("SUCCEEDED", "FAILED")
    if played.status == "FAILED":
        assert played.finish is not None
        assert played.finish.error in ("States.QueryEvaluationError", "States.Runtime")


_INTRINSIC_PIECES = st.sampled_from(
    [
        "States.",
        "Format",
        "JsonToString",
        "StringToJson",
        "Array",
        "ArrayRange",
        "MathAdd",
        "UUID",
        "Hash",
        "(",
        ")",
        ",",
        "'",
        "\\",
        "{}",
        "1",
        "-2",
        "1.5",
        "$.a",
        "$$.Execution.Name",
        "$x",
        "true",
        "null",
        "'SHA-1'",
        "'{}'",
        "States.Array(",
        "States.Format(",
    ]
)


@_bad
@given(st.lists(_INTRINSIC_PIECES, max_size=9).map("".join))
def test_an_intrinsic_function_is_refused_or_ends_its_execution_properly(text: str) -> None:
    state = {"Type": "Pass", "End": True, "Parameters": {"v.$": text}}
    try:
        compiled = machine({"A": state})
    except InvalidDefinition:
        return
    assert Driver(compiled, _DATA).status in ("SUCCEEDED", "FAILED")


_MEMBERS = st.sampled_from(
    [
        "StartAt",
        "States",
        "Type",
        "Next",
        "End",
        "Result",
        "ResultPath",
        "Parameters",
        "Choices",
        "Default",
        "Branches",
        "Iterator",
        "ItemProcessor",
        "ProcessorConfig",
        "Retry",
        "Catch",
        "ErrorEquals",
        "Resource",
        "Seconds",
        "Timestamp",
        "Error",
        "Cause",
        "QueryLanguage",
        "Output",
        "Arguments",
        "Assign",
        "Condition",
        "Variable",
        "And",
        "Not",
        "IsPresent",
        "A",
        "B",
    ]
)
_WORDS = st.sampled_from(
    [
        "A",
        "B",
        "Pass",
        "Task",
        "Map",
        "Choice",
        "Parallel",
        "Wait",
        "JSONata",
        "JSONPath",
        "$",
        "$.a",
        "arn:aws:states:::lambda:invoke",
        "DISTRIBUTED",
    ]
) | st.just("{% $states.input %}")
_JSON = st.recursive(
    _WORDS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_MEMBERS, inner, max_size=4),
    max_leaves=12,
)


@_bad
@given(_JSON, _JSON, st.booleans())
def test_a_definition_compiles_or_is_refused_with_diagnostics(
    state: Any, other: Any, express: bool
) -> None:
    if isinstance(state, dict):
        state.setdefault("Type", "Pass")
    text = json.dumps({"StartAt": "A", "States": {"A": state, "B": other}})
    kind: Any = "EXPRESS" if express else "STANDARD"
    found = asl.validate_definition(text, type=kind)
    refused = any(diagnostic.severity == "ERROR" for diagnostic in found)
    try:
        asl.compile_machine(text, type=kind)
        accepted = True
    except InvalidDefinition:
        accepted = False
    assert accepted is not refused


@_bad
@given(_JSON | st.text(max_size=20))
def test_any_text_at_all_is_a_definition_or_refused(value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    assert all(diagnostic.message for diagnostic in asl.validate_definition(text))


_TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "f", "Payload": {"x.$": "$.a", "y.$": "States.Array($.b, 1)"}},
    "ResultSelector": {"r.$": "$.a"},
    "ResultPath": "$.c",
    "TimeoutSecondsPath": "$.n",
    "Credentials": {"RoleArn": "arn:aws:iam::000000000000:role/r"},
    "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1, "IntervalSeconds": 1, "BackoffRate": 1.5}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B", "ResultPath": "$.e"}],
    "Next": "B",
}
_WHOLE = {
    "StartAt": "A",
    "TimeoutSeconds": 60,
    "States": {
        "A": _TASK,
        "B": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.n", "NumericEquals": 2, "Next": "C", "Assign": {"v.$": "$.n"}},
                {"Not": {"And": [{"Variable": "$.n", "IsPresent": True}]}, "Next": "D"},
            ],
            "Default": "D",
        },
        "C": {"Type": "Wait", "SecondsPath": "$.n", "Next": "D"},
        "D": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemSelector": {"i.$": "$$.Map.Item.Value"},
            "MaxConcurrencyPath": "$.n",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "E",
                "States": {"E": {"Type": "Pass", "Parameters": {"a.$": "$.i"}, "End": True}},
            },
            "Next": "F",
        },
        "F": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "G", "States": {"G": {"Type": "Succeed"}}}],
            "Next": "H",
        },
        "H": {
            "Type": "Pass",
            "QueryLanguage": "JSONata",
            "Output": {"all": "{% $states.input %}", "n": "{% $count($states.input) %}"},
            "Assign": {"w": "{% 1 + 1 %}"},
            "Next": "I",
        },
        "I": {"Type": "Fail", "ErrorPath": "$.all[0].a", "Cause": "c"},
    },
}


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items = enumerate(value) if isinstance(value, list) else ()
    for key, item in value.items() if isinstance(value, dict) else items:
        found += _places(item, (*path, key))
    return found


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {
            name: _put(item, path[1:], new) if name == path[0] else item
            for name, item in value.items()
        }
    return [
        _put(item, path[1:], new) if index == path[0] else item for index, item in enumerate(value)
    ]


@_bad
@given(
    st.sampled_from(_places(_WHOLE)),
    st.sampled_from(_places(_WHOLE)),
    _JSON
    | st.sampled_from(["$.n", "$x", "$.items[*]", "{% $x %}", -1, 0, 10**20, "States.Hash()"]),
    st.none() | st.dictionaries(st.sampled_from(["a", "n", "items"]), _JSON, max_size=3),
)
def test_a_definition_with_a_part_replaced_is_refused_or_runs_to_an_end(
    place: tuple[Any, ...], other: tuple[Any, ...] | None, new: Any, value: Any
) -> None:
    definition = _put(_WHOLE, place, new)
    if other is not None and other in _places(definition):
        definition = _put(definition, other, new)
    try:
        compiled = asl.compile_machine(json.dumps(definition))
    except InvalidDefinition:
        return
    whole = {"a": 1, "b": [2], "n": 2, "items": [1, {"x": 2}]} | (value or {})
    played = Driver(compiled, whole, answer=lambda task: json.dumps({"a": "s"})).run()
    assert played.finish is not None

"""Bad texts: only the errors that say so come out of the compilers, and everything ends."""

from __future__ import annotations

import json
from typing import Any

from groundstate import asl
from groundstate.asl.interface import InvalidDefinition
from groundstate.asl.jsonata import InvalidExpression, compile_jsonata
from groundstate.asl.jsonpath import InvalidPath, PathNotFound, compile_path
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.asl.driver import Driver, machine

_bad = settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_PATH_PIECES = st.sampled_from(
    "$ $$ $x . .. a b * [ ] 0 -1 : ? ( ) @ ' \" , == > && || ! =~ /a/ .length() .max() \\ é".split()
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
    try:
        path.find(_DATA)
    except PathNotFound as error:
        assert error.detail


_EXPRESSION_PIECES = st.sampled_from(
    "$ $$ $x $states . a ( ) [ ] { } , ; : := 1 -1 'q' \"s\" + - * / % & = < > in and or ? ~> ^ | @"
    " # $sum $map $string function($v){$v} /a/ .. null true $random() $uuid() $partition([1],1)"
    " $range(1,3,1) $parse('1') $hash(1,'MD5') ?: ?? ` \\".split(" ")
)
_EXPRESSIONS = st.lists(_EXPRESSION_PIECES, max_size=8).map(" ".join)


@_bad
@given(_EXPRESSIONS | st.text(max_size=10))
def test_an_expression_is_refused_or_ends_its_execution_properly(text: str) -> None:
    try:
        compile_jsonata(text.strip())
    except InvalidExpression as error:
        assert str(error) or not text.strip()
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
    "States. Format JsonToString StringToJson Array ArrayRange MathAdd UUID Hash ( ) , ' \\ {} 1 -2"
    " 1.5 $.a $$.Execution.Name $x true null 'SHA-1' '{}' States.Array( States.Format(".split(" ")
)


@_bad
@given(st.lists(_INTRINSIC_PIECES, max_size=9).map("".join))
def test_an_intrinsic_function_is_refused_or_ends_its_execution_properly(text: str) -> None:
    state = {"Type": "Pass", "End": True, "Parameters": {"v.$": text}}
    try:
        compiled = machine({"A": state})
    except InvalidDefinition as error:
        assert error.diagnostics
        return
    assert Driver(compiled, _DATA).status in ("SUCCEEDED", "FAILED")


_MEMBERS = st.sampled_from(
    "StartAt States Type Next End Result ResultPath Parameters Choices Default Branches Iterator"
    " ItemProcessor ProcessorConfig Retry Catch ErrorEquals Resource Seconds Timestamp Error Cause"
    " QueryLanguage Output Arguments Assign Condition Variable And Not IsPresent A B".split()
)
_WORDS = st.sampled_from(
    ["A", "B", "Pass", "Task", "Map", "Choice", "Parallel", "Wait", "JSONata", "JSONPath"]
    + ["$", "$.a", "{% $states.input %}", "arn:aws:states:::lambda:invoke", "DISTRIBUTED"]
)
_JSON = st.recursive(
    _WORDS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False),
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
    except InvalidDefinition as error:
        assert refused
        assert error.diagnostics
    else:
        assert not refused


@_bad
@given(_JSON | st.text(max_size=20))
def test_any_text_at_all_is_a_definition_or_refused(value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    assert all(diagnostic.message for diagnostic in asl.validate_definition(text))

"""Which machines have queries that may take long, and so are stepped with an eye on the clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundstate import asl
from tests.unit.asl.driver import machine


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "Parameters": {"all.$": "$..price"}, "End": True},
        {"Type": "Pass", "Parameters": {"list": [{"n.$": "$.a.length()"}]}, "End": True},
        {"Type": "Pass", "InputPath": "$.orders[*]", "End": True},
        {"Type": "Pass", "OutputPath": "$.orders[?(@.price > 10)]", "End": True},
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input %}", "End": True},
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": ["{% 1 %}"], "End": True},
        {
            "Type": "Choice",
            "Choices": [
                {"Not": {"Variable": "$.a[*]", "IsPresent": True}, "Next": "First"},
            ],
        },
    ],
)
def test_queries_that_look_at_many_values_may_take_long(state: dict[str, Any]) -> None:
    text = json.dumps({"StartAt": "First", "States": {"First": state}})
    assert asl.compile_stored(text).evaluates


def test_names_and_comments_are_no_queries() -> None:
    compiled = machine(
        {
            "Wait...": {
                "Type": "Choice",
                "Comment": "*.* and so on ...",
                "Choices": [{"Variable": "$.a.b", "StringMatches": "*()", "Next": "More..."}],
                "Default": "More...",
            },
            "More...": {"Type": "Pass", "Parameters": {"a.$": "$.b", "c": "..."}, "End": True},
        }
    )
    assert not compiled.evaluates


def test_children_of_a_map_are_looked_at_by_themselves() -> None:
    each: dict[str, Any] = {"Type": "Pass", "InputPath": "$..a", "End": True}
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Each",
        "States": {"Each": each},
    }
    compiled = machine({"All": {"Type": "Map", "ItemProcessor": processor, "End": True}})
    assert compiled.processor("All").evaluates
    each["InputPath"] = "$.a"
    compiled = machine({"All": {"Type": "Map", "ItemProcessor": processor, "End": True}})
    assert not compiled.processor("All").evaluates


def test_a_stored_definition_is_looked_at_too() -> None:
    text = '{"StartAt":"A","States":{"A":{"Type":"Pass","InputPath":"$.\\u002e","End":true}}}'
    assert asl.compile_stored(text.replace("$.\\u002e", "$\\u002e.a")).evaluates

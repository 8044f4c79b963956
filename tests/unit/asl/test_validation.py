"""Diagnostics of definitions: codes, texts, places; nesting and size."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from groundstate import asl
from groundstate.asl.interface import Diagnostic, InvalidDefinition

END = {"Type": "Succeed"}
SCHEMA = "SCHEMA_VALIDATION_FAILED"

NO_END = "Workflow has no terminal state"
TASK = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:0:function:f", "End": True}

PUT = "arn:aws:states:::dynamodb:putItem"


def diagnose(states: dict[str, Any], **top: Any) -> list[tuple[str, str, str]]:
    definition = {"StartAt": next(iter(states), "A"), "States": states, **top}
    return [
        (found.code, found.message, found.location)
        for found in asl.validate_definition(json.dumps(definition))
    ]


def parallel(inner: dict[str, Any], **fields: Any) -> dict[str, Any]:
    branch = {"StartAt": next(iter(inner)), "States": inner}
    return {"Type": "Parallel", "Branches": [branch], "End": True, **fields}


def distributed(fields: dict[str, Any]) -> dict[str, Any]:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "I",
        "States": {"I": END},
    }
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}


def test_a_sound_definition_has_none() -> None:
    assert diagnose({"A": END}) == []


@pytest.mark.parametrize(
    ("state", "code", "message", "location"),
    [
        ({"Type": "Pass"}, SCHEMA, None, "/States/A"),
        ({"Type": "Nope"}, SCHEMA, None, "/States/A/Type"),
        ({**END, "Color": 1}, SCHEMA, "Field 'Color' is not supported", "/States/A"),
        (
            {"Type": "Pass", "Next": "B"},
            "MISSING_TRANSITION_TARGET",
            "Missing 'Next' target: B",
            "/States/A/Next",
        ),
        (
            {"Type": "Pass", "InputPath": "$.[", "End": True},
            SCHEMA,
            "Value must be a valid JSONPath.",
            "/States/A/InputPath",
        ),
        (
            {"Type": "Pass", "ResultPath": "$.a[*]", "End": True},
            SCHEMA,
            "Value is not a Reference Path",
            "/States/A/ResultPath",
        ),
        (
            {"Type": "Pass", "Parameters": {"a.$": "nope"}, "End": True},
            SCHEMA,
            (
                "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic"
                " function call"
            ),
            "/States/A/Parameters",
        ),
        (
            {"Type": "Pass", "Output": "x", "End": True},
            SCHEMA,
            (
                "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for"
                " the 'JSONata' QueryLanguage"
            ),
            "/States/A",
        ),
        (
            {"Type": "Pass", "Assign": {"states": 1}, "End": True},
            "RESERVED_VARIABLE_NAME",
            "Cannot assign to reserved variable '$states'.",
            "/States/A/Assign/states",
        ),
    ],
)
def test_a_state_is_refused(
    state: dict[str, Any], code: str, message: str | None, location: str
) -> None:
    found = [one for one in diagnose({"A": state}) if one[0] != "MISSING_END_STATE"]
    assert [(one[0], one[2]) for one in found] == [(code, location)]
    assert message is None or found[0][1] == message


# Observed on AWS in 2026: problems of fields and of transitions are told together.
@pytest.mark.parametrize(
    ("states", "messages"),
    [
        ({}, ["Value cannot be empty", "Missing 'Next' target: A", NO_END]),
        ({"A": {"End": True}}, ["The field 'Type' is required", NO_END]),
        (
            {"A": {"Type": "Pass"}},
            ["This object should have only one of the following fields: [Next, End]", NO_END],
        ),
        (
            {"A": {"Type": "Succeed", "Next": "B"}, "B": END},
            ["Field 'Next' is not supported"],
        ),
        (
            {"A": {"Type": "Choice", "Choices": [], "Default": "B"}, "B": END},
            ["Value cannot be empty"],
        ),
        (
            {"A": {"Type": "Choice", "Choices": [{"Next": 1}, 2], "Default": "C"}, "B": 3},
            [
                "Expected value of type String",
                (
                    "The object must have only one of the following fields, [And, Or, Not,"
                    " Variable, Condition]"
                ),
                "Expected value of type Object",
                "Expected value of type Object",
                "Missing 'Next' target: C",
                NO_END,
            ],
        ),
    ],
)
def test_problems_of_fields_and_transitions_are_told_together(
    states: dict[str, Any], messages: list[str]
) -> None:
    assert [message for _, message, _ in diagnose(states)] == messages


@pytest.mark.parametrize("operators", [{}, {"StringEquals": "1", "NumericGreaterThan": 0}])
def test_a_rule_has_one_operator_of_those_that_there_are(operators: dict[str, Any]) -> None:
    rule = {"Variable": "$.a", "Next": "B", **operators}
    (found,) = diagnose({"A": {"Type": "Choice", "Choices": [rule]}, "B": END})
    # Their order is AWS's (observed in 2026).
    assert "[StringEquals, IsBoolean, StringLessThan, IsNumeric, BooleanEquals, " in found[1]
    assert found[1].endswith("TimestampGreaterThanEquals, NumericGreaterThanEqualsPath]")
    assert len(found[1].split(", ")) == 39


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ({"Type": "Pass", "Output": "{% $states.result %}", "End": True}, "Output"),
        ({"Type": "Wait", "Seconds": "{% $states.result.s %}", "End": True}, "Seconds"),
        (
            {**TASK, "Arguments": "{% $states.result %}", "Output": "{% $states.result %}"},
            "Arguments",
        ),
    ],
)
def test_a_result_is_there_once_there_is_one(state: dict[str, Any], field: str) -> None:
    assert diagnose({"A": state}, QueryLanguage="JSONata") == [
        (
            "UNSUPPORTED_JSONATA_EXPRESSION",
            "Field '$states.result' does not exist.",
            f"/States/A/{field}",
        )
    ]


# Observed on AWS in 2026.
@pytest.mark.parametrize(
    ("config", "messages"),
    [
        ({"Transformation": "LOAD_AND_FLATTEN"}, ["The field 'InputType' is required"]),
        (
            {"ManifestType": "S3_INVENTORY", "InputType": "CSV"},
            ["The field 'CSVHeaderLocation' is required"],
        ),
        (
            {"InputType": "CSV", "ItemsPointer": "/data/items"},
            ["The field 'CSVHeaderLocation' is required"],
        ),
        (
            {"InputType": "JSON", "ItemsPointer": "data/items"},
            ["Invalid input: JSON Pointer expression must start with '/': \"data/items\""],
        ),
        (
            {"InputType": "JSON", "ManifestType": "ATHENA_DATA"},
            ["Field 'ManifestType' is not supported"],
        ),
        (
            {"InputType": "JSONL", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["id"]},
            ["Field 'CSVHeaderLocation' is not supported", "Field 'CSVHeaders' is not supported"],
        ),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"},
            ["These fields are required: [CSVHeaders]"],
        ),
    ],
)
def test_fields_of_a_reader_that_go_together(config: dict[str, Any], messages: list[str]) -> None:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": config,
        "Parameters": {"Bucket": "data", "Key": "items"},
    }
    state = distributed({"ItemReader": reader})
    assert [message for _, message, _ in diagnose({"A": state})] == messages


_FOREIGN = (
    "The QueryLanguage is set to 'JSONata', but field '{}' is only supported for the 'JSONPath'"
    " QueryLanguage"
)


def test_a_comment_is_text_wherever_it_stands() -> None:
    branch = {"Comment": 1, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}
    parallel = {"Type": "Parallel", "Comment": 1, "Branches": [branch], "End": True}
    found = diagnose({"A": parallel}, Comment=1)
    assert {(text, location) for _, text, location in found} == {
        ("Expected value of type String", place)
        for place in ("/Comment", "/States/A/Comment", "/States/A/Branches[0]/Comment")
    }


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
@pytest.mark.parametrize(
    ("fields", "message", "place"),
    [
        ({"ItemBatcher": {"MaxItemsPerBatch": "x"}}, "Integer", "ItemBatcher/MaxItemsPerBatch"),
        (
            {"ItemBatcher": {"MaxInputBytesPerBatch": [1]}},
            "Integer",
            "ItemBatcher/MaxInputBytesPerBatch",
        ),
        ({"ResultWriter": {"WriterConfig": "x"}}, "Object", "ResultWriter/WriterConfig"),
        ({"ItemReader": {"ReaderConfig": {"MaxItems": {}}}}, "Integer", "ReaderConfig/MaxItems"),
        ({"ItemReader": {"ReaderConfig": {"CSVHeaders": 1}}}, "Array", "ReaderConfig/CSVHeaders"),
        ({"ItemReader": {"ReaderConfig": {"CSVHeaders": [1]}}}, "String", "CSVHeaders[0]"),
        ({"ToleratedFailurePercentage": "x"}, "Number", "ToleratedFailurePercentage"),
        ({"Assign": None}, "Object", "A/Assign"),
    ],
)
def test_fields_of_a_distributed_map_have_their_types(
    fields: dict[str, Any], message: str, place: str, language: str
) -> None:
    found = diagnose({"A": distributed(fields)}, QueryLanguage=language)
    assert [
        (text, location.endswith(place)) for _, text, location in found if location.endswith(place)
    ] == [(f"Expected value of type {message}", True)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ItemReader": {"ReaderConfig": {"InputType": ["CSV"]}}}, "Value should be one of the"),
        ({"ItemReader": {"ReaderConfig": {"CSVDelimiter": {}}}}, "Value should be one of the"),
        ({"ResultWriter": {"WriterConfig": {"OutputType": "XML"}}}, "Value should be one of the"),
        ({"ItemReader": {"Arguments": 1}}, "Expected value of type Object"),
        ({"ResultWriter": {"Arguments": [1]}}, "Expected value of type Object"),
        ({"ItemReader": {"Parameters": {}}}, _FOREIGN.format("Parameters")),
        (
            {"ItemReader": {"ReaderConfig": {"MaxItemsPath": "$.a"}}},
            _FOREIGN.format("MaxItemsPath"),
        ),
        (
            {"ItemBatcher": {"MaxItemsPerBatchPath": 1}},
            _FOREIGN.format("MaxItemsPerBatchPath"),
        ),
    ],
)
def test_parts_of_a_distributed_map_are_checked(fields: dict[str, Any], message: str) -> None:
    found = diagnose({"A": distributed(fields)}, QueryLanguage="JSONata")
    assert any(text.startswith(message) for _, text, _ in found), found


@pytest.mark.parametrize(
    "resource", ["nope:doIt", "dynamodb:query", "s3:getObject", "lambda:listFunctions"]
)
def test_an_integration_that_there_is_not_is_refused(resource: str) -> None:
    arn = f"arn:aws:states:::{resource}"
    state = {"Type": "Task", "Resource": arn, "Parameters": {}, "End": True}
    (found,) = diagnose({"A": state})
    assert found[1].startswith(f"The resource provided {arn} is not recognized. ")
    assert found[2] == "/States/A/Resource"


def test_integrations_of_services_elsewhere_are_known() -> None:
    for resource in ("eks:call", "glue:startJobRun.sync", "sagemaker:createModel"):
        arn = f"arn:aws:states:::{resource}"
        state = {"Type": "Task", "Resource": arn, "Parameters": {"JobName": "j"}, "End": True}
        assert diagnose({"A": state}) == []


def test_credentials_are_an_object() -> None:
    (found,) = diagnose({"A": {**TASK, "Credentials": None}})
    assert found == (SCHEMA, "Expected value of type Object", "/States/A/Credentials")


def test_a_state_that_nothing_leads_to_is_refused() -> None:
    assert diagnose({"A": END, "B": END}) == [
        ("MISSING_TRANSITION_TARGET", 'State "B" is not reachable.', "/States/B")
    ]


@pytest.mark.parametrize(
    ("fields", "message", "location"),
    [
        (
            {},
            f"Parameters field is required for resource ARN: {PUT}",
            "/States/A/Resource",
        ),
        (
            {"QueryLanguage": "JSONata"},
            f"Arguments field is required for resource ARN: {PUT}",
            "/States/A/Resource",
        ),
        (
            {"Parameters": {"TableName.$": "$.t"}},
            "The field 'Item' is required but was missing",
            "/States/A/Parameters",
        ),
        (
            {"QueryLanguage": "JSONata", "Arguments": {"Item": {}}},
            "The field 'TableName' is required but was missing",
            "/States/A/Arguments",
        ),
    ],
)
def test_parameters_that_an_integration_needs(
    fields: dict[str, Any], message: str, location: str
) -> None:
    state = {"Type": "Task", "Resource": PUT, "End": True, **fields}
    assert diagnose({"A": state}) == [("SCHEMA_VALIDATION_FAILED", message, location)]


def test_arguments_that_are_computed_may_have_everything() -> None:
    state = {"Type": "Task", "QueryLanguage": "JSONata", "Resource": PUT, "End": True}
    assert diagnose({"A": {**state, "Arguments": "{% $states.input %}"}}) == []


def test_express_has_no_distributed_maps() -> None:
    inner = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, **inner}
    maps = {"Type": "Map", "ItemProcessor": processor, "End": True}
    machine = {"StartAt": "M", "States": {"M": maps}}
    assert asl.validate_definition(json.dumps(machine)) == []
    message = (
        "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines"
    )
    found = asl.validate_definition(json.dumps(machine), type="EXPRESS")
    assert [diagnostic.message for diagnostic in found] == [message]
    nested = {**processor, "StartAt": "N", "States": {"N": maps}}
    found = asl.validate_definition(
        json.dumps({"StartAt": "M", "States": {"M": {**maps, "ItemProcessor": nested}}})
    )
    assert [diagnostic.message for diagnostic in found] == [message]


@pytest.mark.parametrize(
    ("fields", "location"),
    [
        ({"Parameters": {"TableName.$": "$.t", "Key": {}, "Keys.$": "$.k"}}, "Parameters"),
        (
            {"QueryLanguage": "JSONata", "Arguments": {"TableName": "T", "Key": {}, "Keys": 1}},
            "Arguments",
        ),
    ],
)
def test_parameters_that_an_integration_does_not_take(
    fields: dict[str, Any], location: str
) -> None:
    state = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "End": True}
    assert diagnose({"A": {**state, **fields}}) == [
        (
            "SCHEMA_VALIDATION_FAILED",
            'The field "Keys" is not supported by Step Functions',
            f"/States/A/{location}",
        )
    ]


@pytest.mark.parametrize(
    ("field", "value", "location"),
    [
        ("ItemBatcher", {"MaxItemsPerBatchPath": "n"}, "ItemBatcher/MaxItemsPerBatchPath"),
        (
            "ItemReader",
            {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "States.UUID()"},
            },
            "ItemReader/ReaderConfig/MaxItemsPath",
        ),
    ],
)
def test_paths_inside_of_a_distributed_map_are_paths(
    field: str, value: dict[str, Any], location: str
) -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "I",
        "States": {"I": END},
    }
    state = {"Type": "Map", "ItemProcessor": processor, field: value, "End": True}
    assert diagnose({"A": state}) == [
        ("SCHEMA_VALIDATION_FAILED", "Value must be a valid JSONPath.", f"/States/A/{location}")
    ]


def test_the_refusal_is_aws_text() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        asl.compile_machine("nope")
    assert caught.value.diagnostics[0].code == "INVALID_JSON_DESCRIPTION"
    assert caught.value.diagnostics[0].message.startswith("Unrecognized token 'nope'")
    error = InvalidDefinition([Diagnostic("ERROR", "CODE", "Text", "/States/A")])
    assert error.answer == "Invalid State Machine Definition: 'CODE: Text at /States/A'"


# ---------------------------------------------------------------------------------- variables


def test_an_inner_scope_may_not_assign_what_is_set_before_it() -> None:
    inner = {"I": {"Type": "Pass", "Assign": {"x": 2}, "End": True}}
    assert diagnose(
        {"A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "P"}, "P": parallel(inner)}
    ) == [
        (
            "DUPLICATE_VARIABLE_NAME",
            "The variable name 'x' was already defined in a parent scope.",
            "/States/P/Branches[0]/States/I/Assign/x",
        )
    ]
    # Two branches have nothing to do with each other, and what comes after is no matter.
    catch = [{"ErrorEquals": ["States.ALL"], "Assign": {"x": 3}, "Next": "B"}]
    after = {"Type": "Pass", "Assign": {"x": 4}, "End": True}
    state = parallel(inner, Catch=catch, Next="B")
    del state["End"]
    state["Branches"].append(state["Branches"][0] | {"States": {"J": inner["I"]}, "StartAt": "J"})
    assert diagnose({"P": state, "B": after}) == []


def test_a_distributed_map_sees_no_variables_of_outside() -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "I",
        "States": {"I": {"Type": "Pass", "Assign": {"x": 2}, "End": True}},
    }
    assign = {"Type": "Pass", "Assign": {"x": 1}, "Next": "M"}
    assert (
        diagnose({"A": assign, "M": {"Type": "Map", "ItemProcessor": processor, "End": True}}) == []
    )


# ------------------------------------------------------------------------------------ extremes


@pytest.mark.parametrize("levels", [99, 101, 200])
def test_states_nested_too_deeply_are_refused_in_time(levels: int) -> None:
    states: dict[str, Any] = {"s0": END}
    for level in range(1, levels):
        states = {f"s{level}": parallel(states)}
    found = diagnose(states)
    assert [one[0] for one in found] == ([] if levels <= 100 else ["TOO_DEEPLY_NESTED"])


@pytest.mark.parametrize(
    ("field", "wrap"),
    [("Parameters", lambda inner: {"a": inner}), ("Result", lambda inner: [inner])],
)
def test_payloads_nested_too_deeply_are_refused(field: str, wrap: Any) -> None:
    value: Any = {"v.$": "$.a"}
    for _ in range(90):
        value = wrap(value)
    assert diagnose({"A": {"Type": "Pass", field: value, "End": True}}) == []
    for _ in range(20):
        value = wrap(value)
    found = diagnose({"A": {"Type": "Pass", field: value, "End": True}})
    assert [one[0] for one in found] == ["TOO_DEEPLY_NESTED"]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "{" * 10, "[]", "1", ""])
def test_texts_that_are_no_definitions_are_refused(text: str) -> None:
    assert [found.severity for found in asl.validate_definition(text)] == ["ERROR"]


def test_ten_thousand_states_compile_in_time() -> None:
    states: dict[str, Any] = {
        f"s{index}": {"Type": "Pass", "Assign": {f"v{index}.$": "$"}, "Next": f"s{index + 1}"}
        for index in range(10_000)
    }
    states["s10000"] = END
    before = time.monotonic()
    asl.compile_machine(json.dumps({"StartAt": "s0", "States": states}))
    assert time.monotonic() - before < 5


def test_a_text_that_ends_too_early_names_the_place_where_it_begins() -> None:
    (found,) = asl.validate_definition('{\n "States": {')
    assert found.code == "INVALID_JSON_DESCRIPTION"
    assert found.message.startswith(
        "Unexpected end-of-input: expected close marker for Object (start marker at [Source: "
    )
    assert found.message.endswith("line: 2, column: 12])")

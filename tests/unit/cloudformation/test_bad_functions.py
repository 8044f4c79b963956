"""Functions, conditions and parameters used wrongly: refused with AWS's words, nothing changed."""

import json

import pytest
from botocore.exceptions import ClientError

GROUP = {"Type": "AWS::Logs::LogGroup"}
JOIN = (
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2)"
    " a list of strings to be joined or a function that returns a list of strings to be joined."
)
SELECT = (
    "Template error: Fn::Select requires a list argument with two elements: an integer index and a"
    " list"
)
SUB = (
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments."
    " Specify a string as first argument, and an optional second argument to specify a mapping of"
    " values to replace in the string"
)

# What stands as a property's value, and what AWS says of it.
VALUES = {
    "Ref of a list": ({"Ref": ["A"]}, "Template error: All Ref functions must refer to a string."),
    "Sub of a list without variables": ({"Fn::Sub": ["a"]}, SUB),
    "Sub of a number": ({"Fn::Sub": 1}, SUB),
    "Join of text": ({"Fn::Join": "a"}, JOIN),
    "Join of no list": ({"Fn::Join": [",", "a"]}, JOIN),
    "Split of one": (
        {"Fn::Split": ["a"]},
        "Template error: every Fn::Split object requires two parameters, (1) a string delimiter",
    ),
    "Select beyond the end": (
        {"Fn::Select": [5, ["a"]]},
        "Template error: Fn::Select cannot select nonexistent value at index 5",
    ),
    "Select without a number": ({"Fn::Select": ["x", ["a"]]}, SELECT),
    "Select by a list of what is known later": ({"Fn::Select": [[{"Ref": "G"}], ["a"]]}, SELECT),
    "Select of no list": ({"Fn::Select": [0, "abc"]}, SELECT),
    "FindInMap of no mapping": (
        {"Fn::FindInMap": ["M", "a", "b"]},
        ("Template error: Mapping named 'M' is not present in the 'Mappings' section of template."),
    ),
    "FindInMap of two": (
        {"Fn::FindInMap": ["M", "a"]},
        (
            "Template error: every Fn::FindInMap object requires three parameters, the map name,"
            " map key and the attribute for return value"
        ),
    ),
    "If of two": (
        {"Fn::If": ["C", "a"]},
        "Template error: Fn::If requires a list argument with three elements",
    ),
    "Base64 of a list": (
        {"Fn::Base64": ["a"]},
        "Template error: every Fn::Base64 object must have a String-typed value.",
    ),
    "ImportValue of a resource": (
        {"Fn::ImportValue": {"Ref": "G"}},
        (
            "Template error: the attribute in Fn::ImportValue must not depend on any resources,"
            " imported values, or Fn::GetAZs"
        ),
    ),
    "ImportValue of a list": (
        {"Fn::ImportValue": [{"Ref": "G"}]},
        "Template error: every Fn::ImportValue object must have a String-typed value.",
    ),
    "GetAZs of a list": (
        {"Fn::GetAZs": [{"Ref": "G"}]},
        "Template error: every Fn::GetAZs object must have a String-typed value.",
    ),
    "a function that there is not": (
        {"Fn::Foo": "a"},
        "Template format error: Encountered unsupported function: Fn::Foo Supported functions are:",
    ),
    "an extension without its transform": (
        {"Fn::ToJsonString": {"a": 1}},
        "Template format error: Encountered unsupported function: Fn::ToJsonString",
    ),
    "itself": ({"Ref": "A"}, "Circular dependency between resources: [A]"),
}

CONDITIONS = {
    "And of one": (
        {"C": {"Fn::And": [{"Fn::Equals": ["a", "b"]}]}},
        (
            "Template error: every Fn::And object requires a list of at least 2 and at most 10"
            " boolean parameters."
        ),
    ),
    "Or of eleven": (
        {"C": {"Fn::Or": [{"Fn::Equals": ["a", "b"]}] * 11}},
        (
            "Template error: every Fn::Or object requires a list of at least 2 and at most 10"
            " boolean parameters."
        ),
    ),
    "Not of text": (
        {"C": {"Fn::Not": "a"}},
        "Template error: every Fn::Not object requires one boolean parameter.",
    ),
    "Equals of one": (
        {"C": {"Fn::Equals": ["a"]}},
        "Template error: every Fn::Equals object requires a list of 2 string parameters.",
    ),
    "text": (
        {"C": "x"},
        "Template format error: Every Conditions member must be a boolean function.",
    ),
    "circle": (
        {"C": {"Fn::Not": [{"Condition": "D"}]}, "D": {"Fn::Not": [{"Condition": "C"}]}},
        "Template format error: Found circular condition dependency between C and D",
    ),
    "a condition that there is not": (
        {"C": {"Fn::Not": [{"Condition": "D"}]}},
        "Template error: unresolved condition dependency D in Condition C",
    ),
}

PARAMETERS = {
    "unknown member": (
        {"P": {"Type": "String", "Max": 1}},
        "Invalid template parameter property 'Max'",
    ),
    "bad name": (
        {"my-p": {"Type": "String"}},
        "Template format error: Parameter name my-p is non alphanumeric.",
    ),
    "default of a list": (
        {"P": {"Type": "String", "Default": ["a"]}},
        "Template format error: Every Default member must be a string.",
    ),
    "no number": ({"P": {"Type": "Number", "Default": "x"}}, "Parameter 'P' must be a number"),
    "too great": (
        {"P": {"Type": "Number", "Default": 5, "MaxValue": 2}},
        "Parameter 'P' must be a number not greater than 2",
    ),
    "too long": (
        {"P": {"Type": "String", "Default": "abc", "MaxLength": 2}},
        "Parameter 'P' must contain at most 2 characters",
    ),
    "too short": (
        {"P": {"Type": "String", "Default": "a", "MinLength": 2}},
        "Parameter 'P' must contain at least 2 characters",
    ),
    "too many": (
        {f"P{number}": {"Type": "String", "Default": ""} for number in range(201)},
        "Template format error: Number of parameters, 201, is greater than maximum allowed, 200",
    ),
}


@pytest.fixture
def refused(stacks):
    """What CreateStack says of a template that it refuses; nothing was made."""

    def refuse(template, **options):
        with pytest.raises(ClientError) as error:
            stacks.client.create_stack(
                StackName="app", TemplateBody=json.dumps(template), **options
            )
        assert error.value.response["Error"]["Code"] == "ValidationError"
        assert stacks.client.describe_stacks()["Stacks"] == []
        assert stacks.runtime.client("logs").describe_log_groups()["logGroups"] == []
        return error.value.response["Error"]["Message"]

    return refuse


@pytest.mark.parametrize("kind", VALUES)
def test_function_used_wrongly_is_refused(refused, kind):
    value, message = VALUES[kind]
    wrong = {**GROUP, "Properties": {"LogGroupName": value}}
    assert message in refused({"Resources": {"G": GROUP, "A": wrong}})


@pytest.mark.parametrize("kind", CONDITIONS)
def test_wrong_condition_is_refused_even_if_nothing_uses_it(refused, kind):
    conditions, message = CONDITIONS[kind]
    assert message in refused({"Resources": {"G": GROUP}, "Conditions": conditions})


@pytest.mark.parametrize("kind", PARAMETERS)
def test_wrong_parameter_is_refused(refused, kind):
    parameters, message = PARAMETERS[kind]
    assert message in refused({"Resources": {"G": GROUP}, "Parameters": parameters})


def test_value_for_no_parameter_is_refused(refused):
    values = [{"ParameterKey": "X", "ParameterValue": "y"}]
    message = refused({"Resources": {"G": GROUP}}, Parameters=values)
    assert message == "Parameters: [X] do not exist in the template"


# A property, and what the validation of its resource says.
PROPERTIES = {
    "unknown": (
        "AWS::Lambda::Function",
        {"Code": {"ZipFile": "x"}, "Role": "r", "Colour": "red"},
        "#: extraneous key [Colour] is not permitted",
    ),
    "unknown within another": (
        "AWS::Lambda::Function",
        {"Code": {"ZipFile": "x"}, "Role": "r", "VpcConfig": {"subnetIds": []}},
        "#/VpcConfig: extraneous key [subnetIds] is not permitted",
    ),
    "missing": ("AWS::StepFunctions::StateMachine", {}, "#: required key [RoleArn] not found"),
    "list for text": (
        "AWS::Lambda::Function",
        {"Code": {"ZipFile": "x"}, "Role": ["r"]},
        "#/Role: expected type: String, found: JSONArray",
    ),
    "object for text in a map": (
        "AWS::Lambda::Function",
        {"Code": {"ZipFile": "x"}, "Role": "r", "Environment": {"Variables": {"A1": {"b": "c"}}}},
        "#/Environment/Variables/A1: expected type: String, found: JSONObject",
    ),
    "text for a number": (
        "AWS::Lambda::Function",
        {"Code": {"ZipFile": "x"}, "Role": "r", "Timeout": "soon"},
        "#/Timeout: expected type: Integer, found: String",
    ),
    "object for a list": (
        "AWS::DynamoDB::Table",
        {"KeySchema": [], "Tags": {"a": "b"}},
        "#/Tags: expected type: JSONArray, found: JSONObject",
    ),
    "text for a truth value": (
        "AWS::DynamoDB::Table",
        {"KeySchema": [], "DeletionProtectionEnabled": "perhaps"},
        "#/DeletionProtectionEnabled: expected type: Boolean, found: String",
    ),
}


@pytest.mark.parametrize("kind", PROPERTIES)
def test_wrong_property_fails_its_resource(stacks, kind):
    resource_type, properties, problem = PROPERTIES[kind]
    template = {"Resources": {"A": {"Type": resource_type, "Properties": properties}}}
    assert stacks.create(template)["StackStatus"] == "ROLLBACK_COMPLETE"
    (reason,) = (text for _, status, text in stacks.events() if status == "CREATE_FAILED")
    assert reason == (f"Properties validation failed for resource A with message:\n[{problem}]")


def test_all_that_is_wrong_with_a_resource_is_told_at_once(stacks):
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"A": 1, "TableName": {"b": 2}}}
    stacks.create({"Resources": {"A": table}})
    (reason,) = (text for _, status, text in stacks.events() if status == "CREATE_FAILED")
    assert reason.splitlines()[1] == (
        "[#: required key [KeySchema] not found, #: extraneous key [A] is not permitted,"
        " #/TableName: expected type: String, found: JSONObject]"
    )

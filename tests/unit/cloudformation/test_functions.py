"""Intrinsic functions, conditions and YAML's short forms: pure, no runtime."""

import pytest

from groundstate.services.cloudformation.template.document import parse_template
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.resolver import Resolver
from groundstate.services.cloudformation.template.source import parse_source
from groundstate.services.cloudformation.template.transforms import LANGUAGE_EXTENSIONS, expand
from groundstate.services.cloudformation.template.values import NO_VALUE, UNKNOWN

PSEUDO = {"AWS::Region": "us-east-1", "AWS::AccountId": "123456789012", "AWS::Partition": "aws"}


class Lookups:
    def import_value(self, name):
        return f"import of {name}"

    def stack_output(self, stack, output, region):
        return f"{stack}/{output}/{region}"

    def zones(self, region):
        return [f"{region or 'us-east-1'}a", f"{region or 'us-east-1'}b"]

    def dynamic_reference(self, service, reference):
        return f"<{service} {reference}>"


class Resources:
    def ref(self, logical_id):
        return UNKNOWN if logical_id == "Later" else f"id-of-{logical_id}"

    def attribute(self, logical_id, name):
        return UNKNOWN if logical_id == "Later" else f"{name}-of-{logical_id}"


def make_resolver(template=None, **parameters):
    body = {
        "Resources": {name: {"Type": "T"} for name in ("Now", "Later")},
        "Mappings": {"Map": {"us-east-1": {"Name": "east", "List": ["1", "2"]}}},
        "Conditions": {
            "Yes": {"Fn::Equals": ["a", "a"]},
            "No": {"Fn::Not": [{"Condition": "Yes"}]},
        },
        **(template or {}),
    }
    template = parse_template(body, (LANGUAGE_EXTENSIONS,))
    return Resolver(template, parameters, PSEUDO, Resources(), Lookups())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Now"}, "id-of-Now"),
        ({"Ref": "P"}, "parameter"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Fn::GetAtt": ["Now", "Arn"]}, "Arn-of-Now"),
        ({"Fn::GetAtt": "Now.Nested.Name"}, "Nested.Name-of-Now"),
        ({"Fn::GetAtt": ["Now", {"Ref": "P"}]}, "parameter-of-Now"),
        ({"Fn::Join": ["-", ["a", 1, True, {"Ref": "P"}]]}, "a-1-true-parameter"),
        ({"Fn::Join": [",", {"Ref": "L"}]}, "x,y"),
        ({"Fn::Split": [".", "a.b.c"]}, ["a", "b", "c"]),
        ({"Fn::Select": ["1", {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::Select": [0, {"Ref": "L"}]}, "x"),
        ({"Fn::Sub": "${AWS::Region}/${Now}/${Now.Arn}/${!Literal}"},
         "us-east-1/id-of-Now/Arn-of-Now/${Literal}"),
        ({"Fn::Sub": ["${A}-${P}", {"A": {"Ref": "Now"}}]}, "id-of-Now-parameter"),
        ({"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "Name"]}, "east"),
        ({"Fn::FindInMap": ["Map", "us-east-1", "List"]}, ["1", "2"]),
        ({"Fn::FindInMap": ["Map", "x", "Name", {"DefaultValue": "none"}]}, "none"),
        ({"Fn::Base64": "text"}, "dGV4dA=="),
        ({"Fn::GetAZs": ""}, ["us-east-1a", "us-east-1b"]),
        ({"Fn::Cidr": ["10.0.0.0/24", 2, 5]}, ["10.0.0.0/27", "10.0.0.32/27"]),
        ({"Fn::ImportValue": {"Fn::Sub": "${P}-x"}}, "import of parameter-x"),
        ({"Fn::GetStackOutput": {"StackName": "s", "OutputName": "o"}}, "s/o/"),
        ({"Fn::If": ["Yes", "then", "else"]}, "then"),
        ({"Fn::If": ["No", "then", "else"]}, "else"),
        ({"Fn::Length": [1, 2, 3]}, 3),
        ({"Fn::ToJsonString": {"a": [1, {"Ref": "P"}]}}, '{"a":[1,"parameter"]}'),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
        ({"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, NO_VALUE),
    ],
)  # fmt: skip
def test_function_gives_its_value(value, expected):
    assert make_resolver(P="parameter", L=["x", "y"]).resolve(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Later"},
        {"Fn::GetAtt": ["Later", "Arn"]},
        {"Fn::Join": ["-", ["a", {"Ref": "Later"}]]},
        {"Fn::Sub": "x${Later.Arn}"},
        {"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "Later"}]}]},
        {"Fn::Base64": {"Ref": "Later"}},
        {"Fn::ToJsonString": {"a": {"Ref": "Later"}}},
    ],
)
def test_what_uses_a_resource_to_come_is_unknown(value):
    assert make_resolver().resolve(value) is UNKNOWN


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"Fn::Join": ["-"]},
            (
                "Template error: every Fn::Join object requires two parameters, (1) a string"
                " delimiter"
                " and (2) a list of strings to be joined or a function that returns a list of"
                " strings"
                " to be joined."
            ),
        ),
        (
            {"Fn::FindInMap": ["Map", "us-east-1", "S"]},
            "Template error: Unable to get mapping for Map::us-east-1::S",
        ),
        (
            {"Fn::If": ["Other", 1, 2]},
            "Template error: unresolved condition dependency Other in Fn::If",
        ),
        (
            {"Fn::Select": [3, ["a"]]},
            "Template error: Fn::Select cannot select nonexistent value at index 3",
        ),
        ({"Fn::Sub": ["a"]}, "One or more Fn::Sub intrinsic functions don't specify expected"),
        ({"Fn::Frob": 1}, "Encountered unsupported function: Fn::Frob"),
    ],
)
def test_wrong_use_is_refused_in_aws_words(value, message):
    with pytest.raises(TemplateError) as refused:
        make_resolver().resolve(value)
    assert message in refused.value.message


def test_conditions_combine():
    resolver = make_resolver(
        {
            "Conditions": {
                "A": {"Fn::Equals": [{"Ref": "P"}, "x"]},
                "B": {"Fn::Or": [{"Condition": "A"}, {"Fn::Equals": ["1", "2"]}]},
                "C": {"Fn::And": [{"Condition": "B"}, {"Fn::Not": [{"Condition": "A"}]}]},
            }
        },
        P="x",
    )
    assert [resolver.is_true(name) for name in "ABC"] == [True, True, False]


def test_dynamic_references_are_looked_up_in_properties_alone():
    resolver = make_resolver()
    text = "a {{resolve:ssm:/name:3}} b"
    assert resolver.resolve(text) == text
    assert resolver.resolve_properties({"x": [text]}) == {"x": ["a <ssm /name:3> b"]}


def test_yaml_short_forms_are_the_long_ones():
    parsed = parse_source(
        """
Resources:
  A:
    Type: AWS::X::Y
    Properties:
      Version: 2012-10-17
      Name: !Sub "${AWS::StackName}-x"
      Arn: !GetAtt B.Arn
      Nested: !Join ["-", [!Ref P, !Select [0, !GetAZs ""]]]
      On: !If [C, 1, !Ref AWS::NoValue]
      123: !Equals [a, b]
"""
    )
    properties = parsed["Resources"]["A"]["Properties"]
    assert properties == {
        "Version": "2012-10-17",
        "Name": {"Fn::Sub": "${AWS::StackName}-x"},
        "Arn": {"Fn::GetAtt": ["B", "Arn"]},
        "Nested": {"Fn::Join": ["-", [{"Ref": "P"}, {"Fn::Select": [0, {"Fn::GetAZs": ""}]}]]},
        "On": {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]},
        "123": {"Fn::Equals": ["a", "b"]},
    }


def test_for_each_makes_one_member_for_each_value():
    body = expand(
        {
            "Transform": "AWS::LanguageExtensions",
            "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": "A,B"}},
            "Resources": {
                "Fn::ForEach::Tables": [
                    "Name",
                    {"Ref": "Names"},
                    {"Table${Name}": {"Type": "T", "Properties": {"N": {"Fn::Sub": "x-${Name}"}}}},
                ]
            },
            "Outputs": {
                "Fn::ForEach::Outs": ["N", ["A"], {"Out${N}": {"Value": {"Ref": "Table${N}"}}}]
            },
        },
        {"Names": ["A", "B"]},
    )
    assert body["Resources"] == {
        "TableA": {"Type": "T", "Properties": {"N": {"Fn::Sub": "x-A"}}},
        "TableB": {"Type": "T", "Properties": {"N": {"Fn::Sub": "x-B"}}},
    }
    assert body["Outputs"] == {"OutA": {"Value": {"Ref": "TableA"}}}


def test_a_loops_variable_stands_for_its_value_in_functions_and_names_alone():
    made = {
        "Type": "T",
        "Condition": "Is${X}",
        "DependsOn": ["Other&{X}"],
        "Properties": {
            "Plain": "${X} &{X}",
            "${X}": {"Ref": "X"},
            "Sub": {"Fn::Sub": "${X} &{X}"},
            "Hidden": {"Fn::Sub": ["${X} ${Y}", {"X": "own", "Y": {"Ref": "X"}}]},
            "Join": {"Fn::Join": ["${X}", [{"Ref": "X"}, "${X}"]]},
            "If": {"Fn::If": ["Is${X}", "${X}", {"Ref": "X"}]},
            "Find": {"Fn::FindInMap": ["Map", {"Ref": "X"}, "${X}"]},
            "Att": {"Fn::GetAtt": "Other&{X}.Arn"},
        },
    }
    body = expand(
        {
            "Transform": "AWS::LanguageExtensions",
            "Resources": {"Fn::ForEach::Loop": ["X", ["a-1"], {"Table&{X}": made}]},
        },
        {},
    )
    assert body["Resources"] == {
        "Tablea1": {
            "Type": "T",
            "Condition": "Isa-1",
            "DependsOn": ["Othera1"],
            "Properties": {
                "Plain": "${X} &{X}",
                "${X}": "a-1",
                "Sub": {"Fn::Sub": "a-1 &{X}"},
                "Hidden": {"Fn::Sub": ["${X} ${Y}", {"X": "own", "Y": "a-1"}]},
                "Join": {"Fn::Join": ["${X}", ["a-1", "${X}"]]},
                "If": {"Fn::If": ["Isa-1", "${X}", "a-1"]},
                "Find": {"Fn::FindInMap": ["Map", "a-1", "a-1"]},
                "Att": {"Fn::GetAtt": "Othera1.Arn"},
            },
        }
    }


def test_a_loop_in_properties_writes_their_keys():
    loop = ["N", ["a", "b"], {"VAR_${N}": {"Fn::Sub": "value of ${N}"}}]
    body = expand(
        {
            "Transform": "AWS::LanguageExtensions",
            "Resources": {"Table": {"Type": "T", "Properties": {"Fn::ForEach::Loop": loop}}},
        },
        {},
    )
    assert body["Resources"]["Table"]["Properties"] == {
        "VAR_a": {"Fn::Sub": "value of a"},
        "VAR_b": {"Fn::Sub": "value of b"},
    }


@pytest.mark.parametrize(
    ("collection", "made"),
    [
        ({"Fn::Split": [",", {"Ref": "Text"}]}, ["A", "B"]),
        ([{"Ref": "One"}, {"Fn::Sub": "B"}], ["A", "B"]),
        ({"Fn::FindInMap": ["Sets", {"Ref": "One"}, "Names"]}, ["C", "D"]),
    ],
)
def test_a_loops_collection_may_come_from_functions(collection, made):
    body = expand(
        {
            "Transform": "AWS::LanguageExtensions",
            "Parameters": {"Text": {"Type": "String"}, "One": {"Type": "String"}},
            "Mappings": {"Sets": {"A": {"Names": ["C", "D"]}}},
            "Resources": {"Fn::ForEach::Loop": ["X", collection, {"Table${X}": {"Type": "T"}}]},
        },
        {"Text": "A,B", "One": "A"},
    )
    assert list(body["Resources"]) == [f"Table{name}" for name in made]


def test_a_loop_writes_the_names_that_get_att_asks_for():
    asked = {"Fn::GetAtt": [{"Fn::Sub": "Table${Name}"}, {"Ref": "Attribute"}]}
    body = expand(
        {
            "Transform": "AWS::LanguageExtensions",
            "Parameters": {"Attribute": {"Type": "String", "Default": "Arn"}},
            "Resources": {"TableA": {"Type": "T"}},
            "Outputs": {"Fn::ForEach::Outs": ["Name", ["A"], {"Out${Name}": {"Value": asked}}]},
        },
        {"Attribute": "Arn"},
    )
    assert body["Outputs"] == {"OutA": {"Value": {"Fn::GetAtt": ["TableA", "Arn"]}}}

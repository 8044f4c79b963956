"""Templates that AWS refuses: the same words, and nothing is changed."""

import json

import pytest
from botocore.exceptions import ClientError

GROUP = {"Type": "AWS::Logs::LogGroup"}


def group(**properties):
    return {"Type": "AWS::Logs::LogGroup", "Properties": properties}


def resources(**others):
    return {"Resources": {"G": GROUP, **others}}


BAD = {
    "no resources": (
        {"Resources": {}},
        "Template format error: At least one Resources member must be defined.",
    ),
    "no resources section": (
        {"Description": "x"},
        "Template format error: At least one Resources member must be defined.",
    ),
    "not json": ('{"Resources": {,}', "Template format error: JSON not well-formed."),
    "not yaml": ("Resources: [}", "Template format error: YAML not well-formed."),
    "a list": ("[1, 2]", "Template format error: unsupported structure."),
    "no type": (
        {"Resources": {"A": {"Properties": {}}}},
        "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
    ),
    "unknown section": (
        {**resources(), "Resource": {}},
        "Invalid template property or properties [Resource]",
    ),
    "unknown resource member": (
        {"Resources": {"A": {**GROUP, "Property": {}}}},
        "Invalid template resource property 'Property'",
    ),
    "bad logical id": (
        {"Resources": {"my-group": GROUP}},
        "Template format error: Resource name my-group is non alphanumeric.",
    ),
    "bad version": (
        {**resources(), "AWSTemplateFormatVersion": "2011-01-01"},
        "Template format error: Unsupported template format version: 2011-01-01",
    ),
    "null": (
        {"Resources": {"A": group(LogGroupName=None)}},
        (
            "Template format error: [/Resources/A/Properties/LogGroupName] 'null' values are not"
            " allowed in templates"
        ),
    ),
    "unknown types": (
        resources(A={"Type": "AWS::SQS::Queue"}, B={"Type": "AWS::EC2::VPC"}),
        "Template format error: Unrecognized resource types: [AWS::EC2::VPC, AWS::SQS::Queue]",
    ),
    "missing reference": (
        resources(A=group(LogGroupName={"Ref": "X"})),
        (
            "Template format error: Unresolved resource dependencies [X] in the Resources"
            " block of the"
            " template"
        ),
    ),
    "missing reference in Sub": (
        resources(A=group(LogGroupName={"Fn::Sub": "a-${X}"})),
        (
            "Template format error: Unresolved resource dependencies [X] in the Resources"
            " block of the"
            " template"
        ),
    ),
    "a name in Sub that is none": (
        resources(A=group(LogGroupName={"Fn::Sub": "a-${not a name}"})),
        (
            "Template error: variable names in Fn::Sub syntax must contain only alphanumeric"
            " characters, underscores, periods, and colons"
        ),
    ),
    "a loop without its transform": (
        resources(**{"Fn::ForEach::X": ["N", ["A"], {"R${N}": GROUP}]}),
        "Template format error: [/Resources/Fn::ForEach::X] resource definition is malformed",
    ),
    "a loop without a fragment": (
        {
            "Transform": "AWS::LanguageExtensions",
            "Resources": {"Fn::ForEach::X": ["N", ["A"]]},
        },
        "Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect",
    ),
    "missing DependsOn": (
        resources(A={**GROUP, "DependsOn": "X"}),
        (
            "Template format error: Unresolved resource dependencies [X] in the Resources"
            " block of the"
            " template"
        ),
    ),
    "missing reference in Outputs": (
        {**resources(), "Outputs": {"O": {"Value": {"Ref": "X"}}}},
        "Unresolved resource dependencies [X] in the Outputs block of the template",
    ),
    "reference to what a condition leaves out": (
        {
            "Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
            **resources(
                A=group(LogGroupName={"Fn::Sub": "a-${B}"}),
                B={**GROUP, "Condition": "No"},
                C=group(LogGroupName={"Fn::If": ["No", {"Ref": "B"}, "c"]}),
            ),
        },
        (
            "Template format error: Unresolved resource dependencies [B] in the Resources"
            " block of the"
            " template"
        ),
    ),
    "output of what a condition leaves out": (
        {
            "Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
            **resources(A=GROUP, B={**GROUP, "Condition": "No"}),
            "Outputs": {
                "Given": {"Value": {"Ref": "A"}},
                "Hidden": {"Condition": "No", "Value": {"Ref": "B"}},
                "Wrong": {"Value": {"Fn::GetAtt": ["B", "Arn"]}},
            },
        },
        "Unresolved resource dependencies [B] in the Outputs block of the template",
    ),
    "missing GetAtt": (
        resources(A=group(LogGroupName={"Fn::GetAtt": ["X", "Arn"]})),
        "Template error: instance of Fn::GetAtt references undefined resource X",
    ),
    "GetAtt of one part": (
        resources(A=group(LogGroupName={"Fn::GetAtt": ["G"]})),
        (
            "Template error: Fn::GetAtt object requires two non-empty parameters, the"
            " resource name and"
            " the resource attribute"
        ),
    ),
    "circle": (
        {
            "Resources": {
                "A": group(LogGroupName={"Ref": "B"}),
                "B": group(LogGroupName={"Ref": "A"}),
                "C": group(LogGroupName={"Ref": "A"}),
            }
        },
        "Circular dependency between resources: [A, B]",
    ),
    "output without value": (
        {**resources(), "Outputs": {"O": {"Description": "x"}}},
        "Every Outputs member must contain a Value object",
    ),
    "parameter without type": (
        {**resources(), "Parameters": {"P": {}}},
        (
            "Template format error: [/Parameters/P] Every Parameters object must contain a"
            " Type member."
        ),
    ),
    "parameter of no type": (
        {**resources(), "Parameters": {"P": {"Type": "Text"}}},
        "Template format error: Unrecognized parameter type: Text",
    ),
    "parameter without value": (
        {**resources(), "Parameters": {"P": {"Type": "String"}}},
        "Parameters: [P] must have values",
    ),
    "parameter not allowed": (
        {
            **resources(),
            "Parameters": {"P": {"Type": "String", "Default": "c", "AllowedValues": ["a", "b"]}},
        },
        "Parameter 'P' must be one of AllowedValues",
    ),
    "parameter against its pattern": (
        {
            **resources(),
            "Parameters": {"P": {"Type": "String", "Default": "c", "AllowedPattern": "[0-9]+"}},
        },
        "Parameter 'P' must match pattern [0-9]+",
    ),
    "parameter too small": (
        {**resources(), "Parameters": {"P": {"Type": "Number", "Default": 1, "MinValue": 2}}},
        "Parameter 'P' must be a number not less than 2",
    ),
    "parameter with its own words": (
        {
            **resources(),
            "Parameters": {
                "P": {
                    "Type": "String",
                    "Default": "",
                    "MinLength": 1,
                    "ConstraintDescription": "say something",
                }
            },
        },
        "Parameter 'P' failed to satisfy constraint: say something",
    ),
    "missing condition of a resource": (
        resources(A={**GROUP, "Condition": "C"}),
        "Template format error: Condition C is not defined.",
    ),
    "condition on a resource": (
        {**resources(), "Conditions": {"C": {"Fn::Equals": [{"Ref": "G"}, "x"]}}},
        (
            "Template format error: Unresolved dependencies [G]. Cannot reference resources in the"
            " Conditions block of the template"
        ),
    ),
    "missing condition in If": (
        resources(A=group(LogGroupName={"Fn::If": ["C", "a", "b"]})),
        "Template error: unresolved condition dependency C in Fn::If",
    ),
    "missing mapping": (
        {
            **resources(A=group(LogGroupName={"Fn::FindInMap": ["M", "K", "S"]})),
            "Mappings": {"M": {"K": {"T": "x"}}},
        },
        "Template error: Unable to get mapping for M::K::S",
    ),
    "a condition that chooses by itself": (
        {**resources(), "Conditions": {"C": {"Fn::If": ["C", "true", "false"]}}},
        "Template format error: Found circular condition dependency between C",
    ),
    "an attribute that is no text": (
        resources(A=group(LogGroupName={"Fn::GetAtt": ["G", {"Fn::Split": [",", "a,b"]}]})),
        (
            "Template error: Fn::GetAtt object requires two non-empty parameters, the resource name"
            " and the resource attribute"
        ),
    ),
    "bad deletion policy": (
        resources(A={**GROUP, "DeletionPolicy": "Keep"}),
        "Template format error: Unrecognized DeletionPolicy Keep for resource A",
    ),
    "a function for a deletion policy": (
        resources(A={**GROUP, "DeletionPolicy": {"Ref": "AWS::Region"}}),
        (
            "Template format error: [/Resources/A/DeletionPolicy] Every DeletionPolicy member must"
            " be a string."
        ),
    ),
    "a function that gives no deletion policy": (
        {
            **resources(A={**GROUP, "UpdateReplacePolicy": {"Ref": "AWS::Region"}}),
            "Transform": "AWS::LanguageExtensions",
        },
        "Template format error: Unrecognized UpdateReplacePolicy us-east-1 for resource A",
    ),
    "a function that gives no properties": (
        resources(A={**GROUP, "Properties": {"Ref": "G"}}),
        "Template format error: [/Resources/A/Properties] must be an object",
    ),
    "failed rule": (
        {
            **resources(),
            "Rules": {
                "R": {
                    "Assertions": [
                        {"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "never"}
                    ]
                }
            },
        },
        "never",
    ),
    "missing export": (
        resources(A=group(LogGroupName={"Fn::ImportValue": "nothing"})),
        "No export named nothing found.",
    ),
    "too many resources": (
        {"Resources": {f"G{number}": GROUP for number in range(501)}},
        "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
    ),
    "bad output name": (
        {**resources(), "Outputs": {"my-o": {"Value": "x"}}},
        "Template format error: Output name my-o is non alphanumeric.",
    ),
    "too many outputs": (
        {**resources(), "Outputs": {f"O{number}": {"Value": "x"} for number in range(201)}},
        "Template format error: Number of outputs, 201, is greater than maximum allowed, 200",
    ),
    "mapping of text": (
        {**resources(), "Mappings": {"M": {"K": "x"}}},
        "Template format error: Every Mappings attribute must be a String or a List.",
    ),
    "bad mapping name": (
        {**resources(), "Mappings": {"my-m": {"K": {"S": "x"}}}},
        "Template format error: Mappings name my-m is non alphanumeric.",
    ),
    "resource of text": (
        {"Resources": {"A": "x"}},
        "Template format error: [/Resources/A] Every Resources object must be an object.",
    ),
    "aliases of yaml": (
        "Resources: {A: &group {Type: 'AWS::Logs::LogGroup'}, B: *group}",
        "Template error: YAML aliases are not allowed in CloudFormation templates",
    ),
    "tabs in yaml": (
        "Resources:\n\tA: x\n",
        "Template format error: YAML not well-formed. (line 2, column 1)",
    ),
    "stored parameter not there": (
        {
            **resources(),
            "Parameters": {
                "P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/not/there"}
            },
        },
        "Unable to fetch parameters [/not/there] from parameter store for this account.",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_template_is_refused_and_nothing_is_changed(stacks, kind):
    template, message = BAD[kind]
    body = template if isinstance(template, str) else json.dumps(template)
    with pytest.raises(ClientError) as refused:
        stacks.client.create_stack(StackName="app", TemplateBody=body)
    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert message in error["Message"]
    assert stacks.client.describe_stacks()["Stacks"] == []
    assert stacks.runtime.client("logs").describe_log_groups()["logGroups"] == []


def test_stack_name_over_its_length_is_refused(stacks):
    with pytest.raises(ClientError, match="less than or equal to 128"):
        stacks.client.create_stack(StackName="a" * 129, TemplateBody=json.dumps(resources()))


def test_template_in_two_places_or_none_is_refused(stacks):
    body = json.dumps(resources())
    url = "https://bucket.s3.amazonaws.com/key"
    with pytest.raises(ClientError, match="cannot be given together"):
        stacks.client.create_stack(StackName="app", TemplateBody=body, TemplateURL=url)
    with pytest.raises(ClientError, match="Either Template URL or Template Body must be"):
        stacks.client.create_stack(StackName="app")


def test_template_over_its_size_is_refused(stacks):
    with pytest.raises(ClientError, match="less than or equal to 51200"):
        stacks.client.create_stack(StackName="app", TemplateBody="x" * 51_201)


@pytest.mark.parametrize("name", ["1app", "my_app", "app!"])
def test_bad_stack_name_is_refused(stacks, name):
    with pytest.raises(ClientError, match=r"\[a-zA-Z\]\[-a-zA-Z0-9\]\*"):
        stacks.client.create_stack(StackName=name, TemplateBody=json.dumps(resources()))


def test_iam_needs_a_capability(stacks):
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
    with pytest.raises(ClientError) as refused:
        stacks.client.create_stack(StackName="app", TemplateBody=json.dumps(resources(R=role)))
    assert refused.value.response["Error"]["Code"] == "InsufficientCapabilitiesException"
    assert refused.value.response["Error"]["Message"] == "Requires capabilities : [CAPABILITY_IAM]"
    role["Properties"]["RoleName"] = "named"
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_NAMED_IAM\]"):
        stacks.client.create_stack(
            StackName="app",
            TemplateBody=json.dumps(resources(R=role)),
            Capabilities=["CAPABILITY_IAM"],
        )

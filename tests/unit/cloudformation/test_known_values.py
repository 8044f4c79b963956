"""SAM sees values in the place of functions when AWS::LanguageExtensions comes before it."""

import io
import zipfile

import pytest

from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.transforms import expand

EXTENSIONS = "AWS::LanguageExtensions"
SAM = "AWS::Serverless-2016-10-31"


def expanded(properties, transforms=(EXTENSIONS, SAM), **sections):
    """What becomes of a function `F` with the properties."""
    source = {
        "Transform": list(transforms),
        "Parameters": {"Stage": {"Type": "String"}, "Key": {"Type": "String", "NoEcho": True}},
        "Mappings": {"Sizes": {"test": {"Memory": 512}}},
        "Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": properties}},
        **sections,
    }
    values = {"Stage": "test", "Key": "secret", "AWS::Region": "us-east-1"}
    return expand(source, values)["Resources"]["F"]["Properties"]


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ({"Fn::Sub": "${Stage}-${AWS::Region}"}, "test-us-east-1"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-test"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", {"Fn::Sub": "x-${Stage}"}]}]}, "test"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}, 512),
        # What is known only when something was made, or is not to be shown, stays.
        ({"Fn::Sub": "${F.Arn}-${Stage}"}, {"Fn::Sub": "${F.Arn}-${Stage}"}),
        ({"Ref": "Other"}, {"Ref": "Other"}),
        ({"Ref": "Key"}, {"Ref": "Key"}),
        ({"Fn::Sub": "${Key}"}, {"Fn::Sub": "${Key}"}),
        ({"Ref": "AWS::NoValue"}, {"Ref": "AWS::NoValue"}),
        (
            {"Fn::If": ["C", {"Fn::Sub": "${Stage}"}, {"Ref": "Other"}]},
            {"Fn::If": ["C", "test", {"Ref": "Other"}]},
        ),
        # Used wrongly: it is said when it is resolved for good.
        ({"Fn::FindInMap": ["Sizes", "none", "Memory"]},) * 2,
        ({"Fn::Join": ["-"]},) * 2,
    ],
)
def test_what_is_known_is_a_value(function, value):
    properties = {
        "Handler": "a.b",
        "Runtime": "python3.13",
        "InlineCode": "",
        "Environment": {"Variables": {"IT": function}},
    }
    assert expanded(properties)["Environment"]["Variables"]["IT"] == value


def test_globals_are_resolved_too():
    properties = {"Handler": "a.b", "InlineCode": ""}
    shared = {"Function": {"Runtime": {"Fn::Sub": "python${Stage}"}}}
    assert expanded(properties, Globals=shared)["Runtime"] == "pythontest"


def test_places_that_take_no_function_take_one_then():
    code = {"Fn::Sub": "s3://code-${Stage}/app.zip"}
    properties = {"Handler": "a.b", "Runtime": "python3.13", "CodeUri": code}
    assert expanded(properties)["Code"] == {"S3Bucket": "code-test", "S3Key": "app.zip"}
    for transforms in ((SAM,), (SAM, EXTENSIONS)):
        with pytest.raises(TemplateError, match="'CodeUri' is not a valid S3 Uri"):
            expanded(properties, transforms)


def test_pseudo_parameters_are_known_to_a_stack(stacks):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("app.py", "def handler(event, context): return 1")
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="code-000000000000")
    s3.put_object(Bucket="code-000000000000", Key="us-east-1/app.zip", Body=archive.getvalue())
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Handler": "app.handler",
            "Runtime": "python3.13",
            "CodeUri": {"Fn::Sub": "s3://code-${AWS::AccountId}/${AWS::Region}/app.zip"},
            "Description": {"Fn::Sub": "of ${AWS::StackName}"},
        },
    }
    template = {"Transform": [EXTENSIONS, SAM], "Resources": {"F": function}}
    stack = stacks.create(template)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.events()
    processed = stacks.client.get_template(StackName=stack["StackName"], TemplateStage="Processed")[
        "TemplateBody"
    ]
    properties = processed["Resources"]["F"]["Properties"]
    assert properties["Code"] == {"S3Bucket": "code-000000000000", "S3Key": "us-east-1/app.zip"}
    assert properties["Description"] == f"of {stack['StackName']}"
    function["Properties"]["Timeout"] = 9
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE", stacks.events()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"Ref": {"Fn::Sub": "${Stage}Table"}}, {"Ref": "testTable"}),
        ({"Ref": {"Fn::Join": ["", [{"Ref": "Stage"}, "Table"]]}}, {"Ref": "testTable"}),
        ({"Ref": {"Fn::FindInMap": ["Tables", {"Ref": "Stage"}, "Name"]}}, {"Ref": "testTable"}),
        (
            {"Fn::GetAtt": [{"Fn::Sub": "${Stage}Table"}, {"Ref": "Attribute"}]},
            {"Fn::GetAtt": ["testTable", "Arn"]},
        ),
        ({"Fn::GetAtt": "testTable.Arn"}, {"Fn::GetAtt": "testTable.Arn"}),
    ],
)
def test_names_of_resources_may_be_made_by_functions(written, read):
    source = {
        "Transform": EXTENSIONS,
        "Parameters": {"Stage": {"Type": "String"}, "Attribute": {"Type": "String"}},
        "Mappings": {"Tables": {"test": {"Name": "testTable"}}},
        "Resources": {"testTable": {"Type": "T"}, "P": {"Type": "T", "Properties": {"V": written}}},
        "Outputs": {"O": {"Value": written}},
    }
    made = expand(source, {"Stage": "test", "Attribute": "Arn"})
    assert made["Resources"]["P"]["Properties"]["V"] == read
    assert made["Outputs"]["O"]["Value"] == read


def test_a_stack_refers_to_what_its_parameter_names(stacks):
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }
    template = {
        "Transform": EXTENSIONS,
        "Parameters": {"Kind": {"Type": "String", "Default": "First"}},
        "Resources": {"FirstTable": table, "SecondTable": table},
        "Outputs": {"O": {"Value": {"Ref": {"Fn::Sub": "${Kind}Table"}}}},
    }
    for kind in ("First", "Second"):
        template["Parameters"]["Kind"]["Default"] = kind
        stack = stacks.create(template, f"of-{kind}")
        ids = stacks.physical_ids(f"of-{kind}")
        assert stack["Outputs"][0]["OutputValue"] == ids[f"{kind}Table"]

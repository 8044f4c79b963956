"""SAM resources that are not right: refused, in SAM's words."""

import pytest

from groundstate.services.cloudformation.template.errors import TemplateError
from tests.unit.cloudformation.serverless import DEFINITION, expand, function, machine

NOT_VALID = {
    "unknown property": (
        {"F": function(Foo=1)},
        (
            "Resource with id [F] is invalid. property Foo not defined for resource of type"
            " AWS::Serverless::Function"
        ),
    ),
    "no code": (
        {"F": {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a"}}},
        "Resource with id [F] is invalid. Only one of 'InlineCode' or 'CodeUri' can be set.",
    ),
    "code of this machine": (
        {"F": function(CodeUri="src/")},
        (
            "Resource with id [F] is invalid. 'CodeUri' is not a valid S3 Uri of the form"
            " 's3://bucket/key' with optional versionId query parameter."
        ),
    ),
    "unknown policy template": (
        {"F": function(Policies=[{"FooPolicy": {}}])},
        (
            "Resource with id [F] is invalid. Policy at index 0 in the 'Policies' property is not"
            " valid"
        ),
    ),
    "policy template without its parameter": (
        {"F": function(Policies=[{"DynamoDBCrudPolicy": {"Table": "t"}}])},
        (
            "Resource with id [F] is invalid. Following required parameters of template"
            " 'DynamoDBCrudPolicy' don't have values: ['TableName']"
        ),
    ),
    "unknown event": (
        {"F": function(Events={"E": {"Type": "Foo"}})},
        (
            "Resource with id [F] is invalid. Event with id [E] is invalid. Resource dict has"
            " missing or invalid value for key Type. Event Type is: Foo."
        ),
    ),
    "event without its stream": (
        {"F": function(Events={"E": {"Type": "DynamoDB"}})},
        "Resource with id [FE] is invalid. Missing required property 'Stream'.",
    ),
    "bucket of elsewhere": (
        {"F": function(Events={"E": {"Type": "S3", "Properties": {"Bucket": "b", "Events": "e"}}})},
        (
            "Resource with id [F] is invalid. Event with id [E] is invalid. S3 events must"
            " reference an S3 bucket in the same template."
        ),
    ),
    "alias that is not known": (
        {"F": function(AutoPublishAlias={"Fn::Sub": "${X}"})},
        (
            "Resource with id [F] is invalid. 'AutoPublishAlias' must be a string or a Ref to a"
            " template parameter"
        ),
    ),
    "provisioned concurrency without an alias": (
        {
            "F": function(
                InlineCode="x",
                ProvisionedConcurrencyConfig={"ProvisionedConcurrentExecutions": 1},
            )
        },
        "Resource with id [F] is invalid. To set ProvisionedConcurrencyConfig AutoPublishALias",
    ),
    "properties that are a list": (
        {"F": {"Type": "AWS::Serverless::Function", "Properties": []}},
        "Resource with id [F] is invalid. Type of property 'Properties' is invalid.",
    ),
    "events that are a list": (
        {"F": function(Events=[])},
        "Resource with id [F] is invalid. Type of property 'Events' is invalid.",
    ),
    "state machine without a definition": (
        {"M": machine()},
        (
            "Resource with id [M] is invalid. Either 'Definition' or 'DefinitionUri' property"
            " must be specified."
        ),
    ),
    "state machine with role and policies": (
        {"M": machine(Definition=DEFINITION, Role="r", Policies=[])},
        (
            "Resource with id [M] is invalid. Specify either 'Role' or 'Policies' (but not both"
            " at the same time) or neither of them"
        ),
    ),
    "connector to read a queue that may not delete": (
        {
            "Q": {"Type": "AWS::SQS::Queue"},
            "F": function(),
            "C": {
                "Type": "AWS::Serverless::Connector",
                "Properties": {
                    "Source": {"Id": "Q"},
                    "Destination": {"Id": "F"},
                    "Permissions": ["Read"],
                },
            },
        },
        (
            "Resource with id [C] is invalid. Unsupported 'Permissions' provided for connector"
            " from AWS::SQS::Queue to AWS::Lambda::Function; valid combinations are:"
            " Read + Write."
        ),
    ),
    "connector that there is not": (
        {
            "T": {"Type": "AWS::Serverless::SimpleTable"},
            "B": {"Type": "AWS::S3::Bucket"},
            "C": {
                "Type": "AWS::Serverless::Connector",
                "Properties": {
                    "Source": {"Id": "T"},
                    "Destination": {"Id": "B"},
                    "Permissions": ["Read"],
                },
            },
        },
        (
            "Resource with id [C] is invalid. Unable to create connector from"
            " AWS::DynamoDB::Table to AWS::S3::Bucket; it's not supported or the template is"
            " invalid."
        ),
    ),
}


@pytest.mark.parametrize("kind", NOT_VALID)
def test_wrong_resource_is_refused_in_sams_words(kind):
    resources, message = NOT_VALID[kind]
    with pytest.raises(TemplateError) as refused:
        expand(resources)
    begin = (
        "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application"
        " Specification document. Number of errors found: 1. "
    )
    assert refused.value.message.startswith(begin)
    assert message in refused.value.message


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(TemplateError, match=r"errors found: 2\. .*\[F\].*\[M\]"):
        expand({"F": function(Foo=1), "M": machine()})


def test_unknown_global_is_refused():
    with pytest.raises(TemplateError, match="'Foo' is not a supported property of 'Function'"):
        expand({"F": function()}, Globals={"Function": {"Foo": 1}})

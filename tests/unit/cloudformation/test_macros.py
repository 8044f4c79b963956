"""Macros of one's own: functions that change templates before they are deployed."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.unit.cloudformation.conftest import CAPABILITIES, ROLE, group_names

# Answers with what its name says: upper case for a text, one group more for a template.
SOURCE = """
import json
def handler(event, context):
    print(json.dumps(event))
    answer = {"requestId": event["requestId"], "status": "success"}
    params, fragment = event["params"], event["fragment"]
    if params.get("fails"):
        return {**answer, "status": "failure", **params["fails"]}
    if params.get("raises"):
        raise ValueError("out of order")
    if params.get("forgets"):
        return {"status": "success"}
    if "text" in params:
        return {**answer, "fragment": params["text"].lower()}
    if "Resources" in fragment:
        name = event["templateParameterValues"].get("Name", "added")
        properties = {"LogGroupName": f"{name}-{len(fragment['Resources'])}"}
        added = {"Type": "AWS::Logs::LogGroup", "Properties": properties}
        fragment["Resources"]["Added%d" % len(fragment["Resources"])] = added
    else:
        fragment["RetentionInDays"] = 7
    return {**answer, "fragment": fragment}
"""


def macro(name="Adds"):
    return {"Type": "AWS::CloudFormation::Macro", "Properties": {
        "Name": name, "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]}
    }}  # fmt: skip


DEFINITION = {
    "Resources": {
        "Role": ROLE,
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": SOURCE},
            },
        },
        "Macro": macro(),
    }
}
pytestmark = pytest.mark.slow
GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "own"}}
INNER = {"Fn::Transform": {"Name": "Adds", "Parameters": {"text": "OWN"}}}


@pytest.fixture
def macros(stacks):
    assert stacks.create(DEFINITION, "macros")["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.physical_ids("macros")["Macro"] == "Adds"
    return stacks


def refusal(call, *arguments, **options):
    with pytest.raises(ClientError) as refused:
        call(*arguments, **options)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_macro_changes_the_template_of_a_stack(macros):
    template = {
        "Transform": "Adds",
        "Parameters": {"Name": {"Type": "String", "Default": "given"}},
        "Resources": {"Own": GROUP},
    }
    assert macros.create(template)["StackStatus"] == "CREATE_COMPLETE"
    assert group_names(macros) == ["given-1", "own"]
    text = macros.client.get_template(StackName="app")["TemplateBody"]
    assert text == template
    processed = macros.client.get_template(StackName="app", TemplateStage="Processed")
    assert list(processed["TemplateBody"]["Resources"]) == ["Own", "Added1"]
    assert "Transform" not in processed["TemplateBody"]
    # The text as it was written goes through the macro again.
    parameters = [{"ParameterKey": "Name", "ParameterValue": "other"}]
    macros.client.update_stack(
        StackName="app",
        UsePreviousTemplate=True,
        Parameters=parameters,
        Capabilities=CAPABILITIES,
    )
    macros.describe()
    assert group_names(macros) == ["other-1", "own"]
    assert macros.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_change_set_shows_what_a_macro_made(macros):
    template = {"Transform": ["Adds", "Adds"], "Resources": {"Own": GROUP}}
    macros.client.create_change_set(
        StackName="app",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template),
    )
    shown = macros.client.describe_change_set(StackName="app", ChangeSetName="first")
    names = [change["ResourceChange"]["LogicalResourceId"] for change in shown["Changes"]]
    assert sorted(names) == ["Added1", "Added2", "Own"]
    macros.client.execute_change_set(StackName="app", ChangeSetName="first")
    assert macros.describe()["StackStatus"] == "CREATE_COMPLETE"
    assert group_names(macros) == ["added-1", "added-2", "own"]


def test_macro_changes_what_stands_beside_it_the_innermost_first(macros):
    own = {"LogGroupName": INNER, "Fn::Transform": {"Name": "Adds"}}
    template = {"Resources": {"Own": {"Type": "AWS::Logs::LogGroup", "Properties": own}}}
    assert macros.create(template)["StackStatus"] == "CREATE_COMPLETE"
    (group,) = macros.runtime.client("logs").describe_log_groups(logGroupNamePrefix="own")[
        "logGroups"
    ]
    assert group["retentionInDays"] == 7


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ({"Ref": "Name"}, "fun"),
        ({"Fn::Sub": "${AWS::Region}/${Name}/${AWS::StackName}"}, "us-east-1/fun/app"),
    ],
)
def test_macro_is_given_the_values_of_parameters(macros, text, name):
    call = {"Name": "Adds", "Parameters": {"text": text}}
    own = {"LogGroupName": {"Fn::Transform": [call]}}
    template = {
        "Parameters": {"Name": {"Type": "String", "Default": "FUN"}},
        "Resources": {"Own": {"Type": "AWS::Logs::LogGroup", "Properties": own}},
    }
    assert macros.create(template)["StackStatus"] == "CREATE_COMPLETE"
    assert macros.physical_ids()["Own"] == name


def test_macro_is_given_what_refers_to_resources_as_it_is(macros):
    call = {"Name": "Adds", "Parameters": {"text": {"Fn::Sub": "${Own}"}}}
    template = {
        "Resources": {"Own": GROUP, "Other": {**GROUP, "Metadata": {"Fn::Transform": call}}}
    }
    with pytest.raises(ClientError, match="'dict' object has no attribute 'lower'"):
        macros.create(template)


def test_macros_of_one_place_come_one_after_the_other(macros):
    calls = [{"Name": "Adds"}, {"Name": "Adds", "Parameters": {"text": "OWN"}}]
    own = {"LogGroupName": {"Fn::Transform": calls}}
    template = {"Resources": {"Own": {"Type": "AWS::Logs::LogGroup", "Properties": own}}}
    assert macros.create(template)["StackStatus"] == "CREATE_COMPLETE"
    assert macros.physical_ids()["Own"] == "own"
    calls.reverse()
    with pytest.raises(ClientError, match="Adds must answer an object for the next one"):
        macros.create(template, "other")


def test_macro_comes_before_and_after_the_serverless_transform(macros):
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "InlineCode": "def handler(event, context): return 1",
        },
    }
    sam = "AWS::Serverless-2016-10-31"
    template = {"Transform": ["Adds", sam], "Resources": {"F": function}}
    assert macros.create(template)["StackStatus"] == "CREATE_COMPLETE"
    assert sorted(macros.physical_ids()) == ["Added1", "F", "FRole"]
    template["Transform"].reverse()
    assert macros.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    assert sorted(macros.physical_ids()) == ["Added2", "F", "FRole"]


NAME = "000000000000::Adds"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"fails": {"errorMessage": "no"}}, f"Transform {NAME} failed with: no"),
        ({"fails": {"x": 1}}, f"Transform {NAME} failed without an error message."),
        ({"raises": True}, f"Failed to execute transform {NAME}"),
        ({"forgets": True}, f"Received malformed response from transform {NAME}"),
    ],
    ids=["failure", "silence", "error", "malformed"],
)
def test_macro_that_fails_makes_no_stack(macros, parameters, message):
    template = {"Resources": {"Own": GROUP}, "Transform": {"Name": "Adds"}}
    template["Transform"]["Parameters"] = parameters
    code, told = refusal(macros.create, template)
    assert code == "ValidationError"
    assert told.startswith(message)
    assert "does not exist" in refusal(macros.describe)[1]


def test_macros_need_their_capability_and_their_name(macros):
    body = json.dumps({"Transform": "Adds", "Resources": {"Own": GROUP}})
    code, message = refusal(macros.client.create_stack, StackName="app", TemplateBody=body)
    assert code == "InsufficientCapabilitiesException"
    assert message == "Requires capabilities : [CAPABILITY_AUTO_EXPAND]"
    code, message = refusal(macros.create, {"Transform": "Gone", "Resources": {"Own": GROUP}})
    assert message.startswith("No transform named Gone found.")
    again = {"Resources": {**DEFINITION["Resources"], "Macro": macro()}}
    assert macros.create(again, "more")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("Macro", "CREATE_FAILED", "Adds already exists") in macros.events("more")


def test_summary_of_a_template_with_macros_needs_none_of_them(stacks):
    own = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": INNER}}
    body = json.dumps({"Transform": ["Gone"], "Resources": {"Own": own}})
    summary = stacks.client.get_template_summary(TemplateBody=body)
    assert summary["DeclaredTransforms"] == ["Gone"]
    assert summary["ResourceTypes"] == ["AWS::Logs::LogGroup"]
    assert stacks.client.validate_template(TemplateBody=body)["Capabilities"] == [
        "CAPABILITY_AUTO_EXPAND"
    ]

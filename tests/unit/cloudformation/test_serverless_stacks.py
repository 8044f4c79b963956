"""Stacks of SAM templates, as a client sees them."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

SAM = "AWS::Serverless-2016-10-31"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: live}
Globals:
  Function: {Runtime: python3.12, Timeout: 10}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      CodeUri: s3://code/app.zip
      AutoPublishAlias: !Ref Stage
      Environment: {Variables: {TABLE: !Ref Orders}}
      Policies: [DynamoDBCrudPolicy: {TableName: !Ref Orders}]
      Layers: [!Ref Shared]
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: s3://code/layer.zip, RetentionPolicy: Delete}
  Orders: {Type: AWS::Serverless::SimpleTable}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: s3://code/flow.yaml
      DefinitionSubstitutions: {HelloArn: !GetAtt Hello.Arn}
      Policies: [LambdaInvokePolicy: {FunctionName: !Ref Hello}]
Outputs:
  Alias: {Value: !Ref Hello.Alias}
  Flow: {Value: !Ref Flow}
"""
HANDLER = """
import os, shared, boto3
def handler(event, context):
    boto3.resource("dynamodb").Table(os.environ["TABLE"]).put_item(Item={"id": shared.ID})
    return {"done": True}
"""
FLOW = """
StartAt: Say
States:
  Say: {Type: Task, Resource: "${HelloArn}", End: true}
"""


def package(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


@pytest.fixture
def code(stacks):
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="code")
    for key, content in {
        "app.zip": package({"app.py": HANDLER}),
        "layer.zip": package({"python/shared.py": "ID = 'from the layer'"}),
        "flow.yaml": FLOW.encode(),
    }.items():
        s3.put_object(Bucket="code", Key=key, Body=content)
    return s3


@pytest.mark.slow
@pytest.mark.process
def test_sam_application_deploys_runs_and_goes(stacks, code):
    assert stacks.create(TEMPLATE)["StackStatus"] == "CREATE_COMPLETE"
    outputs = stacks.outputs()
    assert outputs["Alias"].endswith(":live")
    states = stacks.runtime.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=outputs["Flow"])["executionArn"]
    stacks.runtime.settle()
    assert states.describe_execution(executionArn=execution)["output"] == '{"done":true}'
    table = stacks.physical_ids()["Orders"]
    items = stacks.runtime.client("dynamodb").scan(TableName=table)["Items"]
    assert items == [{"id": {"S": "from the layer"}}]
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


@pytest.mark.slow
def test_new_code_publishes_a_new_version_and_moves_the_alias(stacks, code):
    stacks.create(TEMPLATE)
    content = package({"app.py": HANDLER.replace("True", "False")})
    code.put_object(Bucket="code", Key="new.zip", Body=content)
    stacks.update(TEMPLATE.replace("code/app.zip", "code/new.zip"))
    functions = stacks.runtime.client("lambda")
    name = stacks.physical_ids()["Hello"]
    assert functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"] == "2"


def test_direct_deployment_needs_a_capability_and_a_change_set_none(stacks, code):
    with pytest.raises(ClientError) as refused:
        stacks.client.create_stack(
            StackName="app", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"]
        )
    assert refused.value.response["Error"]["Code"] == "InsufficientCapabilitiesException"
    assert "Requires capabilities : [CAPABILITY_AUTO_EXPAND]" in str(refused.value)
    made = stacks.client.create_change_set(
        StackName="app",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=TEMPLATE,
        Capabilities=["CAPABILITY_IAM"],
    )
    shown = stacks.client.describe_change_set(ChangeSetName=made["Id"])
    changed = {change["ResourceChange"]["LogicalResourceId"] for change in shown["Changes"]}
    assert {"Hello", "HelloRole", "HelloAliaslive", "Flow", "FlowRole", "Orders"} <= changed
    stacks.client.execute_change_set(ChangeSetName=made["Id"])
    assert stacks.describe()["StackStatus"] == "CREATE_COMPLETE"


def test_both_stages_of_the_template_are_kept(stacks, code):
    stacks.create(TEMPLATE)
    assert stacks.client.get_template(StackName="app")["TemplateBody"] == TEMPLATE
    processed = stacks.client.get_template(StackName="app", TemplateStage="Processed")
    body = processed["TemplateBody"]
    assert body["Resources"]["Orders"]["Type"] == "AWS::DynamoDB::Table"
    assert not {"Transform", "Globals"} & set(body)


def test_summary_shows_the_template_as_it_was_written(stacks):
    # Code that is still on the author's machine is no reason to refuse it here.
    template = TEMPLATE.replace("s3://code/app.zip", "src/")
    for summary in (
        stacks.client.validate_template(TemplateBody=template),
        stacks.client.get_template_summary(TemplateBody=template),
    ):
        assert summary["DeclaredTransforms"] == [SAM]
        assert summary["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    assert "AWS::Serverless::Function" in summary["ResourceTypes"]


def test_types_that_events_need_are_refused_by_name_or_kept_as_records(stacks):
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Handler": "index.handler",
            "Runtime": "python3.12",
            "InlineCode": "x = 1",
            "Events": {
                "Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}},
                "Rate": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}},
            },
        },
    }
    template = {"Transform": SAM, "Resources": {"F": function}}
    with pytest.raises(ClientError) as refused:
        stacks.create(template)
    assert (
        "Unrecognized resource types: [AWS::ApiGateway::Deployment, AWS::ApiGateway::RestApi,"
        " AWS::ApiGateway::Stage, AWS::Events::Rule]"
    ) in str(refused.value)
    assert stacks.client.describe_stacks()["Stacks"] == []
    tags = [{"Key": "groundstate:accept-inert", "Value": "all"}]
    assert stacks.create(template, Tags=tags)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_invalid_sam_template_is_refused_and_nothing_is_changed(stacks):
    template = {"Transform": SAM, "Resources": {"F": {"Type": "AWS::Serverless::Function"}}}
    with pytest.raises(ClientError) as refused:
        stacks.create(template)
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert f"Transform {SAM} failed with" in str(refused.value)
    assert stacks.client.describe_stacks()["Stacks"] == []


def test_unknown_transform_is_refused(stacks):
    template = {"Transform": "MyMacro", "Resources": {"G": {"Type": "AWS::Logs::LogGroup"}}}
    with pytest.raises(ClientError, match="No transform named MyMacro found"):
        stacks.create(json.dumps(template))


def test_include_puts_a_file_of_s3_in_its_place_and_keeps_it(stacks):
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="pieces")
    for key, text in {
        "properties.yaml": "Type: String\nValue: !Sub 'in ${AWS::Region}'\n",
        "value.json": '"and text"',
    }.items():
        s3.put_object(Bucket="pieces", Key=key, Body=text.encode())

    def piece(location):
        return {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": location}}}

    template = {
        "Parameters": {"Where": {"Type": "String", "Default": "s3://pieces/value.json"}},
        "Resources": {
            "A": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    **piece("s3://pieces/properties.yaml"),
                    "Description": piece({"Ref": "Where"}),
                },
            }
        },
        "Outputs": {
            "Value": {"Value": {"Fn::GetAtt": ["A", "Value"]}},
            "Sub": {"Value": piece({"Fn::Sub": "s3://pieces/of/${AWS::StackName}/${AWS::Region}"})},
            "Join": {"Value": piece({"Fn::Join": ["", [{"Ref": "Where"}]]})},
        },
    }
    s3.put_object(Bucket="pieces", Key="of/app/us-east-1", Body=b"'made'")
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.outputs() == {"Value": "in us-east-1", "Sub": "made", "Join": "and text"}
    shown = stacks.runtime.client("ssm").describe_parameters()["Parameters"]
    assert shown[0]["Description"] == "and text"
    # What a stack was made from is kept: the file may change or go.
    s3.delete_object(Bucket="pieces", Key="value.json")
    processed = stacks.client.get_template(StackName="app", TemplateStage="Processed")
    properties = processed["TemplateBody"]["Resources"]["A"]["Properties"]
    assert properties["Description"] == "and text"
    with pytest.raises(ClientError, match="S3 error"):
        stacks.update(template)


def test_other_macro_in_a_function_is_refused(stacks):
    call = {"Fn::Transform": {"Name": "Mine", "Parameters": {}}}
    template = {"Resources": {"G": {"Type": "AWS::Logs::LogGroup", "Properties": call}}}
    with pytest.raises(ClientError, match="No transform named Mine found"):
        stacks.create(template)


def test_event_source_of_another_service_is_a_record_when_accepted(stacks):
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Handler": "index.handler",
            "Runtime": "python3.12",
            "InlineCode": "x = 1",
            "Events": {"Q": {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": "Q.Arn"}}}},
        },
    }
    template = {
        "Transform": SAM,
        "Resources": {"F": function, "Q": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Q", "QueueName"]}}},
    }
    tags = [{"Key": "groundstate:accept-inert", "Value": "AWS::SQS::Queue"}]
    assert stacks.create(template, Tags=tags)["StackStatus"] == "CREATE_COMPLETE"
    url = stacks.physical_ids()["Q"]
    assert url == f"https://sqs.us-east-1.amazonaws.com/000000000000/{stacks.outputs()['Name']}"
    assert stacks.runtime.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    function["Properties"]["Events"]["Q"]["Properties"]["BatchSize"] = 5
    assert stacks.update(template, Tags=tags)["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_application_of_the_repository_is_a_record_when_accepted(stacks):
    application = {
        "Type": "AWS::Serverless::Application",
        "Properties": {
            "Location": {
                "ApplicationId": "arn:aws:serverlessrepo:us-east-1:123456789012:applications/a",
                "SemanticVersion": "4.3.4",
            },
            "Parameters": {"logGroupRetentionInDays": 7},
        },
    }
    template = {
        "Transform": SAM,
        "Resources": {"Tuning": application, "T": {"Type": "AWS::Serverless::SimpleTable"}},
        "Outputs": {"Machine": {"Value": {"Fn::GetAtt": ["Tuning", "Outputs.StateMachineARN"]}}},
    }
    with pytest.raises(ClientError, match=r"\[AWS::Serverless::Application\].*--accept-inert"):
        stacks.create(template)
    tags = [{"Key": "groundstate:accept-inert", "Value": "AWS::Serverless::Application"}]
    assert stacks.create(template, Tags=tags)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.outputs()["Machine"].startswith("arn:aws:")
    application["Properties"]["Location"]["SemanticVersion"] = "4.3.5"
    assert stacks.update(template, Tags=tags)["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_the_window_of_a_mapping_is_changed_in_place(stacks):
    event = {
        "Stream": {"Fn::GetAtt": ["T", "StreamArn"]},
        "StartingPosition": "LATEST",
        "TumblingWindowInSeconds": 60,
    }
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        },
    }
    reader = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Handler": "index.handler",
            "Runtime": "python3.12",
            "InlineCode": "def handler(event, context):\n    return event\n",
            "Events": {"D": {"Type": "DynamoDB", "Properties": event}},
        },
    }
    template = {"Transform": SAM, "Resources": {"F": reader, "T": table}}
    mappings = stacks.runtime.client("lambda").list_event_source_mappings
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    (made,) = mappings()["EventSourceMappings"]
    assert made["TumblingWindowInSeconds"] == 60
    event["TumblingWindowInSeconds"] = 30
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    (changed,) = mappings()["EventSourceMappings"]
    assert (changed["UUID"], changed["TumblingWindowInSeconds"]) == (made["UUID"], 30)
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"

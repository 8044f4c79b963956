"""The SAM transform as a function: a template in, a template of plain types out."""

import json

import pytest

from tests.unit.cloudformation.serverless import (
    BASIC,
    expand,
    function,
    machine,
    transform,
    types,
)


def trust(service):
    statement = {
        "Action": ["sts:AssumeRole"],
        "Effect": "Allow",
        "Principal": {"Service": [service]},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_function_comes_with_a_role():
    made = expand({"Hello": function(Tags={"team": "a"}, Tracing="Active", MemorySize=256)})
    tags = [{"Key": "lambda:createdBy", "Value": "SAM"}, {"Key": "team", "Value": "a"}]
    assert made == {
        "Hello": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"S3Bucket": "code", "S3Key": "app.zip"},
                "Handler": "app.handler",
                "MemorySize": 256,
                "Role": {"Fn::GetAtt": ["HelloRole", "Arn"]},
                "Runtime": "python3.12",
                "Tags": tags,
                "TracingConfig": {"Mode": "Active"},
            },
        },
        "HelloRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
                "ManagedPolicyArns": [BASIC, "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"],
                "Tags": tags,
            },
        },
    }


def test_durable_function_may_keep_its_progress():
    durable = {"ExecutionTimeout": 60, "RetentionPeriodInDays": 3}
    made = expand({"Hello": function(DurableConfig=durable)})
    assert made["Hello"]["Properties"]["DurableConfig"] == durable
    assert made["HelloRole"]["Properties"]["ManagedPolicyArns"] == [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicDurableExecutionRolePolicy"
    ]


def test_function_with_a_role_of_its_own_gets_none():
    made = expand({"Hello": function(Role="arn:aws:iam::1:role/r", Policies=["AWSLambdaExecute"])})
    assert types(made) == {"Hello": "AWS::Lambda::Function"}
    assert made["Hello"]["Properties"]["Role"] == "arn:aws:iam::1:role/r"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            {"CodeUri": "s3://b/k/x.zip?versionId=v1"},
            {"S3Bucket": "b", "S3Key": "k/x.zip", "S3ObjectVersion": "v1"},
        ),
        ({"CodeUri": {"Bucket": "b", "Key": "k"}}, {"S3Bucket": "b", "S3Key": "k"}),
        ({"InlineCode": "x = 1"}, {"ZipFile": "x = 1"}),
    ],
)
def test_code_comes_from_s3_or_inline(code, expected):
    own = {"Handler": "a.b", "Runtime": "python3.12", **code}
    made = expand({"F": {"Type": "AWS::Serverless::Function", "Properties": own}})
    assert made["F"]["Properties"]["Code"] == expected


def test_globals_join_with_what_a_function_says():
    shared = {
        "Function": {
            "Timeout": 5,
            "Environment": {"Variables": {"A": "1", "B": "1"}},
            "Layers": ["one"],
            "Tags": {"a": "1"},
        }
    }
    made = expand(
        {
            "F": function(Timeout=9, Environment={"Variables": {"B": "2"}}, Layers=["two"]),
            "G": {**function(), "IgnoreGlobals": ["Timeout", "Tags"]},
            "H": {**function(), "IgnoreGlobals": "*"},
            "T": {"Type": "AWS::Logs::LogGroup"},
        },
        Globals=shared,
    )
    assert made["F"]["Properties"]["Timeout"] == 9
    assert made["F"]["Properties"]["Environment"] == {"Variables": {"A": "1", "B": "2"}}
    assert made["F"]["Properties"]["Layers"] == ["one", "two"]
    assert "Timeout" not in made["G"]["Properties"]
    assert made["G"]["Properties"]["Layers"] == ["one"]
    assert len(made["G"]["Properties"]["Tags"]) == 1
    assert "Environment" not in made["H"]["Properties"]
    assert made["T"] == {"Type": "AWS::Logs::LogGroup"}


def test_policies_of_every_kind_make_one_role():
    policies = [
        {"DynamoDBReadPolicy": {"TableName": {"Ref": "Table"}}},
        "AmazonS3ReadOnlyAccess",
        "AWSLambdaVPCAccessExecutionRole",
        {"Ref": "Managed"},
        {"Version": "2012-10-17", "Statement": []},
        {"Fn::If": ["C", {"LambdaInvokePolicy": {"FunctionName": "f"}}, {"Ref": "AWS::NoValue"}]},
    ]
    role = expand({"F": function(Policies=policies)})["FRole"]["Properties"]
    assert role["ManagedPolicyArns"] == [
        BASIC,
        "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
        {"Ref": "Managed"},
    ]
    read, whole, chosen = role["Policies"]
    assert read["PolicyName"] == "FRolePolicy0"
    (statement,) = read["PolicyDocument"]["Statement"]
    table = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}"
    name = {"tableName": {"Ref": "Table"}}
    assert statement == {
        "Action": [
            "dynamodb:GetItem",
            "dynamodb:Scan",
            "dynamodb:Query",
            "dynamodb:BatchGetItem",
            "dynamodb:DescribeTable",
        ],
        "Effect": "Allow",
        "Resource": [{"Fn::Sub": [table, name]}, {"Fn::Sub": [f"{table}/index/*", name]}],
    }
    assert whole == {"PolicyName": "FRolePolicy4", "PolicyDocument": policies[4]}
    condition, invoke, nothing = chosen["Fn::If"]
    assert (condition, nothing) == ("C", {"Ref": "AWS::NoValue"})
    assert invoke["PolicyDocument"]["Statement"][0]["Action"] == ["lambda:InvokeFunction"]


def test_alias_is_published_and_invoked_from_then_on():
    made = transform(
        {
            "F": function(
                AutoPublishAlias={"Ref": "Stage"},
                FunctionUrlConfig={"AuthType": "NONE"},
                EventInvokeConfig={"MaximumRetryAttempts": 1},
                Events={
                    "S": {
                        "Type": "DynamoDB",
                        "Properties": {"Stream": "arn:s", "StartingPosition": "LATEST"},
                    }
                },
            )
        },
        {"Stage": "live"},
        Outputs={
            "A": {"Value": {"Ref": "F.Alias"}},
            "V": {"Value": {"Fn::Sub": "${F.Version} ${F.Arn}"}},
        },
    )
    resources = made["Resources"]
    (version_id,) = (name for name in resources if name.startswith("FVersion"))
    assert resources[version_id]["DeletionPolicy"] == "Retain"
    assert resources["FAliaslive"]["Properties"] == {
        "Name": "live",
        "FunctionName": {"Ref": "F"},
        "FunctionVersion": {"Fn::GetAtt": [version_id, "Version"]},
    }
    alias = {"Ref": "FAliaslive"}
    assert resources["FUrl"]["Properties"]["TargetFunctionArn"] == alias
    assert resources["FUrlPublicPermissions"]["Properties"]["FunctionName"] == alias
    assert resources["FEventInvokeConfig"]["Properties"]["Qualifier"] == "live"
    assert resources["FS"]["Properties"]["FunctionName"] == alias
    assert made["Outputs"]["A"] == {"Value": alias}
    assert made["Outputs"]["V"] == {"Value": {"Fn::Sub": f"${{{version_id}}} ${{F.Arn}}"}}


def test_new_code_makes_a_new_version_and_the_same_code_none():
    def version(**properties):
        made = expand({"F": function(AutoPublishAlias="live", **properties)})
        return next(name for name in made if name.startswith("FVersion"))

    assert version() == version(Timeout=30) == "FVersionb0c3561366"
    assert version() != version(CodeUri="s3://code/new.zip")
    assert version() != version(Environment={"Variables": {"A": "1"}})
    assert version() != version(Timeout=30, AutoPublishAliasAllProperties=True)
    assert version(AutoPublishCodeSha256="ab" * 32) == "FVersionababababab"


def test_stream_event_is_a_mapping_with_the_right_to_read():
    stream = {"Fn::GetAtt": ["Table", "StreamArn"]}
    event = {
        "Type": "DynamoDB",
        "Properties": {
            "Stream": stream,
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 10,
            "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": "arn:q"}},
        },
    }
    made = expand({"F": function(Events={"Orders": event})})
    assert made["FOrders"] == {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "BatchSize": 10,
            "DestinationConfig": {"OnFailure": {"Destination": "arn:q"}},
            "EventSourceArn": stream,
            "FunctionName": {"Ref": "F"},
            "StartingPosition": "TRIM_HORIZON",
        },
    }
    role = made["FRole"]["Properties"]
    assert role["ManagedPolicyArns"][1].endswith("service-role/AWSLambdaDynamoDBExecutionRole")
    assert role["Policies"][0]["PolicyName"] == "FOrdersSQSPolicy"


def test_condition_and_policies_reach_all_that_is_generated():
    resource = {
        **function(AutoPublishAlias="live"),
        "Condition": "C",
        "DependsOn": "T",
        "Metadata": {"a": 1},
        "DeletionPolicy": "Retain",
    }
    made = expand({"F": resource, "T": {"Type": "AWS::Serverless::SimpleTable"}})
    for logical_id, generated in made.items():
        if logical_id != "T":
            assert (generated["Condition"], generated["DeletionPolicy"]) == ("C", "Retain")
        assert ("DependsOn" in generated) is (logical_id == "F")
    assert made["F"]["Metadata"] == {"a": 1}


def test_definition_of_a_state_machine_takes_functions():
    definition = {
        "StartAt": "A",
        "States": {"A": {"Type": "Task", "Resource": {"Fn::GetAtt": ["F", "Arn"]}, "End": True}},
    }
    made = expand(
        {
            "M": machine(
                Definition=definition,
                DefinitionSubstitutions={"Own": "x"},
                Type="EXPRESS",
                Logging={"Level": "ALL"},
                Tracing={"Enabled": True},
                Name="flow",
                Policies=[{"StepFunctionsExecutionPolicy": {"StateMachineName": "n"}}],
            )
        }
    )
    properties = made["M"]["Properties"]
    delimiter, lines = properties["DefinitionString"]["Fn::Join"]
    written = json.loads(delimiter.join(lines))
    assert written["States"]["A"]["Resource"] == "${definition_substitution_1}"
    assert properties["DefinitionSubstitutions"] == {
        "Own": "x",
        "definition_substitution_1": {"Fn::GetAtt": ["F", "Arn"]},
    }
    assert properties["StateMachineType"] == "EXPRESS"
    assert properties["LoggingConfiguration"] == {"Level": "ALL"}
    assert properties["TracingConfiguration"] == {"Enabled": True}
    assert properties["StateMachineName"] == "flow"
    assert properties["RoleArn"] == {"Fn::GetAtt": ["MRole", "Arn"]}
    role = made["MRole"]["Properties"]
    assert role["AssumeRolePolicyDocument"] == trust("states.amazonaws.com")
    assert role["Policies"][0]["PolicyName"] == "MRolePolicy0"


def test_alias_of_a_state_machine():
    made = expand({"M": machine(DefinitionUri="s3://b/m.json", AutoPublishAlias="live", Role="r")})
    assert types(made) == {
        "M": "AWS::StepFunctions::StateMachine",
        "MVersion": "AWS::StepFunctions::StateMachineVersion",
        "MAliaslive": "AWS::StepFunctions::StateMachineAlias",
    }
    assert made["M"]["Properties"]["DefinitionS3Location"] == {"Bucket": "b", "Key": "m.json"}
    assert made["MAliaslive"]["Properties"]["DeploymentPreference"] == {
        "Type": "ALL_AT_ONCE",
        "StateMachineVersionArn": {"Ref": "MVersion"},
    }


def test_simple_table_has_one_key():
    made = expand(
        {
            "Plain": {"Type": "AWS::Serverless::SimpleTable"},
            "Own": {
                "Type": "AWS::Serverless::SimpleTable",
                "Properties": {
                    "PrimaryKey": {"Name": "pk", "Type": "Number"},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                    "Tags": {"a": "b"},
                },
            },
        }
    )
    assert made["Plain"]["Properties"] == {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    assert "BillingMode" not in made["Own"]["Properties"]
    assert made["Own"]["Properties"]["Tags"] == [{"Key": "a", "Value": "b"}]


def test_references_follow_a_layer_to_its_new_version():
    layer = {
        "Type": "AWS::Serverless::LayerVersion",
        "Properties": {"ContentUri": "s3://b/layer.zip"},
    }
    same = {**layer, "Properties": {"ContentUri": "s3://b/k"}}
    assert list(expand({"L": same})) == ["L0fe3d22673"]
    made = transform(
        {"Layer": layer, "F": {**function(Layers=[{"Ref": "Layer"}]), "DependsOn": ["Layer"]}},
        Outputs={"L": {"Value": {"Fn::Sub": "${Layer}"}}},
    )
    (layer_id,) = (name for name in made["Resources"] if name.startswith("Layer"))
    assert made["Resources"][layer_id] == {
        "Type": "AWS::Lambda::LayerVersion",
        "DeletionPolicy": "Retain",
        "Properties": {"Content": {"S3Bucket": "b", "S3Key": "layer.zip"}, "LayerName": "Layer"},
    }
    assert made["Resources"]["F"]["Properties"]["Layers"] == [{"Ref": layer_id}]
    assert made["Resources"]["F"]["DependsOn"] == [layer_id]
    assert made["Outputs"]["L"]["Value"] == {"Fn::Sub": f"${{{layer_id}}}"}


def test_application_is_a_nested_stack():
    made = expand(
        {
            "App": {
                "Type": "AWS::Serverless::Application",
                "Properties": {"Location": "https://b.s3.amazonaws.com/t.yaml", "Parameters": {}},
            }
        }
    )
    assert made["App"]["Type"] == "AWS::CloudFormation::Stack"
    assert made["App"]["Properties"]["TemplateURL"] == "https://b.s3.amazonaws.com/t.yaml"

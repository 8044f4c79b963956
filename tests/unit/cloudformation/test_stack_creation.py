"""Stacks as they are made, as a client sees them."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from tests.unit.cloudformation.conftest import CAPABILITIES, ROLE, TRUST, group_names
from tests.unit.cloudformation.templates import bad_group, group, parameter


def test_every_event_has_an_id_of_its_own(stacks):
    """The CDK's command line stops reading at the first id that it has seen."""
    stacks.create({"Resources": {"A": group("a"), "B": group("b")}})
    events = stacks.client.describe_stack_events(StackName="app")["StackEvents"]
    assert len({event["EventId"] for event in events}) == len(events) == 8


def test_creation_tells_its_events_in_aws_order(stacks):
    stacks.create({"Resources": {"A": group("a"), "B": group("b", DependsOn="A")}})
    assert stacks.events() == [
        ("app", "CREATE_IN_PROGRESS", "User Initiated"),
        ("A", "CREATE_IN_PROGRESS", ""),
        ("A", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("A", "CREATE_COMPLETE", ""),
        ("B", "CREATE_IN_PROGRESS", ""),
        ("B", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("B", "CREATE_COMPLETE", ""),
        ("app", "CREATE_COMPLETE", ""),
    ]


def test_outputs_and_references_carry_values(stacks):
    stacks.create(
        {
            "Parameters": {"Prefix": {"Type": "String", "Default": "x"}},
            "Resources": {
                "A": parameter({"Fn::Sub": "${Prefix}-${AWS::Region}"}),
                "B": parameter({"Fn::Join": ["/", [{"Ref": "A"}, {"Fn::GetAtt": ["A", "Value"]}]]}),
            },
            "Outputs": {"Value": {"Value": {"Fn::GetAtt": ["B", "Value"]}, "Description": "d"}},
        }
    )
    name = stacks.physical_ids()["A"]
    assert stacks.outputs() == {"Value": f"{name}/x-us-east-1"}


def test_failed_creation_rolls_back_and_stays_describable(stacks):
    stack = stacks.create({"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = stacks.events()
    assert events[4][:2] == ("B", "CREATE_IN_PROGRESS")
    assert events[5][:2] == ("B", "CREATE_FAILED")
    assert "HandlerErrorCode" in events[5][2]
    assert events[6:] == [
        (
            "app",
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [B]. Rollback requested by user.",
        ),
        ("B", "DELETE_COMPLETE", ""),
        ("A", "DELETE_IN_PROGRESS", ""),
        ("A", "DELETE_COMPLETE", ""),
        ("app", "ROLLBACK_COMPLETE", ""),
    ]
    assert group_names(stacks) == []
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        stacks.update({"Resources": {"A": group("a")}})
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_failed_creation_may_be_left_as_it_is(stacks):
    template = {"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}}
    stack = stacks.create(template, OnFailure="DO_NOTHING")
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert group_names(stacks) == ["a"]
    stacks.client.rollback_stack(StackName="app")
    assert stacks.describe()["StackStatus"] == "ROLLBACK_COMPLETE"
    assert group_names(stacks) == []


def test_failed_creation_may_delete_the_stack(stacks):
    template = {"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}}
    answer = stacks.client.create_stack(
        StackName="app", TemplateBody=json.dumps(template), OnFailure="DELETE"
    )
    assert stacks.describe(answer["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_creation_that_takes_too_long_fails(stacks):
    template = {
        "Resources": {
            "H": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "W": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": {"Handle": {"Ref": "H"}, "Timeout": "3600"},
            },
        }
    }
    stacks.client.create_stack(
        StackName="app", TemplateBody=json.dumps(template), TimeoutInMinutes=1
    )
    stacks.runtime.advance(seconds=61)
    assert stacks.describe()["StackStatus"] == "ROLLBACK_COMPLETE"


def test_unknown_property_fails_its_resource(stacks):
    stacks.create({"Resources": {"A": parameter("1", Colour="red")}})
    (reason,) = (text for _, status, text in stacks.events() if status == "CREATE_FAILED")
    assert reason == (
        "Properties validation failed for resource A with message:\n"
        "[#: extraneous key [Colour] is not permitted]"
    )


def test_unknown_attribute_fails_the_stack(stacks):
    stacks.create(
        {
            "Resources": {"A": parameter("1")},
            "Outputs": {"O": {"Value": {"Fn::GetAtt": ["A", "Invalid"]}}},
        }
    )
    reasons = [reason for _, status, reason in stacks.events() if status == "ROLLBACK_IN_PROGRESS"]
    assert reasons == [
        (
            "Resource type AWS::SSM::Parameter does not support attribute {Invalid}."
            " Rollback requested"
            " by user."
        )
    ]


def test_inert_types_are_kept_as_records_when_accepted(stacks):
    template = {
        "Resources": {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}},
            "P": parameter({"Fn::GetAtt": ["Q", "Arn"]}),
        }
    }
    with pytest.raises(ClientError, match=r"\[AWS::SQS::Queue\].*--accept-inert"):
        stacks.create(template)
    tags = [{"Key": "groundstate:accept-inert", "Value": "AWS::SQS::Queue"}]
    assert stacks.create(template, Tags=tags)["StackStatus"] == "CREATE_COMPLETE"
    name = stacks.physical_ids()["P"]
    value = stacks.runtime.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert value.startswith("arn:aws:sqs:us-east-1:000000000000:app-Q-")


def test_what_has_no_effect_here_is_told_with_the_resource(stacks, caplog):
    layer = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3:7"
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context): return 1"},
            "TenancyConfig": {"TenantIsolationMode": "PER_TENANT"},
            "Layers": [layer],
            "RecursiveLoop": "Allow",
        },
    }
    table = {
        "Type": "AWS::DynamoDB::GlobalTable",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
            "Replicas": [{"Region": "eu-west-1"}, {"Region": "us-east-1"}],
        },
    }
    metrics = {"MetricsConfigurations": [{"Id": "all"}]}
    template = {
        "Resources": {
            "Role": ROLE,
            "Function": function,
            "Table": table,
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": metrics},
            "Parameter": parameter("1", Policies="[]"),
            "Group": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {"DataProtectionPolicy": {"Name": "p"}},
            },
        }
    }
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    told = {(name, reason) for name, _, reason in stacks.events()}
    for note in (
        ("Function", "TenancyConfig of AWS::Lambda::Function has no effect here."),
        (
            "Function",
            f"Not here, since of another account; the function's log says more: {layer}",
        ),
        ("Table", "The replicas in eu-west-1 are left out: the table is in us-east-1 alone."),
        ("Bucket", "MetricsConfigurations of AWS::S3::Bucket has no effect here."),
        ("Parameter", "Policies of AWS::SSM::Parameter has no effect here."),
        ("Group", "DataProtectionPolicy of AWS::Logs::LogGroup has no effect here."),
    ):
        assert note in told
        assert f"{note[0]} of app: {note[1]}" in caplog.text
    name = stacks.physical_ids()["Function"]
    loop = stacks.runtime.client("lambda").get_function_recursion_config(FunctionName=name)
    assert loop["RecursiveLoop"] == "Allow"
    function["Properties"]["Description"] = "another"
    del function["Properties"]["RecursiveLoop"]
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    loop = stacks.runtime.client("lambda").get_function_recursion_config(FunctionName=name)
    assert loop["RecursiveLoop"] == "Terminate"
    # What has not changed is not told again.
    tenancy = [reason for _, _, reason in stacks.events() if "TenancyConfig" in reason]
    assert len(tenancy) == 1


def test_function_is_durable_from_its_beginning_or_never(stacks):
    def template(**properties):
        function = {
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context): return 1"},
            **properties,
        }
        resources = {"Type": "AWS::Lambda::Function", "Properties": function}
        return {"Resources": {"Role": ROLE, "Function": resources}}

    def shown():
        name = stacks.physical_ids()["Function"]
        client = stacks.runtime.client("lambda")
        return name, client.get_function_configuration(FunctionName=name).get("DurableConfig")

    stacks.create(template())
    plain, config = shown()
    assert config is None
    stacks.update(template(DurableConfig={"ExecutionTimeout": 60}))
    durable, config = shown()
    assert durable != plain
    assert config == {"ExecutionTimeout": 60, "RetentionPeriodInDays": 14}
    changed = {"ExecutionTimeout": 90, "RetentionPeriodInDays": 1}
    stacks.update(template(DurableConfig=changed))
    assert shown() == (durable, changed)
    stacks.update(template())
    assert shown()[0] != durable
    assert shown()[1] is None


def test_function_that_cannot_run_here_and_an_address_that_streams_deploy(stacks):
    code = {"Handler": "a.b::c", "Runtime": "java21", "Role": {"Fn::GetAtt": ["Role", "Arn"]}}
    image = {"ImageUri": "000000000000.dkr.ecr.us-east-1.amazonaws.com/app:1"}
    template = {
        "Resources": {
            "Role": ROLE,
            "Java": {
                "Type": "AWS::Lambda::Function",
                "Properties": {**code, "Code": {"S3Bucket": "code", "S3Key": "a.jar"}},
            },
            "Image": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "PackageType": "Image",
                    "Code": image,
                    "ImageConfig": {"Command": ["app.handler"]},
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                },
            },
            "Url": {
                "Type": "AWS::Lambda::Url",
                "Properties": {
                    "AuthType": "NONE",
                    "InvokeMode": "RESPONSE_STREAM",
                    "TargetFunctionArn": {"Ref": "Java"},
                },
            },
        }
    }
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="code")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "b")
    s3.put_object(Bucket="code", Key="a.jar", Body=packed.getvalue())
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    functions = stacks.runtime.client("lambda")
    url = functions.get_function_url_config(FunctionName=stacks.physical_ids()["Java"])
    assert url["InvokeMode"] == "RESPONSE_STREAM"
    template["Resources"]["Image"]["Properties"]["Code"] = {"ImageUri": f"{image['ImageUri']}2"}
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    code = functions.get_function(FunctionName=stacks.physical_ids()["Image"])["Code"]
    assert code["ImageUri"] == f"{image['ImageUri']}2"
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_records_have_ids_that_others_take_and_keep_their_secrets_to_themselves(stacks):
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"ZipFile": "x = 1"},
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Runtime": "python3.12",
            "VpcConfig": {
                "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}],
                "SubnetIds": [{"Ref": "Subnet"}],
            },
        },
    }
    network = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    role = {**ROLE, "Properties": {**ROLE["Properties"], "ManagedPolicyArns": [network]}}
    template = {
        "Resources": {
            "Function": function,
            "Role": role,
            "Group": {"Type": "AWS::EC2::SecurityGroup"},
            "Subnet": {"Type": "AWS::EC2::Subnet"},
            "Database": {
                "Type": "AWS::RDS::DBInstance",
                "Properties": {"MasterUserPassword": "{{resolve:secretsmanager:mine}}"},
            },
        }
    }
    tags = [{"Key": "groundstate:accept-inert", "Value": "all"}]
    assert stacks.create(template, Tags=tags)["StackStatus"] == "CREATE_COMPLETE"
    ids = stacks.physical_ids()
    assert (ids["Group"][:3], ids["Subnet"][:7]) == ("sg-", "subnet-")


def test_name_in_use_is_refused(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    with pytest.raises(ClientError) as refused:
        stacks.create({"Resources": {"B": group("b")}})
    assert refused.value.response["Error"]["Code"] == "AlreadyExistsException"
    assert refused.value.response["Error"]["Message"] == "Stack [app] already exists"


def test_stack_tags_reach_the_resources(stacks):
    stacks.create({"Resources": {"A": parameter("1")}}, Tags=[{"Key": "team", "Value": "x"}])
    name = stacks.physical_ids()["A"]
    tags = stacks.runtime.client("ssm").list_tags_for_resource(
        ResourceType="Parameter", ResourceId=name
    )
    assert tags["TagList"] == [{"Key": "team", "Value": "x"}]


def test_secret_parameter_is_masked(stacks):
    template = {
        "Parameters": {"Secret": {"Type": "String", "NoEcho": True}},
        "Resources": {"A": parameter({"Ref": "Secret"})},
    }
    parameters = [{"ParameterKey": "Secret", "ParameterValue": "hidden"}]
    stack = stacks.create(template, Parameters=parameters)
    assert stack["Parameters"] == [{"ParameterKey": "Secret", "ParameterValue": "****"}]
    template["Resources"]["B"] = parameter("2")
    stacks.update(template, Parameters=[{"ParameterKey": "Secret", "UsePreviousValue": True}])
    name = stacks.physical_ids()["A"]
    value = stacks.runtime.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert value == "hidden"


def test_stored_parameter_is_resolved_and_shown(stacks):
    stacks.runtime.client("ssm").put_parameter(Name="/p", Value="stored", Type="String")
    stack = stacks.create(
        {
            "Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/p"}},
            "Resources": {"A": parameter({"Ref": "P"}), "B": parameter("{{resolve:ssm:/p:1}}!")},
            "Outputs": {
                "A": {"Value": {"Fn::GetAtt": ["A", "Value"]}},
                "B": {"Value": {"Fn::GetAtt": ["B", "Value"]}},
            },
        }
    )
    assert stack["Parameters"][0]["ResolvedValue"] == "stored"
    assert stacks.outputs() == {"A": "stored", "B": "stored!"}


def test_stored_parameters_are_read_with_the_rights_of_the_passed_role(stacks):
    """The CDK's deploy role may deploy, and read no parameter; the role that it passes may."""
    stacks.runtime.client("ssm").put_parameter(Name="/p", Value="stored", Type="String")
    iam = stacks.runtime.client("iam")
    for name, service, actions in (
        ("deploy", None, ["cloudformation:*", "iam:PassRole"]),
        ("exec", "cloudformation.amazonaws.com", ["*"]),
    ):
        principal = {"Service": service} if service else {"AWS": "000000000000"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": trust}))
        allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": allow})
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    arn = "arn:aws:iam::000000000000:role/"
    credentials = stacks.runtime.client("sts").assume_role(
        RoleArn=f"{arn}deploy", RoleSessionName="cli"
    )["Credentials"]
    client = stacks.runtime.client(
        "cloudformation",
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )
    template = {
        "Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/p"}},
        "Resources": {"A": group({"Ref": "P"})},
    }
    change = {"StackName": "app", "ChangeSetName": "c", "ChangeSetType": "CREATE"}
    client.create_change_set(**change, TemplateBody=json.dumps(template), RoleARN=f"{arn}exec")
    client.execute_change_set(StackName="app", ChangeSetName="c")
    assert stacks.describe()["StackStatus"] == "CREATE_COMPLETE"
    assert group_names(stacks) == ["stored"]


def test_roles_rights_bind_the_deployment(stacks):
    iam = stacks.runtime.client("iam")
    trust = json.dumps(TRUST).replace("states.amazonaws.com", "cloudformation.amazonaws.com")
    arn = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    stack = stacks.create({"Resources": {"A": group("a")}}, RoleARN=arn)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any(
        status == "CREATE_FAILED" and "is not authorized to perform: logs:CreateLogGroup" in reason
        for _, status, reason in stacks.events()
    )


def test_second_export_of_a_name_fails(stacks):
    template = {
        "Resources": {"A": parameter("1")},
        "Outputs": {"O": {"Value": "x", "Export": {"Name": "shared"}}},
    }
    stacks.create(template)
    stack = stacks.create(template, "other")
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = [reason for _, status, reason in stacks.events("other") if "ROLLBACK_IN" in status]
    assert reasons[0].startswith("Export with name shared is already exported by stack app.")


def test_template_in_yaml_deploys(stacks):
    stacks.client.create_stack(
        StackName="app",
        Capabilities=CAPABILITIES,
        TemplateBody="""
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Name: {Type: String, Default: yaml}
Resources:
  G:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub /${Name}/${AWS::StackName}
      RetentionInDays: 7
Outputs:
  Name: {Value: !Ref G}
""",
    )
    assert stacks.outputs() == {"Name": "/yaml/app"}


def test_stack_not_there_is_told_in_aws_words(stacks):
    with pytest.raises(ClientError, match="Stack with id none does not exist"):
        stacks.client.describe_stacks(StackName="none")
    with pytest.raises(ClientError, match=r"Stack \[none\] does not exist"):
        stacks.client.describe_stack_events(StackName="none")
    assert stacks.client.delete_stack(StackName="none")["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("kind", ["state machine", "function"])
@pytest.mark.parametrize("is_granted", [True, False])
def test_what_needs_a_right_waits_for_the_policy_that_gives_it(stacks, kind, is_granted):
    role = {"Fn::GetAtt": ["Role", "Arn"]}
    group = {"LogGroupArn": {"Fn::GetAtt": ["Logs", "Arn"]}}
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": role,
            "DefinitionString": json.dumps({"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}),
            "LoggingConfiguration": {
                "Level": "ALL",
                "Destinations": [{"CloudWatchLogsLogGroup": group}],
            },
        },
    }
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Role": role,
            "Code": {"ZipFile": "x = 1"},
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        },
    }
    statement = {"Effect": "Allow", "Action": ["logs:*", "ec2:*"], "Resource": "*"}
    if not is_granted:
        statement["Action"] = ["s3:GetObject"]
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "late",
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
    }
    template = {
        "Resources": {
            "First": machine if kind == "state machine" else function,
            "Role": ROLE,
            "Logs": {"Type": "AWS::Logs::LogGroup"},
            "ZPolicy": policy,
        }
    }
    status = stacks.create(template)["StackStatus"]
    failed = [reason for name, what, reason in stacks.events() if what == "CREATE_FAILED"]
    if is_granted:
        assert (status, failed) == ("CREATE_COMPLETE", [])
    else:
        assert status == "ROLLBACK_COMPLETE"
        assert "not authorized" in failed[0] or "does not have permissions" in failed[0]

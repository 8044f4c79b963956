"""The calls of the CDK's command line, in its order and with the rights that it takes on.

They were recorded from aws-cdk 2.1148.1. `make cdk` drives the command line itself.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.cloudformation.conftest import CAPABILITIES, ROLE

ACCOUNT = "000000000000"
SUFFIX = f"{ACCOUNT}-us-east-1"
BUCKET = f"cdk-hnb659fds-assets-{SUFFIX}"
VERSION = "/cdk-bootstrap/hnb659fds/version"
READ_VERSION = {
    "Effect": "Allow",
    "Action": ["ssm:GetParameter", "ssm:GetParameters"],
    "Resource": [f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{VERSION}"],
}


def role(name, *statements, service=None):
    principal = {"Service": service} if service else {"AWS": {"Ref": "AWS::AccountId"}}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": f"cdk-hnb659fds-{name}-role-{SUFFIX}",
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "Policies": [
                {
                    "PolicyName": "default",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
                }
            ],
        },
    }


def may(*actions, resource="*"):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


TOOLKIT = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": BUCKET}},
        "Version": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Type": "String", "Name": VERSION, "Value": "33"},
        },
        "Publishing": role(
            "file-publishing",
            may("s3:GetObject*", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:List*"),
            may("s3:DeleteObject*", "s3:PutObject*", "s3:Abort*"),
        ),
        "Deploy": role(
            "deploy",
            may(
                *(
                    f"cloudformation:{name}"
                    for name in (
                        "CreateChangeSet",
                        "DeleteChangeSet",
                        "DeleteStack",
                        "DescribeChangeSet",
                        "DescribeEvents",
                        "DescribeStackEvents",
                        "DescribeStacks",
                        "ExecuteChangeSet",
                        "GetTemplate",
                        "RollbackStack",
                    )
                )
            ),
            may("s3:GetObject*", "s3:GetBucket*", "s3:List*", resource=f"arn:aws:s3:::{BUCKET}*"),
            may("iam:PassRole", resource=f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-*"),
            READ_VERSION,
        ),
        "Exec": role("cfn-exec", may("*"), service="cloudformation.amazonaws.com"),
    }
}


@dataclass
class CommandLine:
    """Takes the roles of the bootstrap stack, and makes the calls of a command."""

    runtime: Any

    def assume(self, name, service):
        answer = self.runtime.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-{name}-role-{SUFFIX}",
            RoleSessionName="aws-cdk-root",
        )["Credentials"]
        return self.runtime.client(
            service,
            access_key_id=answer["AccessKeyId"],
            secret_access_key=answer["SecretAccessKey"],
            session_token=answer["SessionToken"],
        )

    def publish(self, key, content):
        s3 = self.assume("file-publishing", "s3")
        if s3.list_objects_v2(Bucket=BUCKET, Prefix=key, MaxKeys=1)["KeyCount"]:
            return
        s3.get_bucket_location(Bucket=BUCKET)
        assert s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
        s3.put_object(
            Bucket=BUCKET,
            Key=key,
            Body=content,
            ChecksumAlgorithm="SHA256",
            ServerSideEncryption="AES256",
        )

    def deploy(self, template, **options):
        """`cdk deploy`: the statuses that the stack's events tell, oldest first; None if it would
        do nothing."""
        body = json.dumps(template)
        self.publish("template.json", body.encode())
        ssm = self.assume("deploy", "ssm")
        assert ssm.get_parameter(Name=VERSION, WithDecryption=True)["Parameter"]["Value"] == "33"
        client = self.assume("deploy", "cloudformation")
        kind = self._choose_type(client, template)
        if kind == "" and not options:
            return None
        if kind != "CREATE":
            names = {"StackName": "App", "ChangeSetName": "cdk-deploy-change-set"}
            client.delete_change_set(**names)
            with pytest.raises(client.exceptions.ChangeSetNotFoundException):
                client.describe_change_set(**names)
        s3 = self.assume("file-publishing", "s3")
        s3.put_object(Bucket=BUCKET, Key="template.json", Body=body)
        change_set = client.create_change_set(
            StackName="App",
            ChangeSetName="cdk-deploy-change-set",
            ChangeSetType=kind or "UPDATE",
            TemplateURL=f"{self.runtime.endpoint_url}/{BUCKET}/template.json",
            Capabilities=CAPABILITIES,
            RoleARN=f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{SUFFIX}",
            Parameters=[],
            Tags=[],
            IncludeNestedStacks=True,
            **options,
        )
        described = client.describe_change_set(
            StackName="App", ChangeSetName=change_set["Id"], IncludePropertyValues=True
        )
        assert described["Status"] == "CREATE_COMPLETE", described
        client.execute_change_set(
            StackName="App", ChangeSetName="cdk-deploy-change-set", ClientRequestToken="exec-1"
        )
        stack = client.describe_stacks(StackName=change_set["StackId"])["Stacks"][0]
        assert not stack["StackStatus"].endswith("_IN_PROGRESS")
        return self._read_events(client, change_set["StackId"], described["CreationTime"])

    def _choose_type(self, client, template):
        """Of the change set; empty if the stack has this template already."""
        try:
            client.describe_stacks(StackName="App")
        except ClientError as error:
            if str(error.response["Error"]["Message"]) != "Stack with id App does not exist":
                raise
            return "CREATE"
        found = client.get_template(StackName="App", TemplateStage="Original")["TemplateBody"]
        return "" if found == template else "UPDATE"

    def _read_events(self, client, stack_id, since):
        """Back from the newest, up to one that was seen, or is older than the change set."""
        seen, told = set(), []
        for page in client.get_paginator("describe_stack_events").paginate(StackName=stack_id):
            for event in page["StackEvents"]:
                if event["EventId"] in seen or event["Timestamp"] < since:
                    return told[::-1]
                seen.add(event["EventId"])
                told.append((event["LogicalResourceId"], event["ResourceStatus"]))
        return told[::-1]


@pytest.fixture
def cdk(stacks):
    """After `cdk bootstrap`, which works with the user's own rights."""
    client = stacks.client
    with pytest.raises(ClientError, match="Stack with id CDKToolkit does not exist"):
        client.describe_stacks(StackName="CDKToolkit")
    names = {"StackName": "CDKToolkit", "ChangeSetName": "cdk-deploy-change-set"}
    client.create_change_set(
        **names,
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(TOOLKIT),
        Capabilities=CAPABILITIES,
    )
    assert client.describe_change_set(**names)["Status"] == "CREATE_COMPLETE"
    client.execute_change_set(**names)
    assert stacks.describe("CDKToolkit")["StackStatus"] == "CREATE_COMPLETE"
    assert client.get_template(StackName="CDKToolkit")["TemplateBody"] == TOOLKIT
    return CommandLine(stacks.runtime)


def make_zip(word):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo("index.py", (2026, 1, 1, 0, 0, 0))
        archive.writestr(entry, f"def handler(event, context): return '{word}'")
    return content.getvalue()


def app(key="one.zip", seconds=1):
    definition = {"StartAt": "A", "States": {"A": {"Type": "Wait", "End": True}}}
    definition["States"]["A"]["Seconds"] = seconds
    return {
        "Parameters": {
            "BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": VERSION}
        },
        "Resources": {
            "Role": ROLE,
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": "function",
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"S3Bucket": BUCKET, "S3Key": key},
                },
            },
            "Machine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                    "DefinitionString": json.dumps(definition),
                },
            },
        },
    }


def test_deploy_again_and_with_changed_code(cdk):
    cdk.publish("one.zip", make_zip("one"))
    events = cdk.deploy(app())
    assert events[0] == ("App", "REVIEW_IN_PROGRESS")
    assert events[-1] == ("App", "CREATE_COMPLETE")
    assert [status for name, status in events if name == "Function"] == [
        "CREATE_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
    ]
    assert cdk.deploy(app()) is None
    cdk.publish("two.zip", make_zip("two"))
    events = cdk.deploy(app("two.zip"))
    assert [name for name, status in events if status == "UPDATE_COMPLETE"] == ["Function", "App"]


def test_diff_leaves_nothing_behind(cdk, stacks):
    cdk.publish("one.zip", make_zip("one"))
    cdk.deploy(app())
    client = cdk.assume("deploy", "cloudformation")
    names = {"StackName": "App", "ChangeSetName": "cdk-diff-change-set-1"}
    client.delete_change_set(**names)
    client.create_change_set(
        **names,
        ChangeSetType="UPDATE",
        TemplateBody=json.dumps(app(seconds=2)),
        Capabilities=CAPABILITIES,
    )
    shown = client.describe_change_set(**names, IncludePropertyValues=True)["Changes"]
    assert [change["ResourceChange"]["LogicalResourceId"] for change in shown] == ["Machine"]
    client.delete_change_set(**names)
    left = stacks.client.list_change_sets(StackName="App")["Summaries"]
    assert [entry["ExecutionStatus"] for entry in left] == ["EXECUTE_COMPLETE"]
    assert cdk.deploy(app()) is None


def test_hotswap_drift_and_the_way_back(cdk, stacks):
    cdk.publish("one.zip", make_zip("one"))
    cdk.deploy(app())
    # `cdk deploy --hotswap`, with the user's own rights.
    cdk.publish("two.zip", make_zip("two"))
    functions = stacks.runtime.client("lambda")
    functions.update_function_code(FunctionName="function", S3Bucket=BUCKET, S3Key="two.zip")
    found = functions.get_function(FunctionName="function")["Configuration"]
    assert found["LastUpdateStatus"] == "Successful"
    machine = stacks.physical_ids("App")["Machine"]
    definition = app(seconds=2)["Resources"]["Machine"]["Properties"]["DefinitionString"]
    patch = [{"op": "replace", "path": "/DefinitionString", "value": definition}]
    event = stacks.runtime.client("cloudcontrol").update_resource(
        TypeName="AWS::StepFunctions::StateMachine",
        Identifier=machine,
        PatchDocument=json.dumps(patch),
    )["ProgressEvent"]
    assert event["OperationStatus"] == "SUCCESS"
    # `cdk drift`
    detection = stacks.client.detect_stack_drift(StackName="App")["StackDriftDetectionId"]
    status = stacks.client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
    assert status["StackDriftStatus"] == "DRIFTED"
    (drift,) = stacks.client.describe_stack_resource_drifts(
        StackName="App", StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
    )["StackResourceDrifts"]
    assert drift["LogicalResourceId"] == "Machine"
    # `cdk deploy --revert-drift`, with the app as it was hot-swapped.
    cdk.deploy(app("two.zip", seconds=2), DeploymentMode="REVERT_DRIFT")
    detection = stacks.client.detect_stack_drift(StackName="App")["StackDriftDetectionId"]
    status = stacks.client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
    assert status["StackDriftStatus"] == "IN_SYNC"


def test_destroy_ends_where_the_command_line_looks(cdk):
    cdk.publish("one.zip", make_zip("one"))
    cdk.deploy(app())
    client = cdk.assume("deploy", "cloudformation")
    stack_id = client.describe_stacks(StackName="App")["Stacks"][0]["StackId"]
    client.delete_stack(
        StackName=stack_id,
        RoleARN=f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{SUFFIX}",
    )
    stack = client.describe_stacks(StackName=stack_id)["Stacks"][0]
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    events = client.describe_stack_events(StackName=stack_id)["StackEvents"]
    assert events[0]["ResourceStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="Stack with id App does not exist"):
        client.describe_stacks(StackName="App")

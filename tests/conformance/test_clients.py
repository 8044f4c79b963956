"""boto3 and the `aws` command line, told nothing but an endpoint, drive every operation.

Each scenario runs twice, once with each client. It is about the wire: that requests arrive whole,
and that answers come back as the client's own parser wants them. What the operations do in detail
is tested in tests/unit.
"""

import io
import json
import time
import zipfile

import pytest

from tests.conformance.clients import AwsError, Boto3, CommandLine
from tests.conformance.endpoint import start_runtime

pytestmark = [pytest.mark.slow, pytest.mark.process]

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": ["states.amazonaws.com", "lambda.amazonaws.com"]},
                "Action": "sts:AssumeRole",
            },
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        ],
    }
)
EVERYTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)
HANDLER = """
def handler(event, context):
    print("got", event)
    if event.get("fail"):
        raise ValueError("as asked")
    return {"seen": event}
"""
TEMPLATE = json.dumps(
    {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {
            "Table": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "TableName": {"Ref": "Name"},
                    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "BillingMode": "PAY_PER_REQUEST",
                },
            }
        },
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Table", "Arn"]}}},
    }
)
WAIT_LIMIT_S = 20.0


@pytest.fixture(scope="module")
def endpoint():
    with start_runtime() as endpoint:
        yield endpoint


@pytest.fixture(params=["boto3", "aws"])
def aws(request, endpoint, monkeypatch, tmp_path):
    """A client of the runtime: `aws(service, operation, **request)`."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    # StartSyncExecution and TestState would go to the host `sync-127.0.0.1`.
    monkeypatch.setenv("AWS_DISABLE_HOST_PREFIX_INJECTION", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    client = Boto3(endpoint) if request.param == "boto3" else CommandLine(endpoint, tmp_path)
    yield client
    client.close()


@pytest.fixture
def name(request):
    """A name of the test's own, so that all may use one runtime."""
    test = request.node.originalname.removeprefix("test_").replace("_", "-")
    return f"by-{request.node.callspec.params['aws']}-{test[:30].strip('-')}"


@pytest.fixture
def role_arn(aws, name):
    role = aws("iam", "CreateRole", RoleName=f"{name}-role", AssumeRolePolicyDocument=TRUST)
    aws(
        "iam", "PutRolePolicy", RoleName=f"{name}-role", PolicyName="all", PolicyDocument=EVERYTHING
    )
    yield role["Role"]["Arn"]
    aws("iam", "DeleteRolePolicy", RoleName=f"{name}-role", PolicyName="all")
    aws("iam", "DeleteRole", RoleName=f"{name}-role")


def wait_until(look, wanted):
    """Look until what is seen is wanted, and give it back."""
    deadline = time.monotonic() + WAIT_LIMIT_S
    while (seen := look()) != wanted:
        assert time.monotonic() < deadline, f"still {seen!r}, not {wanted!r}"
        time.sleep(0.02)
    return seen


def test_dynamodb(aws, name):
    table = {"TableName": name}
    aws(
        "dynamodb",
        "CreateTable",
        **table,
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
            {"AttributeName": "kind", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-kind",
                "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    wait_until(lambda: aws("dynamodb", "DescribeTable", **table)["Table"]["TableStatus"], "ACTIVE")
    assert name in aws("dynamodb", "ListTables")["TableNames"]

    first = {"id": {"S": "a"}, "at": {"N": "1"}, "kind": {"S": "x"}}
    key = {"id": {"S": "a"}, "at": {"N": "1"}}
    aws("dynamodb", "PutItem", **table, Item=first)
    assert aws("dynamodb", "GetItem", **table, Key=key)["Item"] == first
    updated = aws(
        "dynamodb",
        "UpdateItem",
        **table,
        Key=key,
        UpdateExpression="SET #s = :done ADD n :one",
        ExpressionAttributeNames={"#s": "Status"},
        ExpressionAttributeValues={":done": {"S": "Done"}, ":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    assert updated["Attributes"] == {**first, "Status": {"S": "Done"}, "n": {"N": "1"}}
    with pytest.raises(AwsError) as refused:
        aws(
            "dynamodb",
            "PutItem",
            **table,
            Item=first,
            ConditionExpression="attribute_not_exists(id)",
        )
    assert refused.value.code == "ConditionalCheckFailedException"

    batch = [
        {"PutRequest": {"Item": {"id": {"S": "a"}, "at": {"N": str(at)}, "kind": {"S": "y"}}}}
        for at in range(2, 8)
    ]
    aws("dynamodb", "BatchWriteItem", RequestItems={name: batch})
    got = aws("dynamodb", "BatchGetItem", RequestItems={name: {"Keys": [key]}})
    assert [item["at"] for item in got["Responses"][name]] == [{"N": "1"}]
    page = aws(
        "dynamodb",
        "Query",
        **table,
        KeyConditionExpression="id = :id AND #at > :at",
        ExpressionAttributeNames={"#at": "at"},
        ExpressionAttributeValues={":id": {"S": "a"}, ":at": {"N": "1"}},
        Limit=4,
        ScanIndexForward=False,
    )
    assert [item["at"]["N"] for item in page["Items"]] == ["7", "6", "5", "4"]
    indexed = aws(
        "dynamodb",
        "Query",
        **table,
        IndexName="by-kind",
        KeyConditionExpression="kind = :kind",
        ExpressionAttributeValues={":kind": {"S": "y"}},
        Select="COUNT",
    )
    assert indexed["Count"] == 6
    assert aws("dynamodb", "Scan", **table)["Count"] == 7
    aws("dynamodb", "DeleteItem", **table, Key=key)
    assert "Item" not in aws("dynamodb", "GetItem", **table, Key=key)

    aws(
        "dynamodb",
        "UpdateTable",
        **table,
        DeletionProtectionEnabled=True,
    )
    with pytest.raises(AwsError) as refused:
        aws("dynamodb", "DeleteTable", **table)
    assert refused.value.code == "ValidationException"
    aws("dynamodb", "UpdateTable", **table, DeletionProtectionEnabled=False)
    aws("dynamodb", "DeleteTable", **table)
    wait_until(lambda: name in aws("dynamodb", "ListTables")["TableNames"], wanted=False)
    with pytest.raises(AwsError) as refused:
        aws("dynamodb", "DescribeTable", **table)
    assert refused.value.code == "ResourceNotFoundException"


def test_stepfunctions(aws, name, role_arn):
    definition = {
        "StartAt": "Sleep",
        "States": {"Sleep": {"Type": "Wait", "Seconds": 1, "End": True}},
    }
    machine = aws(
        "stepfunctions",
        "CreateStateMachine",
        name=name,
        definition=json.dumps(definition),
        roleArn=role_arn,
    )
    machine_arn = {"stateMachineArn": machine["stateMachineArn"]}
    listed = aws("stepfunctions", "ListStateMachines")["stateMachines"]
    assert name in [entry["name"] for entry in listed]
    described = aws("stepfunctions", "DescribeStateMachine", **machine_arn)
    assert json.loads(described["definition"]) == definition

    started = aws("stepfunctions", "StartExecution", **machine_arn, name="one", input='{"a": 1}')
    arn = {"executionArn": started["executionArn"]}
    wait_until(lambda: aws("stepfunctions", "DescribeExecution", **arn)["status"], "SUCCEEDED")
    history = aws("stepfunctions", "GetExecutionHistory", **arn)["events"]
    assert [event["type"] for event in history] == [
        "ExecutionStarted",
        "WaitStateEntered",
        "WaitStateExited",
        "ExecutionSucceeded",
    ]
    newest = aws("stepfunctions", "GetExecutionHistory", **arn, reverseOrder=True, maxResults=1)
    assert newest["events"][0]["type"] == "ExecutionSucceeded"
    behind = aws("stepfunctions", "DescribeStateMachineForExecution", **arn)
    assert behind["stateMachineArn"] == machine["stateMachineArn"]
    executions = aws("stepfunctions", "ListExecutions", **machine_arn, statusFilter="SUCCEEDED")
    assert [entry["name"] for entry in executions["executions"]] == ["one"]

    definition["States"]["Sleep"]["Seconds"] = 3600
    aws("stepfunctions", "UpdateStateMachine", **machine_arn, definition=json.dumps(definition))
    waiting = aws("stepfunctions", "StartExecution", **machine_arn, name="two", input='{"a": 1}')
    again = aws("stepfunctions", "StartExecution", **machine_arn, name="two", input='{"a": 1}')
    assert again["executionArn"] == waiting["executionArn"]
    stopped = {"executionArn": waiting["executionArn"]}
    aws("stepfunctions", "StopExecution", **stopped, error="Enough", cause="of it")
    assert aws("stepfunctions", "DescribeExecution", **stopped)["status"] == "ABORTED"

    aws("stepfunctions", "DeleteStateMachine", **machine_arn)
    with pytest.raises(AwsError) as refused:
        aws("stepfunctions", "DescribeStateMachine", **machine_arn)
    assert refused.value.code == "StateMachineDoesNotExist"


def test_lambda_and_logs(aws, name, role_arn):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", HANDLER)
    function = {"FunctionName": name}
    code = {"ZipFile": packed.getvalue()} if isinstance(aws, Boto3) else {}
    request = {
        **function,
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Role": role_arn,
        "Timeout": 10,
    }
    if code:
        aws("lambda", "CreateFunction", **request, Code=code)
    else:
        # The command line takes the code as an option of its own.
        aws("lambda", "CreateFunction", **request, ZipFile=packed.getvalue())
    wait_until(lambda: aws("lambda", "GetFunctionConfiguration", **function)["State"], "Active")
    assert aws("lambda", "GetFunction", **function)["Configuration"]["FunctionName"] == name
    listed = aws("lambda", "ListFunctions")["Functions"]
    assert name in [entry["FunctionName"] for entry in listed]

    answer = aws("lambda", "Invoke", **function, Payload=b'{"a": 1}', LogType="Tail")
    assert json.loads(answer["Payload"]) == {"seen": {"a": 1}}
    assert answer["LogResult"]
    failed = aws("lambda", "Invoke", **function, Payload=b'{"fail": true}')
    assert failed["FunctionError"] == "Unhandled"
    assert json.loads(failed["Payload"])["errorType"] == "ValueError"
    queued = aws("lambda", "Invoke", **function, Payload=b"{}", InvocationType="Event")
    assert queued["StatusCode"] == 202
    dry = aws("lambda", "Invoke", **function, Payload=b"{}", InvocationType="DryRun")
    assert dry["StatusCode"] == 204

    group = {"logGroupName": f"/aws/lambda/{name}"}
    groups = aws("logs", "DescribeLogGroups", logGroupNamePrefix=group["logGroupName"])
    assert [entry["logGroupName"] for entry in groups["logGroups"]] == [group["logGroupName"]]
    wait_until(
        lambda: len(aws("logs", "FilterLogEvents", **group, filterPattern="got")["events"]), 3
    )
    (stream, *_) = aws("logs", "DescribeLogStreams", **group)["logStreams"]
    lines = aws("logs", "GetLogEvents", **group, logStreamName=stream["logStreamName"])["events"]
    assert any(line["message"].startswith("START RequestId") for line in lines)

    changed = aws(
        "lambda",
        "UpdateFunctionConfiguration",
        **function,
        Environment={"Variables": {"COLOUR": "blue"}},
    )
    assert changed["Environment"]["Variables"] == {"COLOUR": "blue"}
    aws("lambda", "UpdateFunctionCode", **function, ZipFile=packed.getvalue())
    aws("lambda", "DeleteFunction", **function)
    with pytest.raises(AwsError) as refused:
        aws("lambda", "GetFunction", **function)
    assert refused.value.code == "ResourceNotFoundException"
    aws("logs", "DeleteLogGroup", **group)


def test_cloudformation(aws, name):
    stack = {"StackName": name}
    parameters = [{"ParameterKey": "Name", "ParameterValue": f"{name}-table"}]
    aws("cloudformation", "CreateStack", **stack, TemplateBody=TEMPLATE, Parameters=parameters)

    def describe():
        return aws("cloudformation", "DescribeStacks", **stack)["Stacks"][0]

    wait_until(lambda: describe()["StackStatus"], "CREATE_COMPLETE")
    (output,) = describe()["Outputs"]
    assert output["OutputValue"].endswith(f":table/{name}-table")
    events = aws("cloudformation", "DescribeStackEvents", **stack)["StackEvents"]
    assert events[0]["ResourceStatus"] == "CREATE_COMPLETE"
    (resource,) = aws("cloudformation", "DescribeStackResources", **stack)["StackResources"]
    assert resource["PhysicalResourceId"] == f"{name}-table"
    with pytest.raises(AwsError) as refused:
        aws("cloudformation", "UpdateStack", **stack, TemplateBody=TEMPLATE, Parameters=parameters)
    assert refused.value.code == "ValidationError"
    assert aws("cloudformation", "GetTemplate", **stack)["TemplateBody"]

    aws("cloudformation", "DeleteStack", **stack)
    wait_until(lambda: _is_gone(describe), wanted=True)


def test_iam_and_sts(aws, name, role_arn):
    assert aws("sts", "GetCallerIdentity")["Account"] == "000000000000"
    assumed = aws("sts", "AssumeRole", RoleArn=role_arn, RoleSessionName="session")
    assert assumed["Credentials"]["SessionToken"]
    assert assumed["AssumedRoleUser"]["Arn"].endswith(f":assumed-role/{name}-role/session")
    assert aws("iam", "GetRole", RoleName=f"{name}-role")["Role"]["Arn"] == role_arn

    policy = aws("iam", "CreatePolicy", PolicyName=name, PolicyDocument=EVERYTHING)["Policy"]
    attached = {"RoleName": f"{name}-role", "PolicyArn": policy["Arn"]}
    aws("iam", "AttachRolePolicy", **attached)
    found = aws("iam", "ListAttachedRolePolicies", RoleName=f"{name}-role")["AttachedPolicies"]
    assert [entry["PolicyName"] for entry in found] == [name]
    aws("iam", "DetachRolePolicy", **attached)
    aws("iam", "DeletePolicy", PolicyArn=policy["Arn"])

    aws("iam", "CreateUser", UserName=name)
    key = aws("iam", "CreateAccessKey", UserName=name)["AccessKey"]
    assert key["SecretAccessKey"]
    aws("iam", "DeleteAccessKey", UserName=name, AccessKeyId=key["AccessKeyId"])
    aws("iam", "DeleteUser", UserName=name)
    with pytest.raises(AwsError) as refused:
        aws("iam", "GetUser", UserName=name)
    assert refused.value.code in ("NoSuchEntity", "NoSuchEntityException")


def _is_gone(describe):
    try:
        return describe()["StackStatus"] == "DELETE_COMPLETE"
    except AwsError as refused:
        return refused.code == "ValidationError"

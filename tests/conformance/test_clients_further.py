"""More of what boto3 and the `aws` command line drive: beyond the first application's needs."""

import json

import pytest

from tests.conformance.clients import AwsError
from tests.conformance.test_clients import aws, endpoint, name, role_arn, wait_until

__all__ = ["aws", "endpoint", "name", "role_arn"]

pytestmark = [pytest.mark.slow, pytest.mark.process]


def make_machine(aws, name, role_arn, definition, **options):
    return aws(
        "stepfunctions",
        "CreateStateMachine",
        name=name,
        definition=json.dumps(definition),
        roleArn=role_arn,
        **options,
    )["stateMachineArn"]


def test_transactions_of_dynamodb(aws, name):
    aws(
        "dynamodb",
        "CreateTable",
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"id": {"S": "a"}}
    with pytest.raises(AwsError) as refused:
        aws(
            "dynamodb",
            "TransactWriteItems",
            TransactItems=[{"Put": {"TableName": name, "Item": item}}],
        )
    assert refused.value.code in ("ValidationException", "TransactionCanceledException")
    aws("dynamodb", "TagResource", ResourceArn=_table_arn(aws, name), Tags=[_tag("a", "b")])
    tags = aws("dynamodb", "ListTagsOfResource", ResourceArn=_table_arn(aws, name))["Tags"]
    assert tags == [_tag("a", "b")]
    statement = aws("dynamodb", "ExecuteStatement", Statement=f'SELECT * FROM "{name}"')
    assert statement["Items"] == []
    aws("dynamodb", "DeleteTable", TableName=name)


def test_express_workflows_answer_at_once(aws, name, role_arn):
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Double",
        "States": {"Double": {"Type": "Pass", "Output": "{% $states.input.n * 2 %}", "End": True}},
    }
    arn = make_machine(aws, name, role_arn, definition, type="EXPRESS")
    answer = aws("stepfunctions", "StartSyncExecution", stateMachineArn=arn, input='{"n": 21}')
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", "42")
    aws("stepfunctions", "DeleteStateMachine", stateMachineArn=arn)


def test_activities_and_task_tokens(aws, name, role_arn):
    activity = aws("stepfunctions", "CreateActivity", name=name)["activityArn"]
    definition = {
        "StartAt": "Ask",
        "States": {"Ask": {"Type": "Task", "Resource": activity, "End": True}},
    }
    arn = make_machine(aws, name, role_arn, definition)
    execution = aws("stepfunctions", "StartExecution", stateMachineArn=arn, input='"what?"')
    task = aws("stepfunctions", "GetActivityTask", activityArn=activity, workerName="me")
    assert task["input"] == '"what?"'
    aws("stepfunctions", "SendTaskHeartbeat", taskToken=task["taskToken"])
    aws("stepfunctions", "SendTaskSuccess", taskToken=task["taskToken"], output='"this"')
    described = {"executionArn": execution["executionArn"]}
    wait_until(
        lambda: aws("stepfunctions", "DescribeExecution", **described)["status"], "SUCCEEDED"
    )
    assert aws("stepfunctions", "DescribeExecution", **described)["output"] == '"this"'
    with pytest.raises(AwsError) as refused:
        aws("stepfunctions", "SendTaskSuccess", taskToken=task["taskToken"], output="1")
    assert refused.value.code == "TaskTimedOut"
    aws("stepfunctions", "DeleteActivity", activityArn=activity)
    aws("stepfunctions", "DeleteStateMachine", stateMachineArn=arn)


def test_versions_aliases_and_tags_of_state_machines(aws, name, role_arn):
    definition = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    arn = make_machine(aws, name, role_arn, definition)
    version = aws("stepfunctions", "PublishStateMachineVersion", stateMachineArn=arn)[
        "stateMachineVersionArn"
    ]
    assert version == f"{arn}:1"
    alias = aws(
        "stepfunctions",
        "CreateStateMachineAlias",
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": version, "weight": 100}],
    )["stateMachineAliasArn"]
    started = aws("stepfunctions", "StartExecution", stateMachineArn=alias)
    described = aws("stepfunctions", "DescribeExecution", executionArn=started["executionArn"])
    assert described["stateMachineAliasArn"] == alias
    aws("stepfunctions", "TagResource", resourceArn=arn, tags=[{"key": "a", "value": "b"}])
    tags = aws("stepfunctions", "ListTagsForResource", resourceArn=arn)["tags"]
    assert tags == [{"key": "a", "value": "b"}]
    aws("stepfunctions", "DeleteStateMachineAlias", stateMachineAliasArn=alias)
    aws("stepfunctions", "DeleteStateMachine", stateMachineArn=arn)


def test_state_can_be_tested_alone(aws, role_arn):
    state = {"Type": "Pass", "Result": {"a": 1}, "End": True}
    tested = aws("stepfunctions", "TestState", definition=json.dumps(state), roleArn=role_arn)
    assert (tested["status"], json.loads(tested["output"])) == ("SUCCEEDED", {"a": 1})


def test_change_sets(aws, name):
    template = {"Resources": {"Group": {"Type": "AWS::Logs::LogGroup"}}}
    created = aws(
        "cloudformation",
        "CreateChangeSet",
        StackName=name,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template),
    )
    change_set = {"ChangeSetName": created["Id"]}
    wait_until(
        lambda: aws("cloudformation", "DescribeChangeSet", **change_set)["Status"],
        "CREATE_COMPLETE",
    )
    (change,) = aws("cloudformation", "DescribeChangeSet", **change_set)["Changes"]
    assert change["ResourceChange"]["Action"] == "Add"
    aws("cloudformation", "ExecuteChangeSet", **change_set)
    stack = {"StackName": name}
    wait_until(
        lambda: aws("cloudformation", "DescribeStacks", **stack)["Stacks"][0]["StackStatus"],
        "CREATE_COMPLETE",
    )
    (listed,) = aws("cloudformation", "ListStackResources", **stack)["StackResourceSummaries"]
    assert listed["LogicalResourceId"] == "Group"
    aws("cloudformation", "DeleteStack", **stack)


def test_objects_and_parameters(aws, name):
    s3 = "s3api" if hasattr(aws, "_driver") else "s3"
    aws(s3, "CreateBucket", Bucket=f"{name}-bucket")
    put = {"Bucket": f"{name}-bucket", "Key": "a/b c.txt"}
    aws(s3, "PutObject", **put, Body=b"content")
    assert aws(s3, "GetObject", **put)["Body"] == b"content"
    listed = aws(s3, "ListObjectsV2", Bucket=put["Bucket"], Prefix="a/")["Contents"]
    assert [entry["Key"] for entry in listed] == ["a/b c.txt"]
    with pytest.raises(AwsError) as refused:
        aws(s3, "GetObject", Bucket=put["Bucket"], Key="missing")
    assert refused.value.code == "NoSuchKey"
    aws(s3, "DeleteObject", **put)
    aws(s3, "DeleteBucket", Bucket=put["Bucket"])

    aws("ssm", "PutParameter", Name=f"/{name}/a", Value="1", Type="String")
    assert aws("ssm", "GetParameter", Name=f"/{name}/a")["Parameter"]["Value"] == "1"
    aws("ssm", "DeleteParameter", Name=f"/{name}/a")


def _table_arn(aws, name):
    return aws("dynamodb", "DescribeTable", TableName=name)["Table"]["TableArn"]


def _tag(key, value):
    return {"Key": key, "Value": value}

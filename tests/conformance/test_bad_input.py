"""What AWS refuses is refused in AWS's words, and the service goes on.

Each expected text is AWS's: observed where the comment says so, else from the operation's page in
the API reference.
"""

from __future__ import annotations

import io
import json
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

from groundstate.testing import Groundstate

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
LOGS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}],
    }
)
KEY = {"taskId": {"S": "a"}, "timestamp": {"N": "1"}}


@pytest.fixture(scope="module")
def runtime():
    with Groundstate(real_time=True) as runtime:
        iam = runtime.client("iam")
        iam.create_role(RoleName="Role", AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName="Role", PolicyName="logs", PolicyDocument=LOGS)
        runtime.client("dynamodb").create_table(
            TableName="Tasks",
            KeySchema=[
                {"AttributeName": "taskId", "KeyType": "HASH"},
                {"AttributeName": "timestamp", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "taskId", "AttributeType": "S"},
                {"AttributeName": "timestamp", "AttributeType": "N"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield runtime
        # Whatever was sent, the runtime is as it was.
        assert runtime.client("dynamodb").list_tables()["TableNames"] == ["Tasks"]
        assert runtime.client("dynamodb").scan(TableName="Tasks")["Count"] == 0


ROLE = "arn:aws:iam::000000000000:role/Role"


def refusal(call, **arguments):
    """The code and the message of what a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_body_that_is_no_json(runtime):
    client = runtime.client("dynamodb", region="eu-west-1")

    def spoil(request, **_):
        request.data = b'{"TableName": "Tasks", '

    client.meta.events.register("before-sign.dynamodb.ListTables", spoil)
    code, _ = refusal(client.list_tables)
    assert code == "SerializationException"


def test_operation_that_does_not_exist(runtime):
    client = runtime.client("stepfunctions", region="eu-west-1")

    def rename(request, **_):
        del request.headers["X-Amz-Target"]
        request.headers["X-Amz-Target"] = "AWSStepFunctions.MakeTea"

    client.meta.events.register("before-sign.stepfunctions.ListStateMachines", rename)
    code, _ = refusal(client.list_state_machines)
    assert code == "UnknownOperationException"


def test_table_that_does_not_exist(runtime):
    dynamodb = runtime.client("dynamodb")
    assert refusal(dynamodb.put_item, TableName="Nothing", Item=KEY) == (
        "ResourceNotFoundException",
        "Requested resource not found",
    )
    assert refusal(dynamodb.describe_table, TableName="Nothing") == (
        "ResourceNotFoundException",
        "Requested resource not found: Table: Nothing not found",
    )


def test_key_of_the_wrong_type(runtime):
    item = {"taskId": {"N": "1"}, "timestamp": {"N": "1"}}
    assert refusal(runtime.client("dynamodb").put_item, TableName="Tasks", Item=item) == (
        "ValidationException",
        (
            "One or more parameter values were invalid: Type mismatch for key taskId expected: S"
            " actual: N"
        ),
    )
    assert refusal(runtime.client("dynamodb").get_item, TableName="Tasks", Key=item) == (
        "ValidationException",
        "The provided key element does not match the schema",
    )


def test_item_over_400_kb(runtime):
    item = {**KEY, "data": {"S": "x" * 409_600}}
    assert refusal(runtime.client("dynamodb").put_item, TableName="Tasks", Item=item) == (
        "ValidationException",
        "Item size has exceeded the maximum allowed size",
    )


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        # Observed: floci-io/floci issue 2735 (August 2026), and recorded answers.
        (
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}},
            (
                "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next'"
                " target: B at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state"
                " at null'"
            ),
        ),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Tea", "End": True}}},
            (
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field 'Type'"
                " should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice,"
                " Parallel, Map]"
                " at /States/A/Type'"
            ),
        ),
    ],
)
def test_invalid_definition(runtime, definition, message):
    states = runtime.client("stepfunctions")
    assert refusal(
        states.create_state_machine, name="m", definition=json.dumps(definition), roleArn=ROLE
    ) == ("InvalidDefinition", message)
    assert states.list_state_machines()["stateMachines"] == []


def test_definition_that_is_no_json(runtime):
    code, message = refusal(
        runtime.client("stepfunctions").create_state_machine,
        name="m",
        definition="{",
        roleArn=ROLE,
    )
    assert code == "InvalidDefinition"
    assert message.startswith("Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: ")


def test_role_that_is_no_arn(runtime):
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    code, message = refusal(
        runtime.client("stepfunctions").create_state_machine,
        name="m",
        definition=definition,
        roleArn="nobody",
    )
    assert (code, message) == ("InvalidArn", "Invalid Role Arn: 'nobody'")


def test_role_that_lambda_may_not_assume(runtime):
    arguments = function_arguments("f", "def handler(event, context): pass")
    arguments["Role"] = "arn:aws:iam::000000000000:role/Nobody"
    assert refusal(runtime.client("lambda").create_function, **arguments) == (
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    )


def function_arguments(name, source):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", source)
    return {
        "FunctionName": name,
        "Role": ROLE,
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": archive.getvalue()},
        "Timeout": 3,
    }


@pytest.mark.parametrize(
    ("name", "source", "error_type", "error_message"),
    [
        ("raises", "def handler(e, c): raise KeyError('tea')", "KeyError", "'tea'"),
        (
            "exits",
            "import os\ndef handler(e, c): os._exit(3)",
            "Runtime.ExitError",
            "RequestId: {id} Error: Runtime exited with error: exit status 3",
        ),
        (
            "leaves",
            "import os\ndef handler(e, c): os._exit(0)",
            "Runtime.ExitError",
            "RequestId: {id} Error: Runtime exited without providing a reason",
        ),
        (
            "never_returns",
            "import time\ndef handler(e, c): time.sleep(60)",
            "Sandbox.Timedout",
            "RequestId: {id} Error: Task timed out after 1.00 seconds",
        ),
    ],
)
def test_handler_that_fails(runtime, name, source, error_type, error_message):
    client = runtime.client("lambda")
    client.create_function(**{**function_arguments(name, source), "Timeout": 1})
    answer = client.invoke(FunctionName=name, Payload=b"{}")
    request_id = answer["ResponseMetadata"]["RequestId"]
    payload = json.loads(answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == error_type
    assert payload["errorMessage"] == error_message.format(id=request_id)


def test_handler_that_prints_100_mb(runtime):
    source = """
def handler(event, context):
    for _ in range(1600):
        print("x" * 65535)
    return "done"
"""
    client = runtime.client("lambda")
    client.create_function(**{**function_arguments("prints", source), "Timeout": 60})
    answer = client.invoke(FunctionName="prints", Payload=b"{}", LogType="Tail")
    assert json.loads(answer["Payload"].read()) == "done"
    assert len(answer["LogResult"]) <= 4096 * 4 / 3 + 4


def test_request_without_a_signature(runtime):
    request = urllib.request.Request(
        runtime.endpoint_url,
        data=b"{}",
        headers={
            "X-Amz-Target": "DynamoDB_20120810.ListTables",
            "Content-Type": "application/x-amz-json-1.0",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert json.loads(caught.value.read()) == {
        "__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
        "message": "Request is missing Authentication Token",
    }
    caught.value.close()


@pytest.mark.parametrize(
    ("service", "method", "code"),
    [
        ("dynamodb", "list_tables", "InvalidSignatureException"),
        ("stepfunctions", "list_state_machines", "InvalidSignatureException"),
        ("lambda", "list_functions", "InvalidSignatureException"),
        ("iam", "list_roles", "SignatureDoesNotMatch"),
        ("s3", "list_buckets", "SignatureDoesNotMatch"),
    ],
)
def test_signature_with_another_secret(runtime, service, method, code):
    client = runtime.client(service, secret_access_key="another")
    assert refusal(getattr(client, method))[0] == code


@pytest.mark.parametrize(
    ("service", "method", "code"),
    [
        ("dynamodb", "list_tables", "UnrecognizedClientException"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
    ],
)
def test_key_that_nobody_has(runtime, service, method, code):
    client = runtime.client(service, access_key_id="AKIAIOSFODNN7EXAMPLE")
    assert refusal(getattr(client, method))[0] == code

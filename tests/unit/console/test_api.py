"""The console's way to AWS's operations."""

import base64

import pytest

TABLE = {
    "TableName": "Tasks",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture(scope="module", autouse=True)
def table(runtime):
    runtime.client("dynamodb").create_table(**TABLE)


def test_operation_is_performed(browser, runtime):
    item = {"id": {"S": "a"}, "n": {"N": "12345678901234567890123456789012345678"}}
    answer = browser.call("dynamodb", "PutItem", {"TableName": "Tasks", "Item": item})
    assert answer.status == 200
    stored = runtime.client("dynamodb").get_item(TableName="Tasks", Key={"id": {"S": "a"}})
    assert stored["Item"] == item


def test_request_id_comes_along(browser):
    assert len(browser.call("dynamodb", "ListTables").headers["x-amzn-requestid"]) == 36


def test_blobs_are_base64_both_ways(browser):
    browser.call("s3", "CreateBucket", {"Bucket": "console-blobs"})
    body = base64.b64encode(b"\x00\xff").decode()
    browser.call("s3", "PutObject", {"Bucket": "console-blobs", "Key": "k", "Body": body})
    read = browser.call("s3", "GetObject", {"Bucket": "console-blobs", "Key": "k"})
    assert read.document["Body"] == body


def test_refusal_has_code_and_message(browser):
    answer = browser.call("dynamodb", "DescribeTable", {"TableName": "Nope"})
    assert answer.status == 400
    assert answer.document["code"] == "ResourceNotFoundException"
    assert "Nope" in answer.document["message"]


def test_request_is_validated(browser):
    answer = browser.call("stepfunctions", "DescribeExecution", {})
    assert answer.document["code"] == "ValidationException"


@pytest.mark.parametrize(
    "target",
    [
        "dynamodb/Nothing",
        "nothing/ListTables",
        "dynamodb",
        # The runtime's own, which no model has.
        "iam/GetTrustedRole",
        "lambda/ServeFunctionUrl",
        "logs/AppendLogLines",
    ],
)
def test_only_operations_of_aws_can_be_reached(browser, target):
    answer = browser.post(f"api/{target}")
    assert answer.document["code"] == "UnknownOperationException"


def test_body_must_be_an_object(browser):
    answer = browser.post("api/dynamodb/ListTables", [1])
    assert answer.document["code"] == "SerializationException"


def test_region_is_the_one_that_is_asked_for(browser):
    there = {"X-Groundstate-Region": "eu-west-1"}
    assert browser.call("dynamodb", "ListTables", headers=there).document["TableNames"] == []
    wrong = {"X-Groundstate-Region": "../x"}
    assert browser.call("dynamodb", "ListTables", headers=wrong).status == 400


def test_waiting_operation_is_answered_when_it_is_done(browser, runtime):
    machine = runtime.client("stepfunctions").create_state_machine(
        name="Quick",
        type="EXPRESS",
        roleArn="arn:aws:iam::000000000000:role/none",
        definition='{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}',
    )
    answer = browser.call(
        "stepfunctions",
        "StartSyncExecution",
        {"stateMachineArn": machine["stateMachineArn"], "input": '{"a": 1}'},
    )
    assert answer.document["status"] == "SUCCEEDED"
    assert isinstance(answer.document["startDate"], float)


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        ("lambda", "ListFunctions", {}),
        ("stepfunctions", "ListStateMachines", {}),
        ("dynamodb", "ListTables", {}),
        ("dynamodb", "DescribeTable", {"TableName": "Tasks"}),
        ("dynamodb", "Scan", {"TableName": "Tasks"}),
        ("logs", "DescribeLogGroups", {}),
        ("cloudformation", "ListStacks", {}),
    ],
)
def test_looking_changes_nothing(browser, runtime, service, operation, request_):
    """A page that looks at each change must not make one, or it would look for ever."""
    before = runtime.on_loop(lambda it: it.store.version)
    assert browser.call(service, operation, request_).status == 200
    assert runtime.on_loop(lambda it: it.store.version) == before

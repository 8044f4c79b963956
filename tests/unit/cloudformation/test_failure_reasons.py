"""Why a resource failed, in the words of the handlers of AWS's resource types."""

import re

import pytest

from groundstate.services.cloudformation.engine import appliance
from tests.unit.cloudformation.conftest import ROLE
from tests.unit.cloudformation.templates import bad_group, group


@pytest.mark.parametrize(
    ("resource", "service", "status", "code"),
    [
        (bad_group(), "CloudWatchLogs", 400, "InvalidRequest"),
        (
            {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": "b", "AttributeType": "S"}],
                    "BillingMode": "PAY_PER_REQUEST",
                },
            },
            "DynamoDb",
            400,
            "InvalidRequest",
        ),
        (
            {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
            "Iam",
            400,
            "InvalidRequest",
        ),
        (
            {
                "Type": "Custom::Thing",
                "Properties": {
                    "ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:none"
                },
            },
            "Lambda",
            404,
            "NotFound",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_failed_resource_says_which_service_refused(stacks, resource, service, status, code):
    stacks.create({"Resources": {"A": resource}})
    reason = next(reason for _, status, reason in stacks.events() if status == "CREATE_FAILED")
    assert re.search(
        rf'^Resource handler returned message: "[^"].*'
        rf" \(Service: {service}, Status Code: {status}, Request ID: [0-9a-f-]{{36}}\)"
        r' \(SDK Attempt Count: 1\)" '
        rf"\(RequestToken: [0-9a-f-]{{36}}, HandlerErrorCode: {code}\)$",
        reason,
    ), reason


def test_fault_of_ours_ends_with_its_stack(stacks, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    template = {"Resources": {"A": group("a"), "B": group("b", DependsOn="A")}}
    monkeypatch.setattr(appliance, "_read_properties", fail)
    assert stacks.create(template)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("A", "CREATE_FAILED", "Internal Failure: RuntimeError: a bug") in stacks.events()
    monkeypatch.undo()
    stacks.delete()
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"


TABLE = {
    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.mark.parametrize(
    ("kind", "properties", "problem"),
    [
        (
            "DynamoDB::Table",
            {**TABLE, "StreamSpecification": {}},
            "#/StreamSpecification: required key [StreamViewType] not found",
        ),
        (
            "S3::Bucket",
            {"LifecycleConfiguration": {"Rules": [{"ExpirationInDays": 1}]}},
            "#/LifecycleConfiguration/Rules/0: required key [Status] not found",
        ),
        (
            "DynamoDB::GlobalTable",
            {**TABLE, "Replicas": [{"Region": "us-east-1"}], "GlobalSecondaryIndexes": ["by-b"]},
            "#/GlobalSecondaryIndexes/0: expected type: JSONObject, found: String",
        ),
        (
            "DynamoDB::GlobalTable",
            {**TABLE, "Replicas": [{"Region": "us-east-1", "TableClas": "STANDARD"}]},
            "#/Replicas/0: extraneous key [TableClas] is not permitted",
        ),
        (
            "IAM::Role",
            {"AssumeRolePolicyDocument": {}, "Policies": [{"PolicyName": "p"}]},
            "#/Policies/0: required key [PolicyDocument] not found",
        ),
        (
            "StepFunctions::StateMachine",
            {"RoleArn": "arn:aws:iam::000000000000:role/r", "DefinitionS3Location": {"Key": "k"}},
            "#/DefinitionS3Location: required key [Bucket] not found",
        ),
    ],
    ids=["stream", "lifecycle", "index", "replica", "policy", "location"],
)
def test_problem_deep_down_is_told_with_its_place(stacks, kind, properties, problem):
    resource = {"Type": f"AWS::{kind}", "Properties": properties}
    stacks.create({"Resources": {"A": resource}})
    reason = next(reason for _, status, reason in stacks.events() if status == "CREATE_FAILED")
    assert reason == f"Properties validation failed for resource A with message:\n[{problem}]"
    assert stacks.describe()["StackStatus"] == "ROLLBACK_COMPLETE"


@pytest.mark.parametrize(
    ("resource", "identifier"),
    [
        (
            {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "TableName": "Taken",
                    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
                    "BillingMode": "PAY_PER_REQUEST",
                },
            },
            "Taken",
        ),
        (
            {**ROLE, "Properties": {**ROLE["Properties"], "RoleName": "Taken"}},
            "Taken",
        ),
        (group("taken"), '{"/properties/LogGroupName":"taken"}'),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_name_that_is_taken_is_told_as_the_handlers_do(stacks, resource, identifier):
    stacks.create({"Resources": {"A": resource}}, name="first")
    stacks.create({"Resources": {"A": resource}}, name="second")
    reason = next(r for _, status, r in stacks.events("second") if status == "CREATE_FAILED")
    told = f"Resource of type '{resource['Type']}' with identifier '{identifier}' already exists."
    assert re.fullmatch(
        f'Resource handler returned message: "{re.escape(told)}" '
        r"\(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: AlreadyExists\)",
        reason,
    ), reason
    assert stacks.describe("first")["StackStatus"] == "CREATE_COMPLETE"

"""What the stack asks AWS for."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template

from aws_stepfunction_status_stack import AwsStepfunctionStatusStack

WAIT = "Execute long running task...wait 30 seconds"


@pytest.fixture(scope="module")
def template() -> Template:
    context = json.loads((Path(__file__).parents[1] / "cdk.json").read_text())["context"]
    app = cdk.App(context=context)
    return Template.from_stack(AwsStepfunctionStatusStack(app, "AwsStepfunctionStatusStack"))


@pytest.fixture(scope="module")
def definition(template: Template) -> dict[str, Any]:
    """The machine's definition, with `<name>` where CloudFormation fills something in."""
    (machine,) = template.find_resources("AWS::StepFunctions::StateMachine").values()
    _, parts = machine["Properties"]["DefinitionString"]["Fn::Join"]
    text = "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)
    definition: dict[str, Any] = json.loads(text)
    return definition


def test_table_is_keyed_by_task_and_time_and_goes_with_the_stack(template: Template) -> None:
    template.has_resource(
        "AWS::DynamoDB::Table",
        {
            "Properties": {
                "TableName": "Tasks",
                "KeySchema": [
                    {"AttributeName": "taskId", "KeyType": "HASH"},
                    {"AttributeName": "timestamp", "KeyType": "RANGE"},
                ],
                "AttributeDefinitions": [
                    {"AttributeName": "taskId", "AttributeType": "S"},
                    {"AttributeName": "timestamp", "AttributeType": "N"},
                ],
                "BillingMode": "PAY_PER_REQUEST",
            },
            "DeletionPolicy": "Delete",
        },
    )


def test_states_follow_each_other(definition: dict[str, Any]) -> None:
    states = definition["States"]
    assert definition["StartAt"] == "CreateDynamoTaskItem"
    assert states["CreateDynamoTaskItem"]["Next"] == WAIT
    assert states[WAIT]["Next"] == "UpdateDynamoTaskItem"
    assert states["UpdateDynamoTaskItem"]["End"] is True
    assert len(states) == 3


def test_first_state_puts_the_item_as_started(definition: dict[str, Any]) -> None:
    state = definition["States"]["CreateDynamoTaskItem"]
    assert state["Resource"].endswith(":states:::dynamodb:putItem")
    assert state["Parameters"]["Item"] == {
        "taskId": {"S.$": "$.taskId"},
        "timestamp": {"N.$": "States.Format('{}', $.timestamp)"},
        "Status": {"S": "STARTED"},
    }
    assert state["ResultPath"] is None


def test_second_state_waits_30_seconds(definition: dict[str, Any]) -> None:
    assert definition["States"][WAIT] == {
        "Type": "Wait",
        "Seconds": 30,
        "Next": "UpdateDynamoTaskItem",
    }


def test_last_state_updates_the_item_to_done(definition: dict[str, Any]) -> None:
    state = definition["States"]["UpdateDynamoTaskItem"]
    assert state["Resource"].endswith(":states:::dynamodb:updateItem")
    assert state["Parameters"]["Key"] == {
        "taskId": {"S.$": "$.taskId"},
        "timestamp": {"N.$": "States.Format('{}', $.timestamp)"},
    }
    assert state["Parameters"]["UpdateExpression"] == "SET #s = :val"
    assert state["Parameters"]["ExpressionAttributeNames"] == {"#s": "Status"}
    assert state["Parameters"]["ExpressionAttributeValues"] == {":val": {"S": "Done"}}


def test_function_knows_the_machine(template: Template) -> None:
    (machine_id,) = template.find_resources("AWS::StepFunctions::StateMachine")
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {
            "FunctionName": "InvokeTaskStepFunction",
            "Handler": "index.handler",
            "Environment": {"Variables": {"StateMachineArn": {"Ref": machine_id}}},
        },
    )


def test_function_may_start_the_machine_and_nothing_else(template: Template) -> None:
    (machine_id,) = template.find_resources("AWS::StepFunctions::StateMachine")
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": [
                    {
                        "Action": "states:StartExecution",
                        "Effect": "Allow",
                        "Resource": {"Ref": machine_id},
                    }
                ],
                "Version": "2012-10-17",
            }
        },
    )


def test_machine_may_write_to_the_table(template: Template) -> None:
    (table_id,) = template.find_resources("AWS::DynamoDB::Table")
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        {
                            "Action": Match.array_with(["dynamodb:PutItem", "dynamodb:UpdateItem"]),
                            "Effect": "Allow",
                            "Resource": {"Fn::GetAtt": [table_id, "Arn"]},
                        }
                    ]
                )
            }
        },
    )


def test_logs_go_with_the_stack(template: Template) -> None:
    template.has_resource(
        "AWS::Logs::LogGroup",
        {
            "Properties": {"LogGroupName": "/aws/lambda/InvokeTaskStepFunction"},
            "DeletionPolicy": "Delete",
        },
    )

"""The Tasks application as a template: what app/ is to the CDK, with a Wait of one's choice."""

import json
from pathlib import Path

HANDLER = Path(__file__).parents[2] / "app" / "lambdas" / "invoke" / "index.py"
FUNCTION = "InvokeTaskStepFunction"
MACHINE = "Tasks-machine"


def deploy_tasks(runtime, wait_s):
    """Deploy the stack; the state machine's ARN."""
    client = runtime.client("cloudformation")
    client.create_stack(
        StackName="Tasks",
        TemplateBody=json.dumps(make_template(wait_s)),
        Capabilities=["CAPABILITY_IAM"],
    )
    client.get_waiter("stack_create_complete").wait(
        StackName="Tasks", WaiterConfig={"Delay": 0.1, "MaxAttempts": 300}
    )
    return f"arn:aws:states:us-east-1:000000000000:stateMachine:{MACHINE}"


def make_template(wait_s):
    key = {"taskId": {"S.$": "$.taskId"}, "timestamp": {"N.$": "States.Format('{}', $.timestamp)"}}
    put = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "Parameters": {"TableName": "Tasks", "Item": {**key, "Status": {"S": "STARTED"}}},
        "ResultPath": None,
        "Next": "Long running task",
    }
    update = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:updateItem",
        "Parameters": {
            "TableName": "Tasks",
            "Key": key,
            "UpdateExpression": "SET #s = :s",
            "ExpressionAttributeNames": {"#s": "Status"},
            "ExpressionAttributeValues": {":s": {"S": "Done"}},
        },
        "End": True,
    }
    definition = {
        "StartAt": "CreateDynamoTaskItem",
        "States": {
            "CreateDynamoTaskItem": put,
            "Long running task": {"Type": "Wait", "Seconds": wait_s, "Next": "UpdateItem"},
            "UpdateItem": update,
        },
    }
    return {"Resources": make_resources(json.dumps(definition))}


def make_resources(definition):
    return {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "Tasks",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": "taskId", "AttributeType": "S"},
                    {"AttributeName": "timestamp", "AttributeType": "N"},
                ],
                "KeySchema": [
                    {"AttributeName": "taskId", "KeyType": "HASH"},
                    {"AttributeName": "timestamp", "KeyType": "RANGE"},
                ],
            },
        },
        "MachineRole": make_role("states.amazonaws.com", "dynamodb:*"),
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "StateMachineName": MACHINE,
                "RoleArn": {"Fn::GetAtt": ["MachineRole", "Arn"]},
                "DefinitionString": definition,
            },
        },
        "FunctionRole": make_role("lambda.amazonaws.com", "states:StartExecution", "logs:*"),
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": FUNCTION,
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Timeout": 10,
                "Role": {"Fn::GetAtt": ["FunctionRole", "Arn"]},
                "Code": {"ZipFile": HANDLER.read_text(encoding="utf-8")},
                "Environment": {"Variables": {"StateMachineArn": {"Ref": "Machine"}}},
            },
        },
    }


def make_role(service, *actions):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    grant = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = {"PolicyName": "work", "PolicyDocument": {"Statement": [grant]}}
    for document in (policy["PolicyDocument"], trust_document := {"Statement": [trust]}):
        document["Version"] = "2012-10-17"
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust_document, "Policies": [policy]},
    }

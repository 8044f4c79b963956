"""Deploys templates and runs definitions that somebody has spoilt.

    python -m tests.fuzz.documents --seconds 600 [--seed NUMBER]

A finding is a fault of the runtime (HTTP 500, or a resource's `Internal Failure`), or an answer
that does not come. What is refused, or fails with an error of AWS's, is as it should be.
`tests/property/test_documents.py` does some of each.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import time
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from groundstate.testing import Groundstate

Document = dict[str, Any]

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
TEMPLATE: Document = {
    "Parameters": {"Stage": {"Type": "String", "Default": "test"}},
    "Conditions": {"IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]}},
    "Mappings": {"Sizes": {"test": {"Memory": "256"}}},
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "DeletionPolicy": "Delete",
            "Properties": {
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [
                    {"AttributeName": "id", "AttributeType": "S"},
                    {"AttributeName": "at", "AttributeType": "N"},
                ],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
                "GlobalSecondaryIndexes": [
                    {
                        "IndexName": "by-time",
                        "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
                    }
                ],
                "Tags": [{"Key": "stage", "Value": {"Ref": "Stage"}}],
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _TRUST,
                "ManagedPolicyArns": [
                    {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonDynamoDBFullAccess"}
                ],
                "Policies": [
                    {"PolicyName": "inline", "PolicyDocument": {**_TRUST, "Statement": []}}
                ],
            },
        },
        "Policy": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "more",
                "Roles": [{"Ref": "Role"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": ["dynamodb:*"],
                            "Resource": {"Fn::GetAtt": ["Table", "Arn"]},
                        }
                    ],
                },
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "DependsOn": ["Policy"],
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Code": {"ZipFile": "def handler(event, context): return event"},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "MemorySize": {"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]},
                "Environment": {"Variables": {"TABLE": {"Ref": "Table"}}},
                "Timeout": {"Fn::If": ["IsTest", 5, 60]},
            },
        },
        "Version": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": "Function"}},
        },
        "Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": "live",
                "FunctionName": {"Ref": "Function"},
                "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
            },
        },
        "Source": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
                "FunctionName": {"Ref": "Function"},
                "StartingPosition": "LATEST",
                "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
            },
        },
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "DefinitionString": '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
                "DefinitionSubstitutions": {"table": {"Ref": "Table"}},
            },
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Condition": "IsTest",
            "Properties": {
                "VersioningConfiguration": {"Status": "Enabled"},
                "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 3}]},
            },
        },
        "Parameter": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Type": "StringList",
                "Value": {"Fn::Join": [",", [{"Ref": "Table"}, {"Fn::Select": [0, ["x", "y"]]}]]},
            },
        },
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}},
    },
    "Outputs": {"Name": {"Value": {"Ref": "Table"}, "Export": {"Name": "fuzzed"}}},
}
_RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 2}]
_CATCH = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "End"}]
_END = {"End": {"Type": "Succeed"}}
_ITEM = {"id": {"S.$": "States.Format('{}', $.a)"}}
DEFINITIONS: tuple[Document, ...] = (
    {
        "StartAt": "Put",
        "TimeoutSeconds": 3600,
        "States": {
            "Put": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:putItem",
                "Parameters": {"TableName": "Table", "Item": _ITEM},
                "ResultSelector": {"status.$": "$.SdkHttpMetadata.HttpStatusCode"},
                "ResultPath": "$.put",
                "TimeoutSeconds": 10,
                "Retry": _RETRY,
                "Catch": _CATCH,
                "Next": "Wait",
            },
            "Wait": {"Type": "Wait", "SecondsPath": "$.wait", "Next": "Choose"},
            "Choose": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.a", "NumericGreaterThan": 3, "Next": "Fail"},
                    {
                        "And": [
                            {"Variable": "$.a", "IsPresent": True},
                            {"Not": {"Variable": "$.b", "StringMatches": "x*"}},
                        ],
                        "Next": "Each",
                    },
                ],
                "Default": "End",
            },
            "Each": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "ItemSelector": {"n.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index"},
                "MaxConcurrency": 2,
                "ToleratedFailureCount": 1,
                "ItemProcessor": {
                    "StartAt": "Add",
                    "States": {
                        "Add": {
                            "Type": "Pass",
                            "Parameters": {"m.$": "States.MathAdd($.n, 1)"},
                            "End": True,
                        }
                    },
                },
                "ResultPath": "$.each",
                "Catch": _CATCH,
                "Next": "End",
            },
            "Fail": {"Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', $.a)"},
            **_END,
        },
    },
    {
        "QueryLanguage": "JSONata",
        "StartAt": "Set",
        "States": {
            "Set": {
                "Type": "Pass",
                "Assign": {"x": "{% $states.input.a + 1 %}"},
                "Output": {"y": "{% $sum($states.input.items) %}"},
                "Next": "Both",
            },
            "Both": {
                "Type": "Parallel",
                "Arguments": {"z": "{% $x %}"},
                "Branches": [
                    {
                        "StartAt": "L",
                        "States": {
                            "L": {
                                "Type": "Task",
                                "Resource": "arn:aws:states:::aws-sdk:dynamodb:describeTable",
                                "Arguments": {"TableName": "{% 'Table' %}"},
                                "Output": "{% $states.result.Table.TableName %}",
                                "End": True,
                            }
                        },
                    },
                    {"StartAt": "R", "States": {"R": {"Type": "Succeed", "Output": "{% $x %}"}}},
                ],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "End", "Assign": {"x": 0}}],
                "Next": "Choose",
            },
            "Choose": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $x > 100 %}", "Next": "End", "Output": {}}],
                "Default": "Rows",
            },
            "Rows": {
                "Type": "Map",
                "Items": "{% [1, 2, 3] %}",
                "Label": "rows",
                "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"x": "{% $x %}"}},
                "ToleratedFailurePercentage": 50,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                    "StartAt": "P",
                    "States": {"P": {"Type": "Pass", "Output": "{% $states.input %}", "End": True}},
                },
                "Next": "Wait",
            },
            "Wait": {"Type": "Wait", "Seconds": "{% $x %}", "Next": "End"},
            **_END,
        },
    },
)
_VALUES: tuple[Any, ...] = (
    *(None, "", "x", "true", "é" * 90, 0, -1, 1.5, 2**40, 1e308, True, False),
    *([], ["x"], [None], [1, 2], [{"a": 1}], {}, {"a": 1}, {"a.$": "$.a"}, {"a": None}),
    *("$", "$.a", "$$", "$.a[*]", "$..a", "$[?(@.a>1)]", "States.Array($.a)", "States.ALL", "*"),
    *(
        "{% $states.input %}",
        "{% $x %}",
        "{% 1/0 %}",
        "{% $states.result %}",
        "{% function(){1} %}",
    ),
    *("Pass", "Task", "Map", "Choice", "Wait", "JSONata", "2016-03-14T01:59:00Z", "arn:aws:x"),
    *("arn:aws:states:::lambda:invoke", "arn:aws:states:::states:startExecution.sync:2"),
    *({"Ref": "Stage"}, {"Ref": "Table"}, {"Ref": "AWS::NoValue"}, {"Ref": "None"}),
    *({"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::GetAtt": "Table"}, {"Fn::Sub": "${Table}-${x}"}),
    *({"Fn::Join": ["", ["a", {"Ref": "Stage"}]]}, {"Fn::If": ["IsTest", 1, 2]}, {"Fn::If": [1]}),
    *({"Fn::Select": [5, ["a"]]}, {"Fn::Split": [",", "a,b"]}, {"Fn::ImportValue": "fuzzed"}),
    *({"Fn::FindInMap": ["Sizes", "x", "y"]}, {"Fn::Base64": "x"}, {"Fn::GetAZs": ""}),
    *({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, {"Fn::Length": ["a"]}, "{{resolve:ssm:/none}}"),
)
_TEMPLATE_NAMES = ("Condition", "DependsOn", "Fn::Sub", "Properties", "Ref", "Tags", "Type", "X")
_DEFINITION_NAMES = (
    *("Arguments", "Assign", "BackoffRate", "Branches", "Catch", "Choices", "Condition", "Default"),
    *(
        "End",
        "ErrorEquals",
        "HeartbeatSeconds",
        "InputPath",
        "ItemBatcher",
        "ItemSelector",
        "Items",
    ),
    *("ItemsPath", "Label", "MaxAttempts", "Next", "Output", "OutputPath", "Parameters", "Result"),
    *(
        "ProcessorConfig",
        "QueryLanguage",
        "ResultPath",
        "ResultSelector",
        "Retry",
        "Seconds",
        "Type",
    ),
)
_INPUTS: tuple[Any, ...] = (
    {"a": 1, "b": "x", "wait": 0, "items": [1, 2]},
    *({"a": "5", "items": []}, {}, [1], "x", None, {"a": {"b": None}, "items": [None, "y"]}),
)
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


def spoil(chance: random.Random, document: Document, names: tuple[str, ...]) -> Document:
    """A copy of a document with some places removed, replaced or added to."""
    spoilt = copy.deepcopy(document)
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = list(_places(spoilt))
        if not places:
            break
        holder, key = chance.choice(places)
        what = chance.random()
        if what < 0.15:
            del holder[key]
        elif what < 0.65:
            holder[key] = copy.deepcopy(chance.choice(_VALUES))
        elif what < 0.85:
            other, its_key = chance.choice(places)
            holder[key] = copy.deepcopy(other[its_key])
        elif isinstance(holder, dict):
            holder[chance.choice(names)] = copy.deepcopy(chance.choice(_VALUES))
        else:
            holder.append(copy.deepcopy(chance.choice(_VALUES)))
    return spoilt


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys: Any = ()
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield value, key
        yield from _places(value[key])


def deploy(runtime: Groundstate, chance: random.Random, count: int) -> Iterator[str]:
    """Create or update stacks from spoilt templates, and delete them; what was found."""
    client = runtime.client("cloudformation")
    for number in range(count):
        spoilt = spoil(chance, TEMPLATE, _TEMPLATE_NAMES)
        stack: Document = {
            "StackName": f"stack-{number}",
            "Capabilities": _CAPABILITIES,
            "Tags": [{"Key": "groundstate:accept-inert", "Value": "all"}],
        }
        try:
            if chance.random() < 0.5:
                client.create_stack(**stack, TemplateBody=json.dumps(TEMPLATE))
                runtime.settle()
                client.update_stack(**stack, TemplateBody=json.dumps(spoilt))
            else:
                client.create_stack(**stack, TemplateBody=json.dumps(spoilt))
            runtime.settle()
        except ClientError as error:
            if _is_fault(error):
                yield f"{error}: {json.dumps(spoilt)}"
        try:
            events = client.describe_stack_events(StackName=stack["StackName"])["StackEvents"]
        except ClientError:
            continue  # The template was refused: there is no stack.
        for event in events:
            if "Internal Failure" in event.get("ResourceStatusReason", ""):
                yield f"{event['ResourceStatusReason']}: {json.dumps(spoilt)}"
        client.delete_stack(StackName=stack["StackName"])
        runtime.settle()


def execute(runtime: Groundstate, chance: random.Random, count: int) -> Iterator[str]:
    """Run spoilt definitions; what was found."""
    client = runtime.client("stepfunctions")
    trust = json.dumps(_TRUST)
    role = runtime.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=trust)
    runtime.client("dynamodb").create_table(
        TableName="Table",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(count):
        spoilt = spoil(chance, chance.choice(DEFINITIONS), _DEFINITION_NAMES)
        try:
            machine = client.create_state_machine(
                name=f"machine-{number}", roleArn=role["Role"]["Arn"], definition=json.dumps(spoilt)
            )["stateMachineArn"]
            execution = client.start_execution(
                stateMachineArn=machine, input=json.dumps(chance.choice(_INPUTS))
            )["executionArn"]
            runtime.advance(hours=2)
            client.describe_execution(executionArn=execution)
            client.get_execution_history(executionArn=execution)
        except ClientError as error:
            if _is_fault(error):
                yield f"{error}: {json.dumps(spoilt)}"


def _is_fault(error: ClientError) -> bool:
    status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status >= 500


def main() -> None:
    """Go on until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.documents")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    chance = random.Random(arguments.seed)
    ends_at = time.monotonic() + arguments.seconds
    while time.monotonic() < ends_at:
        for work, count in ((deploy, 50), (execute, 500)):
            with Groundstate(iam="off") as runtime:
                for finding in work(runtime, chance, count):
                    print(finding, flush=True)


if __name__ == "__main__":
    main()

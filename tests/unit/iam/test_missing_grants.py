"""The Tasks application with a grant left out fails as on AWS, and leaves no item."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from groundstate.testing import Groundstate
from tests.unit.iam.conftest import ACCOUNT, Account, allow, policy, trust
from tests.unit.lambda_.conftest import make_zip

TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/Tasks"
MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:Tasks"
WRITES = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
DEFINITION = {
    "StartAt": "Insert",
    "States": {
        "Insert": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {
                "TableName": "Tasks",
                "Item": {"taskId": {"S.$": "$.taskId"}, "status": {"S": "STARTED"}},
            },
            "ResultPath": None,
            "Next": "Update",
        },
        "Update": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Parameters": {
                "TableName": "Tasks",
                "Key": {"taskId": {"S.$": "$.taskId"}},
                "UpdateExpression": "SET #status = :done",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {":done": {"S": "Done"}},
            },
            "End": True,
        },
    },
}
HANDLER = """
import boto3, json

def handler(event, context):
    return boto3.client("stepfunctions").start_execution(
        stateMachineArn=event["machine"], input=json.dumps({"taskId": event["taskId"]})
    )["executionArn"]
"""


def make_machine(gs, *statements):
    account = Account(gs)
    account.make_role("MachineRole", *statements, document=trust(Service="states.amazonaws.com"))
    gs.client("dynamodb").create_table(
        TableName="Tasks",
        AttributeDefinitions=[{"AttributeName": "taskId", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "taskId", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    gs.client("stepfunctions").create_state_machine(
        name="Tasks",
        definition=json.dumps(DEFINITION),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/MachineRole",
    )
    return account


def run(gs):
    states = gs.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=MACHINE, input='{"taskId": "Breakfast"}')
    gs.settle()
    return states.describe_execution(executionArn=arn["executionArn"])


def items(gs):
    return gs.client("dynamodb").scan(TableName="Tasks")["Items"]


def test_machine_with_its_grant_writes_the_item(gs):
    make_machine(gs, allow(WRITES, TABLE))
    assert run(gs)["status"] == "SUCCEEDED"
    assert [item["status"]["S"] for item in items(gs)] == ["Done"]


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        ([], "because no identity-based policy allows the dynamodb:PutItem action"),
        (
            [allow(WRITES, TABLE + "2")],
            "because no identity-based policy allows the dynamodb:PutItem action",
        ),
        (
            [allow("*"), {**allow("dynamodb:Put*"), "Effect": "Deny"}],
            "with an explicit deny in an identity-based policy",
        ),
    ],
)
def test_machine_without_its_grant_fails_and_leaves_no_item(gs, statements, reason):
    make_machine(gs, *statements)
    execution = run(gs)
    assert execution["status"] == "FAILED"
    session = execution["cause"].split("assumed-role/MachineRole/")[1].split()[0]
    assert execution["cause"].startswith(
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/MachineRole/{session} is not authorized to"
        f" perform: dynamodb:PutItem on resource: {TABLE} {reason}"
    )
    assert items(gs) == []


def test_machine_that_may_only_insert_stops_behind_the_insert(gs):
    make_machine(gs, allow("dynamodb:PutItem", TABLE))
    execution = run(gs)
    assert execution["status"] == "FAILED"
    assert "dynamodb:UpdateItem" in execution["cause"]
    assert [item["status"]["S"] for item in items(gs)] == ["STARTED"]


@pytest.mark.slow
@pytest.mark.process
def test_function_without_its_grant_fails_and_starts_nothing():
    with Groundstate(real_time=True) as gs:
        account = make_machine(gs, allow(WRITES, TABLE))
        account.make_role("FunctionRole", document=trust(Service="lambda.amazonaws.com"))
        functions = gs.client("lambda")
        functions.create_function(
            FunctionName="Start",
            Runtime="python3.13",
            Handler="index.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/FunctionRole",
            Code={"ZipFile": make_zip({"index.py": HANDLER})},
            Timeout=30,
        )
        payload = json.dumps({"machine": MACHINE, "taskId": "Breakfast"})
        answer = functions.invoke(FunctionName="Start", Payload=payload)
        assert answer["FunctionError"] == "Unhandled"
        error = json.load(answer["Payload"])
        assert error["errorMessage"].endswith(
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/FunctionRole/Start is not authorized to"
            f" perform: states:StartExecution on resource: {MACHINE} because no identity-based"
            " policy allows the states:StartExecution action"
        )
        assert items(gs) == []
        # The processes that run keep their credentials; what the role may do counts at once.
        account.iam.put_role_policy(
            RoleName="FunctionRole",
            PolicyName="start",
            PolicyDocument=policy(allow("states:StartExecution", MACHINE)),
        )
        answer = functions.invoke(FunctionName="Start", Payload=payload)
        assert "FunctionError" not in answer


DELIVERY = [
    f"logs:{action}"
    for action in (
        "CreateLogDelivery",
        "GetLogDelivery",
        "UpdateLogDelivery",
        "DeleteLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "DescribeResourcePolicies",
        "DescribeLogGroups",
    )
]
REFUSED_LOG = "The state machine IAM Role is not authorized to access the Log Destination"


def test_a_machine_logs_with_the_rights_of_its_role(groundstate: Groundstate) -> None:
    account = Account(groundstate)
    for name, statements in (("Without", []), ("With", [allow(DELIVERY)])):
        account.make_role(name, *statements, document=trust(Service="states.amazonaws.com"))
    groundstate.client("logs").create_log_group(logGroupName="history")
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:history:*"
    destinations = [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]
    machine = {
        "name": "Logs",
        "definition": json.dumps({"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}),
        "loggingConfiguration": {"level": "ALL", "destinations": destinations},
    }
    states = groundstate.client("stepfunctions")
    without, role = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("Without", "With"))

    def refusal(operation, **request):
        with pytest.raises(states.exceptions.ClientError) as refused:
            operation(**request)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]

    denied = ("AccessDeniedException", REFUSED_LOG)
    assert refusal(states.create_state_machine, **machine, roleArn=without) == denied
    arn = states.create_state_machine(**machine, roleArn=role)["stateMachineArn"]
    assert refusal(states.update_state_machine, stateMachineArn=arn, roleArn=without) == denied
    # Without a log the other role will do, until a log is asked for.
    off = {"level": "OFF"}
    states.update_state_machine(stateMachineArn=arn, roleArn=without, loggingConfiguration=off)
    on = machine["loggingConfiguration"]
    update = states.update_state_machine
    assert refusal(update, stateMachineArn=arn, loggingConfiguration=on) == denied


MANAGED_RULE = (
    f"arn:aws:events:us-east-1:{ACCOUNT}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
)


@pytest.mark.parametrize("pattern", ["sync", "sync:2"])
def test_a_machine_that_waits_for_executions_needs_the_rights_for_their_rule(
    groundstate: Groundstate, pattern: str
) -> None:
    account = Account(groundstate)
    rights = [f"events:{name}" for name in ("PutRule", "PutTargets", "DescribeRule")]
    for name, statements in (
        ("Without", [allow("states:*")]),
        ("Half", [allow(rights[:2], MANAGED_RULE)]),
        ("With", [allow(rights, MANAGED_RULE)]),
    ):
        account.make_role(name, *statements, document=trust(Service="states.amazonaws.com"))
    roles = {name: f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("Without", "Half", "With")}
    wait = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::states:startExecution.{pattern}",
        "Parameters": {"StateMachineArn.$": "$.machine"},
        "End": True,
    }
    nested = {"StartAt": "S", "States": {"S": wait}}
    branches = {"Type": "Parallel", "Branches": [nested], "End": True}
    waits = json.dumps({"StartAt": "P", "States": {"P": branches}})
    starts = waits.replace(f".{pattern}", "")
    states = groundstate.client("stepfunctions")

    def refusal(operation, **request):
        with pytest.raises(states.exceptions.ClientError) as refused:
            operation(**request)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]

    def denied(name):
        return "AccessDeniedException", f"'{roles[name]}' is not authorized to create managed-rule."

    for name in ("Without", "Half"):
        request = {"name": "Waits", "definition": waits, "roleArn": roles[name]}
        assert refusal(states.create_state_machine, **request) == denied(name)
    arn = states.create_state_machine(name="Waits", definition=waits, roleArn=roles["With"])
    arn = arn["stateMachineArn"]
    update = states.update_state_machine
    assert refusal(update, stateMachineArn=arn, roleArn=roles["Without"]) == denied("Without")
    # Who does not wait needs no rule.
    update(stateMachineArn=arn, definition=starts, roleArn=roles["Without"])
    assert refusal(update, stateMachineArn=arn, definition=waits) == denied("Without")


def test_a_distributed_map_needs_the_right_to_start_its_own_machine(
    groundstate: Groundstate,
) -> None:
    account = Account(groundstate)
    machine = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:Maps"
    for name, statements in (
        ("Without", [allow("states:DescribeExecution")]),
        ("With", [allow("states:StartExecution", machine)]),
    ):
        account.make_role(name, *statements, document=trust(Service="states.amazonaws.com"))
    child = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **child}
    maps = {"Type": "Map", "ItemProcessor": processor, "End": True}
    states = groundstate.client("stepfunctions")
    request = {"definition": json.dumps({"StartAt": "M", "States": {"M": maps}})}
    role = f"arn:aws:iam::{ACCOUNT}:role/"
    arn = states.create_state_machine(name="Maps", roleArn=f"{role}Without", **request)
    assert arn["stateMachineArn"] == machine

    def run(items):
        started = states.start_execution(stateMachineArn=machine, input=json.dumps(items))
        groundstate.settle()
        return states.describe_execution(executionArn=started["executionArn"])

    failed = run([1, 2])
    assert failed["error"] == "StepFunctions.AWSStepFunctionsException"
    assert re.match(
        rf"User: arn:aws:sts::{ACCOUNT}:assumed-role/Without/\w+ is not authorized to perform:"
        rf" states:StartExecution on resource: {machine} because no identity-based policy allows"
        r" the states:StartExecution action \(Service: AWSStepFunctions;",
        failed["cause"],
    )
    # Where there is nothing to start, nobody asks.
    assert run([])["output"] == "[]"
    states.update_state_machine(stateMachineArn=machine, roleArn=f"{role}With")
    assert run([1, 2])["output"] == "[1,2]"


@pytest.mark.parametrize(
    ("setting", "call", "granted"),
    [
        (
            {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
            "CreateNetworkInterface on EC2",
            allow("ec2:CreateNetworkInterface"),
        ),
        (
            {"TracingConfig": {"Mode": "Active"}},
            "PutTraceSegments on XRAY",
            allow("xray:PutTraceSegments"),
        ),
        (
            {"DeadLetterConfig": {"TargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"}},
            "SendMessage on SQS",
            allow("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"),
        ),
        (
            {"DeadLetterConfig": {"TargetArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:dead"}},
            "Publish on SNS",
            allow("sns:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:dead"),
        ),
    ],
)
def test_a_function_needs_the_rights_for_its_network_traces_and_dead_letters(
    groundstate: Groundstate, setting: dict[str, Any], call: str, granted: dict[str, Any]
) -> None:
    account = Account(groundstate)
    account.make_role("Without", document=trust(Service="lambda.amazonaws.com"))
    account.make_role("With", granted, document=trust(Service="lambda.amazonaws.com"))
    without, role = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("Without", "With"))
    functions = groundstate.client("lambda")
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": make_zip({"index.py": HANDLER})},
    }

    def refusal(operation, **request):
        with pytest.raises(functions.exceptions.InvalidParameterValueException) as refused:
            operation(**request)
        return refused.value.response["Error"]["Message"]

    says = f"The provided execution role does not have permissions to call {call}"
    create, update = functions.create_function, functions.update_function_configuration
    assert refusal(create, FunctionName="F", Role=without, **function, **setting) == says
    create(FunctionName="F", Role=without, **function)
    assert refusal(update, FunctionName="F", **setting) == says
    update(FunctionName="F", Role=role, **setting)
    assert refusal(update, FunctionName="F", Role=without) == says
    create(FunctionName="G", Role=role, **function, **setting)


@pytest.mark.parametrize(
    ("destination", "action"),
    [
        (f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed", "sqs:SendMessage"),
        (f"arn:aws:sns:us-east-1:{ACCOUNT}:failed", "sns:Publish"),
        (f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/failed", "events:PutEvents"),
        (f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:Failed", "lambda:InvokeFunction"),
        ("arn:aws:s3:::failed", "s3:PutObject"),
    ],
)
def test_a_function_needs_the_rights_for_its_destinations(
    groundstate: Groundstate, destination: str, action: str
) -> None:
    account = Account(groundstate)
    account.make_role("Without", document=trust(Service="lambda.amazonaws.com"))
    written = f"{destination}/*" if action.startswith("s3:") else destination
    account.make_role(
        "With", allow(action, written), document=trust(Service="lambda.amazonaws.com")
    )
    functions = groundstate.client("lambda")
    for name, role in (("F", "Without"), ("Failed", "Without")):
        functions.create_function(
            FunctionName=name,
            Role=f"arn:aws:iam::{ACCOUNT}:role/{role}",
            Runtime="python3.13",
            Handler="index.handler",
            Code={"ZipFile": make_zip({"index.py": HANDLER})},
        )
    config = {"OnFailure": {"Destination": destination}}
    put = functions.put_function_event_invoke_config
    with pytest.raises(functions.exceptions.InvalidParameterValueException) as refused:
        put(FunctionName="F", DestinationConfig=config)
    assert refused.value.response["Error"]["Message"] == (
        "The function's execution role does not have permissions to call"
        f" {action.split(':')[1]} on {destination}"
    )
    functions.update_function_configuration(
        FunctionName="F", Role=f"arn:aws:iam::{ACCOUNT}:role/With"
    )
    assert put(FunctionName="F", DestinationConfig=config)["DestinationConfig"] == {
        "OnSuccess": {},
        **config,
    }

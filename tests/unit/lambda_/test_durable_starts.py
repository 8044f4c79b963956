"""How executions of durable functions begin: by whom, by which right, under which name."""

from __future__ import annotations

import json
import time
import urllib.request

import pytest
from botocore.exceptions import ClientError

from .conftest import TRUST
from .durable_functions import IMPORTS, STEPS, WAIT_S, Durable


def test_execution_name_makes_a_start_repeatable(durable):
    name = durable.make(STEPS)
    settings = {"FunctionName": name, "DurableExecutionName": "order-1"}
    event = {**settings, "InvocationType": "Event", "Payload": b'{"number": 5}'}
    arn = durable.client.invoke(**event)["DurableExecutionArn"]
    assert "/durable-execution/order-1/" in arn
    assert durable.client.invoke(**event)["DurableExecutionArn"] == arn
    # A caller who waits joins the one that runs, and one that comes later gets its result.
    for _ in range(2):
        answer = durable.client.invoke(**settings, Payload=b'{"number": 5}')
        assert (answer["DurableExecutionArn"], json.loads(answer["Payload"].read())) == (
            arn,
            {"answer": 20},
        )
    with pytest.raises(durable.client.exceptions.DurableExecutionAlreadyStartedException):
        durable.client.invoke(**settings, Payload=b'{"number": 6}')
    listed = durable.client.list_durable_executions_by_function(FunctionName=name)
    assert [e["DurableExecutionArn"] for e in listed["DurableExecutions"]] == [arn]


@pytest.mark.parametrize(
    ("timeout_s", "qualifier", "message"),
    [
        (60, "", "You cannot invoke a durable function using an unqualified ARN."),
        (
            901,
            "$LATEST",
            (
                "You cannot synchronously invoke a durable function with an executionTimeout"
                " greater than 15 minutes."
            ),
        ),
    ],
)
def test_invocations_that_aws_refuses(durable, timeout_s, qualifier, message):
    name = durable.make(STEPS, timeout_s).split(":")[0]
    settings = {"Qualifier": qualifier} if qualifier else {}
    with pytest.raises(ClientError) as refused:
        durable.client.invoke(FunctionName=name, Payload=b"{}", **settings)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"
    assert refused.value.response["Error"]["Message"] == message


def test_durability_is_for_new_functions(durable):
    with pytest.raises(ClientError, match="without an executionTimeout"):
        durable.functions.make("", DurableConfig={"RetentionPeriodInDays": 3})
    plain = durable.functions.make("def handler(event, context):\n    return 1\n")
    with pytest.raises(ClientError, match="existing function"):
        durable.client.update_function_configuration(
            FunctionName=plain, DurableConfig={"ExecutionTimeout": 5}
        )
    with pytest.raises(ClientError, match="durable function"):
        durable.client.invoke(FunctionName=plain, DurableExecutionName="x")
    name = durable.make(STEPS).split(":")[0]
    changed = durable.client.update_function_configuration(
        FunctionName=name, DurableConfig={"RetentionPeriodInDays": 3}
    )
    assert changed["DurableConfig"] == {"ExecutionTimeout": 60, "RetentionPeriodInDays": 3}


def test_role_needs_the_right_to_checkpoint(durable):
    name = durable.functions.make(
        IMPORTS + STEPS, DurableConfig={"ExecutionTimeout": 60}, Timeout=10
    )
    found = durable.wait(durable.start(f"{name}:$LATEST", {"number": 1}))
    assert found["Status"] == "FAILED"
    assert (
        "not authorized to perform: lambda:CheckpointDurableExecution"
        in (found["Error"]["ErrorMessage"])
    )


def test_state_machine_waits_for_a_durable_function(durable):
    groundstate = durable.functions.groundstate
    name = durable.make(STEPS)
    iam, states = groundstate.client("iam"), groundstate.client("stepfunctions")
    trust = TRUST["Statement"][0]
    role = iam.create_role(
        RoleName="DurableMachine",
        AssumeRolePolicyDocument=json.dumps(
            {
                **TRUST,
                "Statement": [{**trust, "Principal": {"Service": "states.amazonaws.com"}}],
            }
        ),
    )["Role"]["Arn"]
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    iam.put_role_policy(
        RoleName="DurableMachine",
        PolicyName="Invoke",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": invoke}),
    )
    definition = {
        "StartAt": "Run",
        "States": {
            "Run": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {"FunctionName": name, "Payload": {"number": 2}},
                "OutputPath": "$.Payload",
                "End": True,
            }
        },
    }
    machine = states.create_state_machine(
        name="durable", definition=json.dumps(definition), roleArn=role
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    deadline = time.monotonic() + WAIT_S
    while (found := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert json.loads(found["output"]) == {"answer": 8}


def test_stream_and_address_begin_executions(durable):
    groundstate = durable.functions.groundstate
    name = durable.make(
        """
@durable_execution
def handler(event, context):
    context.wait(Duration.from_seconds(1), name="pause")
    return len(event.get("Records", ()))
"""
    ).split(":")[0]
    version = durable.client.publish_version(FunctionName=name)["Version"]
    alias = durable.client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    groundstate.client("iam").attach_role_policy(
        RoleName="Durable",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole",
    )
    dynamodb = groundstate.client("dynamodb")
    table = dynamodb.create_table(
        TableName="durable-source",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]
    mapping = durable.client.create_event_source_mapping(
        FunctionName=alias["AliasArn"],
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
    )
    dynamodb.put_item(TableName="durable-source", Item={"id": {"S": "a"}})
    deadline = time.monotonic() + WAIT_S
    while not (
        listed := durable.client.list_durable_executions_by_function(
            FunctionName=name, Statuses=["SUCCEEDED"]
        )["DurableExecutions"]
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    durable.client.delete_event_source_mapping(UUID=mapping["UUID"])
    assert listed[0]["FunctionArn"] == alias["AliasArn"]
    found = durable.get(listed[0]["DurableExecutionArn"])
    assert (found["Version"], found["Result"]) == (version, "1")

    url = durable.client.create_function_url_config(
        FunctionName=name, Qualifier="live", AuthType="NONE"
    )["FunctionUrl"]
    for right, settings in (
        ("InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        durable.client.add_permission(
            FunctionName=name,
            Qualifier="live",
            StatementId=right,
            Action=f"lambda:{right}",
            Principal="*",
            **settings,
        )
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert (answer.status, answer.read()) == (200, b"0")


def test_ended_execution_of_an_event_is_told_to_the_destination(durable):
    listener = durable.functions.make(
        "import json\ndef handler(event, context):\n    print('told', json.dumps(event))\n"
    )
    name = durable.make(
        """
@durable_execution
def handler(event, context):
    return 1 / event["by"]
"""
    )
    arn = durable.client.get_function(FunctionName=listener)["Configuration"]["FunctionArn"]
    durable.client.put_function_event_invoke_config(
        FunctionName=name.split(":")[0],
        Qualifier="$LATEST",
        DestinationConfig={"OnSuccess": {"Destination": arn}, "OnFailure": {"Destination": arn}},
    )
    for by, condition in ((4, "Success"), (0, "RetriesExhausted")):
        durable.wait(durable.start(name, {"by": by}))
        deadline = time.monotonic() + WAIT_S
        while True:
            told = [m for m in _messages(durable, listener) if f'"{condition}"' in m]
            if told:
                break
            assert time.monotonic() < deadline
            time.sleep(0.02)
        record = json.loads(told[0].removeprefix("told "))
        assert record["requestPayload"] == {"by": by}
        if by:
            assert record["responsePayload"] == 0.25
        else:
            assert record["responsePayload"]["errorType"] == "ZeroDivisionError"


def _messages(durable: Durable, name: str) -> list[str]:
    try:
        return durable.functions.messages(name)
    except ClientError:
        return []


def test_throttled_event_waits_for_its_turn(durable):
    name = durable.make(STEPS)
    plain = name.split(":")[0]
    durable.client.put_function_concurrency(FunctionName=plain, ReservedConcurrentExecutions=0)
    arn = durable.start(name, {"number": 1})
    with pytest.raises(durable.client.exceptions.TooManyRequestsException):
        durable.client.invoke(FunctionName=name, Payload=b'{"number": 1}')
    time.sleep(0.3)
    assert durable.kinds(arn) == ["ExecutionStarted"]
    durable.client.delete_function_concurrency(FunctionName=plain)
    assert json.loads(durable.wait(arn)["Result"]) == {"answer": 4}
    listed = durable.client.list_durable_executions_by_function(FunctionName=name)
    assert len(listed["DurableExecutions"]) == 1

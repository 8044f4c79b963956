"""`groundstate invoke` of durable functions, and `groundstate executions` of theirs."""

import io
import json
import re
import zipfile

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.process]

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicDurableExecutionRolePolicy"
HANDLER = """
from aws_durable_execution_sdk_python import durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration

@durable_step
def greet(step_context, word):
    return f"hello {word}"

@durable_execution
def handler(event, context):
    said = context.step(greet(event["word"]), name="greet")
    context.wait(Duration.from_seconds(1), name="pause")
    if event["word"] == "fail":
        raise ValueError("as asked")
    return said
"""


@pytest.fixture(scope="module", autouse=True)
def function(runtime):
    iam, functions = runtime.client("iam"), runtime.client("lambda")
    role = iam.create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    iam.attach_role_policy(RoleName="f", PolicyArn=POLICY)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", HANDLER)
    for name, timeout_s in (("Greeter", 60), ("Patient", 3600)):
        functions.create_function(
            FunctionName=name,
            Runtime="python3.14",
            Handler="index.handler",
            Role=role["Arn"],
            Code={"ZipFile": packed.getvalue()},
            Timeout=10,
            DurableConfig={"ExecutionTimeout": timeout_s},
        )


def arn_of(said):
    return re.search(r"Execution: (\S+)", said.out)[1]


def test_durable_function_is_invoked_as_its_latest(groundstate_command):
    said = groundstate_command("invoke", "Greeter", "-e", '{"word": "you"}')
    assert said.status == 0
    assert "Greeter:$LATEST, since it is a durable function" in said.err
    assert 'Result: "hello you"' in said.out
    shown = groundstate_command("executions", arn_of(said))
    assert "Status     SUCCEEDED" in shown.out
    kinds = [line.split()[2:] for line in shown.out.splitlines() if " s  " in line]
    assert kinds == [
        ["StepStarted", "greet"],
        ["StepSucceeded", "greet"],
        ["WaitStarted", "pause"],
        ["WaitSucceeded", "pause"],
        ["SUCCEEDED"],
    ]


def test_function_that_may_take_long_is_started_and_followed(groundstate_command):
    refused = groundstate_command("invoke", "Patient", "-e", '{"word": "fail"}')
    assert refused.status == 1
    assert "--later" in refused.err
    said = groundstate_command("invoke", "Patient:$LATEST", "--later", "-e", '{"word": "fail"}')
    assert said.status == 0
    assert "Accepted" in said.out
    followed = groundstate_command("executions", arn_of(said), "--follow")
    assert followed.status == 1
    assert followed.out.splitlines()[-2].endswith("FAILED")
    assert followed.out.splitlines()[-1].split() == ["ValueError:", "as", "asked"]
    listed = groundstate_command("executions", "--function", "Patient", "--json").document
    assert [(e["DurableExecutionArn"], e["Status"]) for e in listed] == [(arn_of(said), "FAILED")]
    none = groundstate_command("executions", "--function", "Patient", "--status", "RUNNING")
    assert "no execution of Patient" in none.out


def test_execution_that_is_not_there_is_refused(groundstate_command):
    arn = "arn:aws:lambda:us-east-1:000000000000:function:Greeter:1/durable-execution/a/b"
    said = groundstate_command("executions", arn)
    assert said.status == 1
    assert "ResourceNotFoundException" in said.err

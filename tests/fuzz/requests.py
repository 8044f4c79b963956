"""Asks every operation of every service for anything at all, with values that might exist.

    python -m tests.fuzz.requests --seconds 600 [--seed NUMBER] [SERVICE ...]

A finding is an answer that says that the runtime has a fault (HTTP 500), one that the client cannot
read, or none within a second. It is printed with its request; the runtime's log, on standard error,
has the traceback. `tests/property/test_requests.py` asks some hundred requests of each service.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import time
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from groundstate.testing import Groundstate

SERVICES = (
    *("cloudcontrol", "cloudformation", "dynamodb", "dynamodbstreams", "ecr", "iam", "lambda"),
    *("logs", "s3", "ssm", "stepfunctions", "sts"),
)
ANSWER_MAX_S = 1.0
# They wait for what does not come.
_PATIENT = frozenset({"GetActivityTask", "Invoke", "InvokeAsync", "StartSyncExecution"})
_DEPTH_MAX = 6
_ACCOUNT = "us-east-1:000000000000"
_TRUST = json.dumps(
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
_POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
)
_WAIT = '{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1000, "End": true}}}'
_TEMPLATE = '{"Resources": {"G": {"Type": "AWS::Logs::LogGroup"}}}'
TEXTS = (
    # What `prepare` makes.
    *("role", "function", "Table", "machine", "execution", "activity", "bucket", "key", "group"),
    *("stream", "/parameter", "stack", "policy", "user", "alias", "1", "$LATEST"),
    "arn:aws:iam::000000000000:role/role",
    "arn:aws:iam::000000000000:policy/policy",
    f"arn:aws:states:{_ACCOUNT}:stateMachine:machine",
    f"arn:aws:states:{_ACCOUNT}:stateMachine:machine:1",
    f"arn:aws:states:{_ACCOUNT}:execution:machine:execution",
    f"arn:aws:states:{_ACCOUNT}:activity:activity",
    f"arn:aws:lambda:{_ACCOUNT}:function:function",
    f"arn:aws:lambda:{_ACCOUNT}:function:function:1",
    f"arn:aws:dynamodb:{_ACCOUNT}:table/Table",
    f"arn:aws:logs:{_ACCOUNT}:log-group:group:*",
    # What is not there, or is no name at all.
    *("", "x", "a b", "é", "😀", "a" * 300, "x" * 5000, "-1", "0", "null", "*", "/", "//", "../.."),
    *(
        "\x00",
        "\x1f",
        "%00",
        "a:b",
        "arn:",
        "arn:aws:x",
        "arn:aws:states:::",
        "a,b",
        "'",
        '"',
        "<a>",
    ),
    f"arn:aws:states:{_ACCOUNT}:mapRun:machine/x:y",
    # Documents and expressions.
    *("{}", "[]", '{"a": 1}', '"x"', "{", _TRUST, _POLICY, _WAIT, _TEMPLATE),
    "Resources: {A: {Type: AWS::S3::Bucket}}",
    *("$", "$.a", "{% 1 %}", "2020-01-01T00:00:00Z", "python3.13", "index.handler", "us-east-1"),
    *('SELECT * FROM "Table"', "p = :p", ":p", "#a", "SET a = :p", "aws:tag", "Allow", "Name"),
)
NUMBERS = (0, 1, -1, 2, 10, 100, 1000, 10_000, 2**31 - 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1)
TIMES = (0, 1, -1, 1_700_000_000, 1_700_000_000_000)
ODD: tuple[Any, ...] = (None, "text", 5, [], {}, True, 1.5, ["x"], [None], {"a": "b"}, {"a": None})


class Finding(NamedTuple):
    """Something that went wrong. Attributes: what: as a sentence; request: what was asked."""

    what: str
    request: tuple[str, str, dict[str, Any]]


def prepare(runtime: Groundstate) -> None:
    """Make one of each thing, with the names of `TEXTS`."""
    iam = runtime.client("iam")
    role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=_TRUST)["Role"]["Arn"]
    iam.create_policy(PolicyName="policy", PolicyDocument=_POLICY)
    iam.create_user(UserName="user")
    functions = runtime.client("lambda")
    functions.create_function(
        FunctionName="function",
        Runtime="python3.13",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": _package()},
    )
    functions.publish_version(FunctionName="function")
    functions.create_alias(FunctionName="function", Name="alias", FunctionVersion="1")
    runtime.client("dynamodb").create_table(
        TableName="Table",
        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    states = runtime.client("stepfunctions")
    machine = states.create_state_machine(name="machine", roleArn=role, definition=_WAIT)
    states.publish_state_machine_version(stateMachineArn=machine["stateMachineArn"])
    states.start_execution(stateMachineArn=machine["stateMachineArn"], name="execution")
    states.create_activity(name="activity")
    runtime.client("s3").create_bucket(Bucket="bucket")
    runtime.client("s3").put_object(Bucket="bucket", Key="key", Body=b"content")
    runtime.client("logs").create_log_group(logGroupName="group")
    runtime.client("logs").create_log_stream(logGroupName="group", logStreamName="stream")
    runtime.client("ssm").put_parameter(Name="/parameter", Value="x", Type="String")
    runtime.client("cloudformation").create_stack(StackName="stack", TemplateBody=_TEMPLATE)


def ask(runtime: Groundstate, service: str, chance: random.Random, count: int) -> Iterator[Finding]:
    """Ask a service so often; what was found."""
    client = make_client(runtime, service)
    model = client.meta.service_model
    operations = [name for name in model.operation_names if name not in _PATIENT]
    for _ in range(count):
        operation = chance.choice(operations)
        shape = model.operation_model(operation).input_shape
        request = {} if shape is None else _make_members(chance, shape, 0)
        began_at = time.perf_counter()
        try:
            client._make_api_call(operation, request)
        except ClientError as error:
            metadata = error.response["ResponseMetadata"]
            # ECR's answer to everything about images, which is meant so.
            if metadata["HTTPStatusCode"] == 500 and "need Docker" not in str(error):
                yield Finding(str(error), (service, operation, request))
        except ResponseParserError as error:
            yield Finding(f"An unreadable answer: {error}", (service, operation, request))
        except (*(AttributeError, BotoCoreError, KeyError, OverflowError, TypeError, ValueError),):
            # The client could not write it down: nothing was asked.
            continue
        took_s = time.perf_counter() - began_at
        if took_s > ANSWER_MAX_S:
            yield Finding(f"It took {took_s:.1f} s", (service, operation, request))


def make_client(runtime: Groundstate, service: str) -> Any:
    """A client that sends whatever it is given."""
    client = boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=runtime.endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=ClientConfig(
            parameter_validation=False,
            retries={"max_attempts": 0},
            inject_host_prefix=False,
            request_checksum_calculation="when_required",
            s3={"addressing_style": "path"},
        ),
    )
    client.meta.events.register("before-send", runtime._send)
    return client


def _make(chance: random.Random, shape: Any, depth: int) -> Any:
    """A value for a shape; one in thirty is of any kind."""
    if chance.random() < 0.03:
        return chance.choice(ODD)
    kind = shape.type_name
    if kind == "structure":
        return _make_members(chance, shape, depth)
    if kind == "list":
        count = chance.choice((0, 1, 1, 1, 2, 3)) if depth < _DEPTH_MAX else 0
        return [_make(chance, shape.member, depth + 1) for _ in range(count)]
    if kind == "map":
        count = chance.choice((0, 1, 1, 2)) if depth < _DEPTH_MAX else 0
        return {
            str(_make(chance, shape.key, depth + 1)): _make(chance, shape.value, depth + 1)
            for _ in range(count)
        }
    if kind in ("integer", "long"):
        return chance.choice(NUMBERS)
    if kind in ("float", "double"):
        return chance.choice((0, 1.5, -1, 50, 1e308))
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "timestamp":
        return chance.choice(TIMES)
    if kind == "blob":
        return chance.choice((b"", b"x", b"{}", b'{"a": 1}', b"\xff\xfe", _package()))
    values = getattr(shape, "enum", None)
    return chance.choice(values if values and chance.random() < 0.85 else TEXTS)


def _make_members(chance: random.Random, shape: Any, depth: int) -> dict[str, Any]:
    made = {}
    for name, member in shape.members.items():
        is_required = name in shape.required_members
        if not is_required and depth >= _DEPTH_MAX - 1:
            continue
        if chance.random() < (0.95 if is_required else 0.3):
            made[name] = _make(chance, member, depth + 1)
    if shape.is_tagged_union and made:
        name = chance.choice(list(made))
        return {name: made[name]}
    return made


def _package() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): return event")
    return content.getvalue()


def main() -> None:
    """Ask until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.requests")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("services", metavar="SERVICE", nargs="*", default=SERVICES)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    chance = random.Random(arguments.seed)
    ends_at = time.monotonic() + arguments.seconds
    while time.monotonic() < ends_at:
        # A fresh runtime now and then: what is asked also deletes what there was.
        with Groundstate(iam="off") as runtime:
            prepare(runtime)
            for service in arguments.services:
                for finding in ask(runtime, service, chance, 500):
                    print(finding.what, "\n   ", *finding.request, flush=True)


if __name__ == "__main__":
    main()

"""Makes functions with AWS's SDK for durable ones, for the tests of them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .conftest import Functions


WAIT_S = 15.0


POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicDurableExecutionRolePolicy"


IMPORTS = """
import os
import boto3
from aws_durable_execution_sdk_python import DurableContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
"""


STEPS = """
@durable_step
def double(step_context, number):
    print("doubling", number)
    return number * 2

@durable_execution
def handler(event, context):
    first = context.step(double(event["number"]), name="first")
    context.wait(Duration.from_seconds(1), name="pause")
    second = context.step(double(first), name="second")
    return {"answer": second}
"""


CALLBACK = """
@durable_execution
def handler(event, context):
    config = CallbackConfig(
        timeout=Duration.from_seconds(event.get("timeout", 0)),
        heartbeat_timeout=Duration.from_seconds(event.get("heartbeat", 0)),
    )
    callback = context.create_callback(name="approval", config=config)
    return callback.result()
"""


CHAIN = """
@durable_execution
def handler(event, context):
    return context.invoke(event["function"], {"number": 4}, name="chained")
"""


class Durable:
    """Makes durable functions and looks at their executions."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions
        self.client = functions.client
        self._role = functions.make_role("Durable", POLICY)
        invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
        functions.groundstate.client("iam").put_role_policy(
            RoleName="Durable",
            PolicyName="Invoke",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [invoke]}),
        )

    def make(self, source: str, timeout_s: int = 60, **settings: Any) -> str:
        """Make a durable function; its name with a qualifier."""
        name = self.functions.make(
            IMPORTS + source,
            Role=self._role,
            Timeout=10,
            DurableConfig={"ExecutionTimeout": timeout_s},
            **settings,
        )
        return f"{name}:$LATEST"

    def start(self, name: str, event: Any = None, **settings: Any) -> str:
        """Start an execution; its ARN."""
        answer = self.client.invoke(
            FunctionName=name,
            InvocationType="Event",
            Payload=json.dumps(event or {}),
            **settings,
        )
        assert answer["StatusCode"] == 202
        return str(answer["DurableExecutionArn"])

    def spend(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.functions.groundstate.advance(seconds)

    def get(self, arn: str) -> dict[str, Any]:
        """What GetDurableExecution answers."""
        return dict(self.client.get_durable_execution(DurableExecutionArn=arn))

    def wait(self, arn: str, *statuses: str) -> dict[str, Any]:
        """An execution that has ended, or has one of these statuses."""
        deadline = time.monotonic() + WAIT_S
        wanted = statuses or ("SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED")
        while (found := self.get(arn))["Status"] not in wanted:
            assert time.monotonic() < deadline, (found, self.events(arn))
            time.sleep(0.02)
        return found

    def wait_for(self, arn: str, kind: str) -> dict[str, Any]:
        """The first event of this type, once it is there."""
        deadline = time.monotonic() + WAIT_S
        while True:
            found = [event for event in self.events(arn) if event["EventType"] == kind]
            if found:
                return found[0]
            assert time.monotonic() < deadline, self.events(arn)
            time.sleep(0.02)

    def events(self, arn: str) -> list[dict[str, Any]]:
        """The whole history."""
        pages = self.client.get_paginator("get_durable_execution_history")
        return [
            event
            for page in pages.paginate(DurableExecutionArn=arn, IncludeExecutionData=True)
            for event in page["Events"]
        ]

    def kinds(self, arn: str) -> list[str]:
        """The types of the events of the history."""
        return [event["EventType"] for event in self.events(arn)]

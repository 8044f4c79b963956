"""A runtime with Lambda for these tests: real processes, so in real time."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from groundstate.testing import Groundstate

from .durable_functions import Durable
from .stream_sources import Source

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ],
}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


class Invoked(NamedTuple):
    """What Invoke answered."""

    status: int
    error: str
    payload: Any
    log: str
    request_id: str


class Functions:
    """Makes and invokes functions in one runtime."""

    def __init__(self, groundstate: Groundstate) -> None:
        self.groundstate = groundstate
        self.client = groundstate.client("lambda")
        self.logs = groundstate.client("logs")
        self._numbers = itertools.count(1)
        self.role = self.make_role("Function", BASIC)

    def make_role(self, name: str, policy_arn: str) -> str:
        """A role for functions, with a managed policy; its ARN."""
        iam = self.groundstate.client("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.attach_role_policy(RoleName=name, PolicyArn=policy_arn)
        return str(role["Role"]["Arn"])

    def make(
        self, source: str, files: dict[str, str | bytes] | None = None, **settings: Any
    ) -> str:
        """Make a function with this module as its handler; its name."""
        name = f"function-{next(self._numbers)}"
        request: dict[str, Any] = {
            "FunctionName": name,
            "Runtime": "python3.14",
            "Handler": "app.handler",
            "Role": self.role,
            "Code": {"ZipFile": make_zip({"app.py": source, **(files or {})})},
        }
        self.client.create_function(**{**request, **settings})
        return name

    def invoke(self, name: str, event: Any = None, **settings: Any) -> Invoked:
        """Invoke a function and take the answer apart."""
        answer = self.client.invoke(
            FunctionName=name, Payload=json.dumps(event or {}), LogType="Tail", **settings
        )
        payload = answer["Payload"].read()
        return Invoked(
            answer["StatusCode"],
            answer.get("FunctionError", ""),
            json.loads(payload) if payload else None,
            b64decode(answer.get("LogResult", "")).decode(),
            answer["ResponseMetadata"]["RequestId"],
        )

    def messages(self, name: str) -> list[str]:
        """All that a function's log group holds."""
        group = f"/aws/lambda/{name}"
        events = self.logs.filter_log_events(logGroupName=group)["events"]
        return [event["message"] for event in events]


def make_zip(files: dict[str, str | bytes], modes: dict[str, int] | None = None) -> bytes:
    """A zip file in memory."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.external_attr = (modes or {}).get(name, 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return content.getvalue()


@pytest.fixture(scope="package")
def functions() -> Iterator[Functions]:
    """Functions in a runtime that all tests of this folder share."""
    with Groundstate(real_time=True) as groundstate:
        yield Functions(groundstate)


@pytest.fixture(scope="package")
def durable(functions) -> Durable:
    """Durable functions in the runtime that all tests of this folder share."""
    return Durable(functions)


@pytest.fixture
def patient() -> Iterator[Durable]:
    """Durable functions in virtual time, where nobody waits for a wait."""
    with Groundstate() as groundstate:
        yield Durable(Functions(groundstate))


@pytest.fixture
def source(functions, request):
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}],
    }
    functions.groundstate.client("iam").put_role_policy(
        RoleName="Function", PolicyName="streams", PolicyDocument=json.dumps(policy)
    )
    made = Source(functions, f"table-{request.node.name}"[:60].replace("[", "-").replace("]", ""))
    yield made
    for mapping in made.client.list_event_source_mappings()["EventSourceMappings"]:
        made.client.delete_event_source_mapping(UUID=mapping["UUID"])

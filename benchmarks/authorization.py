"""What a permission costs: the check of a signature, a policy decision, an authorization.

Run with `python -m benchmarks.authorization`. Bounded by the interpreter: a signature is three
hashes in C and some thirty lines of Python, a decision two lookups and a comparison.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from groundstate.clock import wall_time
from groundstate.config import Config
from groundstate.gateway.refusals import format_time
from groundstate.gateway.sigv4 import (
    Signature,
    read_signature,
    signing_key,
    string_to_sign,
    verify,
)
from groundstate.operation import Call, Principal
from groundstate.principals import role_principal
from groundstate.registry import ServiceTable
from groundstate.runtime import SERVICES, Runtime
from groundstate.services.iam.policy import NO_POLICIES, Caller, PolicySet, Request, decide

ROUNDS = 50_000
BODY = json.dumps({"TableName": "Tasks", "Item": {"taskId": {"S": "x" * 200}}}).encode()
TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/Tasks"
ROLE = "arn:aws:iam::000000000000:role/Worker"


def main() -> None:
    """Print a line for each."""
    measure("a signature", sign_and_verify())
    measure("a decision", decide_on({}))
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    measure("a decision with a condition", decide_on(condition))
    asyncio.run(authorize())


def measure(name: str, work: Callable[[], object]) -> None:
    """Print the CPU time of a piece of work, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        began_at = time.process_time()
        for _ in range(ROUNDS):
            work()
        best = min(best, time.process_time() - began_at)
    print(f"{name:32s} {best / ROUNDS * 1e6:6.2f} µs")


def sign_and_verify() -> Callable[[], object]:
    """The gateway's check of one request, signed as clients sign."""
    now = wall_time()
    timestamp = format_time(now)
    names = ("content-type", "host", "x-amz-date", "x-amz-target")
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "host": "127.0.0.1:4566",
        "x-amz-date": timestamp,
        "x-amz-target": "DynamoDB_20120810.PutItem",
    }
    headers["authorization"] = authorization(timestamp, names, headers)
    return lambda: verify(read_signature("POST", "/", "", headers), "test", BODY, now)


def authorization(timestamp: str, names: tuple[str, ...], headers: Mapping[str, str]) -> str:
    """The Authorization header of a request."""
    date = timestamp[:8]
    unsigned = Signature(
        *("test", date, "us-east-1", "dynamodb", names, "", timestamp, "", None, ""),
        *("POST", "/", "", headers),
    )
    key = signing_key("test", date, "us-east-1", "dynamodb")
    text = string_to_sign(unsigned, sha256(BODY).hexdigest())
    value = hmac.digest(key, text.encode(), "sha256").hex()
    return (
        f"AWS4-HMAC-SHA256 Credential=test/{date}/us-east-1/dynamodb/aws4_request,"
        f" SignedHeaders={';'.join(names)}, Signature={value}"
    )


def policy(condition: Mapping[str, Any]) -> str:
    """A role's policy as the CDK's grant_write_data writes it."""
    actions = ["BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem", "DescribeTable"]
    statement = {
        "Effect": "Allow",
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": [TABLE],
        **({"Condition": condition} if condition else {}),
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def decide_on(condition: Mapping[str, Any]) -> Callable[[], object]:
    """A decision of the evaluator alone."""
    policies = NO_POLICIES._replace(identity=PolicySet([policy(condition)]))
    caller = Caller("arn:aws:sts::000000000000:assumed-role/Worker/run", "000000000000", ROLE)
    context = {"aws:RequestedRegion": "us-east-1"}
    return lambda: decide(Request("dynamodb:PutItem", TABLE, caller, lambda: context), policies)


async def authorize() -> None:
    """An authorization of a session, as the dispatcher asks for it, with the usage log."""
    runtime = Runtime(Config(in_memory=True, port=0))
    await runtime.start()
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    root = Principal(
        arn="arn:aws:iam::000000000000:root", account="000000000000", administrator=True
    )
    for operation, request in (
        ("CreateRole", {"RoleName": "Worker", "AssumeRolePolicyDocument": json.dumps(trust)}),
        (
            "PutRolePolicy",
            {"RoleName": "Worker", "PolicyName": "p", "PolicyDocument": policy({})},
        ),
    ):
        runtime.dispatcher.perform("iam", operation, request, root, "us-east-1")
    principal = role_principal(ROLE, "run", "states.amazonaws.com")
    dynamodb = ServiceTable(SERVICES)["dynamodb"]

    def job(call: Call) -> None:
        call.principal = principal
        measure(
            "an authorization",
            lambda: runtime._access.authorize(call, dynamodb, "dynamodb:PutItem", TABLE, {}, None),
        )

    runtime.dispatcher.run("dynamodb", job, "us-east-1")
    await runtime.stop()


if __name__ == "__main__":
    main()

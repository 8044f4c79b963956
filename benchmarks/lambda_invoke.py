"""What an invocation costs: warm ones one at a time and eight at a time, and cold starts.

Run with `python -m benchmarks.lambda_invoke`. Bounded by the operating system: two processes wake
each other four times for each invocation, and its log is a durable commit. A cold start is a fork
and the import of the handler.
"""

from __future__ import annotations

import io
import json
import logging
import statistics
import tempfile
import time
import zipfile
from concurrent.futures import Future
from typing import Any

from groundstate.operation import Deferred, Principal
from groundstate.runtime import Runtime
from groundstate.testing import Groundstate

ROUNDS = 2000
COLD_STARTS = 20
SOURCE = "def handler(event, context):\n    return event\n"
WITH_BOTO3 = f"import boto3\n{SOURCE}"
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


def main() -> None:
    """Print a line for each."""
    # That the machine's Python is another one than the functions declare.
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, Groundstate(folder, real_time=True) as gs:
        iam = gs.client("iam")
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        iam.attach_role_policy(RoleName="r", PolicyArn=BASIC)
        make(gs, "warm", SOURCE, role["Arn"])
        gs.client("lambda").invoke(FunctionName="warm")
        for at_once in (1, 8):
            took_s, cpu_s = run(gs, at_once)
            rate = ROUNDS / took_s
            print(
                f"warm, {at_once} at a time: {took_s / ROUNDS * 1e6:6.0f} µs each,"
                f" {rate:5.0f}/s, {cpu_s / ROUNDS * 1e6:4.0f} µs of the runtime's CPU"
            )
        for name, source in (("cold", SOURCE), ("cold with boto3", WITH_BOTO3)):
            print(f"{name}: {statistics.median(cold_starts(gs, source, role['Arn'])):.1f} ms")


def make(gs: Groundstate, name: str, source: str, role: str) -> None:
    """Make a function."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", source)
    gs.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.14",
        Handler="app.handler",
        Role=role,
        Code={"ZipFile": content.getvalue()},
    )


def run(gs: Groundstate, at_once: int) -> tuple[float, float]:
    """Invoke over and over inside the runtime; seconds by the clock and of its CPU."""
    done: Future[None] = Future()
    began_at, cpu_at = time.perf_counter(), time.process_time()
    gs.on_loop(lambda runtime: _start(runtime, at_once, done))
    done.result()
    return time.perf_counter() - began_at, time.process_time() - cpu_at


def _start(runtime: Runtime, at_once: int, done: Future[None]) -> None:
    dispatcher = runtime.dispatcher
    caller = Principal(arn="benchmark", account="000000000000", administrator=True)
    request: dict[str, Any] = {"FunctionName": "warm", "Payload": b'{"taskId": "Breakfast"}'}
    left, finished = ROUNDS, 0

    def begin() -> None:
        nonlocal left
        left -= 1
        answer = dispatcher.perform("lambda", "Invoke", request, caller, "us-east-1")
        assert isinstance(answer, Deferred)
        answer.add_callback(lambda _: dispatcher.when_durable(end))

    def end() -> None:
        nonlocal finished
        finished += 1
        if left:
            begin()
        if finished == ROUNDS:
            done.set_result(None)

    for _ in range(at_once):
        begin()


def cold_starts(gs: Groundstate, source: str, role: str) -> list[float]:
    """Milliseconds of the first invocations of new functions, over boto3."""
    client = gs.client("lambda")
    took_ms = []
    for number in range(COLD_STARTS):
        name = f"f{len(source)}-{number}"
        make(gs, name, source, role)
        began_at = time.perf_counter()
        client.invoke(FunctionName=name)
        took_ms.append((time.perf_counter() - began_at) * 1000)
    return took_ms


if __name__ == "__main__":
    main()

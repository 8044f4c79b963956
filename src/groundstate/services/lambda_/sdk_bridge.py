"""Performs what Node.js functions ask of the SDK stand-in (`node/sdk.cjs`), as the function's role.

On AWS the Node.js runtimes bring the AWS SDK for JavaScript, which the CDK's own helper functions
rely on. It is not among this package's dependencies; this bridge is what takes its place. A command
comes over the environment's own Runtime API listener, with the environment's own token.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson

from groundstate.models import ServiceModel, load_model, load_waiters
from groundstate.operation import Call, Deferred, Principal, Runner, ServiceError, Shape

# The SDK's packages and botocore's names of their services.
PACKAGES = {
    "client-cloudformation": "cloudformation",
    "client-cloudwatch-logs": "logs",
    "client-dynamodb": "dynamodb",
    "client-dynamodb-streams": "dynamodbstreams",
    "client-iam": "iam",
    "client-lambda": "lambda",
    "client-s3": "s3",
    "client-sfn": "stepfunctions",
    "client-ssm": "ssm",
    "client-sts": "sts",
}
# Services whose operations see blobs as base64 text.
_BLOBS_AS_TEXT = frozenset({"dynamodb", "dynamodbstreams"})

# Names, and lists that are gone through: `Stacks[].StackStatus`.
_SIMPLE_PATH = re.compile(r"\w+(\[\])?(\.\w+(\[\])?)*")

Respond = Callable[[int, bytes], None]


def make_catalogue() -> bytes:
    """What the stand-in knows of each package: names of operations, errors and enumerations."""
    catalogue: Shape = {}
    for package, service in PACKAGES.items():
        model = load_model(service)
        shapes = model.shapes
        catalogue[package] = {
            "service": service,
            "prefix": str(model.metadata["serviceId"]).replace(" ", ""),
            "operations": [
                name for name in sorted(model.operations) if not model.answers_with_events(name)
            ],
            "errors": sorted(name for name, shape in shapes.items() if shape.get("exception")),
            "enums": {name: shape["enum"] for name, shape in shapes.items() if shape.get("enum")},
            "waiters": {
                name: waiter
                for name, waiter in load_waiters(service).items()
                if all(_is_simple(acceptor) for acceptor in waiter["acceptors"])
            },
        }
    return orjson.dumps(catalogue)


def _is_simple(acceptor: Shape) -> bool:
    """Whether the stand-in can evaluate what a waiter looks for."""
    return _SIMPLE_PATH.fullmatch(acceptor.get("argument", "A")) is not None


def perform_command(
    runner: Runner,
    principal: Principal,
    service: str,
    operation: str,
    region: str,
    body: bytes,
    respond: Respond,
) -> None:
    """Perform a command, and answer once what it wrote is on disk."""

    def job(call: Call) -> None:
        def tell(status: int, document: Shape) -> None:
            content = orjson.dumps({"requestId": call.request_id, **document})
            runner.run(
                "lambda",
                lambda later: later.after_commit(lambda: respond(status, content)),
                region,
            )

        def finish(answer: Shape | None, error: ServiceError | None) -> None:
            if error is not None:
                tell(400, _failure(error))
            else:
                tell(200, {"answer": _encode(load_model(service), operation, answer or {})})

        try:
            request = _decode(orjson.loads(body), as_text=service in _BLOBS_AS_TEXT)
            request = _blobs(load_model(service), operation, request)
            answer = call.invoke(service, operation, request, principal=principal, region=region)
        except ServiceError as error:
            finish(None, error)
            return
        if isinstance(answer, Deferred):
            answer.add_callback(lambda done: finish(done.result, done.error))
        else:
            finish(answer, None)

    runner.run("lambda", job, region)


def _failure(error: ServiceError) -> Shape:
    return {
        "code": error.code,
        "message": error.message,
        "status": error.status,
        "members": orjson.loads(orjson.dumps(error.members, default=str)),
    }


def _decode(value: Any, *, as_text: bool) -> Any:
    if isinstance(value, list):
        return [_decode(member, as_text=as_text) for member in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        if "$bytes" in value:
            return value["$bytes"] if as_text else b64decode(value["$bytes"])
        if "$date" in value:
            return float(value["$date"])
    return {name: _decode(member, as_text=as_text) for name, member in value.items()}


def _blobs(model: ServiceModel, operation: str, request: Shape) -> Shape:
    """Texts that were given for members that are blobs, as bytes: the SDK takes both."""
    shape = model.input_shape(operation) if operation in model.operations else None
    for name in _blob_members(model, shape or ""):
        if isinstance(request.get(name), str):
            request[name] = request[name].encode()
    return request


@cache
def _blob_names(service: str, shape: str) -> tuple[str, ...]:
    model = load_model(service)
    members = model.shapes.get(shape, {}).get("members", {})
    return tuple(
        name for name, member in members.items() if model.shapes[member["shape"]]["type"] == "blob"
    )


def _blob_members(model: ServiceModel, shape: str) -> tuple[str, ...]:
    return () if model.name in _BLOBS_AS_TEXT else _blob_names(model.name, shape)


def _encode(model: ServiceModel, operation: str, answer: Shape) -> Any:
    return _encode_shape(model, model.output_shape(operation) or "", answer)


def _encode_shape(model: ServiceModel, name: str, value: Any) -> Any:
    shape = model.shapes.get(name, {"type": "string"})
    kind = shape["type"]
    if kind == "structure":
        members = shape["members"]
        return {
            key: _encode_shape(model, members[key]["shape"] if key in members else "", member)
            for key, member in value.items()
        }
    if kind == "list":
        return [_encode_shape(model, shape["member"]["shape"], member) for member in value]
    if kind == "map":
        inside = shape["value"]["shape"]
        return {key: _encode_shape(model, inside, member) for key, member in value.items()}
    if kind == "timestamp":
        return {"$date": value}
    if kind == "blob":
        if isinstance(value, str):
            return {"$bytes": value}
        content = value if isinstance(value, bytes) else value.read()
        return {"$bytes": b64encode(content).decode()}
    return value

"""What optimised integrations show of the AWS SDK for Java 1: metadata of answers, names of errors.

Observed in recorded executions of 2024 and 2025; documented nowhere.
"""

from __future__ import annotations

import time
import zlib
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from groundstate import ids
from groundstate.models import ServiceModel, load_model
from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.stepfunctions.answer_texts import SDK_V1_ANSWER, Form
from groundstate.services.stepfunctions.integrations.result import Failed

_EMPTY_CHECKSUM = str(zlib.crc32(b"{}"))


class SdkService(NamedTuple):
    """A service's names in SDK 1.

    Attributes:
        model: botocore's name, for the error shapes.
        prefix: of error names: `DynamoDB.`.
        name: in causes: `AmazonDynamoDBv2`.
        exception: for errors that the model does not know.
    """

    model: str
    prefix: str
    name: str
    exception: str


DYNAMODB = SdkService("dynamodb", "DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException")
LAMBDA = SdkService("lambda", "Lambda", "AWSLambda", "AWSLambdaException")
STATES = SdkService(
    "stepfunctions", "StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException"
)


def member_name(name: str) -> str:
    """A member as SDK 1 spells it: `MD5OfMessageBody` stays so."""
    return name[0].upper() + name[1:]


def find_error(model: ServiceModel, code: str) -> tuple[str, dict[str, Any]]:
    """The exception's name in the SDKs and the shape of an error code; empty if not modelled."""
    shape = model.shapes.get(code, {})
    if not shape.get("exception"):
        name = _error_names(model.name).get(code, "")
        shape = model.shapes.get(name, {})
    else:
        name = code
    if not name or code == "ValidationException":
        return "", {}
    return (name if name.endswith("Exception") else f"{name}Exception"), shape


@lru_cache(maxsize=64)
def _error_names(service: str) -> dict[str, str]:
    # Query protocols have codes of their own for some errors: `NotFound` is NotFoundException.
    return {
        shape["error"]["code"]: name
        for name, shape in load_model(service).shapes.items()
        if shape.get("exception") and "code" in shape.get("error", {})
    }


def failed(service: SdkService, error: ServiceError) -> Failed:
    """A service's refusal as the failure of a task."""
    name, shape = find_error(load_model(service.model), error.code)
    status = shape.get("error", {}).get("httpStatusCode", error.status)
    if error.code == "AccessDeniedException" and service is LAMBDA:
        status = 403
    return Failed(
        f"{service.prefix}.{name or service.exception}",
        f"{error.message} (Service: {service.name}; Status Code: {status};"
        f" Error Code: {error.code}; Request ID: {make_request_id(service)}; Proxy: null)",
    )


def make_request_id(service: SdkService) -> str:
    """A request id as this service makes them."""
    return ids.make_long_request_id() if service is DYNAMODB else ids.make_uuid()


@lru_cache(maxsize=2)
def http_date(second: int) -> str:
    """A time as HTTP headers have it."""
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(second))


def answer_form(call: Call, answer: Shape, id_header: str) -> Form:
    """An answer of DynamoDB as a task's result: its members, then the SDK's metadata.

    Args:
        id_header: how the header with the request id is spelled.
    """
    if answer:
        body = orjson.dumps(answer)
        members = f"{body[1:-1].decode()},"
        checksum, length = str(zlib.crc32(body)), str(len(body))
    else:
        members, checksum, length = "", _EMPTY_CHECKSUM, "2"
    request_id = ids.make_long_request_id()
    date = http_date(int(call.now))
    return SDK_V1_ANSWER, members, id_header, request_id, checksum, length, date

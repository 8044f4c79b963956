"""What a durable function's invocation returned. Pure.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
"""

from __future__ import annotations

from typing import NamedTuple

import orjson

from groundstate.operation import Shape

_STATUSES = ("SUCCEEDED", "FAILED", "PENDING")


class Output(NamedTuple):
    """How an invocation ended.

    Attributes:
        status: `SUCCEEDED`, `FAILED` or `PENDING`.
        fault: why it is no answer, or empty.
    """

    status: str
    result: str | None = None
    error: Shape | None = None
    fault: str = ""


def read_output(payload: bytes) -> Output:
    """Take what the function returned."""
    try:
        document = orjson.loads(payload)
    except ValueError as problem:
        return _invalid(f"Invalid invocation output: {problem}")
    if not isinstance(document, dict):
        return _invalid("Invalid invocation output: it is not an object")
    status, result, error = (document.get(name) for name in ("Status", "Result", "Error"))
    if status is None:
        return _invalid("Response status is required")
    if status not in _STATUSES:
        return _invalid(f"Invalid invocation output: {status!r} is not a valid InvocationStatus")
    if result is not None and not isinstance(result, str):
        return _invalid("Invalid invocation output: the Result is not a string")
    if error is not None and not isinstance(error, dict):
        return _invalid("Invalid invocation output: the Error is not an object")
    if status == "FAILED" and result is not None:
        return _invalid("Cannot provide a Result for FAILED status.")
    if status == "SUCCEEDED" and error is not None:
        return _invalid("Cannot provide an Error for SUCCEEDED status.")
    return Output(status, result, None if error is None else read_error(error))


def read_error(document: Shape) -> Shape:
    """An ErrorObject, of which only what AWS's shape has is kept."""
    error: Shape = {
        member: str(document[member])
        for member in ("ErrorMessage", "ErrorType", "ErrorData")
        if document.get(member) is not None
    }
    trace = document.get("StackTrace")
    if isinstance(trace, list):
        error["StackTrace"] = [str(line) for line in trace]
    return error


def error_of_failure(payload: bytes) -> Shape:
    """The ErrorObject of an invocation that failed, from the document that Invoke would answer."""
    try:
        document = orjson.loads(payload)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return {"ErrorMessage": payload.decode("utf-8", "replace")}
    names = {
        "ErrorMessage": "errorMessage",
        "ErrorType": "errorType",
        "ErrorData": "errorData",
        "StackTrace": "stackTrace",
    }
    return read_error({ours: document.get(theirs) for ours, theirs in names.items()})


def failure_of_error(error: Shape | None) -> bytes:
    """The document that Invoke answers for an execution that failed with this error."""
    error = error or {}
    document: Shape = {
        "errorType": error.get("ErrorType", ""),
        "errorMessage": error.get("ErrorMessage", ""),
    }
    if "ErrorData" in error:
        document["errorData"] = error["ErrorData"]
    if "StackTrace" in error:
        document["stackTrace"] = error["StackTrace"]
    return orjson.dumps(document)


def _invalid(fault: str) -> Output:
    return Output("FAILED", fault=fault)

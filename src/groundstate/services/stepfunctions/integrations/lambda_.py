"""Lambda functions as tasks: `lambda:invoke` and the plain ARN of a function.

A function runs outside of the transaction: the request is recorded, leaves after the commit, and is
made again if the process dies meanwhile. So a function may see a request twice.
AWS: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson

from groundstate import ids
from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call, Deferred, ServiceError, Shape
from groundstate.services.stepfunctions.integrations import sdk_v1
from groundstate.services.stepfunctions.integrations.parameters import without_nulls
from groundstate.services.stepfunctions.integrations.result import (
    Failed,
    Pending,
    Result,
    Submitted,
    Succeeded,
)
from groundstate.services.stepfunctions.integrations.role import principal_of
from groundstate.services.stepfunctions.run import Run

_UNQUALIFIED = re.compile(r"(:function:[A-Za-z0-9_-]+)(?= )")

# A task's result has at most this many bytes.
OUTPUT_BYTES_MAX = 262_144

Read = Callable[[Call, Shape], Result]


def invoke(call: Call, run: Run, command: ScheduleTask) -> Result:
    """lambda:invoke: the result is the whole answer of Invoke, with the payload as JSON."""
    parameters = without_nulls(dict(command.parameters))
    request: Shape = {
        name: parameters[name]
        for name in ("FunctionName", "InvocationType", "LogType", "ClientContext", "Qualifier")
        if name in parameters
    }
    payload = parameters.get("Payload", {})
    # Text goes out as it is, as recorded: "Payload": "0.0" gives the function the number 0.0.
    request["Payload"] = payload.encode() if isinstance(payload, str) else orjson.dumps(payload)
    if command.resource.pattern == "waitForTaskToken":
        return _call(call, run, command, request, _read_submitted)
    return _call(call, run, command, request, _read_envelope)


def invoke_function(call: Call, run: Run, command: ScheduleTask) -> Result:
    """The plain ARN of a function: the result is the payload alone."""
    request = {"FunctionName": command.resource.arn, "Payload": command.parameters_text.encode()}
    return _call(call, run, command, request, _read_payload)


def _call(call: Call, run: Run, command: ScheduleTask, request: Shape, read: Read) -> Result:
    principal = principal_of(call, run, command)
    try:
        answer = call.invoke("lambda", "Invoke", request, principal=principal)
    except ServiceError as error:
        return _refused(call, error)
    if not isinstance(answer, Deferred):
        return read(call, answer)

    def read_deferred(job_call: Call, deferred: Deferred) -> Result:
        if deferred.error is not None:
            return _refused(job_call, deferred.error)
        assert deferred.result is not None
        return read(job_call, deferred.result)

    return read_deferred(call, answer) if answer.done else Pending(answer, read_deferred)


def _refused(call: Call, error: ServiceError) -> Failed:
    failed = sdk_v1.failed(sdk_v1.LAMBDA, error)
    # Recorded: Step Functions asks for $LATEST where the task names no version.
    if error.code == "ResourceNotFoundException" and failed.cause is not None:
        failed.cause = _UNQUALIFIED.sub(r"\1:$LATEST", failed.cause)
    return failed


def _read_envelope(call: Call, answer: Shape) -> Result:
    error = _function_error(answer, compact=True)
    if error is not None:
        return error
    payload = _read_json(answer.get("Payload") or b"{}")
    if isinstance(payload, Failed):
        return payload
    return Succeeded(_envelope(call, answer, payload))


def _read_submitted(call: Call, answer: Shape) -> Result:
    result = _read_envelope(call, answer)
    return Submitted(result.output) if isinstance(result, Succeeded) else result


def _read_payload(call: Call, answer: Shape) -> Result:
    error = _function_error(answer, compact=False)
    if error is not None:
        return error
    payload = answer.get("Payload") or b"null"
    output = _read_json(payload)
    if isinstance(output, Failed):
        return output
    return Succeeded(output, payload.decode("utf-8", "replace"))


def _function_error(answer: Shape, *, compact: bool) -> Failed | None:
    # Recorded: the cause is compact JSON for lambda:invoke, and as the function's runtime wrote it
    # for a plain ARN.
    if not answer.get("FunctionError"):
        return None
    payload = answer.get("Payload") or b"{}"
    text = payload.decode("utf-8", "replace")
    try:
        document = orjson.loads(payload)
    except orjson.JSONDecodeError:
        document = None
    if compact and document is not None:
        text = orjson.dumps(document).decode()
    error = document.get("errorType") if isinstance(document, dict) else None
    return Failed(str(error) if error else "Lambda.Unknown", text)


def _read_json(payload: bytes) -> Any:
    """A payload as a JSON value; a failure if it is none.

    One that is too long is left for the core to refuse: recorded, that comes before the parsing.
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        text = payload.decode("utf-8", "replace")
        if len(payload) > OUTPUT_BYTES_MAX:
            return text
        return Failed("States.Runtime", f"The function's result is not JSON: {text[:200]}")


def _envelope(call: Call, answer: Shape, payload: Any) -> dict[str, Any]:
    request_id = ids.make_uuid()
    trace_id = f"Root=1-{int(call.now):x}-{ids.make_entropy() >> 32:024x};Parent=0;Sampled=0"
    version = str(answer.get("ExecutedVersion", "$LATEST"))
    length = str(len(answer.get("Payload") or b""))
    date = sdk_v1.http_date(int(call.now))
    status = int(answer.get("StatusCode", 200))
    headers = {
        "Connection": "keep-alive",
        "Content-Length": length,
        "Content-Type": "application/json",
        "Date": date,
        "X-Amz-Executed-Version": version,
        "x-amzn-Remapped-Content-Length": "0",
        "x-amzn-RequestId": request_id,
        "X-Amzn-Trace-Id": trace_id,
    }
    envelope: dict[str, Any] = {
        "ExecutedVersion": version,
        "Payload": payload,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": status,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
        "StatusCode": status,
    }
    if "LogResult" in answer:
        envelope["LogResult"] = answer["LogResult"]
    return envelope
